//! Each resource a branch of its own in an `or` chain.

mod common;

use common::{
    APP, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, VARY_PREFLIGHT, ask, assert_cors, from_app, request,
};
use cors_warp::{Cors, CorsConfig, Resource, ResourceOptions, Route, default_replies, resource};
use warp::http::{Request, StatusCode};
use warp::{Filter, Rejection, Reply, any, path, reject};

const PARTNER: &str = "https://partner.example";

/// `/items/{id}` for the app, with DELETE for the partner too; `/other` for the partner alone.
fn policy() -> Cors {
    let items = Resource::at("/items/{id}")
        .also(APP, ResourceOptions::new().allow_credentials())
        .add(Route::on("GET"))
        .add(Route::on("PUT"))
        .add(Route::on("PATCH"))
        .add(Route::on("DELETE").also(PARTNER, ResourceOptions::new().max_age(60)));
    let other = Resource::at("/other").also(PARTNER, ResourceOptions::new());
    CorsConfig::new().add(items).add(other).build().unwrap()
}

/// GET and PUT of one item.
fn item() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    let item = path!("items" / u32);
    let read = item.and(warp::get()).map(|id| format!("item {id}"));
    read.or(item.and(warp::put()).or(item.and(warp::delete())).unify().map(|id| format!("{id} is changed")))
}

fn items() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    let policy = policy().resource("/items/{id}").unwrap();
    resource(policy, path!("items" / u32), default_replies(item()))
}

fn other() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    let policy = policy().resource("/other").unwrap();
    resource(policy, path!("other"), default_replies(path!("other").and(warp::get()).map(|| "other")))
}

fn admin() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync {
    path!("items" / "admin").and(warp::get()).map(|| "admin")
}

fn preflight(origin: &str, method: &str, path: &str) -> Request<String> {
    request("OPTIONS", path, &[("origin", origin), ("access-control-request-method", method)])
}

const CREDENTIALS: &str = "access-control-allow-credentials: true";
const TO_APP: &str = "access-control-allow-origin: https://app.example";
const TO_PARTNER: &str = "access-control-allow-origin: https://partner.example";
const VARY: &str = "vary: Origin";
const APP_GRANTED: &[&str] = &[CREDENTIALS, TO_APP, VARY];

