//! What browsers must refuse never leaves the library, whatever is configured and whatever is asked.
#![cfg(feature = "serde")]

mod twin;

use std::cell::Cell;

use bytes::Bytes;
use cors_model::{
    Cors, CorsConfig, RequestField, RequestHeaders, ResponseField, ResponseHeaders, Target, Value, Verdict,
};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use twin::{Request, Response};

/// Header lines of any bytes, also those that no server lets through.
struct Raw(Vec<(String, Vec<u8>)>);

impl Raw {
    fn named<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        let named = self.0.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| &value[..])
    }

    fn replace(&mut self, field: ResponseField, value: &[u8]) {
        ResponseHeaders::remove(self, field);
        self.0.push((field.as_str().into(), value.to_vec()));
    }
}

impl RequestHeaders for Raw {
    type Value = Vec<u8>;

    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]> {
        self.named(field.as_str())
    }

    fn keep(&self, field: RequestField) -> Option<Vec<u8>> {
        self.named(field.as_str()).next().map(<[u8]>::to_vec)
    }
}

impl<'c> ResponseHeaders<'c, Vec<u8>> for Raw {
    fn reserve(&mut self, _: usize) {}

    fn set(&mut self, field: ResponseField, value: &'c Value) {
        self.replace(field, value.bytes());
    }

    fn set_bytes(&mut self, field: ResponseField, value: Bytes) {
        self.replace(field, &value);
    }

    fn echo(&mut self, field: ResponseField, value: Vec<u8>) {
        self.replace(field, &value);
    }

    fn remove(&mut self, field: ResponseField) {
        self.0.retain(|(name, _)| !name.eq_ignore_ascii_case(field.as_str()));
    }

    fn lines(&self, field: ResponseField, each: &mut dyn FnMut(&[u8])) {
        self.named(field.as_str()).for_each(each);
    }

    fn names(&self, each: &mut dyn FnMut(&str)) {
        let mut seen: Vec<String> = Vec::new();
        for (name, _) in &self.0 {
            let name = name.to_ascii_lowercase();
            if !seen.contains(&name) {
                each(&name);
                seen.push(name);
            }
        }
    }
}

/// The lines as the `http` crate holds them, if it does.
fn header_map(lines: &[(String, Vec<u8>)]) -> Option<HeaderMap> {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        map.append(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_bytes(value).ok()?);
    }
    Some(map)
}

/// The lines that the response has after the policy has written on it; none for what is no resource.
fn written<H, R>(cors: &Cors, request: &Request, headers: &H, own: R, fresh: R) -> Option<R>
where
    H: RequestHeaders,
    R: for<'c> ResponseHeaders<'c, H::Value>,
{
    match cors.judge(Target::Path(&request.path), &request.method, headers) {
        Verdict::Pass => None,
        Verdict::Preflight(preflight) => {
            let mut response = fresh;
            let _ = cors.answer(preflight, headers, &mut response);
            Some(response)
        }
        Verdict::Actual(actual) => {
            let mut response = own;
            cors.keep(actual, headers).write(&mut response);
            Some(response)
        }
    }
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
