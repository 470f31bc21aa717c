//! axum with a layer around each resource: `MethodRouter::layer`.

mod common;

use axum::Router;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::header::ALLOW;
use axum::response::Response;
use axum::routing::{delete, get};
use common::{APP, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, VARY_PREFLIGHT, assert_cors, from_app, request};
use cors_tower::{Cors, CorsConfig, CorsLayer, Resource, ResourceOptions, Route};
use tower::ServiceExt;

const PARTNER: &str = "https://partner.example";

async fn hello() -> &'static str {
    "hello"
}

async fn ask(app: &Router, request: Request) -> Response {
    app.clone().oneshot(request).await.unwrap()
}

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

fn on(template: &str) -> CorsLayer {
    CorsLayer::resource(policy().resource(template).unwrap())
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
    let app = Router::new()
        .route("/items/{id}", get(hello).put(hello).delete(hello).layer(on("/items/{id}")))
        .route("/other", get(hello).layer(on("/other")))
        .route("/items/admin", get(hello));

    assert_cors(&ask(&app, from_app("GET", "/items/1")).await, 200, APP_GRANTED);
    assert_cors(&ask(&app, from_app("HEAD", "/items/1")).await, 200, APP_GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/other")).await, 200, NOT_SHARED);
    let from_partner = |method, path| request(method, path, &[("origin", PARTNER)]);
    assert_cors(&ask(&app, from_partner("GET", "/items/1")).await, 200, NOT_SHARED);
    assert_cors(&ask(&app, from_partner("DELETE", "/items/1")).await, 200, &[TO_PARTNER, VARY]);
    assert_cors(&ask(&app, from_partner("GET", "/other")).await, 200, &[TO_PARTNER, VARY]);

    // The method router has no PATCH: its 405 is an answer of the resource too.
    let wrong_method = ask(&app, from_app("PATCH", "/items/1")).await;
    assert_cors(&wrong_method, 405, APP_GRANTED);
    assert_eq!(wrong_method.headers()[ALLOW], "GET,HEAD,PUT,DELETE");

    // There is no matching, so no template reaches a route that was not registered.
    assert_cors(&ask(&app, from_app("GET", "/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/items/admin")).await, 405, UNTOUCHED);
}

#[tokio::test]
async fn a_preflight_reaches_the_resource_without_a_handler_for_options() {
    let app = Router::new()
        .route("/items/{id}", get(hello).put(hello).delete(hello).layer(on("/items/{id}")))
        .route("/other", get(hello).layer(on("/other")));

    let methods = "access-control-allow-methods: GET, PUT, PATCH, DELETE, HEAD";
    let answer = ask(&app, preflight(APP, "PUT", "/items/1")).await;
    assert_cors(&answer, 204, &[CREDENTIALS, methods, TO_APP, VARY_PREFLIGHT]);
    // Written by the method router on whatever leaves it; browsers do not look.
    assert_eq!(answer.headers()[ALLOW], "GET,HEAD,PUT,DELETE");

    let delete_alone = ["access-control-allow-methods: DELETE", TO_PARTNER, "access-control-max-age: 60"];
    let answer = ask(&app, preflight(PARTNER, "DELETE", "/items/1")).await;
    assert_cors(&answer, 204, &[delete_alone[0], delete_alone[1], delete_alone[2], VARY_PREFLIGHT]);
    assert_cors(&ask(&app, preflight(PARTNER, "PUT", "/items/1")).await, 403, REFUSED);

    let answer = ask(&app, preflight(PARTNER, "GET", "/other")).await;
    assert_cors(&answer, 204, &["access-control-allow-methods: GET, HEAD, POST", TO_PARTNER, VARY_PREFLIGHT]);
    assert_cors(&ask(&app, preflight(APP, "GET", "/other")).await, 403, REFUSED);
    assert_cors(&ask(&app, preflight(STRANGER, "GET", "/other")).await, 403, REFUSED);
}

#[tokio::test]
async fn a_nested_resource_needs_no_path() {
    let inner = Router::new().route("/{id}", get(hello).layer(on("/items/{id}")));
    let app = Router::new().nest("/deep/items", inner);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/1")).await, 200, APP_GRANTED);
    assert_eq!(ask(&app, preflight(APP, "PUT", "/deep/items/1")).await.status(), 204);
}

#[tokio::test]
async fn a_method_that_is_added_after_the_layer_is_bare() {
    let app = Router::new().route("/items/{id}", get(hello).layer(on("/items/{id}")).put(hello));
    assert_eq!(ask(&app, preflight(APP, "PUT", "/items/1")).await.status(), 204);
    assert_cors(&ask(&app, from_app("PUT", "/items/1")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, from_app("GET", "/items/1")).await, 200, APP_GRANTED);
}

#[tokio::test]
async fn of_two_layers_on_one_path_the_last_one_answers_preflights() {
    let app = Router::new()
        .route("/items/{id}", get(hello).layer(on("/items/{id}")))
        .route("/items/{id}", delete(hello).layer(on("/other")));
    assert_cors(&ask(&app, from_app("GET", "/items/1")).await, 200, APP_GRANTED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/items/1")).await, 403, REFUSED);

    let app = Router::new()
        .route("/items/{id}", get(hello).layer(on("/items/{id}")))
        .route("/items/{id}", delete(hello));
    assert_cors(&ask(&app, preflight(APP, "GET", "/items/1")).await, 405, UNTOUCHED);
}

#[tokio::test]
async fn inside_the_405_branch_no_preflight_is_seen() {
    let app = Router::new()
        .route("/handler", get(hello.layer(on("/items/{id}"))))
        .route("/route-layer", get(hello).route_layer(on("/items/{id}")));
    for path in ["/handler", "/route-layer"] {
        assert_cors(&ask(&app, from_app("GET", path)).await, 200, APP_GRANTED);
        assert_cors(&ask(&app, preflight(APP, "GET", path)).await, 405, UNTOUCHED);
    }
}