#[tokio::test]
async fn two_resources_have_two_policies() {
    let app = warp::service(items().or(other()).or(admin()));
    let ask = |request| ask(app.clone(), request);

    let response = ask(from_app("GET", "/items/1")).await;
    assert_cors(&response, 200, APP_GRANTED);
    assert_eq!(response.text, "item 1");
    assert_cors(&ask(from_app("GET", "/other")).await, 200, NOT_SHARED);
    let from_partner = |method, path| request(method, path, &[("origin", PARTNER)]);
    assert_cors(&ask(from_partner("GET", "/items/1")).await, 200, NOT_SHARED);
    assert_cors(&ask(from_partner("DELETE", "/items/1")).await, 200, &[TO_PARTNER, VARY]);
    assert_cors(&ask(from_partner("GET", "/other")).await, 200, &[TO_PARTNER, VARY]);

    // There is no PATCH and no HEAD: their 405 is an answer of the resource too.
    for method in ["PATCH", "HEAD"] {
        assert_cors(&ask(from_app(method, "/items/1")).await, 405, APP_GRANTED);
    }
    // warp takes a trailing slash for none.
    assert_cors(&ask(from_app("GET", "/items/1/")).await, 200, APP_GRANTED);

    // What the path filter does not let through is not matched by any template.
    assert_cors(&ask(from_app("GET", "/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask(preflight(APP, "GET", "/items/admin")).await, 405, UNTOUCHED);
    assert_cors(&ask(from_app("GET", "/items/one")).await, 404, UNTOUCHED);
    assert_cors(&ask(from_app("GET", "/items/1/2")).await, 404, UNTOUCHED);
}

#[tokio::test]
async fn a_branch_answers_the_preflights_of_its_own_path_in_any_order() {
    let methods = "access-control-allow-methods: GET, PUT, PATCH, DELETE, HEAD";
    let delete_alone = ["access-control-allow-methods: DELETE", TO_PARTNER, "access-control-max-age: 60"];
    let simple = "access-control-allow-methods: GET, HEAD, POST";
    let cases = [
        (preflight(APP, "PUT", "/items/1"), 204, vec![CREDENTIALS, methods, TO_APP, VARY_PREFLIGHT]),
        (
            preflight(PARTNER, "DELETE", "/items/1"),
            204,
            vec![delete_alone[0], delete_alone[1], delete_alone[2], VARY_PREFLIGHT],
        ),
        (preflight(PARTNER, "PUT", "/items/1"), 403, REFUSED.to_vec()),
        (preflight(PARTNER, "GET", "/other"), 204, vec![simple, TO_PARTNER, VARY_PREFLIGHT]),
        (preflight(APP, "GET", "/other"), 403, REFUSED.to_vec()),
        (preflight(STRANGER, "GET", "/other"), 403, REFUSED.to_vec()),
        (preflight(APP, "GET", "/nothing"), 404, vec![]),
    ];
    for (request, status, lines) in cases {
        let forth = ask(warp::service(admin().or(items()).or(other())), request.clone()).await;
        assert_cors(&forth, status, &lines);
        let back = ask(warp::service(other().or(items()).or(admin())), request).await;
        assert_cors(&back, status, &lines);
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
        let policy = policy().resource("/items/{id}").unwrap();
        warp::service(resource(policy, path!("items" / String), default_replies(routes)).or(other()))
    };
    let failing = item().and_then(|_| async { Err::<StatusCode, _>(reject::custom(Failed)) });
    let failing = failing.map(Reply::into_response).boxed();
    assert_cors(&ask(branch(failing), from_app("GET", "/items/1")).await, 500, APP_GRANTED);
    let json = item().and(warp::body::json()).map(|_, _: u8| StatusCode::OK.into_response()).boxed();
    assert_cors(&ask(branch(json.clone()), from_app("PUT", "/items/1")).await, 400, APP_GRANTED);
    // The path filter takes any text, and the route a number alone.
    assert_cors(&ask(branch(json), from_app("PUT", "/items/one")).await, 404, APP_GRANTED);
}

/// Also one that no template could say, and below a common beginning.
#[tokio::test]
async fn a_resource_needs_no_path_of_its_own() {
    let policy = policy().resource("/items/{id}").unwrap();
    let tail = || path("items").and(path::tail());
    let files = tail().map(|tail: path::Tail| tail.as_str().to_owned());
    let items = resource(policy.clone(), tail(), default_replies(files));
    let app = warp::service(path("deep").and(items).or(any().map(|| "fallback")));
    for (path, text) in [("/deep/items/1/2", "1/2"), ("/deep/items", "")] {
        let response = ask(app.clone(), from_app("GET", path)).await;
        assert_cors(&response, 200, APP_GRANTED);
        assert_eq!(response.text, text);
        assert_eq!(ask(app.clone(), preflight(APP, "PUT", path)).await.status, 204);
    }
    let response = ask(app, from_app("GET", "/deep/elsewhere")).await;
    assert_cors(&response, 200, UNTOUCHED);
    assert_eq!(response.text, "fallback");
}

/// What a path filter extracts does not matter, nor how much.
#[tokio::test]
async fn a_path_is_checked_whatever_it_extracts() {
    let routes = || default_replies(path!("a" / "b" / "c").map(|| "c"));
    let policy = || policy().resource("/other").unwrap();
    let from_partner = || request("GET", "/a/b/c", &[("origin", PARTNER)]);
    let nothing = warp::service(resource(policy(), path!("a" / "b" / "c"), routes()));
    assert_cors(&ask(nothing, from_partner()).await, 200, &[TO_PARTNER, VARY]);
    let three = warp::service(resource(policy(), path!(String / String / String), routes()));
    assert_cors(&ask(three, from_partner()).await, 200, &[TO_PARTNER, VARY]);
}
