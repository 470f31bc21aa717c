//! A small language for tests: a request is a few texts, an answer is a status and its headers as text.

#![allow(dead_code, unreachable_pub)]

use cors_model::{Cors, CorsConfig, CorsRequest, Decision, Verdict};
use http::{HeaderMap, HeaderName, HeaderValue};

pub const A: &str = "https://a.example";
pub const B: &str = "https://b.example";

pub fn build(config: CorsConfig) -> Cors {
    config.build().unwrap_or_else(|errors| panic!("{errors}"))
}

pub fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
    lines
        .iter()
        .map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .fold(HeaderMap::new(), |mut map, (name, value)| {
            map.append(name, value);
            map
        })
}

/// The headers as `name: value` lines, in alphabetical order.
fn text(map: &HeaderMap) -> Vec<String> {
    let mut lines: Vec<_> =
        map.iter().map(|(name, value)| format!("{name}: {}", value.as_bytes().escape_ascii())).collect();
    lines.sort();
    lines
}

/// The response of an actual request whose application answers with these headers.
pub fn response(
    cors: &Cors,
    method: &str,
    path: &str,
    origin: Option<&str>,
    own: &[(&'static str, &str)],
) -> Vec<String> {
    let request = headers(&origin.map(|origin| ("origin", origin)).into_iter().collect::<Vec<_>>());
    actual(cors, method, path, &request, own)
}

pub fn actual(
    cors: &Cors,
    method: &str,
    path: &str,
    request: &HeaderMap,
    own: &[(&'static str, &str)],
) -> Vec<String> {
    let mut written = headers(own);
    match cors.decide(&CorsRequest::new(path, method, request)) {
        Decision::Pass => {}
        Decision::Actual(mut decoration) => decoration.write(&mut written),
        Decision::Answer(_) => panic!("a preflight"),
    }
    text(&written)
}

/// GET, and nothing of the application's own.
pub fn get(cors: &Cors, path: &str, origin: &str) -> Vec<String> {
    response(cors, "GET", path, Some(origin), &[])
}

/// The status of a preflight and its headers, `Vary` left out once it was seen.
pub fn preflight(
    cors: &Cors,
    path: &str,
    origin: &str,
    method: &str,
    names: &[&str],
) -> Result<Vec<String>, (String, Vec<String>)> {
    let mut lines = vec![("origin", origin), ("access-control-request-method", method)];
    lines.extend(names.iter().map(|&names| ("access-control-request-headers", names)));
    raw_preflight(cors, path, &headers(&lines))
}

pub fn raw_preflight(
    cors: &Cors,
    path: &str,
    request: &HeaderMap,
) -> Result<Vec<String>, (String, Vec<String>)> {
    let Verdict::Answer(preflight) = cors.judge(&CorsRequest::new(path, "OPTIONS", request)) else {
        panic!("no preflight");
    };
    let mut written = HeaderMap::new();
    let answer = cors.answer(preflight, request, &mut written);
    let vary = written.remove("vary").expect("Vary on every answer to a preflight");
    assert_eq!(vary, "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
    let body = String::from_utf8(answer.body.to_vec()).unwrap();
    if answer.status == 403 {
        assert_eq!(written.remove("content-type").unwrap(), "text/plain; charset=utf-8");
        Err((body, text(&written)))
    } else {
        assert!(body.is_empty() && answer.status.is_success(), "{answer:?}");
        Ok(text(&written))
    }
}

/// The sentence of a refused preflight, which carries no header of the protocol.
pub fn refused(cors: &Cors, path: &str, origin: &str, method: &str, names: &[&str]) -> String {
    let (body, headers) = preflight(cors, path, origin, method, names).expect_err("a refusal");
    assert_eq!(headers, [""; 0]);
    body
}
