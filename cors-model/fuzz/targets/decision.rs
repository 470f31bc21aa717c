//! Whole decisions: a configuration, a request and a response, put together from the twin's pools and from any bytes.
#![no_main]

use cors_fuzz::twin::pools::*;
use cors_fuzz::twin::{Request, Response, valid};
use cors_fuzz::{agree, build, bytes, text};
use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

fuzz_target!(|case: Case| {
    if let Some(cors) = build(&case.config) {
        agree(&cors, &case.config, &case.request, &case.response);
    }
});

#[derive(Debug)]
struct Case {
    config: Value,
    request: Request,
    response: Response,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { config: config(u)?, request: request(u)?, response: response(u)? })
    }
}

/// So many of something, at most.
fn several<'a, T>(
    u: &mut Unstructured<'a>,
    most: usize,
    mut one: impl FnMut(&mut Unstructured<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let count = u.int_in_range(0..=most)?;
    (0..count).map(|_| one(u)).collect()
}

fn config(u: &mut Unstructured<'_>) -> Result<Value> {
    let defaults = origins(u)?;
    let resources = several(u, 4, |u| Ok((text(u, TEMPLATES)?, resource(u)?)))?;
    let mut config = json!({ "accept_risks": valid::RISKS, "defaults": { "origins": defaults } });
    config["resources"] = resources.into_iter().collect();
    config["excluded"] = json!(several(u, 2, |u| u.choose(TEMPLATES).copied())?);
    config["all_resources"] = json!(bool::arbitrary(u)?);
    config["diagnostics"] = json!(bool::arbitrary(u)?);
    config["preflight_status"] = json!(u.int_in_range(198..=300)?);
    Ok(config)
}

fn resource(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut resource = level(u)?;
    resource["routes"] = several(u, 3, |u| Ok((text(u, ROUTES)?, level(u)?)))?.into_iter().collect();
    Ok(resource)
}

fn level(u: &mut Unstructured<'_>) -> Result<Value> {
    Ok(json!({ "origins": origins(u)?, "inherit": u.ratio(3, 4)? }))
}

fn origins(u: &mut Unstructured<'_>) -> Result<Value> {
    let entries = several(u, 4, |u| {
        let patterns = [vec![text(u, ALL)?], several(u, 1, |u| text(u, ALL))?].concat();
        Ok((patterns.join(" "), options(u)?))
    })?;
    Ok(entries.into_iter().collect())
}

fn options(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut options = Map::new();
    options.insert("allow_credentials".into(), json!(bool::arbitrary(u)?));
    for (name, pool) in [
        ("allow_methods", LISTED_METHODS),
        ("allow_headers", ALLOW_HEADERS),
        ("expose_headers", EXPOSE_HEADERS),
    ] {
        match u.int_in_range(0..=2)? {
            0 => {}
            1 => drop(options.insert(name.into(), json!("*"))),
            _ => drop(options.insert(name.into(), json!(several(u, 4, |u| text(u, pool))?))),
        }
    }
    if bool::arbitrary(u)? {
        options.insert("max_age".into(), json!(u32::arbitrary(u)?));
    }
    Ok(options.into())
}

fn request(u: &mut Unstructured<'_>) -> Result<Request> {
    let method = u.choose(METHODS)?;
    let method = if bool::arbitrary(u)? { "OPTIONS" } else { method };
    let path = text(u, PATHS)?;
    let mut headers = Vec::new();
    for (name, pool) in [
        ("Origin", &[ORIGINS, LOOK_ALIKES, MALFORMED].concat()),
        ("Access-Control-Request-Method", &METHODS.to_vec()),
        ("Access-Control-Request-Headers", &[ALLOW_HEADERS, &["x-a, X-B", "", ",", "x a"]].concat()),
    ] {
        // One line, mostly.
        let count = *u.choose(&[1, 1, 1, 1, 1, 0, 0, 2])?;
        for _ in 0..count {
            headers.push((name.to_string(), bytes(u, pool)?));
        }
    }
    Ok(Request { method: method.into(), path, headers })
}

fn response(u: &mut Unstructured<'_>) -> Result<Response> {
    let headers = several(u, 5, |u| {
        Ok(match u.int_in_range(0..=2)? {
            0 => ("Vary".to_string(), bytes(u, VARY_LINES)?),
            1 => {
                let (name, value) = u.choose(OWN_CORS)?;
                (name.to_string(), value.as_bytes().to_vec())
            }
            _ => {
                let (name, value) = u.choose(OTHER)?;
                (name.to_string(), value.as_bytes().to_vec())
            }
        })
    })?;
    Ok(Response { status: 200, headers })
}
