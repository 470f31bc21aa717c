//! What the targets share: the model and the naive twin, which share no code, must agree.

#[path = "../../tests/common/raw.rs"]
pub mod raw;
#[path = "../../tests/twin/mod.rs"]
pub mod twin;

use cors_model::{Cors, CorsConfig, CorsRequest, Verdict};
use libfuzzer_sys::arbitrary::{Result, Unstructured};
use raw::Raw;
use serde_json::{Value, json};
use twin::{Outcome, Request, Response};

/// A configuration for one path, with every risk accepted.
pub fn config_of(path: &str, origin: &str, options: Value) -> Value {
    json!({ "accept_risks": twin::valid::RISKS, "resources": { path: { "origins": { origin: options } } } })
}

/// A request without a body, and its header lines.
pub fn request(method: &str, path: &str, headers: &[(&str, &[u8])]) -> Request {
    let line = |(name, value): &(&str, &[u8])| (name.to_string(), value.to_vec());
    Request { method: method.into(), path: path.into(), headers: headers.iter().map(line).collect() }
}

/// The policy of a configuration that accepts every risk, or none where it is refused. Panics unless both say the same.
pub fn build(value: &Value) -> Option<Cors> {
    let config: CorsConfig = serde_json::from_value(value.clone()).expect("a configuration");
    match (config.build(), twin::config_is_valid(value, &|_| false)) {
        (Ok(cors), Ok(())) => Some(cors),
        (Err(_), Err(_)) => None,
        (Err(errors), Ok(())) => panic!("only the model refuses {value}: {errors}"),
        (Ok(_), Err(problems)) => panic!("only the twin refuses {value}: {problems:?}"),
    }
}

/// Panics unless the policy decides as the twin does, and says nothing that browsers must refuse.
pub fn agree(cors: &Cors, value: &Value, request: &Request, response: &Response) {
    let headers = Raw(request.headers.clone());
    let verdict = cors.judge(&CorsRequest::new(&request.path, &request.method, &headers));
    let written = raw::written(cors, request, &headers, Raw(response.headers.clone()), Raw(Vec::new()));
    let expected = match (&verdict, twin::decide(value, request, response)) {
        (Verdict::Pass, Outcome::Pass) => return,
        (Verdict::Answer(preflight), Outcome::Preflight { status, reason, headers: expected }) => {
            let refusal = verdict.refusal().map(|refusal| format!("{refusal:?}").to_lowercase());
            assert_eq!(refusal.as_deref(), reason, "{value:#}\n{request:?}");
            let answer = cors.answer(*preflight, &headers, &mut Raw(Vec::new()));
            assert_eq!((answer.status.as_u16(), answer.body.is_empty()), (status, reason.is_none()));
            expected
        }
        (Verdict::Actual(_), Outcome::Actual { headers: expected }) => expected,
        (verdict, expected) => panic!("{verdict:?}, wanted {expected:?}\n{value:#}\n{request:?}"),
    };
    let written = written.expect("a resource").0;
    twin::compare::headers(&written, &expected)
        .and_then(|()| twin::refused::check(request, &response.headers, &written))
        .unwrap_or_else(|fault| panic!("{fault}\n{value:#}\n{request:?}\n{response:?}"));
}

/// A response without lines of its own.
pub fn bare() -> Response {
    Response { status: 200, headers: Vec::new() }
}

/// A text of the pool, now and then with other bytes in it.
pub fn bytes(u: &mut Unstructured<'_>, pool: &[&str]) -> Result<Vec<u8>> {
    let mut text = u.choose(pool)?.as_bytes().to_vec();
    if u.ratio(1, 8)? {
        let at = u.int_in_range(0..=text.len())?;
        let end = u.int_in_range(at..=text.len())?;
        let length = u.int_in_range(0..=8)?;
        text.splice(at..end, u.bytes(length.min(u.len()))?.iter().copied());
    }
    Ok(text)
}

/// The same, as text.
pub fn text(u: &mut Unstructured<'_>, pool: &[&str]) -> Result<String> {
    Ok(bytes(u, pool)?.into_iter().map(char::from).collect())
}
