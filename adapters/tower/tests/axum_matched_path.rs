//! axum with `CorsLayer::matched_path`: the router's template is the key.

mod common;

use axum::Router;
use axum::routing::get;
use common::{ask, hello};
use cors_test_support::{APP, TO_APP, UNTOUCHED, assert_cors, from_app, preflight};
use cors_tower::{CorsConfig, CorsLayer, Resource, ResourceOptions};
use tower::Layer;

fn config() -> CorsConfig {
    CorsConfig::new().defaults([(APP, ResourceOptions::new())])
}

fn layer(config: CorsConfig) -> CorsLayer {
    CorsLayer::new(config.build().unwrap())
}

const GRANTED: &[&str] = &[TO_APP, "vary: Origin"];

/// The router has two routes, the policy one resource: does the wider template reach the other route?
#[tokio::test]
async fn the_shadow_is_in_path_matching_alone() {
    let items = || config().add(Resource::at("/items/{id}"));
    let routes =
        || Router::new().route("/items/{name}", get(hello)).route("/items/admin", get(hello).options(hello));

    let by_template = routes().layer(layer(items()).matched_path());
    assert_cors(&ask(&by_template, from_app("GET", "/items/1")).await, 200, GRANTED);
    assert_eq!(ask(&by_template, preflight(APP, "GET", "/items/1")).await.status, 204);
    assert_cors(&ask(&by_template, from_app("GET", "/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask(&by_template, preflight(APP, "GET", "/items/admin")).await, 200, UNTOUCHED);

    let by_path = routes().layer(layer(items()));
    assert_cors(&ask(&by_path, from_app("GET", "/items/admin")).await, 200, GRANTED);
    assert_eq!(ask(&by_path, preflight(APP, "GET", "/items/admin")).await.status, 204);

    let excluded = routes().layer(layer(items().exclude("/items/admin")));
    assert_cors(&ask(&excluded, from_app("GET", "/items/1")).await, 200, GRANTED);
    assert_cors(&ask(&excluded, from_app("GET", "/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask(&excluded, preflight(APP, "GET", "/items/admin")).await, 200, UNTOUCHED);
}

#[tokio::test]
async fn a_nested_template_is_whole_outside_and_inside() {
    let items = || layer(config().add(Resource::at("/api/{version}/items/{id}"))).matched_path();
    let inner = || Router::new().route("/items/{id}", get(hello)).route("/items/admin", get(hello));
    let outside = Router::new().nest("/api/{version}", inner()).layer(items());
    let inside = Router::new().nest("/api/{version}", inner().layer(items()));
    for app in [outside, inside] {
        assert_cors(&ask(&app, from_app("GET", "/api/1/items/2")).await, 200, GRANTED);
        assert_eq!(ask(&app, preflight(APP, "GET", "/api/1/items/2")).await.status, 204);
        assert_cors(&ask(&app, from_app("GET", "/api/1/items/admin")).await, 200, UNTOUCHED);
    }
}

#[tokio::test]
async fn what_no_route_matched_is_a_resource_only_by_all_resources() {
    let not_routed = || config().add(Resource::at("/not-routed"));
    let app = Router::new().route("/hello", get(hello)).layer(layer(not_routed()).matched_path());
    assert_cors(&ask(&app, from_app("GET", "/not-routed")).await, 404, UNTOUCHED);
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, UNTOUCHED);

    let all = not_routed().all_resources().exclude("/private");
    let app = Router::new().route("/hello", get(hello)).layer(layer(all).matched_path());
    assert_cors(&ask(&app, from_app("GET", "/nothing")).await, 404, GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/private")).await, 404, UNTOUCHED);
}

/// axum tells a nested service's requests no template.
#[tokio::test]
async fn a_nested_service_is_no_route() {
    let files = || config().add(Resource::at("/files/{*rest}"));
    let routes = || Router::new().nest_service("/files", get(hello));
    let by_template = routes().layer(layer(files()).matched_path());
    assert_cors(&ask(&by_template, from_app("GET", "/files/1")).await, 200, UNTOUCHED);
    let by_path = routes().layer(layer(files()));
    assert_cors(&ask(&by_path, from_app("GET", "/files/1")).await, 200, GRANTED);
}

/// Around the router nothing is matched yet.
#[tokio::test]
async fn outside_the_router_there_is_no_template() {
    let app = Router::new().route("/hello", get(hello));
    let app = layer(config().add(Resource::at("/hello"))).matched_path().layer(app);
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, UNTOUCHED);
}
