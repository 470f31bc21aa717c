//! Hostile input on the wire, for every adapter: random requests against random configurations, compared with the naive
//! twin; corrupted bytes; and far too much of everything. `HOSTILE_REQUESTS` is the number of random requests for each
//! adapter, `HOSTILE_SEED` repeats a run.

#[path = "../../cors-model/tests/twin/mod.rs"]
mod twin;

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::process::ExitCode;
use std::sync::Mutex;
use std::{env, panic};

use cors_conformance::config::{Format, Source};
use cors_conformance::server::{Running, Started};
use cors_conformance::subject::{Attach, SUBJECTS, Subject, app};
use cors_conformance::target::Target;
use cors_conformance::wire::{self, Exchange};
use libtest_mimic::{Arguments, Failed, Trial};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};
use serde_json::{Value, json};
use twin::generate::{self, Aimed};
use twin::{Outcome, Request, Response, hostile};

fn main() -> ExitCode {
    app::hush_the_panic();
    note_panics();
    let arguments = Arguments::from_args();
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let requests = number("HOSTILE_REQUESTS").unwrap_or(1500);
    let seed = number("HOSTILE_SEED").unwrap_or_else(|| RandomState::new().hash_one(()));
    eprintln!("HOSTILE_SEED={seed} HOSTILE_REQUESTS={requests}");
    let mut trials = Vec::new();
    for subject in SUBJECTS {
        let mut add = |what: &str, run: Box<dyn FnOnce() -> Result<(), String> + Send>| {
            trials.push(Trial::test(format!("{} {what}", subject.name), move || {
                run().and_then(|()| no_panic()).map_err(Failed::from)
            }));
        };
        add("decides random requests as the twin does", Box::new(move || random(subject, requests, seed)));
        add("survives corrupted bytes", Box::new(move || spoilt(subject, requests / 5, seed)));
        add("survives far too much", Box::new(move || too_much(subject)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

static PANICS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Frameworks catch panics, so only a hook sees them all.
fn note_panics() {
    let further = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        PANICS.lock().unwrap().push(info.to_string());
        further(info);
    }));
}

fn no_panic() -> Result<(), String> {
    match PANICS.lock().unwrap().first() {
        None => Ok(()),
        Some(panic) => Err(format!("something panicked: {panic}")),
    }
}

fn start(subject: &'static Subject, config: &Value) -> Result<Running, String> {
    let source = Source { text: config.to_string(), format: Format::Json };
    match Target::Subject(subject).start(&source, Attach::App)? {
        Started::Listening(running) => Ok(running),
        Started::Refused(errors) => Err(errors.join("\n")),
    }
}

/// The application without a policy, and its answers so far by method and path.
struct Application {
    server: Running,
    answers: HashMap<(String, String), wire::Response>,
}

impl Application {
    fn start(subject: &'static Subject) -> Result<Self, String> {
        Ok(Self { server: start(subject, &json!({}))?, answers: HashMap::new() })
    }

    fn answer(&mut self, request: &Request) -> Result<&wire::Response, String> {
        let key = (request.method.clone(), request.path.clone());
        if !self.answers.contains_key(&key) {
            let request = Request { headers: Vec::new(), ..request.clone() };
            self.answers.insert(key.clone(), send(&self.server, &request).got?);
        }
        Ok(&self.answers[&key])
    }
}

fn send(server: &Running, request: &Request) -> Exchange {
    let line = |(name, value): &(String, Vec<u8>)| [name.as_bytes(), b": ", value].concat();
    let lines = request.headers.iter().map(line).collect();
    wire::send(
        server.addr,
        &wire::Request { method: request.method.clone(), target: request.path.clone(), lines },
    )
}

/// Sends a request and compares the answer with the twin's.
fn compare(
    server: &Running,
    application: &mut Application,
    config: &Value,
    request: &Request,
) -> Result<(), String> {
    let exchange = send(server, request);
    let faults = match &exchange.got {
        Ok(response) => differences(response, application.answer(request)?, config, request),
        Err(error) => Err(error.clone()),
    };
    faults.map_err(|fault| format!("{fault}\n{exchange}"))
}

/// The differences between an answer and the one that the application and the twin give together.
fn differences(
    got: &wire::Response,
    own: &wire::Response,
    config: &Value,
    request: &Request,
) -> Result<(), String> {
    let mut request = request.clone();
    request.headers.iter_mut().for_each(|(_, value)| *value = twin::trimmed(value).to_vec());
    let listed: Vec<_> =
        got.lines("access-control-expose-headers").flat_map(twin::compare::elements).collect();
    let at = |name: &str| listed.iter().position(|listed| listed.eq_ignore_ascii_case(name));
    // These are added after the policy: every server's date, and axum's `Allow`.
    let is_late = |name: &str| {
        name.eq_ignore_ascii_case("date") || name.eq_ignore_ascii_case("allow") && at(name).is_none()
    };
    let mut headers = own.headers.clone();
    headers.retain(|(name, _)| !is_late(name));
    // actix orders the headers of each response differently.
    headers.sort_by_key(|(name, _)| at(name));
    let response = Response { status: own.status, headers };
    let outcome = twin::decide(config, &request, &response);
    let expected = match &outcome {
        Outcome::Pass => {
            let of_cors = |response: &wire::Response| {
                let is_cors = |name: &str| name.starts_with("access-control-") || name == "vary";
                let lines =
                    response.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
                let mut lines: Vec<_> = lines.filter(|(name, _)| is_cors(name)).collect();
                lines.sort();
                lines
            };
            let same = of_cors(got) == of_cors(own);
            return if same { Ok(()) } else { Err("headers at a path that is no resource".into()) };
        }
        Outcome::Preflight { headers, reason, status } => {
            if got.status != *status || got.body.is_empty() != reason.is_none() {
                return Err(format!("wanted {status}, {reason:?}"));
            }
            headers
        }
        Outcome::Actual { headers } => {
            if (got.status, &got.body) != (own.status, &own.body) {
                return Err(format!("the application alone answers {}", own.status));
            }
            headers
        }
    };
    twin::compare::headers(&got.headers, expected)
}

fn runner(seed: u64) -> TestRunner {
    let config = Config { max_shrink_iters: 500, failure_persistence: None, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes))
}

