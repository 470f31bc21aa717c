//! The middleware around a resource: `Resource::wrap`.

mod common;

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorForbidden;
use actix_web::http::header::ALLOW;
use actix_web::middleware::{Next, from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::web::{self, Path};
use actix_web::{App, Error, guard};
use common::{
    APP, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, VARY_PREFLIGHT, ask, assert_cors, from_app, request,
};
use cors_actix_web::{Cors, CorsConfig, CorsMiddleware, Resource, ResourceOptions, Route};

const PARTNER: &str = "https://partner.example";

async fn hello() -> &'static str {
    "hello"
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

fn on(template: &str) -> CorsMiddleware {
    CorsMiddleware::resource(policy().resource(template).unwrap())
}

fn preflight(origin: &str, method: &str, path: &str) -> TestRequest {
    request("OPTIONS", path, &[("origin", origin), ("access-control-request-method", method)])
}

const CREDENTIALS: &str = "access-control-allow-credentials: true";
const TO_APP: &str = "access-control-allow-origin: https://app.example";
const TO_PARTNER: &str = "access-control-allow-origin: https://partner.example";
const VARY: &str = "vary: Origin";
const APP_GRANTED: &[&str] = &[CREDENTIALS, TO_APP, VARY];

#[actix_web::test]
async fn two_resources_have_two_policies() {
    let app = App::new()
        .service(web::resource("/items/admin").get(hello))
        // A route that comes after the middleware is covered as well.
        .service(
            web::resource(r"/items/{id:\d+}").get(hello).put(hello).wrap(on("/items/{id}")).delete(hello),
        )
        .service(web::resource("/other").get(hello).wrap(on("/other")));
    let app = init_service(app).await;

    assert_cors(&ask(&app, from_app("GET", "/items/1")).await, 200, APP_GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/other")).await, 200, NOT_SHARED);
    let from_partner = |method, path| request(method, path, &[("origin", PARTNER)]);
    assert_cors(&ask(&app, from_partner("GET", "/items/1")).await, 200, NOT_SHARED);
    assert_cors(&ask(&app, from_partner("DELETE", "/items/1")).await, 200, &[TO_PARTNER, VARY]);
    assert_cors(&ask(&app, from_partner("GET", "/other")).await, 200, &[TO_PARTNER, VARY]);

    // The resource has no PATCH: its 405 is an answer of the resource too.
    let wrong_method = ask(&app, from_app("PATCH", "/items/1")).await;
    assert_cors(&wrong_method, 405, APP_GRANTED);
    assert_eq!(wrong_method.headers().get(ALLOW).unwrap(), "GET, PUT, DELETE");
    assert_cors(&ask(&app, from_app("HEAD", "/items/1")).await, 405, APP_GRANTED);

    // There is no matching, so no template reaches a route that was not registered.
    assert_cors(&ask(&app, from_app("GET", "/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/items/admin")).await, 405, UNTOUCHED);
    assert_cors(&ask(&app, from_app("GET", "/items/x")).await, 404, UNTOUCHED);
}

#[actix_web::test]
async fn a_preflight_reaches_the_resource_without_a_handler_for_options() {
    let app = App::new()
        .service(web::resource("/items/{id}").get(hello).wrap(on("/items/{id}")))
        .service(web::resource("/other").get(hello).wrap(on("/other")));
    let app = init_service(app).await;

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
    // A plain OPTIONS request is the resource's own matter.
    assert_cors(&ask(&app, from_app("OPTIONS", "/other")).await, 405, NOT_SHARED);
}

#[actix_web::test]
async fn a_resource_in_a_scope_and_one_of_several_patterns_need_no_path() {
    let several = web::resource(["/m1", "/m2/{x}", "/m3/{tail:.*}"]).get(hello).wrap(on("/items/{id}"));
    let scoped = web::resource("/{id}").get(hello).wrap(on("/items/{id}"));
    let app = App::new().service(several).service(web::scope("/deep/items").service(scoped));
    let app = init_service(app).await;
    for path in ["/m1", "/m2/x", "/m3/", "/m3/a/b", "/deep/items/1"] {
        assert_cors(&ask(&app, from_app("GET", path)).await, 200, APP_GRANTED);
        assert_eq!(ask(&app, preflight(APP, "PUT", path)).await.status(), 204);
    }
}

#[actix_web::test]
async fn rejections_and_errors_are_answers_of_the_resource() {
    let fails = async |_: ServiceRequest, _: Next<_>| Err::<ServiceResponse, Error>(ErrorForbidden("no"));
    let app = App::new()
        .service(web::resource("/n/{n}").get(async |n: Path<u8>| n.to_string()).wrap(on("/items/{id}")))
        .service(web::resource("/fails").get(hello).wrap(from_fn(fails)).wrap(on("/items/{id}")));
    let app = init_service(app).await;
    assert_cors(&ask(&app, from_app("GET", "/n/x")).await, 404, APP_GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/fails")).await, 403, APP_GRANTED);
    assert_eq!(ask(&app, preflight(APP, "PUT", "/fails")).await.status(), 204);
}

/// What the README warns of.
#[actix_web::test]
async fn below_a_method_no_preflight_is_seen() {
    let route = web::get().to(hello).wrap(on("/items/{id}"));
    let guarded = web::resource("/guarded").guard(guard::Get()).to(hello).wrap(on("/items/{id}"));
    let app = App::new().service(web::resource("/route").route(route)).service(guarded);
    let app = init_service(app).await;
    for (path, status) in [("/route", 405), ("/guarded", 404)] {
        assert_cors(&ask(&app, from_app("GET", path)).await, 200, APP_GRANTED);
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
