//! The library beside a naive twin, which was written from the rules alone: the matcher, the validation and the whole
//! decision must agree on generated input.
#![cfg(feature = "serde")]

mod twin;

use cors_model::{Cors, CorsConfig, CorsRequest, Decision, ErrorKind, Refusal, Target, Verdict};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::{Value, json};
use twin::generate::spelling;
use twin::{Headers, Outcome, Request, Response, path, undo};

fn config(value: &Value) -> CorsConfig {
    serde_json::from_value(value.clone()).expect("a configuration")
}

fn header_map(lines: &[(String, Vec<u8>)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
        map.append(name, HeaderValue::from_bytes(value).expect("a value"));
    }
    map
}

fn check_headers(written: &HeaderMap, expected: &Headers) -> Result<(), TestCaseError> {
    let lines: Vec<_> =
        written.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    twin::compare::headers(&lines, expected).map_err(TestCaseError::fail)
}

fn reason(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Malformed => "malformed",
        Refusal::Origin => "origin",
        Refusal::Method => "method",
        Refusal::Header => "header",
        other => panic!("an unknown refusal: {other:?}"),
    }
}

fn build(value: &Value) -> Result<Cors, TestCaseError> {
    config(value).build().map_err(|errors| TestCaseError::fail(errors.to_string()))
}

fn compare(value: &Value, request: &Request, response: &Response) -> Result<(), TestCaseError> {
    compare_at(value, twin::Target::Path, request, response)
}

fn compare_at(
    value: &Value,
    target: twin::Target<'_>,
    request: &Request,
    response: &Response,
) -> Result<(), TestCaseError> {
    let cors = build(value)?;
    let headers = header_map(&request.headers);
    let expected = twin::decide_at(value, target, request, response);
    let target = match target {
        twin::Target::Path => Target::Path,
        twin::Target::Routed(told) => Target::Routed(told),
        twin::Target::Resource(template) => match cors.resource(template) {
            Some(resource) => Target::Resource(resource.key().unwrap()),
            None => {
                prop_assert_eq!(expected, Outcome::Pass);
                return Ok(());
            }
        },
    };
    let asked = CorsRequest::new(&request.path, &request.method, &headers).target(target);
    let verdict = cors.judge(&asked);
    // The explanation must be of the same verdict, whatever it says.
    let explained = cors.explain(&asked);
    prop_assert_eq!(format!("{:?}", explained.verdict()), format!("{verdict:?}"));
    match (verdict, expected) {
        (Verdict::Pass, Outcome::Pass) => Ok(()),
        (Verdict::Answer(preflight), Outcome::Preflight { status, reason: wanted, headers: expected }) => {
            prop_assert_eq!(verdict.refusal().map(reason), wanted);
            let mut written = HeaderMap::new();
            let answer = cors.answer(preflight, &headers, &mut written);
            prop_assert_eq!(answer.status, status);
            prop_assert_eq!(answer.body.is_empty(), wanted.is_none());
            check_headers(&written, &expected)
        }
        (Verdict::Actual(actual), Outcome::Actual { headers: expected }) => {
            let own = header_map(&response.headers);
            let mut written = own.clone();
            cors.decorate(actual, &headers, &mut written);
            // The other way to the same.
            let mut decided = own;
            if let Decision::Actual(mut decoration) = cors.decide(&asked) {
                decoration.write(&mut decided);
            }
            prop_assert_eq!(&decided, &written);
            check_headers(&written, &expected)
        }
        (verdict, expected) => Err(TestCaseError::fail(format!("{verdict:?}, wanted {expected:?}"))),
    }
}

/// What the library makes of a request at a path, or `None` where it passes through.
fn seen(cors: &Cors, path: &str, request: &Request) -> Option<(u16, HeaderMap)> {
    let headers = header_map(&request.headers);
    let mut written = HeaderMap::new();
    match cors.decide(&CorsRequest::new(path, &request.method, &headers)) {
        Decision::Pass => None,
        Decision::Answer(preflight) => {
            let status = cors.answer(preflight, &headers, &mut written).status;
            Some((status.as_u16(), written))
        }
        Decision::Actual(mut decoration) => {
            decoration.write(&mut written);
            Some((0, written))
        }
    }
}

