//! axum with a layer around each resource: `MethodRouter::layer`.

mod common;

use axum::Router;
use axum::handler::Handler;
use axum::routing::{delete, get};
use common::{ask, hello};
use cors_test_support::{
    APP, GRANTED, NOT_SHARED, REFUSED, UNTOUCHED, assert_cors, different_resources, from_app, preflight,
};
use cors_tower::CorsLayer;

fn on(template: &str) -> CorsLayer {
    CorsLayer::resource(different_resources(&["/items/{id}"]).resource(template).unwrap())
}

#[tokio::test]
async fn a_nested_resource_needs_no_path_and_reaches_no_route_beside_it() {
    let inner = Router::new()
        .route("/{id}", get(hello).layer(on("/items/{id}")))
        .route("/admin", get(hello))
        .route("/other", get(hello).layer(on("/other")));
    let app = Router::new().nest("/deep/items", inner);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/1")).await, 200, GRANTED);
    assert_eq!(ask(&app, preflight(APP, "POST", "/deep/items/1")).await.status, 204);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/deep/items/admin")).await, 405, UNTOUCHED);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/other")).await, 200, NOT_SHARED);
}

#[tokio::test]
async fn a_method_that_is_added_after_the_layer_is_bare() {
    let app = Router::new().route("/items/{id}", get(hello).layer(on("/items/{id}")).post(hello));
    assert_eq!(ask(&app, preflight(APP, "POST", "/items/1")).await.status, 204);
    assert_cors(&ask(&app, from_app("POST", "/items/1")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, from_app("GET", "/items/1")).await, 200, GRANTED);
}

#[tokio::test]
async fn of_two_layers_on_one_path_the_last_one_answers_preflights() {
    let app = || Router::new().route("/items/{id}", get(hello).layer(on("/items/{id}")));
    let two_layers = app().route("/items/{id}", delete(hello).layer(on("/other")));
    assert_cors(&ask(&two_layers, from_app("GET", "/items/1")).await, 200, GRANTED);
    assert_cors(&ask(&two_layers, preflight(APP, "GET", "/items/1")).await, 403, REFUSED);

    let one_layer = app().route("/items/{id}", delete(hello));
    assert_cors(&ask(&one_layer, preflight(APP, "GET", "/items/1")).await, 405, UNTOUCHED);
}

#[tokio::test]
async fn inside_the_405_branch_no_preflight_is_seen() {
    let app = Router::new()
        .route("/handler", get(hello.layer(on("/items/{id}"))))
        .route("/route-layer", get(hello).route_layer(on("/items/{id}")));
    for path in ["/handler", "/route-layer"] {
        assert_cors(&ask(&app, from_app("GET", path)).await, 200, GRANTED);
        assert_cors(&ask(&app, preflight(APP, "GET", path)).await, 405, UNTOUCHED);
    }
}
