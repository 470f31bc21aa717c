//! The middleware around a scope: `Scope::wrap`. Paths are full ones.

mod common;

use actix_web::test::init_service;
use actix_web::{App, web};
use common::{ask, hello, middleware};
use cors_test_support::{APP, GRANTED, NOT_SHARED, UNTOUCHED, assert_cors, from_app, preflight};

#[actix_web::test]
async fn a_scope_is_covered_with_its_own_404_and_nothing_outside() {
    let templates = ["/api/items/{id}", "/api/missing", "/outside", "/items/{id}"];
    let scope = web::scope("/api").service(web::resource("/items/{id}").get(hello));
    let app = App::new().service(scope.wrap(middleware(&templates)));
    let app = init_service(app.service(web::resource("/outside").get(hello))).await;

    assert_cors(&ask(&app, from_app("GET", "/api/items/1")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_app("POST", "/api/items/1")).await, 405, GRANTED);
    assert_eq!(ask(&app, preflight(APP, "GET", "/api/items/1")).await.status, 204);
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
    assert_eq!(ask(&app, preflight(APP, "GET", "/api/two/hello")).await.status, 204);
}