fn kind_of(label: &str) -> Vec<ErrorKind> {
    use ErrorKind as Kind;
    match label {
        "bad-origin" => vec![
            Kind::SeveralOrigins,
            Kind::RegularExpression,
            Kind::AddressRange,
            Kind::Quoted,
            Kind::MissingScheme,
            Kind::InvalidScheme,
            Kind::Path,
            Kind::UserInfo,
            Kind::UpperCase,
            Kind::DefaultPort,
            Kind::InvalidPort,
            Kind::Unicode,
            Kind::InvalidHost,
            Kind::NonCanonicalAddress,
            Kind::MisplacedWildcard,
            Kind::SecondWildcard,
            Kind::WildcardWithoutHyphen,
        ],
        "base-too-long" => vec![Kind::BaseDomainTooLong],
        "empty-key" => vec![Kind::EmptyPattern],
        "duplicate-pattern" | "duplicate-route" | "duplicate-template" => vec![Kind::Duplicate],
        "respelled-template" => vec![Kind::Duplicate, Kind::ConflictingTemplate],
        "unknown-key" => vec![Kind::UnknownKey],
        "bad-method" => vec![Kind::InvalidMethod],
        "forbidden-method" => vec![Kind::ForbiddenMethod],
        "bad-header-name" => vec![Kind::InvalidHeaderName],
        "forbidden-request-header" => vec![Kind::ForbiddenRequestHeader],
        "forbidden-response-header" => vec![Kind::ForbiddenResponseHeader],
        "star-in-list" => vec![Kind::WildcardInList],
        "star-in-name" => vec![Kind::WildcardInList, Kind::InvalidMethod, Kind::InvalidHeaderName],
        "bad-template" => vec![Kind::InvalidTemplate],
        "conflicting-templates" => vec![Kind::ConflictingTemplate],
        "registered-and-excluded" => vec![Kind::ExcludedAndRegistered],
        "max-age" => vec![Kind::MaxAgeOutOfRange],
        "preflight-status" => vec![Kind::PreflightStatus],
        "unknown-risk" => vec![Kind::UnknownRisk],
        risk => {
            let name = risk.strip_prefix("risk:").unwrap_or_else(|| panic!("label {risk}"));
            vec![Kind::Risk(name.parse().expect("a risk"))]
        }
    }
}

/// With one pattern alone, at `/r`: is the origin matched, as the policy says and as the twin says?
fn matches(pattern: &str, origin: &[u8]) -> Option<(bool, bool)> {
    let risks: Vec<_> = cors_model::Risk::ALL.iter().map(|risk| risk.name()).collect();
    let mut options = serde_json::Map::new();
    options.insert(pattern.into(), json!({ "allow_credentials": true }));
    let cors = config(&json!({ "accept_risks": risks, "resources": { "/r": { "origins": options } } }))
        .build()
        .ok()?;
    let headers = header_map(&[("origin".into(), origin.to_vec())]);
    let verdict = cors.judge(&CorsRequest::new("/r", "GET", &headers));
    let well_formed = twin::origin_is_well_formed(origin);
    let wanted = twin::pattern_matches(pattern, origin) && (pattern != "*" || well_formed);
    Some((verdict.refusal().is_none(), wanted))
}

