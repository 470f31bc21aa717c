//! What makes a browser refuse a response, or share more than was meant: no response may say any of it
//! (Fetch Standard, "CORS check", "extract header list values", "CORS-preflight fetch").

use super::compare::elements;
use super::{Request, is_token, lines, origin_is_well_formed};

const LISTS: [&str; 3] =
    ["access-control-allow-methods", "access-control-allow-headers", "access-control-expose-headers"];
const ASKED: &str = "access-control-request-headers";

/// The first fault of what was written on a response that had these lines of its own.
pub fn check(
    request: &Request,
    own: &[(String, Vec<u8>)],
    written: &[(String, Vec<u8>)],
) -> Result<(), String> {
    let one = |name: &str| match &lines(written, name)[..] {
        [] => Ok(None),
        [only] => Ok(Some(only.clone())),
        several => Err(format!("{} lines of {name}", several.len())),
    };
    let fault =
        |name: &str, value: &[u8], what: &str| Err(format!("{name}: `{}` {what}", value.escape_ascii()));

    let name = "access-control-allow-origin";
    let origin = one(name)?;
    if let Some(origin) = origin.as_ref().filter(|origin| origin[..] != b"*"[..]) {
        if origin[..] != b"null"[..] && !origin_is_well_formed(origin) {
            return fault(name, origin, "is not an origin");
        }
        if lines(&request.headers, "origin") != [origin.clone()] {
            return fault(name, origin, "is not the request's origin");
        }
    }

    let name = "access-control-allow-credentials";
    let credentials = one(name)?;
    if let Some(value) = credentials.as_ref().filter(|value| value[..] != b"true"[..]) {
        return fault(name, value, "is not `true`");
    }
    if credentials.is_some() && origin.is_some_and(|origin| origin == b"*") {
        return Err("any origin with credentials".into());
    }

    let asked: Vec<String> = lines(&request.headers, ASKED).iter().flat_map(|line| elements(line)).collect();
    for name in LISTS {
        let Some(line) = one(name)? else { continue };
        let members = elements(&line);
        if members.iter().any(|member| !member.is_ascii() || !is_token(member.as_bytes())) {
            return fault(name, &line, "has an element that is not a token");
        }
        // Asked for by its name, `*` is sent back as any other name is.
        let is_a_name = name == LISTS[1] && asked.iter().any(|name| name == "*");
        if credentials.is_some() && members.iter().any(|member| member == "*") && !is_a_name {
            return fault(name, &line, "stands for everything, with credentials");
        }
    }

    let name = "access-control-max-age";
    if let Some(value) = one(name)? {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let seconds: Option<u64> = std::str::from_utf8(&value).ok().and_then(|text| text.parse().ok());
        if !digits || seconds.is_none_or(|seconds| seconds > 2_147_483_647) {
            return fault(name, &value, "is not a number of seconds");
        }
    }

    let members = |headers: &[(String, Vec<u8>)]| -> Vec<String> {
        let all = lines(headers, "vary");
        all.iter().flat_map(|line| elements(line)).map(|member| member.to_ascii_lowercase()).collect()
    };
    let (before, after) = (members(own), members(written));
    for member in &after {
        let times = |list: &[String]| list.iter().filter(|other| *other == member).count();
        // What the application repeats stays; but whoever adds `Origin` leaves one.
        let most = if member == "origin" && before != after { 1 } else { times(&before).max(1) };
        if times(&after) > most {
            return Err(format!("vary: {member} {} times", times(&after)));
        }
    }
    Ok(())
}
