//! A middleware around each resource: on the methods of a route.

mod common;

use common::{
    APP, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, VARY_PREFLIGHT, ask, assert_cors, from_app, request,
};
use cors_poem::{Cors, CorsConfig, CorsMiddleware, Resource, ResourceOptions};
use poem::{EndpointExt, Request, Route, delete, get, handler};

const PARTNER: &str = "https://partner.example";

#[handler]
fn hello() -> &'static str {
    "hello"
}

/// `/items/{id}` for the app, with DELETE for the partner too; `/other` for the partner alone.
fn policy() -> Cors {
    use cors_poem::Route;
    let items = Resource::at("/items/{id}")
        .also(APP, ResourceOptions::new().allow_credentials())
        .add(Route::on("GET"))
        .add(Route::on("PUT"))
        .add(Route::on("PATCH"))
        .add(Route::on("DELETE").also(PARTNER, ResourceOptions::new().max_age(60)));
    let other = Resource::at("/other").also(PARTNER, ResourceOptions::new());
    CorsConfig::new().add(items).add(other).build().unwrap()
}

fn on(template: &str) -> CorsMiddleware {
    CorsMiddleware::resource(policy().resource(template).unwrap())
}

fn preflight(origin: &str, method: &str, path: &str) -> Request {
    request("OPTIONS", path, &[("origin", origin), ("access-control-request-method", method)])
}

const CREDENTIALS: &str = "access-control-allow-credentials: true";
const TO_APP: &str = "access-control-allow-origin: https://app.example";
const TO_PARTNER: &str = "access-control-allow-origin: https://partner.example";
const VARY: &str = "vary: Origin";
const APP_GRANTED: &[&str] = &[CREDENTIALS, TO_APP, VARY];

#[tokio::test]
async fn two_resources_have_two_policies() {
    let app = Route::new()
        .at("/items/:id", get(hello).put(hello).delete(hello).with(on("/items/{id}")))
        .at("/other", get(hello).with(on("/other")))
        .at("/items/admin", get(hello));

    assert_cors(&ask(&app, from_app("GET", "/items/1")).await, 200, APP_GRANTED);
    assert_cors(&ask(&app, from_app("HEAD", "/items/1")).await, 200, APP_GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/other")).await, 200, NOT_SHARED);
    let from_partner = |method, path| request(method, path, &[("origin", PARTNER)]);
    assert_cors(&ask(&app, from_partner("GET", "/items/1")).await, 200, NOT_SHARED);
    assert_cors(&ask(&app, from_partner("DELETE", "/items/1")).await, 200, &[TO_PARTNER, VARY]);
    assert_cors(&ask(&app, from_partner("GET", "/other")).await, 200, &[TO_PARTNER, VARY]);

    // The route has no PATCH: its 405 is an answer of the resource too.
    assert_cors(&ask(&app, from_app("PATCH", "/items/1")).await, 405, APP_GRANTED);

    // There is no matching, so no template reaches a route that was not registered.
    assert_cors(&ask(&app, from_app("GET", "/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/items/admin")).await, 405, UNTOUCHED);
}

#[tokio::test]
async fn a_preflight_reaches_the_resource_without_a_handler_for_options() {
    let app = Route::new()
        .at("/items/:id", get(hello).put(hello).delete(hello).with(on("/items/{id}")))
        .at("/other", get(hello).with(on("/other")));

    let methods = "access-control-allow-methods: GET, PUT, PATCH, DELETE, HEAD";
    let answer = ask(&app, preflight(APP, "PUT", "/items/1")).await;
    assert_cors(&answer, 204, &[CREDENTIALS, methods, TO_APP, VARY_PREFLIGHT]);

    let delete_alone = ["access-control-allow-methods: DELETE", TO_PARTNER, "access-control-max-age: 60"];
    let answer = ask(&app, preflight(PARTNER, "DELETE", "/items/1")).await;
    assert_cors(&answer, 204, &[delete_alone[0], delete_alone[1], delete_alone[2], VARY_PREFLIGHT]);
    assert_cors(&ask(&app, preflight(PARTNER, "PUT", "/items/1")).await, 403, REFUSED);

    let answer = ask(&app, preflight(PARTNER, "GET", "/other")).await;
    assert_cors(&answer, 204, &["access-control-allow-methods: GET, HEAD, POST", TO_PARTNER, VARY_PREFLIGHT]);
    assert_cors(&ask(&app, preflight(APP, "GET", "/other")).await, 403, REFUSED);
    assert_cors(&ask(&app, preflight(STRANGER, "GET", "/other")).await, 403, REFUSED);
}

/// Also one whose pattern no template could say.
#[tokio::test]
async fn a_resource_needs_no_path() {
    let inner = Route::new().at(r"/:id<\d+>", get(hello).with(on("/items/{id}")));
    let app = Route::new().nest("/deep/items", inner);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/1")).await, 200, APP_GRANTED);
    assert_eq!(ask(&app, preflight(APP, "PUT", "/deep/items/1")).await.status(), 204);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/one")).await, 404, UNTOUCHED);
}

#[tokio::test]
async fn a_route_is_added_once_so_its_policy_is_one() {
    let route = Route::new().at("/items/:id", get(hello).with(on("/items/{id}")));
    assert!(route.try_at("/items/:id", delete(hello).with(on("/other"))).is_err());
}

#[tokio::test]
async fn around_a_handler_no_preflight_is_seen() {
    let app = Route::new().at("/handler", get(hello.with(on("/items/{id}"))));
    assert_cors(&ask(&app, from_app("GET", "/handler")).await, 200, APP_GRANTED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/handler")).await, 405, UNTOUCHED);
}
