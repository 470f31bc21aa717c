//! The middleware around a resource: `Resource::wrap`.

mod common;

use actix_web::test::init_service;
use actix_web::{App, guard, web};
use common::{ask, hello};
use cors_actix_web::CorsMiddleware;
use cors_test_support::{
    APP, GRANTED, NOT_SHARED, REFUSED, UNTOUCHED, assert_cors, different_resources, from_app, preflight,
};

fn on(template: &str) -> CorsMiddleware {
    CorsMiddleware::resource(different_resources(&["/items/{id}"]).resource(template).unwrap())
}

#[actix_web::test]
async fn a_resource_in_a_scope_and_one_of_several_patterns_need_no_path() {
    let several = web::resource(["/m1", "/m2/{x}", "/m3/{tail:.*}"]).get(hello).wrap(on("/items/{id}"));
    // A method that comes after the middleware is covered as well.
    let scoped = web::resource(r"/{id:\d+}").get(hello).wrap(on("/items/{id}")).post(hello);
    let scope = web::scope("/deep/items").service(web::resource("/admin").get(hello)).service(scoped);
    let app = init_service(App::new().service(several).service(scope)).await;
    for path in ["/m1", "/m2/x", "/m3/", "/m3/a/b", "/deep/items/1"] {
        assert_cors(&ask(&app, from_app("GET", path)).await, 200, GRANTED);
        assert_eq!(ask(&app, preflight(APP, "POST", path)).await.status, 204);
    }
    assert_cors(&ask(&app, from_app("POST", "/deep/items/1")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/deep/items/admin")).await, 405, UNTOUCHED);
    assert_cors(&ask(&app, from_app("GET", "/deep/items/x")).await, 404, UNTOUCHED);
}

/// What the README warns of.
#[actix_web::test]
async fn below_a_method_no_preflight_is_seen() {
    let route = web::get().to(hello).wrap(on("/items/{id}"));
    let guarded = web::resource("/guarded").guard(guard::Get()).to(hello).wrap(on("/items/{id}"));
    let app = App::new().service(web::resource("/route").route(route)).service(guarded);
    let app = init_service(app).await;
    for (path, status) in [("/route", 405), ("/guarded", 404)] {
        assert_cors(&ask(&app, from_app("GET", path)).await, 200, GRANTED);
        assert_cors(&ask(&app, preflight(APP, "GET", path)).await, status, UNTOUCHED);
    }
}

/// What the README warns of: actix asks the first resource that matches, and no other.
#[actix_web::test]
async fn of_two_resources_with_one_path_the_first_has_all() {
    let app = App::new()
        .service(web::resource("/other").get(hello).wrap(on("/other")))
        .service(web::resource("/other").delete(hello).wrap(on("/items/{id}")));
    let app = init_service(app).await;
    assert_cors(&ask(&app, from_app("DELETE", "/other")).await, 405, NOT_SHARED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/other")).await, 403, REFUSED);
}
