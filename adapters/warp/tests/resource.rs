//! Each resource a branch of its own in an `or` chain.

mod common;

use common::ask;
use cors_test_support::{
    APP, GRANTED, NOT_SHARED, STRANGER, TO_STRANGER, UNTOUCHED, assert_cors, different_resources, from_app,
    from_stranger, preflight,
};
use cors_warp::{ResourcePolicy, default_replies, resource};
use warp::http::StatusCode;
use warp::{Filter, Rejection, Reply, any, path, reject};

fn policy(template: &str) -> ResourcePolicy {
    different_resources(&["/items/{id}"]).resource(template).unwrap()
}

fn items() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    let item = path!("items" / u32);
    resource(
        policy("/items/{id}"),
        item,
        default_replies(item.and(warp::get()).map(|id| format!("item {id}"))),
    )
}

fn other() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    resource(
        policy("/other"),
        path!("other"),
        default_replies(path!("other").and(warp::get()).map(|| "other")),
    )
}

fn admin() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    path!("items" / "admin").and(warp::get()).map(|| "admin")
}

#[tokio::test]
async fn a_branch_answers_for_its_own_path_in_any_order() {
    let cases = [
        (from_app("GET", "/items/1"), 200, GRANTED),
        (from_app("GET", "/other"), 200, NOT_SHARED),
        (from_app("POST", "/items/1"), 405, GRANTED),
        // warp takes a trailing slash for none.
        (from_app("GET", "/items/1/"), 200, GRANTED),
        // What the path filter does not let through is not matched by any template.
        (from_app("GET", "/items/admin"), 200, UNTOUCHED),
        (preflight(APP, "GET", "/items/admin"), 405, UNTOUCHED),
        (from_app("GET", "/items/one"), 404, UNTOUCHED),
        (preflight(APP, "GET", "/nothing"), 404, UNTOUCHED),
    ];
    let forth = warp::service(admin().or(items()).or(other()));
    let back = warp::service(other().or(items()).or(admin()));
    for (request, status, lines) in cases {
        assert_cors(&ask(forth.clone(), request.clone()).await, status, lines);
        assert_cors(&ask(back.clone(), request).await, status, lines);
    }
    for (origin, path, status) in [(APP, "/items/1", 204), (STRANGER, "/other", 204), (APP, "/other", 403)] {
        assert_eq!(ask(forth.clone(), preflight(origin, "POST", path)).await.status, status);
        assert_eq!(ask(back.clone(), preflight(origin, "POST", path)).await.status, status);
    }
}

#[derive(Debug)]
struct Failed;

impl reject::Reject for Failed {}

/// A rejection is replied to in the branch, however little of the routes has run.
#[tokio::test]
async fn every_rejection_on_the_path_is_decorated() {
    let item = || path!("items" / u32);
    let branch = |routes| {
        warp::service(
            resource(policy("/items/{id}"), path!("items" / String), default_replies(routes)).or(other()),
        )
    };
    let failing = item().and_then(|_| async { Err::<StatusCode, _>(reject::custom(Failed)) });
    let failing = failing.map(Reply::into_response).boxed();
    assert_cors(&ask(branch(failing), from_app("GET", "/items/1")).await, 500, GRANTED);
    let json = item().and(warp::body::json()).map(|_, _: u8| StatusCode::OK.into_response()).boxed();
    assert_cors(&ask(branch(json.clone()), from_app("POST", "/items/1")).await, 400, GRANTED);
    // The path filter takes any text, and the route a number alone.
    assert_cors(&ask(branch(json), from_app("POST", "/items/one")).await, 404, GRANTED);
}

/// Also one that no template could say, and below a common beginning.
#[tokio::test]
async fn a_resource_needs_no_path_of_its_own() {
    let tail = || path("items").and(path::tail());
    let files = tail().map(|tail: path::Tail| tail.as_str().to_owned());
    let items = resource(policy("/items/{id}"), tail(), default_replies(files));
    let app = warp::service(path("deep").and(items).or(any().map(|| "fallback")));
    for (path, text) in [("/deep/items/1/2", "1/2"), ("/deep/items", "")] {
        let response = ask(app.clone(), from_app("GET", path)).await;
        assert_cors(&response, 200, GRANTED);
        assert_eq!(response.text, text);
        assert_eq!(ask(app.clone(), preflight(APP, "POST", path)).await.status, 204);
    }
    let response = ask(app, from_app("GET", "/deep/elsewhere")).await;
    assert_cors(&response, 200, UNTOUCHED);
    assert_eq!(response.text, "fallback");
}

/// What a path filter extracts does not matter, nor how much.
#[tokio::test]
async fn a_path_is_checked_whatever_it_extracts() {
    let routes = || default_replies(path!("a" / "b" / "c").map(|| "c"));
    let shared = [TO_STRANGER, "vary: Origin"];
    let nothing = warp::service(resource(policy("/other"), path!("a" / "b" / "c"), routes()));
    assert_cors(&ask(nothing, from_stranger("GET", "/a/b/c")).await, 200, &shared);
    let three = warp::service(resource(policy("/other"), path!(String / String / String), routes()));
    assert_cors(&ask(three, from_stranger("GET", "/a/b/c")).await, 200, &shared);
}