/// Paths of the application that no template of the generator contains.
const PATHS: [&str; 15] = [
    "/own-cors",
    "/own-cors-all",
    "/vary",
    "/vary-origin",
    "/vary-star",
    "/vary-two",
    "/many-headers",
    "/login",
    "/get-only",
    "/options",
    "/status/302",
    "/status/404",
    "/reject/x",
    "/error",
    "/login-required",
];

/// A configuration that also registers some of the application's paths, and requests to the application.
fn scenario() -> impl Strategy<Value = (Value, Vec<Request>)> {
    let paths = vec((select(&PATHS[..]), any::<proptest::sample::Index>()), 0..=2);
    (generate::config(), paths, vec(generate::aimed(), 1..=16)).prop_map(|(mut config, paths, aimed)| {
        let resources = config["resources"].as_object_mut().unwrap();
        let written: Vec<Value> = resources.values().cloned().chain([json!({})]).collect();
        for (path, at) in paths {
            resources.insert(path.into(), written[at.index(written.len())].clone());
        }
        let turned = |aimed: Aimed| {
            let (mut request, _) = aimed.at(&config);
            // Some frameworks decode a path before they route on it.
            request.path = request.path.replace("%61", "a");
            // actix's own HTTP rejects this one.
            request.method = request.method.replace("x-!#$'", "QUERY");
            request
        };
        let requests = aimed.into_iter().map(turned).collect();
        (config, requests)
    })
}

/// Whether the twin's answer can be expected of rocket: a fairing has to see the request as it was sent (see
/// deviations.toml), and the path must not have its own route under a wider template, which the adapter leaves alone.
fn rocket_tells(request: &Request, config: &Value) -> bool {
    const KNOWN: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    let path = request.path.split('?').next().unwrap_or_default();
    let plain = !path.contains("//") && !path.contains('%') && (path == "/" || !path.ends_with('/'));
    let own = app::template_of(path).is_none_or(|template| config["resources"].get(template).is_some());
    KNOWN.contains(&&*request.method)
        && request.headers.iter().all(|(_, value)| std::str::from_utf8(value).is_ok())
        && plain
        && own
}

fn random(subject: &'static Subject, wanted: u64, seed: u64) -> Result<(), String> {
    let mut runner = runner(seed);
    let application = std::cell::RefCell::new(Application::start(subject)?);
    let scenario = scenario();
    let mut sent = 0;
    while sent < wanted {
        let tree = scenario.new_tree(&mut runner).map_err(|reason| reason.to_string())?;
        sent += tree.current().1.len() as u64;
        let outcome = runner.run_one(tree, |(config, requests)| {
            let server = start(subject, &config).map_err(TestCaseError::fail)?;
            let compare = |request| compare(&server, &mut application.borrow_mut(), &config, request);
            let within = |request: &&Request| subject.name != "rocket" || rocket_tells(request, &config);
            requests.iter().filter(within).try_for_each(compare).map_err(TestCaseError::fail)
        });
        match outcome {
            Ok(_) => {}
            Err(TestError::Fail(fault, (config, _))) => {
                return Err(format!("HOSTILE_SEED={seed}\nwith the configuration {config:#}\n{fault}"));
            }
            Err(TestError::Abort(reason)) => return Err(reason.to_string()),
        }
    }
    Ok(())
}

const ORIGIN: &str = "https://a.example";

/// One origin, and header names that one path lists and the other sends back.
fn strict_config() -> Value {
    let options = |names: Value| {
        let options = json!({ "allow_credentials": true, "allow_methods": ["PUT"], "allow_headers": names });
        json!({ "origins": { ORIGIN: options } })
    };
    json!({ "resources": { "/hello": options(json!(["x-a", "x-b"])), "/other": options(json!("*")) } })
}

