//! S26: origins that a source decides about, each case worked out by hand.

mod common;

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use common::{A, B, build, headers};
use cors_model::{
    AdviceKind, Answering, Answers, Any, Asked, Asking, Attached, Blocked, Cors, CorsConfig, CorsRequest,
    Enforce, ErrorKind, Exchange, Keeping, OriginSource, PageRequest, Refusal, Resource, ResourceOptions,
    Risk, Route, SourceAnswer, SourceSettings, Verdict, by_request,
};
use http::HeaderMap;

const MOZ: &str = "moz-extension://an-id";
const HTTP: &str = "http://a.example";

fn options() -> ResourceOptions {
    ResourceOptions::new()
}

fn with_credentials() -> ResourceOptions {
    options().allow_credentials()
}

/// Who was asked about what, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// A source that writes down what it is asked.
    fn source(&self, origins: &'static [&'static str]) -> impl OriginSource + 'static {
        let log = self.clone();
        by_request(move |asked| {
            log.0.lock().unwrap().push(format!("{} {}", asked.source(), asked.origin()));
            origins.contains(&asked.origin())
        })
    }

    /// The sources `one`, `three` and `two`, by name.
    fn config(
        &self,
        one: &'static [&'static str],
        two: &'static [&'static str],
        three: &'static [&'static str],
    ) -> CorsConfig {
        CorsConfig::new()
            .source("two", self.source(two))
            .source("three", self.source(three))
            .source("one", self.source(one))
    }
}

fn lines(origin: &str) -> HeaderMap {
    headers(&[("origin", origin)])
}

fn asking_for(origin: &str, method: &str) -> HeaderMap {
    headers(&[("origin", origin), ("access-control-request-method", method)])
}

/// The answers, where nobody has to wait.
fn answers(cors: &Cors, request: &CorsRequest<'_, HeaderMap>) -> Answers {
    match cors.ask(request) {
        Asking::Now(answers) => answers,
        Asking::Later(future) => now(future).1,
    }
}

/// The result of a future that is ready after some polls.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..100 {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
    }
    panic!("it is not ready");
}

/// The headers of an actual request's response, asked first.
fn shared(cors: &Cors, method: &str, path: &str, origin: &str) -> Vec<String> {
    let request = lines(origin);
    let request = CorsRequest::new(path, method, &request);
    let answers = answers(cors, &request);
    headers_of(cors, &request.answers(answers))
}

fn headers_of(cors: &Cors, request: &CorsRequest<'_, HeaderMap>) -> Vec<String> {
    let explanation = cors.explain(request);
    let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
        format!("{name}: {}", value.to_str().unwrap())
    };
    let mut lines: Vec<_> = explanation.headers().iter().map(text).collect();
    lines.retain(|line| !line.starts_with("vary: Origin, Access"));
    lines.sort();
    lines
}

/// The methods of an allowed preflight's answer.
fn methods(cors: &Cors, path: &str, origin: &str, method: &str) -> Result<String, Refusal> {
    let request = asking_for(origin, method);
    let request = CorsRequest::new(path, "OPTIONS", &request);
    let answers = answers(cors, &request);
    let request = request.answers(answers);
    match cors.judge(&request).refusal() {
        Some(refusal) => Err(refusal),
        None => {
            let explanation = cors.explain(&request);
            Ok(explanation.headers()["access-control-allow-methods"].to_str().unwrap().into())
        }
    }
}

const NOT: [&str; 1] = ["vary: Origin"];

fn allowed(origin: &str) -> Vec<String> {
    vec![format!("access-control-allow-origin: {origin}"), "vary: Origin".into()]
}