/// `PROPTEST_CASES` of each kind, or enough for every run.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1500)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_whole_decision_is_the_twins((value, request, response) in twin::generate::scenario()) {
        compare(&value, &request, &response)?;
    }

    #[test]
    fn independent_requests_are_decided_as_the_twin_does(
        value in twin::generate::config(),
        (request, response) in twin::generate::request(),
    ) {
        compare(&value, &request, &response)?;
    }

    #[test]
    fn a_template_that_a_router_reports_is_the_twins(
        (value, request, response, told) in twin::generate::routed(),
    ) {
        compare_at(&value, twin::Target::Routed(told.as_deref()), &request, &response)?;
        if let Some(template) = told.filter(|template| template.starts_with('/')) {
            compare_at(&value, twin::Target::Resource(&template), &request, &response)?;
        }
    }

    /// Whatever is undone of its spelling, a path has the policy of what it becomes, or none.
    #[test]
    fn one_path_has_one_policy(
        (value, request, _) in twin::generate::scenario(),
        spellings in spelling::spellings(),
    ) {
        let cors = build(&value)?;
        let spelled = spelling::spell(&request.path, &spellings);
        let path = path::without_query(&spelled);
        let Some(shared) = seen(&cors, path, &request) else { return Ok(()) };
        if undo::may_lead_to_others(&value, path) {
            return Ok(());
        }
        for steps in undo::combinations() {
            let undone = undo::undo(path, &steps);
            let excluded = undo::leads_to_an_exclusion(&value, path, &undone);
            prop_assert!(!(undo::is_complete(&steps) && excluded), "{path} {steps:?} {undone}");
            if let Some(other) = seen(&cors, &undone, &request) {
                prop_assert_eq!(&other, &shared, "{} {:?} {}", path, steps, undone);
            }
        }
    }

    #[test]
    fn one_pattern_matches_what_the_twin_says(
        pattern in prop_oneof![
            Just("https://*.example.com"), Just("https://*.example.com:*"), Just("https://*.b.example.com:8443"),
            Just("https://example.com"), Just("https://example.com:*"), Just("http://localhost:*"),
            Just("https://foo.com https://bar.com"), Just("https://*.foo.com,https://*.bar.com"),
            Just("https://app-*.example.com"), Just("https://*-team.example.com:*"), Just("app://*"), Just("file://"),
            Just("https://app-*-team.example.com:8443"), Just("https://app-*.b.example.com"), Just("app://"),
            Just("moz-extension://*"), Just("app://*.example"), Just("null"), Just("*"),
        ],
        origin in twin::generate::origin_text(),
    ) {
        let wanted = twin::patterns(pattern).iter().any(|pattern| matches(pattern, &origin).expect("it builds").1);
        prop_assert_eq!(matches(pattern, &origin).expect("it builds").0, wanted);
    }

    #[test]
    fn one_fault_is_found_and_named((value, label) in twin::generate::broken_config()) {
        let errors = config(&value).build().expect_err("a fault");
        let wanted = kind_of(label);
        let found: Vec<_> = errors.iter().map(|error| error.kind()).collect();
        prop_assert!(found.iter().any(|kind| wanted.contains(kind)), "{}: {}", label, errors);
        prop_assert!(found.iter().all(|kind| wanted.contains(kind)), "{}: {}", label, errors);
    }

    #[test]
    fn a_policy_read_back_builds_again_to_the_same((value, request, response) in twin::generate::scenario()) {
        let cors = build(&value)?;
        let written = serde_json::to_value(cors.config()).expect("it serialises");
        prop_assert_eq!(&config(&written).build().expect("it builds again"), &cors);
        let toml = toml::to_string(cors.config()).expect("it serialises");
        prop_assert_eq!(&toml::from_str::<CorsConfig>(&toml).expect("it parses").build().expect("it builds again"), &cors);
        compare(&written, &request, &response)?;
    }
}

#[test]
fn s21_repeated_keys_of_json_are_told() {
    for (_, text) in twin::generate::REPEATED_KEYS {
        let config: CorsConfig = serde_json::from_str(text).expect("it parses");
        let errors = config.build().expect_err(text);
        assert!(errors.iter().any(|error| error.kind() == ErrorKind::Duplicate), "{text}: {errors}");
    }
}
