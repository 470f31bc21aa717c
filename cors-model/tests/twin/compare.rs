//! Header lines as they were written, compared with what the twin demands.

use std::collections::BTreeSet;

use super::{AllowHeaders, Headers, lines, trimmed};

/// What differs, in words.
pub fn headers(written: &[(String, Vec<u8>)], expected: &Headers) -> Result<(), String> {
    let credentials = expected.allow_credentials.then(|| b"true".to_vec());
    let max_age = expected.max_age.map(|seconds| seconds.to_string().into_bytes());
    for (name, wanted) in [
        ("access-control-allow-origin", &expected.allow_origin),
        ("access-control-allow-credentials", &credentials),
        ("access-control-max-age", &max_age),
    ] {
        let found = line(written, name)?;
        if found != *wanted {
            return Err(format!("{name}: {}, wanted {}", shown(&found), shown(wanted)));
        }
    }
    let differ = |name: &str, found: &dyn std::fmt::Debug, wanted: &dyn std::fmt::Debug| {
        Err(format!("{name}: {found:?}, wanted {wanted:?}"))
    };
    let name = "access-control-allow-methods";
    let mut found = list(written, name)?.map(BTreeSet::from_iter);
    if let (Some(found), Some(wanted)) = (&mut found, &expected.allow_methods) {
        found.retain(|method| wanted.contains(method) || !expected.allow_methods_optional.contains(method));
    }
    if found != expected.allow_methods {
        return differ(name, &found, &expected.allow_methods);
    }
    let name = "access-control-allow-headers";
    let found = list(written, name)?;
    let agree = match (&found, &expected.allow_headers) {
        (None, None) => true,
        (Some(found), Some(AllowHeaders::List(wanted))) => found == wanted,
        (Some(found), Some(AllowHeaders::AskedFor(wanted))) => {
            found.iter().map(|name| name.to_ascii_lowercase()).collect::<BTreeSet<_>>() == *wanted
        }
        _ => false,
    };
    if !agree {
        return differ(name, &found, &expected.allow_headers);
    }
    let name = "access-control-expose-headers";
    let found = list(written, name)?;
    if found != expected.expose_headers {
        return differ(name, &found, &expected.expose_headers);
    }
    let mut vary: Vec<String> = lines(written, "vary").iter().flat_map(|line| elements(line)).collect();
    vary.iter_mut().for_each(|member| member.make_ascii_lowercase());
    vary.sort();
    let mut wanted = expected.vary.clone();
    wanted.sort();
    if vary != wanted { differ("vary", &vary, &wanted) } else { Ok(()) }
}

fn shown(line: &Option<Vec<u8>>) -> String {
    line.as_ref().map_or("none".into(), |line| format!("`{}`", line.escape_ascii()))
}

/// The one line of a field; two are never right.
fn line(written: &[(String, Vec<u8>)], name: &str) -> Result<Option<Vec<u8>>, String> {
    let mut lines = lines(written, name);
    if lines.len() > 1 { Err(format!("{name} twice")) } else { Ok(lines.pop()) }
}

fn list(written: &[(String, Vec<u8>)], name: &str) -> Result<Option<Vec<String>>, String> {
    Ok(line(written, name)?.map(|line| elements(&line)))
}

/// The members of a list, empty ones left out. A byte is a `char` of the same number.
pub fn elements(line: &[u8]) -> Vec<String> {
    let elements = line.split(|byte| *byte == b',').map(trimmed).filter(|element| !element.is_empty());
    elements.map(|element| element.iter().map(|&byte| char::from(byte)).collect()).collect()
}
