//! Paths in any spelling, put together from pieces, beside templates put together from the same ones (S24).
#![no_main]

use cors_fuzz::twin::{undo, valid};
use cors_fuzz::{agree, bare, build, request};
use cors_model::{Cors, CorsRequest, Verdict};
use http::{HeaderMap, HeaderValue, header};
use libfuzzer_sys::arbitrary::{Arbitrary, Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value, json};

const ORIGIN: &str = "https://a.example";

/// What a path is made of. Templates take the parameters, too.
const PIECES: [&str; 24] = [
    "/", "/", "/", "a", "b", "a/b", "%61", "%2F", "%2f", "%5c", "\\", "//", "/.", "/..", "%2e", ".", "%25",
    "%", "ü", "%C3%BC", " ", "?", "#", ":",
];
const PARAMETERS: [&str; 4] = ["/{x}", "/{x}/", "/{*x}", "/{{"];

fuzz_target!(|case: Case| {
    let Some(cors) = build(&case.config) else { return };
    for path in &case.paths {
        agree(&cors, &case.config, &request("GET", path, &[("Origin", ORIGIN.as_bytes())]), &bare());
        keeps_its_policy(&cors, &case.config, path);
    }
});

/// Whatever is undone of its spelling, a path has the policy of what it becomes, or none.
fn keeps_its_policy(cors: &Cors, config: &Value, path: &str) {
    let Some(shared) = written(cors, path) else { return };
    if path.contains(['?', '#']) || undo::may_lead_to_others(config, path) {
        return;
    }
    for steps in undo::combinations() {
        let undone = undo::undo(path, &steps);
        if let Some(other) = written(cors, &undone) {
            assert_eq!(other, shared, "{path} {steps:?} {undone}\n{config:#}");
        }
    }
}

/// What a response at a path gets, if that is a resource.
fn written(cors: &Cors, path: &str) -> Option<HeaderMap> {
    let headers = HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(ORIGIN))]);
    let explanation = cors.explain(&CorsRequest::new(path, "GET", &headers));
    (!matches!(explanation.verdict(), Verdict::Pass)).then(|| explanation.headers().clone())
}

#[derive(Debug)]
struct Case {
    config: Value,
    paths: Vec<String>,
}

impl<'a> Arbitrary<'a> for Case {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut resources = Map::new();
        for _ in 0..u.int_in_range(0..=4)? {
            // Few enough kinds of rules that some are the same.
            let name = u.choose(&["x-one", "x-two"])?;
            resources.insert(template(u)?, json!({ "origins": { ORIGIN: { "expose_headers": [name] } } }));
        }
        let excluded = (0..u.int_in_range(0..=2)?).map(|_| template(u)).collect::<Result<Vec<_>>>()?;
        let config = json!({
            "accept_risks": valid::RISKS,
            "all_resources": bool::arbitrary(u)?,
            "defaults": { "origins": { ORIGIN: {} } },
            "excluded": excluded,
            "resources": resources,
        });
        let paths = (0..4).map(|_| spelled(u, &PIECES)).collect::<Result<Vec<_>>>()?;
        Ok(Self { config, paths })
    }
}

fn template(u: &mut Unstructured<'_>) -> Result<String> {
    spelled(u, &[&PIECES[..], &PARAMETERS].concat())
}

fn spelled(u: &mut Unstructured<'_>, pieces: &[&str]) -> Result<String> {
    let mut text = String::from("/");
    for _ in 0..u.int_in_range(0..=6)? {
        text.push_str(u.choose(pieces)?);
    }
    Ok(text)
}
