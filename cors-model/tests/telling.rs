//! S27 and S30: what a program sees of requests that are refused or not shared.
#![cfg(feature = "replace")]

mod common;

use std::sync::{Arc, Mutex};

use common::{A, B, build, headers};
use cors_model::{
    Answering, Asked, Attached, CorsConfig, CorsHandle, CorsRequest, Enforce, Event, Keeping, OriginSource,
    Resource, ResourceOptions, Risk, Route, SourceAnswer,
};
use http::HeaderMap;

const EVIL: &str = "https://evil.example";

/// The lines of the events that were seen.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    fn observer(&self) -> impl Fn(&Event<'_>) + Send + Sync + 'static {
        let seen = self.clone();
        move |event| seen.0.lock().unwrap().push(event.to_string())
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// What is told of one request, whichever way it is asked about.
fn told(attached: &Attached, seen: &Seen, method: &str, path: &str, request: &HeaderMap) -> Vec<String> {
    seen.take();
    let _ = attached.current().judge(CorsRequest::new(path, method, request));
    let judged = seen.take();
    let _ = attached.current().decide(CorsRequest::new(path, method, request));
    assert_eq!(seen.take(), judged);
    judged
}

fn watched(config: CorsConfig) -> (Attached, Seen) {
    let seen = Seen::default();
    (Attached::from(build(config)).observe(seen.observer()), seen)
}

fn options() -> ResourceOptions {
    ResourceOptions::new()
}

fn asks(origin: &str, method: &str, names: &str) -> HeaderMap {
    headers(&[
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", names),
    ])
}

#[test]
fn s30_each_reason_is_told_with_its_rule_and_what_is_missing() {
    let resource =
        Resource::at("/items/{id}").also(A, options().allow_methods(["GET", "PUT"]).allow_headers(["x-one"]));
    let (attached, seen) = watched(CorsConfig::new().add(resource));
    let told = |method, request| told(&attached, &seen, method, "/items/1?secret=1", &request);
    let at = |origin: &str| format!("path \"/items/1\", resource \"/items/{{id}}\", origin \"{origin}\"");
    for (method, request, expected) in [
        (
            "OPTIONS",
            asks(EVIL, "PUT", ""),
            format!("refused: reason origin, rule S1, method \"PUT\", {}", at(EVIL)),
        ),
        (
            "OPTIONS",
            asks(A, "DELETE", "x-one"),
            format!("refused: reason method, rule S4, method \"DELETE\", {}, missing \"DELETE\"", at(A)),
        ),
        (
            "OPTIONS",
            asks(A, "PUT", "x-two, X-ONE, x-three"),
            format!(
                "refused: reason header, rule S10, method \"PUT\", {}, missing \"x-two, x-three\"",
                at(A)
            ),
        ),
        (
            "OPTIONS",
            asks(A, "P UT", ""),
            format!("refused: reason malformed, rule S19, method \"P UT\", {}", at(A)),
        ),
        (
            "GET",
            headers(&[("origin", EVIL)]),
            format!("not-shared: reason origin, rule S1, method \"GET\", {}", at(EVIL)),
        ),
        (
            "GET",
            headers(&[("origin", A), ("origin", B)]),
            format!("not-shared: reason malformed, rule S19, method \"GET\", {}", at(&format!("{A}, {B}"))),
        ),
        (
            "POST",
            headers(&[("origin", A)]),
            format!("not-shared: reason method, rule S4, method \"POST\", {}, missing \"POST\"", at(A)),
        ),
    ] {
        assert_eq!(told(method, request), [expected]);
    }
    for (method, request) in
        [("GET", headers(&[("origin", A)])), ("GET", HeaderMap::new()), ("OPTIONS", asks(A, "PUT", "x-one"))]
    {
        assert_eq!(told(method, request), [""; 0]);
    }
}

