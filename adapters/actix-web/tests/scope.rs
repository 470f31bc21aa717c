//! The middleware around a scope: `Scope::wrap`. Paths are full ones.

mod common;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorForbidden;
use actix_web::middleware::Next;
use actix_web::middleware::from_fn;
use actix_web::test::init_service;
use actix_web::web;
use actix_web::{App, Error};
use common::{
    ALLOWED, APP, GRANTED, NOT_SHARED, UNTOUCHED, ask, assert_cors, from_app, middleware, preflight,
};

async fn hello() -> &'static str {
    "hello"
}

#[actix_web::test]
async fn a_scope_is_covered_with_its_own_404_and_nothing_outside() {
    let scope = web::scope("/api").service(web::resource("/items/{id}").get(hello)).wrap(middleware(&[
        "/api/items/{id}",
        "/api/missing",
        "/outside",
        "/items/{id}",
    ]));
    let app = App::new().service(scope).service(web::resource("/outside").get(hello));
    let app = init_service(app).await;
    let mut allowed = ALLOWED.to_vec();
    allowed[2] = "access-control-allow-methods: GET, HEAD, POST";

    assert_cors(&ask(&app, from_app("GET", "/api/items/1")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_app("POST", "/api/items/1")).await, 405, GRANTED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/api/items/1")).await, 204, &allowed);
    assert_cors(&ask(&app, from_app("GET", "/api/missing")).await, 404, GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/api/nothing")).await, 404, UNTOUCHED);
    assert_cors(&ask(&app, from_app("GET", "/outside")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/outside")).await, 405, UNTOUCHED);
}

#[actix_web::test]
async fn a_scope_in_a_scope_has_the_full_path_too() {
    let inner = web::scope("/{tenant}").service(web::resource("/hello").get(hello));
    let scope = web::scope("/api").service(inner.wrap(middleware(&["/api/{tenant}/hello"])));
    let app = init_service(App::new().service(scope)).await;
    assert_cors(&ask(&app, from_app("GET", "/api/one/hello")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_app("PATCH", "/api/one/hello")).await, 405, NOT_SHARED);
    assert_eq!(ask(&app, preflight(APP, "GET", "/api/two/hello")).await.status(), 204);
}

#[actix_web::test]
async fn an_error_of_a_middleware_inside_the_scope_is_decorated_on_its_way_out() {
    let fails = async |_: ServiceRequest, _: Next<_>| Err::<ServiceResponse, Error>(ErrorForbidden("no"));
    let scope = web::scope("/api").service(web::resource("/hello").get(hello));
    let scope = scope.wrap(from_fn(fails)).wrap(middleware(&["/api/hello"]));
    let app = init_service(App::new().service(scope)).await;
    assert_cors(&ask(&app, from_app("GET", "/api/hello")).await, 403, GRANTED);
    assert_eq!(ask(&app, preflight(APP, "GET", "/api/hello")).await.status(), 204);
}
