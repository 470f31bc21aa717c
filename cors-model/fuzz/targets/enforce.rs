//! Enforcement (S28): a configuration that refuses, and a request that a foreign page may have sent.
#![no_main]

use cors_fuzz::twin::enforce::{self, Enforced};
use cors_fuzz::twin::pools::*;
use cors_fuzz::twin::{Outcome, Request, Target, compare, valid};
use cors_fuzz::{bare, build, bytes, raw::Raw, text};
use cors_model::{Cors, CorsRequest, Refusal, Reply, Verdict};
use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

fuzz_target!(|case: Case| {
    if let Some(cors) = build(&case.config) {
        agree(&cors, &case);
    }
});

/// Panics unless the policy refuses what the twin refuses, and with the same headers.
fn agree(cors: &Cors, case: &Case) {
    let Case { config, request, authority } = case;
    let authority = authority.as_deref();
    let headers = Raw(request.headers.clone());
    let asked = CorsRequest::new(&request.path, &request.method, &headers).authority(authority);
    let verdict = cors.judge(&asked);
    match (verdict, enforce::decide(config, Target::Path, request, authority, &bare())) {
        (Verdict::Pass, Enforced::Passes(Outcome::Pass))
        | (Verdict::Answer(Reply::Preflight(_)), Enforced::Passes(Outcome::Preflight { .. }))
        | (Verdict::Actual(_), Enforced::Passes(Outcome::Actual { .. })) => {}
        (Verdict::Answer(reply @ Reply::Refused(_)), Enforced::Refused { reason, headers: expected }) => {
            let wanted = if reason == "host" { Refusal::Host } else { Refusal::CrossSite };
            assert_eq!(verdict.refusal(), Some(wanted), "{case:#?}");
            let mut written = Raw(Vec::new());
            let answer = cors.answer(reply, &headers, &mut written);
            assert_eq!((answer.status.as_u16(), &answer.body[..]), (403, wanted.sentence().as_bytes()));
            let of_a_refusal = |name: &str| matches!(name, "content-type" | "cache-control");
            assert_eq!(written.0.iter().filter(|(name, _)| of_a_refusal(name)).count(), 2);
            written.0.retain(|(name, _)| !of_a_refusal(name));
            match expected {
                Some(expected) => compare::headers(&written.0, &expected)
                    .unwrap_or_else(|fault| panic!("{fault}\n{case:#?}")),
                None => assert!(written.0.is_empty(), "{:?}", written.0),
            }
        }
        (verdict, expected) => panic!("{verdict:?}, wanted {expected:?}\n{case:#?}"),
    }
}

#[derive(Debug)]
struct Case {
    config: Value,
    request: Request,
    authority: Option<String>,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Self { config: config(u)?, request: request(u)?, authority: authority(u)? })
    }
}

fn texts(u: &mut Unstructured<'_>, pool: &[&str]) -> Result<Vec<String>> {
    let count = u.int_in_range(0..=3)?;
    (0..count).map(|_| text(u, pool)).collect()
}

fn config(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut enforce = json!({});
    if u.ratio(1, 4)? {
        enforce["mode"] = json!(u.choose(&["refuse", "report"])?);
    }
    if u.ratio(1, 2)? {
        enforce["hosts"] = json!(texts(u, HOSTS)?);
    }
    let mut exempt = Vec::new();
    for entry in texts(u, EXEMPT)? {
        exempt.push(entry.replace('!', &text(u, TEMPLATES)?));
    }
    enforce["exempt"] = json!(exempt);
    let mut resources = json!({});
    for _ in 0..u.int_in_range(0..=2)? {
        resources[u.choose(TEMPLATES)?] = json!({ "origins": origins(u)? });
    }
    Ok(json!({
        "accept_risks": valid::RISKS,
        "all_resources": bool::arbitrary(u)?,
        "defaults": { "origins": origins(u)? },
        "resources": resources,
        "enforce": enforce,
    }))
}

fn origins(u: &mut Unstructured<'_>) -> Result<Value> {
    let mut origins = json!({});
    for _ in 0..u.int_in_range(0..=2)? {
        let allow_headers = [json!("*"), json!(["Authorization"]), json!([])];
        origins[u.choose(ALL)?] = json!({
            "allow_credentials": bool::arbitrary(u)?,
            "allow_methods": texts(u, LISTED_METHODS)?,
            "allow_headers": u.choose(&allow_headers)?,
        });
    }
    Ok(origins)
}

fn request(u: &mut Unstructured<'_>) -> Result<Request> {
    let method = *u.choose(&[METHODS, &["POST", "CONNECT", "OPTIONS"]].concat())?;
    let path = text(u, PATHS)?;
    let mut headers = Vec::new();
    for (name, pool) in [
        ("Host", REQUEST_HOSTS),
        ("Origin", &[ORIGINS, LOOK_ALIKES, MALFORMED].concat()),
        ("Sec-Fetch-Site", SITES),
        ("Upgrade", UPGRADES),
        ("Cookie", &["a=b", ""]),
        ("Authorization", &["Bearer 1"]),
        ("Access-Control-Request-Method", METHODS),
    ] {
        for _ in 0..*u.choose(&[1, 1, 1, 0, 0, 0, 0, 2])? {
            headers.push((name.to_string(), bytes(u, pool)?));
        }
    }
    Ok(Request { method: method.into(), path, headers })
}

fn authority(u: &mut Unstructured<'_>) -> Result<Option<String>> {
    if u.ratio(1, 4)? { Ok(Some(text(u, REQUEST_HOSTS)?)) } else { Ok(None) }
}
