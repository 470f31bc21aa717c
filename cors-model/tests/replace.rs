//! S25: a policy that serves is replaced as a whole, everywhere, or not at all.
#![cfg(feature = "replace")]

mod common;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use common::{A, B, build, headers};
use cors_model::{
    Attached, Cors, CorsConfig, CorsHandle, CorsRequest, Decision, ErrorKind, Reply, Resource,
    ResourceOptions, Verdict,
};
use http::HeaderMap;

fn at(template: &str, origin: &str) -> CorsConfig {
    CorsConfig::new().add(Resource::at(template).also(origin, ResourceOptions::new()))
}

/// The origins among `A` and `B` to which a path is shared at a place, and whether it is a resource at all.
fn shared(attached: &Attached, path: &str) -> String {
    let mut found = String::new();
    for (name, origin) in [("A", A), ("B", B)] {
        let mut response = HeaderMap::new();
        match attached.current().decide(CorsRequest::new(path, "GET", &headers(&[("origin", origin)]))) {
            Decision::Pass => return "pass".into(),
            Decision::Answer(_) => panic!("an answer"),
            Decision::Actual(mut decoration) => decoration.write(&mut response),
        }
        if response.contains_key("access-control-allow-origin") {
            found.push_str(name);
        }
    }
    found
}

#[test]
fn s25_all_clones_and_places_see_the_next_policy_and_the_old_one_comes_back() {
    let old = build(at("/r", A));
    let handle = CorsHandle::new(old.clone());
    let places = [Attached::from(&handle), Attached::from(handle.clone()), handle.resource("/r").into()];
    assert_eq!(places.each_ref().map(|place| shared(place, "/r")), ["A"; 3]);
    let new = build(at("/r", B));
    assert_eq!(handle.clone().replace(new.clone()).unwrap(), old);
    assert_eq!(handle.current(), new);
    assert_eq!(places.each_ref().map(|place| shared(place, "/r")), ["B"; 3]);
}

#[test]
fn s25_a_resource_is_attached_by_its_template_that_only_a_later_policy_has() {
    let handle = CorsHandle::new(build(at("/r", A)));
    let place = Attached::from(handle.resource("/later/{id}"));
    assert_eq!(shared(&place, "/later/1"), "pass");
    assert_eq!(handle.resource("/later/{id}").key(), None);
    let others = at("/r", A).add(Resource::at("/first").also(A, ResourceOptions::new()));
    let later = others.add(Resource::at("/later/{name}").also(B, ResourceOptions::new()));
    let first = handle.replace(build(later)).unwrap();
    assert_eq!(shared(&place, "/later/1"), "B");
    let _ = handle.replace(first).unwrap();
    assert_eq!(shared(&place, "/later/1"), "pass");
}

#[test]
fn s25_the_old_policy_stays_everywhere_if_one_place_does_not_fit() {
    let handle = CorsHandle::new(build(at("/r", A)));
    let around = Attached::from(&handle);
    let fits = Attached::from(&handle).beside(vec!["/r".into(), "/s".into()]).unwrap();
    let lacks_s = Attached::from(&handle).beside(vec!["/r".into()]).unwrap();
    let errors = handle.replace(build(at("/s", B))).unwrap_err();
    assert_eq!(errors.iter().map(|error| error.kind()).collect::<Vec<_>>(), [ErrorKind::WithoutRoute]);
    assert_eq!(handle.current(), build(at("/r", A)));
    for place in [&around, &fits, &lacks_s] {
        assert_eq!(shared(place, "/r"), "A");
        assert_eq!(shared(place, "/s"), "pass");
    }
    drop(lacks_s);
    handle.replace(build(at("/s", B))).expect("a place that is gone does not object");
    for place in [&around, &fits] {
        assert_eq!((shared(place, "/r"), shared(place, "/s")), ("pass".into(), "B".into()));
    }
}

