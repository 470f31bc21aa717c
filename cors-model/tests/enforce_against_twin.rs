//! Enforcement (S28) beside a naive twin, which was written from the rule alone.
#![cfg(feature = "serde")]

mod twin;

use cors_model::{Cors, CorsConfig, CorsRequest, Decision, Refusal, Reply, Target, Verdict};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::Value;
use twin::enforce::{self, Enforced};
use twin::{Outcome, Request, Response};

fn header_map(lines: &[(String, Vec<u8>)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        map.append(name, HeaderValue::from_bytes(value).expect("a value"));
    }
    map
}

fn lines(map: &HeaderMap) -> Vec<(String, Vec<u8>)> {
    map.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
}

fn build(value: &Value) -> Result<Cors, TestCaseError> {
    let config: CorsConfig = serde_json::from_value(value.clone()).expect("a configuration");
    config.build().map_err(|errors| TestCaseError::fail(errors.to_string()))
}

fn compare(
    value: &Value,
    target: twin::Target<'_>,
    request: &Request,
    authority: Option<&str>,
    response: &Response,
) -> Result<(), TestCaseError> {
    let cors = build(value)?;
    let expected = enforce::decide(value, target, request, authority, response);
    let target = match target {
        twin::Target::Path => Target::Path,
        twin::Target::Routed(told) => Target::Routed(told),
        twin::Target::Resource(template) => match cors.resource(template) {
            Some(resource) => Target::Resource(resource.key().unwrap()),
            None => return Ok(()),
        },
    };
    let headers = header_map(&request.headers);
    let asked =
        CorsRequest::new(&request.path, &request.method, &headers).target(target).authority(authority);
    let verdict = cors.judge(&asked);
    match (verdict, expected) {
        (Verdict::Pass, Enforced::Passes(Outcome::Pass)) => {}
        (Verdict::Answer(Reply::Preflight(_)), Enforced::Passes(Outcome::Preflight { .. })) => {}
        (Verdict::Actual(_), Enforced::Passes(Outcome::Actual { headers: expected })) => {
            let mut written = header_map(&response.headers);
            let Decision::Actual(mut decoration) = cors.decide(&asked) else {
                return Err(TestCaseError::fail("it decides in another way than it judges"));
            };
            decoration.write(&mut written);
            twin::compare::headers(&lines(&written), &expected).map_err(TestCaseError::fail)?;
        }
        (Verdict::Answer(reply @ Reply::Refused(_)), Enforced::Refused { reason, headers: expected }) => {
            let wanted = if reason == "host" { Refusal::Host } else { Refusal::CrossSite };
            prop_assert_eq!(verdict.refusal(), Some(wanted));
            let Decision::Answer(decided) = cors.decide(&asked) else {
                return Err(TestCaseError::fail("it decides in another way than it judges"));
            };
            for reply in [reply, decided] {
                let mut written = HeaderMap::new();
                let answer = cors.answer(reply, &headers, &mut written);
                prop_assert_eq!(
                    (answer.status.as_u16(), &answer.body[..]),
                    (403, wanted.sentence().as_bytes())
                );
                prop_assert_eq!(written.remove("content-type").unwrap(), "text/plain; charset=utf-8");
                prop_assert_eq!(written.remove("cache-control").unwrap(), "no-store");
                match &expected {
                    Some(expected) => {
                        let written = lines(&written);
                        twin::compare::headers(&written, expected).map_err(TestCaseError::fail)?;
                    }
                    None => prop_assert!(written.is_empty(), "{written:?}"),
                }
            }
        }
        (verdict, expected) => return Err(TestCaseError::fail(format!("{verdict:?}, wanted {expected:?}"))),
    }
    Ok(())
}

/// `PROPTEST_CASES`, or enough for every run.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1500)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn s28_is_the_twins((value, request, authority, response) in twin::generate::enforced()) {
        let authority = authority.as_deref();
        compare(&value, twin::Target::Path, &request, authority, &response)?;
        for (template, _) in twin::members(&value["resources"]) {
            compare(&value, twin::Target::Routed(Some(template)), &request, authority, &response)?;
            compare(&value, twin::Target::Resource(template), &request, authority, &response)?;
        }
        compare(&value, twin::Target::Routed(None), &request, authority, &response)?;
    }

    #[test]
    fn s28_in_a_file_is_what_was_read((value, ..) in twin::generate::enforced()) {
        let cors = build(&value)?;
        let written = serde_json::to_value(cors.config()).expect("it serialises");
        prop_assert_eq!(&build(&written)?, &cors);
        let toml = toml::to_string(cors.config()).expect("it serialises");
        prop_assert_eq!(&toml::from_str::<CorsConfig>(&toml).expect("it parses").build().expect("it builds"), &cors);
    }
}