#[test]
fn s26_an_origin_that_belongs_is_answered_with_itself() {
    let log = Log::default();
    let cors = build(log.config(&[A], &[], &[]).defaults([("@one", options())]).all_resources());
    assert_eq!(shared(&cors, "GET", "/", A), allowed(A));
    assert_eq!(shared(&cors, "GET", "/", B), NOT);
    assert_eq!(log.take(), [format!("one {A}"), format!("one {B}")]);
    assert_eq!(methods(&cors, "/", A, "POST"), Ok("GET, HEAD, POST".into()));
    assert_eq!(methods(&cors, "/", A, "PUT"), Err(Refusal::Method));
    assert_eq!(methods(&cors, "/", B, "POST"), Err(Refusal::Origin));
    // Without answers nobody belongs.
    assert_eq!(headers_of(&cors, &CorsRequest::new("/", "GET", &lines(A))), NOT);
}

#[test]
fn s1_a_source_comes_after_all_patterns_but_the_star_in_the_order_of_the_names() {
    let log = Log::default();
    let max_age = |seconds| options().max_age(seconds);
    let config = log.config(&[], &[A, B, MOZ], &[B]).defaults([
        ("@two", max_age(2)),
        ("@three", max_age(3)),
        ("@one", max_age(1)),
        ("moz-extension://*", max_age(5)),
        ("https://*.b.example", max_age(6)),
        ("*", max_age(7)),
    ]);
    let cors = build(config.all_resources());
    let won = |origin: &str, asked: &[&str]| {
        let request = asking_for(origin, "POST");
        let request = CorsRequest::new("/", "OPTIONS", &request);
        let answers = answers(&cors, &request);
        assert_eq!(log.take(), asked.iter().map(|name| format!("{name} {origin}")).collect::<Vec<_>>());
        let explanation = cors.explain(&request.answers(answers));
        explanation.headers()["access-control-max-age"].to_str().unwrap().parse::<u32>().unwrap()
    };
    assert_eq!(won(A, &["one", "three", "two"]), 2);
    assert_eq!(won(B, &["one", "three"]), 3, "the first yes ends it");
    assert_eq!(won("https://c.example", &["one", "three", "two"]), 7);
    assert_eq!(won(MOZ, &[]), 5);
    assert_eq!(won("https://x.b.example", &[]), 6);
}