#[test]
fn s25_what_is_derived_from_a_derived_place_is_derived_anew() {
    let handle = CorsHandle::new(build(at("/items/{id}", A)));
    // As rocket does for the routes of one resource: at their paths, and then beside all routes.
    let moved = handle.resource("/items/{id}").at(vec!["/v2/{id}".into()]).unwrap();
    let place = moved.beside(vec!["/v2/{id}".into(), "/v2/other".into()]).unwrap();
    assert_eq!((shared(&place, "/v2/1"), shared(&place, "/v2/other")), ("A".into(), "pass".into()));
    handle.replace(build(at("/items/{id}", B))).unwrap();
    assert_eq!((shared(&place, "/v2/1"), shared(&place, "/v2/other")), ("B".into(), "pass".into()));
    handle.replace(build(at("/elsewhere", B))).unwrap();
    assert_eq!(shared(&place, "/v2/1"), "pass");

    let handle = CorsHandle::new(build(at("/r", A)));
    let outer = Attached::from(&handle).beside(vec!["/r".into(), "/s".into()]).unwrap();
    let inner = outer.clone().beside(vec!["/r".into()]).unwrap();
    assert!(handle.replace(build(at("/s", B))).is_err(), "the inner place has no route for it");
    assert_eq!([&outer, &inner].map(|place| shared(place, "/r")), ["A"; 2]);
    handle.replace(build(at("/r", B))).unwrap();
    assert_eq!([&outer, &inner].map(|place| shared(place, "/r")), ["B"; 2]);
    // The place in between is held by the inner one alone.
    drop(outer);
    handle.replace(build(at("/r", A))).unwrap();
    assert_eq!(shared(&inner, "/r"), "A");
}

#[test]
fn s25_a_request_keeps_the_policy_that_judged_it() {
    let handle = CorsHandle::new(build(at("/r", A)));
    let attached = Attached::from(&handle);
    let request = headers(&[("origin", A), ("access-control-request-method", "GET")]);
    let current = attached.current();
    let Verdict::Answer(reply) = current.judge(CorsRequest::new("/r", "OPTIONS", &request)) else {
        panic!("no preflight")
    };
    assert!(matches!(reply, Reply::Preflight(_)));
    handle.replace(build(at("/r", B))).unwrap();
    assert_eq!(current.answer(reply, &request, &mut HeaderMap::new()).status, 204);
    let mut response = HeaderMap::new();
    let other = attached.current();
    assert_eq!(other.answer(reply, &request, &mut response).status, 403, "a verdict of another policy");
    assert!(!response.contains_key("access-control-allow-origin"));
}

/// All headers of one policy name it.
fn named(name: &str) -> Cors {
    let options = ResourceOptions::new()
        .expose_headers([format!("x-{name}")])
        .allow_headers([format!("x-{name}")])
        .max_age(if name == "one" { 1 } else { 2 });
    let options = if name == "one" { options.allow_credentials() } else { options };
    build(CorsConfig::new().add(Resource::at("/r").also(A, options)))
}

/// Which of the two policies has written all of these headers.
fn only(response: &HeaderMap) -> usize {
    let text = format!("{response:?}");
    let credentials = response.contains_key("access-control-allow-credentials");
    match (text.contains("x-one"), text.contains("x-two")) {
        (true, false) if credentials => 0,
        (false, true) if !credentials => 1,
        _ => panic!("of no policy alone: {text}"),
    }
}

#[test]
fn s25_each_answer_is_wholly_of_one_policy_while_threads_read_and_one_replaces() {
    let policies = ["one", "two"].map(named);
    let handle = CorsHandle::new(policies[0].clone());
    let around = Attached::from(&handle);
    let beside = around.clone().beside(vec!["/r".into(), "/s".into()]).unwrap();
    let resource = Attached::from(handle.resource("/r"));
    let actual = headers(&[("origin", A)]);
    let preflight = headers(&[("origin", A), ("access-control-request-method", "GET")]);
    let (stop, seen) = (AtomicBool::new(false), [AtomicU64::new(0), AtomicU64::new(0)]);
    let read = |place: &Attached| {
        while !stop.load(Ordering::Relaxed) {
            for (method, request) in [("GET", &actual), ("OPTIONS", &preflight)] {
                let mut response = HeaderMap::new();
                let current = place.current();
                match current.decide(CorsRequest::new("/r", method, request)) {
                    Decision::Pass => panic!("both policies have the resource"),
                    Decision::Actual(mut decoration) => {
                        decoration.write(&mut response);
                        seen[only(&response)].fetch_add(1, Ordering::Relaxed);
                    }
                    Decision::Answer(reply) => {
                        assert_eq!(current.answer(reply, request, &mut response).status, 204);
                        let age = &response["access-control-max-age"];
                        let credentials = response.contains_key("access-control-allow-credentials");
                        assert_eq!(age == "1", credentials, "of no policy alone: {response:?}");
                    }
                }
            }
        }
    };
    thread::scope(|scope| {
        for place in [&around, &beside, &resource].into_iter().cycle().take(8) {
            scope.spawn(|| read(place));
        }
        let all_seen = || seen.iter().all(|seen| seen.load(Ordering::Relaxed) > 100);
        for next in policies.iter().rev().cycle().take(2_000_000) {
            handle.replace(next.clone()).expect("both fit");
            thread::yield_now();
            if all_seen() {
                break;
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(seen.iter().all(|seen| seen.load(Ordering::Relaxed) > 100), "{seen:?}");
}
