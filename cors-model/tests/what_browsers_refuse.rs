//! What browsers must refuse never leaves the library, whatever is configured and whatever is asked.
#![cfg(feature = "serde")]

#[path = "common/raw.rs"]
mod raw;
mod twin;

use std::cell::Cell;

use cors_model::{Cors, CorsConfig};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use raw::{Raw, written};
use twin::{Request, Response};

/// The lines as the `http` crate holds them, if it does.
fn header_map(lines: &[(String, Vec<u8>)]) -> Option<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        map.append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    Some(map)
}

fn check(cors: &Cors, request: &Request, response: &Response) -> Result<bool, String> {
    let headers = Raw(request.headers.clone());
    let Some(raw) = written(cors, request, &headers, Raw(response.headers.clone()), Raw(Vec::new())) else {
        return Ok(false);
    };
    twin::refused::check(request, &response.headers, &raw.0)?;
    if let (Some(headers), Some(own)) = (header_map(&request.headers), header_map(&response.headers)) {
        let map = written(cors, request, &headers, own, HeaderMap::new()).unwrap_or_default();
        let lines: Vec<_> =
            map.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        twin::refused::check(request, &response.headers, &lines).map_err(|fault| format!("http: {fault}"))?;
    }
    Ok(raw.named("access-control-allow-origin").next().is_some())
}

#[test]
fn no_configuration_and_no_request_makes_it_say_what_browsers_must_refuse() {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1500);
    let config = ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() };
    let (built, shared) = (Cell::new(0), Cell::new(0));
    let outcome = TestRunner::new(config).run(&twin::hostile::scenario(), |(value, request, response)| {
        let config = serde_json::from_value::<CorsConfig>(value);
        let Some(cors) = config.ok().and_then(|config| config.build().ok()) else { return Ok(()) };
        built.set(built.get() + 1);
        let is_shared = check(&cors, &request, &response).map_err(TestCaseError::fail)?;
        shared.set(shared.get() + u32::from(is_shared));
        Ok(())
    });
    outcome.unwrap_or_else(|fault| panic!("{fault}"));
    // Most build, and many are shared: else nothing was tried.
    assert!(built.get() > cases / 3 && shared.get() > cases / 20, "{built:?} built, {shared:?} shared");
}
