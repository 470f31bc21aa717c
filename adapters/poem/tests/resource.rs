//! A middleware around each resource: on the methods of a route.

mod common;

use common::{ask, hello};
use cors_poem::CorsMiddleware;
use cors_test_support::{
    APP, GRANTED, NOT_SHARED, UNTOUCHED, assert_cors, different_resources, from_app, preflight,
};
use poem::{EndpointExt, Route, delete, get};

fn on(template: &str) -> CorsMiddleware {
    CorsMiddleware::resource(different_resources(&["/items/{id}"]).resource(template).unwrap())
}

/// Also one whose pattern no template could say. No template reaches a route beside it.
#[tokio::test]
async fn a_resource_needs_no_path() {
    let inner = Route::new()
        .at(r"/:id<\d+>", get(hello).with(on("/items/{id}")))
        .at("/admin", get(hello))
        .at("/other", get(hello).with(on("/other")));
    let app = Route::new().nest("/deep/items", inner);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/1")).await, 200, GRANTED);
    assert_eq!(ask(&app, preflight(APP, "POST", "/deep/items/1")).await.status, 204);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/one")).await, 404, UNTOUCHED);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/deep/items/admin")).await, 405, UNTOUCHED);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/other")).await, 200, NOT_SHARED);
}

#[tokio::test]
async fn a_route_is_added_once_so_its_policy_is_one() {
    let route = Route::new().at("/items/:id", get(hello).with(on("/items/{id}")));
    assert!(route.try_at("/items/:id", delete(hello).with(on("/other"))).is_err());
}

#[tokio::test]
async fn around_a_handler_no_preflight_is_seen() {
    let app = Route::new().at("/handler", get(hello.with(on("/items/{id}"))));
    assert_cors(&ask(&app, from_app("GET", "/handler")).await, 200, GRANTED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/handler")).await, 405, UNTOUCHED);
}