fn preflight(path: &str, lines: &[(&str, Vec<u8>)]) -> Request {
    let usual = [("Origin", ORIGIN), ("Access-Control-Request-Method", "PUT")];
    let usual = usual.iter().filter(|(name, _)| !lines.iter().any(|(other, _)| other == name));
    let mut headers: Vec<_> =
        usual.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    headers.extend(lines.iter().map(|(name, value)| (name.to_string(), value.clone())));
    Request { method: "OPTIONS".into(), path: path.into(), headers }
}

/// The server still answers correctly.
fn is_well(server: &Running, application: &mut Application, config: &Value) -> Result<(), String> {
    let names = b"x-b, X-A".to_vec();
    compare(server, application, config, &preflight("/hello", &[("Access-Control-Request-Headers", names)]))
        .map_err(|fault| format!("the next request: {fault}"))
}

fn spoilt(subject: &'static Subject, wanted: u64, seed: u64) -> Result<(), String> {
    const LINES: &str = "Origin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n\
                         Access-Control-Request-Headers: x-a,x-b";
    let config = strict_config();
    let (server, mut application) = (start(subject, &config)?, Application::start(subject)?);
    let mut runner = runner(seed);
    let strategy =
        (hostile::steps(), select(&["OPTIONS", "PUT", "GET"][..]), select(&["/hello", "/other"][..]));
    for _ in 0..wanted {
        let (steps, method, target) =
            strategy.new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        let mut bytes = LINES.as_bytes().to_vec();
        hostile::spoil(&mut bytes, &steps);
        // These come first, since an empty line among the corrupted bytes ends the head.
        let lines = vec![b"Host: x".to_vec(), b"Connection: close".to_vec(), bytes];
        let exchange =
            wire::send(server.addr, &wire::Request { method: method.into(), target: target.into(), lines });
        let fault = match &exchange.got {
            Ok(response) if response.status >= 500 => Some("a server error"),
            Ok(response) => {
                let mut origins = response.lines("access-control-allow-origin");
                let shared = origins.next().is_some_and(|origin| origin != ORIGIN.as_bytes());
                (shared || origins.next().is_some()).then_some("shared with an origin that is not known")
            }
            // A server may close the connection if the input is not HTTP, but it must not stay silent.
            Err(error) => error.contains("temporarily unavailable").then_some("no answer"),
        };
        let well = fault.map_or(Ok(()), |fault| Err(fault.to_string()));
        well.and_then(|()| is_well(&server, &mut application, &config))
            .map_err(|fault| format!("HOSTILE_SEED={seed}\n{fault}\n{exchange}"))?;
    }
    Ok(())
}

/// A framework's own HTTP may reject more bytes or lines than these.
const SURELY_READ: (usize, usize) = (24 * 1024, 64);

fn too_much(subject: &'static Subject) -> Result<(), String> {
    const NAMES: &str = "Access-Control-Request-Headers";
    let config = strict_config();
    let (server, mut application) = (start(subject, &config)?, Application::start(subject)?);
    let mut cases = Vec::new();
    for size in [1 << 13, 1 << 14, 1 << 16, 1 << 18, 1 << 20] {
        let names: Vec<String> = (0..size / 7).map(|at| format!("x-{at:x}")).collect();
        for path in ["/hello", "/other"] {
            cases.extend([
                preflight(path, &[("Origin", format!("https://{}.example", "a".repeat(size)).into_bytes())]),
                preflight(path, &[("Origin", "https://a.".repeat(size / 10).into_bytes())]),
                preflight(path, &[("Access-Control-Request-Method", vec![b'P'; size])]),
                preflight(path, &[(NAMES, vec![b','; size])]),
                preflight(path, &[(NAMES, "x-a,".repeat(size / 4).into_bytes())]),
                preflight(path, &[(NAMES, names.join(",").into_bytes())]),
            ]);
        }
    }
    for count in [32, 64, 90, 120, 1024] {
        for (name, value) in [(NAMES, "x-a"), ("Origin", ORIGIN), ("Access-Control-Request-Method", "PUT")] {
            cases.push(preflight("/hello", &vec![(name, value.as_bytes().to_vec()); count]));
            cases.push(preflight("/other", &vec![(name, value.as_bytes().to_vec()); count]));
        }
    }
    for request in cases {
        let size: usize = request.headers.iter().map(|(_, value)| value.len()).sum();
        let refusable = size > SURELY_READ.0 || request.headers.len() > SURELY_READ.1 + 2;
        let exchange = send(&server, &request);
        let outcome = match &exchange.got {
            Err(_) if refusable => Ok(()),
            Ok(response) if refusable && matches!(response.status, 400 | 413 | 414 | 431) => Ok(()),
            Ok(response) => differences(response, application.answer(&request)?, &config, &request),
            Err(error) => Err(error.clone()),
        };
        outcome.and_then(|()| is_well(&server, &mut application, &config)).map_err(|fault| {
            let (name, value) = &request.headers[request.headers.len() - 1];
            let start = &value[..value.len().min(40)];
            let lines = request.headers.len();
            format!("{fault}\n{size} bytes in {lines} lines, the last {name}: {}...", start.escape_ascii())
        })?;
    }
    Ok(())
}