#[test]
fn s30_a_request_of_the_own_origin_is_not_told_and_a_refused_preflight_always_is() {
    let (attached, seen) = watched(CorsConfig::new().add(Resource::at("/r").also(A, options())));
    let host = ("host", "evil.example");
    let site = |value| ("sec-fetch-site", value);
    let told =
        |method, lines: &[(&'static str, &str)]| told(&attached, &seen, method, "/r", &headers(lines)).len();
    let origin = ("origin", EVIL);
    for (lines, count) in [
        (vec![origin], 1),
        (vec![origin, host], 0),
        (vec![origin, ("host", "other.example")], 1),
        (vec![origin, site("same-origin")], 0),
        (vec![origin, site("none")], 0),
        (vec![origin, site("cross-site")], 1),
        (vec![origin, site("same-site")], 1),
        (vec![origin, site("same-origin"), site("same-origin")], 1),
        (vec![host], 0),
    ] {
        assert_eq!(told("POST", &lines), count, "{lines:?}");
    }
    let preflight = [origin, host, site("same-origin"), ("access-control-request-method", "PUT")];
    assert_eq!(told("OPTIONS", &preflight), 1);
}

#[test]
fn s30_what_is_no_resource_is_not_shown_to_observers() {
    let config = CorsConfig::new().add(Resource::at("/r").also(A, options())).exclude("/r/%61");
    let (attached, seen) = watched(config);
    for path in ["/other", "/r/", "/%72", "*"] {
        assert_eq!(told(&attached, &seen, "GET", path, &headers(&[("origin", EVIL)])), [""; 0], "{path}");
        assert_eq!(told(&attached, &seen, "OPTIONS", path, &asks(A, "GET", "")), [""; 0], "{path}");
    }
}

#[test]
fn s30_enforcement_tells_what_it_refuses_and_what_it_would_refuse() {
    let config = |enforce: Enforce| {
        CorsConfig::new().add(Resource::at("/r").also(A, options())).enforce(enforce.hosts(["api.example"]))
    };
    let (host, evil) = (("host", "api.example"), ("origin", EVIL));
    let foreign = headers(&[host, evil]);
    let rebound = headers(&[("host", "evil.example"), ("origin", "https://evil.example:8443")]);
    let line = |kind: &str, reason: &str, rule: &str, path: &str, resource: &str, origin: &str| {
        format!(
            "{kind}: reason {reason}, rule {rule}, method \"POST\", path \"{path}\"{resource}, origin \"{origin}\""
        )
    };
    let at = ", resource \"/r\"";
    let (attached, seen) = watched(config(Enforce::refuse()));
    let told_of = |attached, seen, path, request| told(attached, seen, "POST", path, request);
    assert_eq!(
        told_of(&attached, &seen, "/r", &foreign),
        [line("enforced", "cross-site", "S28", "/r", at, EVIL)]
    );
    assert_eq!(
        told_of(&attached, &seen, "/x", &foreign),
        [line("enforced", "cross-site", "S28", "/x", "", EVIL)]
    );
    let port = "https://evil.example:8443";
    assert_eq!(told_of(&attached, &seen, "/x", &rebound), [line("enforced", "host", "S28", "/x", "", port)]);

    let (attached, seen) = watched(config(Enforce::report()));
    assert_eq!(
        told_of(&attached, &seen, "/r", &foreign),
        [
            line("would-enforce", "cross-site", "S28", "/r", at, EVIL),
            line("not-shared", "origin", "S1", "/r", at, EVIL),
        ]
    );
    let without_origin = headers(&[("host", "evil.example")]);
    assert_eq!(
        told(&attached, &seen, "GET", "/r", &without_origin),
        [format!("would-enforce: reason host, rule S28, method \"GET\", path \"/r\"{at}")]
    );
    assert_eq!(told(&attached, &seen, "GET", "/r", &headers(&[host])), [""; 0]);
}

#[test]
fn s30_nothing_is_told_unescaped_or_without_a_bound() {
    let (attached, seen) = watched(CorsConfig::new().all_resources().defaults([(A, options())]));
    let mut request = HeaderMap::new();
    let origin: Vec<u8> =
        (1..=255).filter(|byte| !matches!(byte, b'\n' | b'\r' | 1..=31 | 127) || *byte == 9).collect();
    request.insert("origin", http::HeaderValue::from_bytes(&origin).unwrap());
    let path = format!("/\u{fc}\"\u{1b}[31m\n\u{202e}{}", "x".repeat(9000));
    let line = told(&attached, &seen, "GET\n\u{7}", &path, &request).remove(0);
    assert!(line.len() <= 1024, "{}", line.len());
    assert!(line.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{line}");
    assert!(
        line.contains("method \"GET\\x0A\\x07\", path \"/\\xC3\\xBC\\x22\\x1B[31m\\x0A\\xE2\\x80\\xAE"),
        "{line}"
    );
    assert!(line.contains("xx..\", origin \"\\x09 !\\x22#"), "{line}");
    let texts: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = texts.clone();
    let attached = Attached::from(build(CorsConfig::new().all_resources().defaults([(A, options())])));
    let attached = attached.observe(move |event| {
        let all = [event.origin_text(), event.method_text(), event.path_text()];
        kept.lock().unwrap().extend(all.map(|text| text.into_owned()));
    });
    let _ = attached.current().judge(CorsRequest::new(&path, "GET\u{e9}", &request));
    let texts = texts.lock().unwrap();
    assert!(texts.iter().all(|text| text.bytes().all(|byte| matches!(byte, b' '..=b'~'))), "{texts:?}");
    assert!(texts[0].starts_with("\\x09 !\"#"), "{texts:?}");
    assert_eq!(texts[1], "GET\\xC3\\xA9");
    assert!(texts[2].starts_with("/\\xC3\\xBC\"\\x1B[31m\\x0A\\xE2\\x80\\xAExxx") && texts[2].len() > 9000);
}

#[test]
fn s30_a_panic_in_an_observer_does_not_reach_the_request_or_the_next_observer() {
    let seen = Seen::default();
    let attached = Attached::from(build(CorsConfig::new().add(Resource::at("/r").also(A, options()))))
        .observe(|_| panic!("an observer's own fault"))
        .observe(seen.observer());
    assert_eq!(told(&attached, &seen, "GET", "/r", &headers(&[("origin", EVIL)])).len(), 1);
}

#[test]
fn s27_a_second_policy_is_told_in_both_directions_and_changes_nothing() {
    let policy = |resource: Resource| build(CorsConfig::new().add(resource));
    let now = policy(
        Resource::at("/r")
            .also(A, options())
            .also("https://c.example", options().allow_credentials())
            .also("https://d.example", options()),
    );
    let next = policy(
        Resource::at("/r")
            .also(B, options().allow_methods(["GET", "PUT"]))
            .also("https://c.example", options())
            .also("https://d.example", options().allow_credentials())
            .add(Route::on("GET")),
    );
    let seen = Seen::default();
    let handle = CorsHandle::new(now).observe(seen.observer()).report_only(&CorsHandle::new(next));
    let attached = Attached::from(&handle);
    let line = |kind: &str, reason: &str, method: &str, origin: &str, missing: &str| {
        format!(
            "{kind}: {reason}rule S27, method \"{method}\", path \"/r\", resource \"/r\", origin \"{origin}\"{missing}"
        )
    };
    let by = "reason origin, ";
    let get = |origin| told(&attached, &seen, "GET", "/r", &headers(&[("origin", origin)]));
    let preflight = |origin, method| told(&attached, &seen, "OPTIONS", "/r", &asks(origin, method, ""));
    assert_eq!(get(A), [line("would-lose", by, "GET", A, "")]);
    assert_eq!(preflight(A, "GET"), [line("would-lose", by, "GET", A, "")]);
    assert_eq!(get(B)[1..], [line("would-gain", by, "GET", B, "")]);
    assert!(get(B)[0].starts_with("not-shared: reason origin"));
    assert_eq!(preflight(B, "PUT")[1..], [line("would-gain", by, "PUT", B, "")]);
    let credentials = ", missing \"credentials\"";
    for (origin, kind) in [("https://c.example", "would-lose"), ("https://d.example", "would-gain")] {
        assert_eq!(get(origin), [line(kind, "", "GET", origin, credentials)]);
        assert_eq!(preflight(origin, "GET"), [line(kind, "", "GET", origin, credentials)]);
    }
    let post = told(&attached, &seen, "POST", "/r", &headers(&[("origin", "https://d.example")]));
    let missing = ", missing \"POST\"";
    assert_eq!(post, [line("would-lose", "reason method, ", "POST", "https://d.example", missing)]);
    assert_eq!(get(EVIL).len(), 1);
    assert_eq!(told(&attached, &seen, "GET", "/r", &HeaderMap::new()), [""; 0]);
    for origin in [A, B, "https://c.example", "https://d.example"] {
        let request = headers(&[("origin", origin)]);
        let request = || CorsRequest::new("/r", "GET", &request);
        let expected = format!("{:?}", handle.current().decide(&request()));
        assert_eq!(format!("{:?}", attached.current().decide(request())), expected);
    }
}

#[test]
fn s27_what_is_missing_goes_by_the_second_policys_own_answers() {
    struct Known;
    impl OriginSource for Known {
        fn ask(&self, _: &Asked<'_>, _: &Keeping) -> Answering {
            Answering::Now(SourceAnswer::Belongs)
        }
        fn kept(&self, _: &Asked<'_>, _: &Keeping) -> Option<bool> {
            Some(true)
        }
    }
    let policy = |key: &str, names: &[&str]| {
        let resource = Resource::at("/r").also(key, options().allow_headers(names));
        build(CorsConfig::new().add(resource).source("known", Known))
    };
    let next = CorsHandle::new(policy("@known", &["x-a"]));
    let seen = Seen::default();
    let handle = CorsHandle::new(policy(A, &["x-a", "x-b"])).observe(seen.observer()).report_only(&next);
    let lines = told(&Attached::from(handle), &seen, "OPTIONS", "/r", &asks(A, "GET", "x-a,x-b"));
    assert!(
        lines[0].starts_with("would-lose: reason header") && lines[0].ends_with(", missing \"x-b\""),
        "{lines:?}"
    );
}

#[test]
fn s27_enforcement_of_the_second_policy_is_not_judged_and_it_can_be_replaced() {
    let shared = || CorsConfig::new().add(Resource::at("/r").also(A, options()));
    let next = CorsHandle::new(build(shared().enforce(Enforce::refuse().hosts(["api.example"]))));
    let seen = Seen::default();
    let handle = CorsHandle::new(build(shared())).observe(seen.observer()).report_only(&next);
    let attached = Attached::from(handle);
    let request = headers(&[("origin", A), ("host", "other.example")]);
    assert_eq!(told(&attached, &seen, "POST", "/r", &request), [""; 0]);
    next.replace(build(CorsConfig::new())).unwrap();
    let line =
        "would-lose: rule S27, method \"POST\", path \"/r\", resource \"/r\", origin \"https://a.example\"";
    assert_eq!(told(&attached, &seen, "POST", "/r", &request), [line]);
}

#[test]
fn s27_at_one_resource_and_at_a_derived_place_the_second_policy_is_found_by_its_template() {
    let now = build(
        CorsConfig::new()
            .add(Resource::at("/x").also(A, options()))
            .add(Resource::at("/items/{id}").also(A, options())),
    );
    let next = build(CorsConfig::new().add(Resource::at("/items/{name}").also(B, options())));
    let next = CorsHandle::new(next);
    let seen = Seen::default();
    let handle = CorsHandle::new(now).observe(seen.observer()).report_only(&next);
    let request = headers(&[("origin", A)]);
    let kinds = |attached: &Attached, path| -> Vec<String> {
        let told = told(attached, &seen, "GET", path, &request);
        told.iter().map(|line| line.split(':').next().unwrap().to_owned()).collect()
    };
    let resource = Attached::from(handle.resource("/items/{id}"));
    assert_eq!(kinds(&resource, "/anything"), ["would-lose"]);
    let moved = handle.resource("/items/{id}").at(vec!["/v2/items/{id}".into()]).unwrap();
    assert_eq!(kinds(&moved, "/v2/items/1"), ["would-lose"]);
    assert_eq!(kinds(&moved, "/items/1"), [""; 0]);
    next.replace(handle.current()).unwrap();
    assert_eq!(kinds(&resource, "/anything"), [""; 0]);
    assert_eq!(kinds(&moved, "/v2/items/1"), [""; 0]);
    next.replace(build(CorsConfig::new().add(Resource::at("/x").also(A, options())))).unwrap();
    assert_eq!(kinds(&resource, "/anything"), ["would-lose"]);
    assert_eq!(kinds(&moved, "/v2/items/1"), ["would-lose"]);
    let routes = vec!["/x".to_owned()];
    let next = CorsHandle::new(build(CorsConfig::new().add(Resource::at("/y").also(A, options()))));
    let x = build(CorsConfig::new().add(Resource::at("/x").also(A, options())));
    let place = Attached::from(CorsHandle::new(x).report_only(&next));
    assert!(place.beside(routes).is_err(), "the second policy does not fit the routes");
}

#[test]
fn s27_any_origin_and_null_are_compared_like_all_others() {
    let any = build(CorsConfig::new().add(Resource::at("/r").also("*", options())));
    let null =
        CorsConfig::new().accept_risk(Risk::NullOrigin).add(Resource::at("/r").also("null", options()));
    let seen = Seen::default();
    let next = CorsHandle::new(build(null));
    let attached = Attached::from(CorsHandle::new(any).observe(seen.observer()).report_only(&next));
    for (origin, count) in [("null", 0), (A, 1), ("not an origin", 1)] {
        let told = told(&attached, &seen, "GET", "/r", &headers(&[("origin", origin)]));
        assert_eq!(told.len(), count, "{origin}: {told:?}");
    }
}

#[test]
fn s30_whatever_is_not_told_allocates_nothing() {
    let config = CorsConfig::new().add(Resource::at("/r").also(A, options()));
    let unwatched = Attached::from(build(config.clone()));
    let (watched, seen) = watched(config);
    let allocations = |attached: &Attached, path: &str, method: &str, request: &HeaderMap| {
        let work = || {
            let _ = attached.current().judge(CorsRequest::new(path, method, request));
        };
        allocation_counter::measure(work).count_total
    };
    let (shared, preflight) = (headers(&[("origin", A)]), asks(A, "GET", ""));
    for (method, request) in [("GET", &shared), ("GET", &HeaderMap::new()), ("OPTIONS", &preflight)] {
        for path in ["/r", "/other"] {
            assert_eq!(allocations(&unwatched, path, method, request), 0, "{method} {path}");
        }
        assert_eq!(allocations(&watched, "/r", method, request), 0, "{method}");
    }
    let refused = headers(&[("origin", EVIL)]);
    assert!(allocations(&watched, "/r", "GET", &refused) > 0, "it is told");
    assert_eq!(seen.take().len(), 1);
    assert_eq!(allocations(&unwatched, "/r", "GET", &refused), 0);
}

#[cfg(feature = "metrics")]
mod counted {
    use std::collections::BTreeMap;
    use std::sync::atomic::AtomicU64;

    use cors_model::count_event;
    use metrics::{
        Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit, with_local_recorder,
    };

    use super::*;

    #[derive(Default)]
    pub(super) struct Counters(Mutex<BTreeMap<String, Arc<AtomicU64>>>);

    impl Counters {
        pub(super) fn lines(&self) -> Vec<String> {
            let counters = self.0.lock().unwrap();
            let count = |count: &AtomicU64| count.load(std::sync::atomic::Ordering::Relaxed);
            counters.iter().map(|(key, counter)| format!("{key} {}", count(counter))).collect()
        }
    }

    impl Recorder for Counters {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            let labels: Vec<_> =
                key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            let text = format!("{}{{{}}}", key.name(), labels.join(","));
            Counter::from_arc(self.0.lock().unwrap().entry(text).or_default().clone())
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    #[test]
    fn s30_events_are_counted_by_labels_of_bounded_number() {
        let config =
            CorsConfig::new().all_resources().defaults([(A, options())]).add(Resource::at("/items/{id}"));
        let attached = Attached::from(build(config)).observe(count_event);
        let counters = Counters::default();
        with_local_recorder(&counters, || {
            for at in 0..500 {
                let request = headers(&[("origin", &format!("https://{at}.example"))]);
                for path in [format!("/items/{at}"), format!("/{at}")] {
                    let _ = attached.current().judge(CorsRequest::new(&path, "GET", &request));
                    let _ = attached.current().judge(CorsRequest::new(&path, "GET", &HeaderMap::new()));
                }
                let method = format!("METHOD{at}");
                let _ =
                    attached.current().judge(CorsRequest::new("/items/1", "OPTIONS", &asks(A, &method, "")));
            }
        });
        assert_eq!(
            counters.lines(),
            [
                "cors_events_total{event=not-shared,reason=origin,resource=/items/{id}} 500",
                "cors_events_total{event=not-shared,reason=origin,resource=} 500",
                "cors_events_total{event=refused,reason=method,resource=/items/{id}} 500",
            ]
        );
    }
}