#[test]
fn s26_only_entries_in_levels_that_count_are_asked_about() {
    let log = Log::default();
    let config = log
        .config(&[A], &[A], &[A])
        .defaults([("@one", options())])
        .add(Resource::at("/closed").only([("@two", options())]))
        .add(
            Resource::at("/routes")
                .also("@two", options())
                .add(Route::on("GET").also("@three", options()))
                .add(Route::on("PUT").only([("@three", options())])),
        );
    let cors = build(config);
    let asked = |method: &str, path: &str, request: HeaderMap| {
        let _ = answers(&cors, &CorsRequest::new(path, method, &request));
        log.take()
            .iter()
            .map(|line| line.split(' ').next().unwrap().to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let c = "https://c.example";
    assert_eq!(asked("GET", "/closed", lines(c)), "two");
    assert_eq!(asked("GET", "/routes", lines(c)), "one three two");
    assert_eq!(asked("HEAD", "/routes", lines(c)), "one three two", "HEAD takes GET's options");
    assert_eq!(asked("POST", "/routes", lines(c)), "one two");
    assert_eq!(asked("PUT", "/routes", lines(c)), "three");
    assert_eq!(asked("OPTIONS", "/routes", asking_for(c, "PUT")), "three", "the requested method counts");
    assert_eq!(asked("OPTIONS", "/routes", lines(c)), "one two", "no preflight");
    assert_eq!(asked("GET", "/elsewhere", lines(c)), "");
    for request in [
        lines("null"),
        lines("https://C.example"),
        lines(""),
        headers(&[]),
        headers(&[("origin", c), ("origin", c)]),
    ] {
        assert_eq!(asked("GET", "/routes", request), "");
    }
    assert_eq!(asked("OPTIONS", "/routes", asking_for(c, "P T")), "", "a malformed preflight");
    assert_eq!(asked("OPTIONS", "/routes", asking_for("null", "PUT")), "");
}

#[test]
fn s1_among_equals_the_level_decides() {
    let log = Log::default();
    let config = log.config(&[A], &[], &[]).defaults([("@one", options())]).add(
        Resource::at("/r")
            .also("@one", options().expose_headers(["x-resource"]))
            .add(Route::on("GET"))
            .add(Route::on("PUT").also("@one", options().expose_headers(["x-route"]))),
    );
    let cors = build(config);
    let exposed = |method| shared(&cors, method, "/r", A)[1].clone();
    assert_eq!(exposed("GET"), "access-control-expose-headers: x-resource");
    assert_eq!(exposed("PUT"), "access-control-expose-headers: x-route");
}

#[test]
fn s9_a_method_that_depends_on_an_unasked_source_is_left_out() {
    let log = Log::default();
    let any = options().allow_methods(Any);
    let resource = |route: Route| {
        Resource::at("/r").also("*", any.clone()).also("@one", any.clone()).also(B, any.clone()).add(route)
    };
    let list = |resource, origin, method| {
        let cors = build(log.config(&[], &[A], &[]).add(resource));
        methods(&cors, "/r", origin, method).unwrap()
    };
    // Without a source of its own the route decides as the resource does.
    assert_eq!(list(resource(Route::on("PUT")), A, "POST"), "*");
    // PUT depends on @two, which a preflight for POST does not ask.
    let own = || resource(Route::on("PUT").also("@two", options()));
    assert_eq!(list(own(), A, "POST"), "POST");
    assert!(log.take().iter().all(|line| !line.starts_with("two")), "nothing is asked for the list");
    assert_eq!(list(own(), B, "POST"), "*", "an exact origin depends on no source");
    assert_eq!(list(own(), A, "PUT"), "PUT");
    // A preflight for PUT asks @two, which says no of this origin.
    assert_eq!(list(own(), "https://c.example", "PUT"), "*");
    // An entry of another level for the same source.
    let other = resource(Route::on("PUT").also("@one", options()));
    let cors = build(log.config(&[A], &[], &[]).add(other));
    assert_eq!(methods(&cors, "/r", A, "POST").unwrap(), "POST");
}

#[test]
fn s18_a_source_is_never_the_constant_case() {
    let log = Log::default();
    let cors = build(
        log.config(&[A], &[], &[])
            .defaults([("*", options())])
            .add(Resource::at("/open"))
            .add(Resource::at("/r").add(Route::on("GET").also("@one", options())).add(Route::on("POST"))),
    );
    let star = "access-control-allow-origin: *";
    assert_eq!(shared(&cors, "GET", "/open", A), [star]);
    assert_eq!(shared(&cors, "POST", "/r", A), [star]);
    assert_eq!(log.take(), [""; 0]);
    assert_eq!(shared(&cors, "GET", "/r", A), allowed(A));
    assert_eq!(shared(&cors, "GET", "/r", B), [star, "vary: Origin"]);
    assert_eq!(headers_of(&cors, &CorsRequest::new("/r", "GET", &headers(&[]))), NOT);
}

#[test]
fn s22_an_insecure_origin_gets_no_credentials_from_a_source() {
    let log = Log::default();
    let all = &[HTTP, "http://localhost:3000", "http://127.0.0.1", A];
    let config = || log.config(all, &[HTTP], &[]);
    let cors = build(config().defaults([("@one", with_credentials())]).all_resources());
    assert_eq!(shared(&cors, "GET", "/", HTTP), NOT);
    assert_eq!(log.take(), [format!("one {HTTP}")]);
    for secure in [A, "http://localhost:3000", "http://127.0.0.1"] {
        assert_eq!(shared(&cors, "GET", "/", secure).len(), 3, "{secure}");
    }
    let accepted =
        config().accept_risk(Risk::InsecureOriginWithCredentials).defaults([("@one", with_credentials())]);
    let accepted = build(accepted.all_resources());
    assert_eq!(shared(&accepted, "GET", "/", HTTP).len(), 3);
    assert!(accepted.advice().iter().all(|advice| advice.kind() != AdviceKind::RiskNotNeeded));
    // It goes on to the next entry: of the same source at another level, then of the next source, then the `*`.
    let two_levels =
        config().defaults([("@one", options())]).add(Resource::at("/r").also("@one", with_credentials()));
    assert_eq!(shared(&build(two_levels), "GET", "/r", HTTP), allowed(HTTP));
    log.take();
    let next = config().defaults([("@one", with_credentials()), ("@two", options())]).all_resources();
    assert_eq!(shared(&build(next), "GET", "/", HTTP), allowed(HTTP));
    assert_eq!(log.take(), [format!("one {HTTP}"), format!("two {HTTP}")]);
    let star = config().defaults([("@one", with_credentials()), ("*", options())]).all_resources();
    assert_eq!(shared(&build(star), "GET", "/", HTTP), ["access-control-allow-origin: *", "vary: Origin"]);
}

#[test]
fn s28_enforcement_counts_what_a_source_admits() {
    let log = Log::default();
    let config = log.config(&[A], &[], &[]).enforce(Enforce::refuse()).all_resources();
    let cors = build(config.defaults([("@one", with_credentials().allow_methods(["GET", "PUT"]))]));
    let is_refused = |origin| {
        let request = headers(&[("origin", origin), ("cookie", "a=b"), ("sec-fetch-site", "cross-site")]);
        let request = CorsRequest::new("/", "PUT", &request);
        let answers = answers(&cors, &request);
        matches!(cors.judge(&request.answers(answers)), Verdict::Answer(_))
    };
    assert!(!is_refused(A));
    assert!(is_refused(B));
}

#[test]
fn s28_a_handshake_asks_as_get_does() {
    let log = Log::default();
    let resource =
        Resource::at("/ws").add(Route::on("GET").only([("@one", options())])).also("@two", options());
    let cors = build(log.config(&[A], &[], &[]).enforce(Enforce::refuse()).add(resource));
    let request = headers(&[("origin", A), ("upgrade", "websocket")]);
    let request = CorsRequest::new("/ws", "OPTIONS", &request);
    let answers = answers(&cors, &request);
    assert_eq!(log.take(), [format!("two {A}"), format!("one {A}")]);
    assert!(!matches!(cors.judge(&request.answers(answers)), Verdict::Answer(_)));
}

#[test]
fn s26_a_function_sees_the_origin_and_a_binding_may_ask_for_more() {
    let cors = build(
        CorsConfig::new()
            .source("by-name", |origin: &str| origin == A)
            .defaults([("@by-name", options())])
            .source(
                "by-tenant",
                by_request(|asked: &Asked<'_>| {
                    asked
                        .parameter("tenant")
                        .is_some_and(|tenant| asked.host() == Some(&format!("{tenant}.example")))
                }),
            )
            .add(Resource::at("/t/{tenant}/x").only([("@by-tenant", options())]))
            .all_resources(),
    );
    assert_eq!(shared(&cors, "GET", "/", A), allowed(A));
    let is_shared = |host: &str, authority| {
        let request = headers(&[("origin", B), ("host", host)]);
        let request = CorsRequest::new("/t/one/x", "GET", &request).authority(authority);
        let answers = answers(&cors, &request);
        headers_of(&cors, &request.answers(answers)) == allowed(B)
    };
    assert!(is_shared("one.example", None));
    assert!(!is_shared("two.example", None));
    assert!(is_shared("two.example", Some("one.example")));
}

/// A source of which each answer takes some polls, or panics.
struct Slow(fn(&str) -> SourceAnswer);

impl OriginSource for Slow {
    fn ask(&self, asked: &Asked<'_>, _: &Keeping) -> Answering {
        let (answer, origin, mut polls) = (self.0, asked.origin().to_string(), 0);
        Answering::Later(Box::pin(std::future::poll_fn(move |_| {
            polls += 1;
            if polls < 3 { Poll::Pending } else { Poll::Ready(answer(&origin)) }
        })))
    }
}

#[test]
fn s26_answers_may_come_later() {
    let slow = |answer| CorsConfig::new().source("b", Slow(answer)).source("c", |origin: &str| origin == B);
    let entries = [("@b", options()), ("@c", options().expose_headers(["x-c"]))];
    let cors = build(slow(|origin| (origin == A).into()).defaults(entries.clone()).all_resources());
    assert_eq!(shared(&cors, "GET", "/", A), allowed(A));
    assert_eq!(shared(&cors, "GET", "/", B).len(), 3, "the next source is asked when the first has said no");
    assert_eq!(shared(&cors, "GET", "/", "https://c.example"), NOT);
    let request = lines(A);
    let Asking::Later(future) = cors.ask(&CorsRequest::new("/", "GET", &request)) else {
        panic!("not later")
    };
    drop((cors, request));
    let future: Pin<Box<dyn Future<Output = (Cors, Answers)> + Send + 'static>> = future;
    assert!(!now(future).1.is_empty());
}

#[test]
fn s26_what_fails_or_panics_is_no_and_has_a_reason() {
    let failing: [(CorsConfig, &str); 4] = [
        (CorsConfig::new().source("one", Slow(|_| SourceAnswer::Failed("gone".into()))), "gone"),
        (CorsConfig::new().source("one", Slow(|_| panic!("a bug"))), "it panicked: a bug"),
        (CorsConfig::new().source("one", |_: &str| -> bool { panic!("another") }), "it panicked: another"),
        (CorsConfig::new().defaults([("@one", options())]).without_sources(), "it is not bound"),
    ];
    for (config, why) in failing {
        let entries = [("@one", with_credentials()), ("@two", options()), ("*", options())];
        let cors = build(config.add(Resource::at("/").only(entries)).source("two", |_: &str| false));
        let request = lines(A);
        let request = CorsRequest::new("/", "GET", &request);
        let answers = answers(&cors, &request);
        let explanation = cors.explain(&request.answers(answers)).to_string();
        assert!(explanation.contains(&format!("@one failed: {why}\n")), "{explanation}");
        assert!(explanation.contains("access-control-allow-origin: *\n"), "{explanation}");
        assert!(explanation.contains("does not belong to @two"), "the next source is asked: {explanation}");
    }
}

#[test]
fn s25_answers_count_for_the_policy_that_asked() {
    let config =
        || CorsConfig::new().source("one", |_: &str| true).defaults([("@one", options())]).all_resources();
    let (first, second) = (build(config()), build(config()));
    let request = lines(A);
    let answers = answers(&first, &CorsRequest::new("/", "GET", &request));
    assert_eq!(headers_of(&second, &CorsRequest::new("/", "GET", &request).answers(answers)), NOT);
    let attached = Attached::from(second);
    let request = CorsRequest::new("/", "GET", &request).answers(answers);
    assert!(attached.with(&first).judge(request).refusal().is_none());
}

#[test]
fn s27_kept_answers_are_looked_at_and_nothing_is_asked() {
    struct Kept(Option<bool>);
    impl OriginSource for Kept {
        fn ask(&self, _: &Asked<'_>, _: &Keeping) -> Answering {
            panic!("asked");
        }
        fn kept(&self, _: &Asked<'_>, _: &Keeping) -> Option<bool> {
            self.0
        }
    }
    let request = lines(A);
    for (kept, is_shared) in [(Some(true), Some(true)), (Some(false), Some(false)), (None, None)] {
        let cors = build(
            CorsConfig::new().source("one", Kept(kept)).defaults([("@one", options())]).all_resources(),
        );
        let request = || CorsRequest::new("/", "GET", &request);
        let answers = cors.kept_answers(&request());
        assert_eq!(
            answers.map(|answers| headers_of(&cors, &request().answers(answers)) == allowed(A)),
            is_shared
        );
    }
    let without = build(CorsConfig::new().defaults([("*", options())]).all_resources());
    assert_eq!(without.kept_answers(&CorsRequest::new("/", "GET", &request)), Some(Answers::default()));
}

#[test]
fn explain_takes_assumptions_and_says_what_depends_on_a_source() {
    let config = CorsConfig::new().defaults([("@one", options()), ("@two", options())]).all_resources();
    let cors = build(config.without_sources());
    let request = lines(A);
    let request = || CorsRequest::new("/", "GET", &request);
    let steps = |answers| cors.explain(&request().answers(answers)).to_string();
    let none = steps(Answers::default());
    assert!(none.contains("depends on @one, which") && none.contains("depends on @two, which"), "{none}");
    let two = steps(cors.assume(&request(), |name| (name == "two").then_some(true)));
    assert!(two.contains("belongs to @two") && two.contains("depends on @one, which"), "{two}");
    assert!(two.contains("the most specific pattern that matches is @two"), "{two}");
    let one = steps(cors.assume(&request(), |_| Some(true)));
    assert!(one.contains("belongs to @one") && !one.contains("@two"), "{one}");
}

#[test]
fn an_exchange_takes_assumptions_and_names_what_is_missing() {
    let config =
        CorsConfig::new().defaults([("@one", with_credentials()), ("@two", options())]).all_resources();
    let cors = build(config.without_sources());
    let request = PageRequest::new(A, "GET").unwrap().with_credentials();
    let unasked = |exchange: &Exchange| exchange.unasked().map(str::to_owned).collect::<Vec<_>>();
    let unknown = cors.exchange("/", &request);
    assert_eq!(
        (unknown.read(), unasked(&unknown)),
        (Err(Blocked::NoAllowOrigin), vec!["one".into(), "two".into()])
    );
    let one = cors.exchange_assuming("/", &request, |name| Some(name == "one"));
    assert_eq!((one.read(), unasked(&one)), (Ok(()), vec![]));
    let two = cors.exchange_assuming("/", &request, |name| (name == "two").then_some(true));
    assert_eq!((two.read(), unasked(&two)), (Err(Blocked::NoAllowCredentials), vec!["one".into()]));
}

fn kinds(config: CorsConfig) -> Vec<(ErrorKind, String)> {
    let errors = config.build().expect_err("errors");
    errors.iter().map(|error| (error.kind(), error.place().to_string())).collect()
}

#[test]
fn s21_what_is_not_bound_or_has_no_valid_name_does_not_build() {
    let bound = || CorsConfig::new().source("one", |_: &str| true);
    let settings = SourceSettings::new;
    let place = |text: &str| text.to_string();
    assert_eq!(
        kinds(bound().defaults([("@one, @two", options())]).source_settings("two", settings())),
        [
            (ErrorKind::UnboundSource, place("sources.two")),
            (ErrorKind::UnboundSource, place("defaults.origins.\"@two\"")),
        ]
    );
    assert_eq!(
        kinds(bound().source("One", |_: &str| true).source_settings("1", settings())),
        [
            (ErrorKind::InvalidSourceName, place("sources.One")),
            (ErrorKind::InvalidSourceName, place("sources.1"))
        ]
    );
    assert_eq!(kinds(bound().source("one", |_: &str| true)), [(ErrorKind::Duplicate, place("sources.one"))]);
    let twice = bound().source_settings("one", settings()).source_settings("one", settings());
    assert_eq!(kinds(twice), [(ErrorKind::Duplicate, place("sources.one"))]);
    let long = bound().source_settings("one", settings().ttl(Duration::from_secs(1 << 31)));
    assert_eq!(kinds(long), [(ErrorKind::SettingOutOfRange, place("sources.one.ttl"))]);
    let pattern = bound().defaults([("@One", options())]);
    assert_eq!(kinds(pattern), [(ErrorKind::InvalidSourceName, place("defaults.origins.\"@One\""))]);
    let many = (0..65).fold(CorsConfig::new(), |config, at| {
        config.source(format!("s{at}"), |_: &str| true).defaults([(format!("@s{at}"), options())].to_vec())
    });
    assert_eq!(kinds(many), [(ErrorKind::TooManySources, place("the configuration"))]);
}

#[test]
fn s21_a_check_without_bindings_takes_each_named_source_for_bound() {
    let config = CorsConfig::new().defaults([("@one", options())]).all_resources();
    assert_eq!(config.check().unwrap(), []);
    assert_eq!(kinds(config.clone()), [(ErrorKind::UnboundSource, "defaults.origins.\"@one\"".into())]);
    let invalid = CorsConfig::new().defaults([("@One", options())]).check().unwrap_err();
    assert_eq!(invalid.iter().count(), 1, "{invalid}");
    let other = config.source_settings("two", SourceSettings::new());
    let errors = other.check().unwrap_err();
    assert_eq!(errors.iter().map(|error| error.kind()).collect::<Vec<_>>(), [ErrorKind::UnboundSource]);
}

#[test]
fn s23_advice_about_sources() {
    let advice = |config: CorsConfig| {
        let cors = build(config.all_resources());
        cors.advice().iter().map(|advice| (advice.kind(), advice.place().to_string())).collect::<Vec<_>>()
    };
    let bound = || CorsConfig::new().source("one", |_: &str| true);
    assert_eq!(
        advice(bound().defaults([(A, options())])),
        [(AdviceKind::SourceNotNamed, "sources.one".to_string())]
    );
    let aged = |seconds: u32| bound().defaults([("@one", options().max_age(seconds))]);
    assert_eq!(advice(aged(60)), []);
    let above = [(AdviceKind::MaxAgeAboveTtl, "defaults.origins.\"@one\".max_age".to_string())];
    assert_eq!(advice(aged(61)), above);
    let ttl = |seconds| SourceSettings::new().ttl(Duration::from_secs(seconds));
    assert_eq!(advice(aged(61).source_settings("one", ttl(61))), []);
    assert_eq!(advice(aged(61).source_settings("one", ttl(60))), above);
}

#[test]
fn configurations_are_equal_where_the_same_source_is_bound() {
    let config = CorsConfig::new().source("one", |_: &str| true);
    assert_eq!(config, config.clone());
    assert_ne!(config, CorsConfig::new().source("one", |_: &str| true));
    let cors = build(config.defaults([("@one", options())]).all_resources());
    assert_eq!(cors.config().clone().build().unwrap(), cors);
    assert!(format!("{cors:?}").contains("@one"));
}

#[cfg(feature = "serde")]
mod file {
    use super::*;

    #[test]
    fn a_file_says_how_answers_are_kept() {
        let text = "[sources.tenants]\nttl = 300\nnegative_ttl = 1\nmax_entries = 7\ntimeout_ms = 20\n\
                    stale_if_error = 9\n\n[defaults.origins.\"@tenants\"]\n";
        let config: CorsConfig = toml::from_str(text).unwrap();
        let seconds = Duration::from_secs;
        let settings = SourceSettings::new()
            .ttl(seconds(300))
            .negative_ttl(seconds(1))
            .max_entries(7)
            .timeout(Duration::from_millis(20))
            .stale_if_error(seconds(9));
        let in_code =
            CorsConfig::new().source_settings("tenants", settings).defaults([("@tenants", options())]);
        assert_eq!(config, in_code);
        let written = toml::to_string(&config).unwrap();
        assert_eq!(toml::from_str::<CorsConfig>(&written).unwrap(), config);
        build(config.source("tenants", |_: &str| true));
    }

    #[test]
    fn s20_every_mistake_of_a_file_is_reported() {
        let text = r#"{
            "sources": {"a": {"ttl": -1, "tttl": 1, "max_entries": "7"}, "B": {}, "a": {}, "c": {}},
            "defaults": {"origins": {"@a": {}}}
        }"#;
        let config: CorsConfig = serde_json::from_str(text).unwrap();
        let errors = config.check().unwrap_err();
        let found: Vec<_> = errors.iter().map(|error| (error.kind(), error.place().to_string())).collect();
        let expected = [
            (ErrorKind::UnknownKey, "sources.a.tttl"),
            (ErrorKind::WrongType, "sources.a.max_entries"),
            (ErrorKind::SettingOutOfRange, "sources.a.ttl"),
            (ErrorKind::InvalidSourceName, "sources.B"),
            (ErrorKind::Duplicate, "sources.a"),
            (ErrorKind::UnboundSource, "sources.c"),
        ];
        assert_eq!(found, expected.map(|(kind, place)| (kind, place.to_string())));
    }
}
