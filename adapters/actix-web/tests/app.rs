//! The middleware around the application: `App::wrap`.

mod common;

use std::cell::Cell;
use std::convert::Infallible;
use std::fmt;
use std::rc::Rc;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::{ErrorInternalServerError, ErrorUnauthorized};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::middleware::{Next, NormalizePath, from_fn};
use actix_web::test::init_service;
use actix_web::web::{self, Bytes, Path};
use actix_web::{App, Error, HttpResponse, Responder, ResponseError, dev::Service};
use common::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, VARY_PREFLIGHT, ask, assert_cors,
    from_app, middleware, policy, preflight, request, text,
};
use cors_actix_web::{CorsConfig, CorsMiddleware, Resource, ResourceOptions, Route};
use futures_util::stream;

async fn hello() -> &'static str {
    "hello"
}

#[actix_web::test]
async fn a_resource_is_shared_with_its_origin_alone() {
    let app = App::new()
        .service(web::resource("/hello").get(hello).put(hello))
        .service(web::resource("/private").get(hello))
        .wrap(middleware(&[]));
    let app = init_service(app).await;
    let stranger = [("origin", STRANGER)];
    let cases = [
        (from_app("GET", "/hello"), GRANTED),
        (from_app("PUT", "/hello?query"), GRANTED),
        (request("GET", "/hello", &stranger), NOT_SHARED),
        (request("GET", "/hello", &[]), NOT_SHARED),
        (from_app("GET", "/private"), UNTOUCHED),
    ];
    for (request, expected) in cases {
        let response = ask(&app, request).await;
        assert_cors(&response, 200, expected);
        assert_eq!(text(response).await, "hello");
    }
}

#[actix_web::test]
async fn whatever_the_application_answers_is_decorated() {
    let templates = ["/number/{n}", "/json", "/moved", "/not-routed", "/error", "/get-only", "/by-route"];
    let methods = ResourceOptions::new().allow_methods(["GET", "HEAD", "POST", "DELETE"]);
    let config = templates.iter().fold(CorsConfig::new().defaults([(APP, methods)]), |config, &template| {
        config.add(Resource::at(template))
    });
    let app = App::new()
        .service(web::resource("/number/{n}").get(async |n: Path<u8>| n.to_string()))
        .service(web::resource("/json").post(async |n: web::Json<u8>| n.to_string()))
        .service(web::resource("/moved").get(async || web::Redirect::to("/hello")))
        .service(web::resource("/error").get(async || Err::<&str, _>(ErrorInternalServerError("fails"))))
        .service(web::resource("/get-only").get(hello))
        .route("/by-route", web::get().to(hello))
        .wrap(CorsMiddleware::new(config.build().unwrap()));
    let app = init_service(app).await;
    let granted = ["access-control-allow-origin: https://app.example", "vary: Origin"];
    let cases = [
        ("GET", "/number/7", 200),
        // The framework's own rejections.
        ("GET", "/number/seven", 404),
        ("POST", "/json", 400),
        ("GET", "/moved", 307),
        ("GET", "/not-routed", 404),
        ("GET", "/error", 500),
        ("HEAD", "/get-only", 405),
        // A route that is no resource has no 405.
        ("GET", "/by-route", 200),
        ("DELETE", "/by-route", 404),
    ];
    for (method, path, status) in cases {
        assert_cors(&ask(&app, from_app(method, path)).await, status, &granted);
    }
    let wrong_method = ask(&app, from_app("DELETE", "/get-only")).await;
    assert_cors(&wrong_method, 405, &granted);
    assert_eq!(wrong_method.headers().get(header::ALLOW).unwrap(), "GET");
    let preflight = ask(&app, preflight(APP, "GET", "/by-route")).await;
    assert_cors(&preflight, 403, REFUSED);
    // The router knows neither, and the policy neither.
    assert_cors(&ask(&app, from_app("GET", "/nothing")).await, 404, UNTOUCHED);
}

#[actix_web::test]
async fn a_preflight_is_answered_before_the_application() {
    let asked = Rc::new(Cell::new(0));
    let count = asked.clone();
    let counted = move |request: ServiceRequest, next: Next<_>| {
        count.set(count.get() + 1);
        next.call(request)
    };
    let own = web::method(Method::OPTIONS).to(async || "own options");
    let app = App::new()
        .service(web::resource("/hello").get(hello).route(own))
        .wrap(from_fn(counted))
        .wrap(middleware(&[]));
    let app = init_service(app).await;

    let allowed = ask(&app, preflight(APP, "PUT", "/hello")).await;
    assert_cors(&allowed, 204, ALLOWED);
    assert!(!allowed.headers().contains_key(header::CONTENT_TYPE));
    assert_eq!(text(allowed).await, "");

    let refused = ask(&app, preflight(STRANGER, "PUT", "/hello")).await;
    assert_cors(&refused, 403, REFUSED);
    assert_eq!(refused.headers().get(header::CONTENT_TYPE).unwrap(), "text/plain; charset=utf-8");
    assert_eq!(text(refused).await, "CORS preflight refused: the origin is not allowed.");
    assert_eq!(asked.get(), 0);

    // Without both header lines it is not a preflight.
    let method = [("access-control-request-method", "PUT")];
    for request in [
        request("OPTIONS", "/hello", &[]),
        request("OPTIONS", "/hello", &method),
        from_app("OPTIONS", "/hello"),
    ] {
        let response = ask(&app, request).await;
        assert_cors(&response, 200, NOT_SHARED);
        assert_eq!(text(response).await, "own options");
    }
    assert_eq!(asked.get(), 3);
}

#[actix_web::test]
async fn a_plain_options_request_is_shared_where_its_method_is_enabled() {
    let resource = Resource::at("/hello").add(Route::on("OPTIONS").also(APP, ResourceOptions::new()));
    let cors = CorsConfig::new().add(resource).build().unwrap();
    let own = web::method(Method::OPTIONS).to(hello);
    let app = App::new().service(web::resource("/hello").route(own)).wrap(CorsMiddleware::new(cors));
    let response = ask(&init_service(app).await, from_app("OPTIONS", "/hello")).await;
    assert_cors(&response, 200, &["access-control-allow-origin: https://app.example", "vary: Origin"]);
    assert_eq!(text(response).await, "hello");
}

#[actix_web::test]
async fn the_application_answers_a_preflight_for_what_is_no_resource() {
    let app = App::new().service(web::resource("/private").to(hello)).wrap(middleware(&[]));
    let app = init_service(app).await;
    let response = ask(&app, preflight(APP, "PUT", "/private")).await;
    assert_cors(&response, 200, UNTOUCHED);
    assert_eq!(text(response).await, "hello");
    assert_cors(&ask(&app, preflight(APP, "PUT", "/nothing")).await, 404, UNTOUCHED);
}

#[actix_web::test]
async fn the_status_of_preflights_and_the_details_of_a_refusal_are_configured() {
    let cors = CorsConfig::new()
        .defaults([(APP, ResourceOptions::new())])
        .all_resources()
        .preflight_status(200)
        .diagnostics();
    let app = init_service(App::new().wrap(CorsMiddleware::new(cors.build().unwrap()))).await;
    let plain = [("origin", APP), ("access-control-request-method", "GET")];
    assert_eq!(ask(&app, request("OPTIONS", "/", &plain)).await.status(), 200);
    let refused = text(ask(&app, preflight(APP, "PATCH", "/")).await).await;
    assert!(refused.contains("PATCH"), "{refused}");
}

#[actix_web::test]
async fn what_a_handler_sets_itself_is_replaced_or_taken_away() {
    let own = async || {
        HttpResponse::Ok()
            .insert_header(("access-control-allow-origin", "https://handler.example"))
            .insert_header(("access-control-allow-credentials", "true"))
            .insert_header(("access-control-allow-methods", "PATCH"))
            .append_header(("vary", "accept-encoding"))
            .append_header(("vary", "origin"))
            .append_header(("vary", "accept-language, origin"))
            .insert_header(("x-total", "1"))
            .finish()
    };
    let app = init_service(App::new().service(web::resource("/hello").get(own)).wrap(middleware(&[]))).await;
    let mut granted = GRANTED.to_vec();
    granted[3] = "vary: accept-encoding, accept-language, Origin";
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, &granted);
    let response = ask(&app, request("GET", "/hello", &[("origin", STRANGER)])).await;
    assert_cors(&response, 200, &granted[3..]);
    assert_eq!(response.headers().get("x-total").unwrap(), "1");
}

#[actix_web::test]
async fn exposed_names_are_those_of_the_response() {
    let options = ResourceOptions::new().allow_credentials().expose_headers(cors_actix_web::Any);
    let cors = CorsConfig::new().defaults([(APP, options)]).all_resources().build().unwrap();
    let handler = async || {
        let lines = [("x-one", "1"), ("set-cookie", "a=b"), ("etag", "2")];
        lines.into_iter().fold("text".customize(), |response, line| response.insert_header(line))
    };
    let app = App::new().service(web::resource("/").get(handler)).wrap(CorsMiddleware::new(cors));
    let response = ask(&init_service(app).await, from_app("GET", "/")).await;
    let exposed = response.headers().get(header::ACCESS_CONTROL_EXPOSE_HEADERS).unwrap();
    assert!(exposed == "x-one, etag" || exposed == "etag, x-one", "{exposed:?}");
}

#[derive(Debug)]
struct OutOfTea;

impl fmt::Display for OutOfTea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of tea")
    }
}

impl ResponseError for OutOfTea {
    fn error_response(&self) -> HttpResponse {
        let own = ("access-control-allow-origin", "https://handler.example");
        HttpResponse::ImATeapot().insert_header(own).body(self.to_string())
    }
}

#[actix_web::test]
async fn an_error_of_an_inner_middleware_stays_an_error_and_its_response_is_decorated() {
    let fails = async |_: ServiceRequest, _: Next<_>| Err::<ServiceResponse, Error>(OutOfTea.into());
    let app = App::new()
        .service(web::resource("/hello").get(hello))
        .wrap(from_fn(fails))
        .wrap(middleware(&["/items/{id}"]));
    let app = init_service(app).await;
    for (request, expected) in [
        (from_app("GET", "/hello"), GRANTED),
        (from_app("PUT", "/items/1"), NOT_SHARED),
        (request("GET", "/hello", &[("origin", STRANGER)]), NOT_SHARED),
    ] {
        let Err(error) = app.call(request.to_request()).await.map(|_| ()) else { panic!("no error") };
        assert!(error.as_error::<OutOfTea>().is_some());
        // Whoever asks for the response twice gets the same twice.
        for _ in 0..2 {
            let response = error.error_response();
            assert_cors(&response, 418, expected);
            assert_eq!(text(response).await, "out of tea");
        }
    }
    let response = ask(&app, from_app("GET", "/private")).await;
    assert_cors(&response, 418, &["access-control-allow-origin: https://handler.example"]);
    // The failing middleware is never asked.
    assert_cors(&ask(&app, preflight(APP, "PUT", "/hello")).await, 204, ALLOWED);
}

async fn login(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match request.headers().contains_key(header::AUTHORIZATION) {
        true => next.call(request).await,
        false => Err(ErrorUnauthorized("log in")),
    }
}

#[actix_web::test]
async fn a_middleware_that_cuts_short_is_decorated_only_inside() {
    // In actix the middleware that is registered last is the outermost.
    let app = App::new().service(web::resource("/hello").get(hello));
    let inside = init_service(app.wrap(from_fn(login)).wrap(middleware(&[]))).await;
    assert_cors(&ask(&inside, from_app("GET", "/hello")).await, 401, GRANTED);
    assert_cors(&ask(&inside, preflight(APP, "PUT", "/hello")).await, 204, ALLOWED);

    // The wrong order: a browser sends no credentials with a preflight, so nothing gets through.
    let app = App::new().service(web::resource("/hello").get(hello));
    let outside = init_service(app.wrap(middleware(&[])).wrap(from_fn(login))).await;
    assert_cors(&ask(&outside, from_app("GET", "/hello")).await, 401, UNTOUCHED);
    assert_cors(&ask(&outside, preflight(APP, "PUT", "/hello")).await, 401, UNTOUCHED);
}

#[actix_web::test]
async fn what_is_added_after_the_middleware_is_covered_too() {
    let app = App::new().wrap(middleware(&["/late"])).service(web::resource("/late").get(hello));
    let app = init_service(app).await;
    assert_cors(&ask(&app, preflight(APP, "POST", "/late")).await, 204, &{
        let mut allowed = ALLOWED.to_vec();
        allowed[2] = "access-control-allow-methods: GET, HEAD, POST";
        allowed
    });
    assert_cors(&ask(&app, from_app("GET", "/late")).await, 200, GRANTED);
}

#[actix_web::test]
async fn the_path_is_the_one_that_was_sent() {
    let app = App::new()
        .service(web::resource("/items/{id}").get(hello))
        .service(web::resource("/files/{tail:.*}").get(hello))
        .wrap(middleware(&["/items/{id}", "/files/{*tail}"]));
    let app = init_service(app).await;
    for path in ["/items/1", "/items/%31", "/items/a%2Fb", "/files/a/b", "/files/a/"] {
        assert_cors(&ask(&app, from_app("GET", path)).await, 200, GRANTED);
    }
    // actix takes an empty tail, and another spelling of what is fixed; no template does.
    for path in ["/files/", "/%69tems/1"] {
        assert_cors(&ask(&app, from_app("GET", path)).await, 200, UNTOUCHED);
    }
    for path in ["/items/1/", "/items//1", "//items/1", "/items/"] {
        assert_cors(&ask(&app, from_app("GET", path)).await, 404, UNTOUCHED);
    }
}

#[actix_web::test]
async fn a_middleware_that_changes_the_path_goes_outside() {
    let app = || App::new().service(web::resource("/hello").get(hello));
    let outside = init_service(app().wrap(middleware(&[])).wrap(NormalizePath::trim())).await;
    assert_cors(&ask(&outside, from_app("GET", "/hello/")).await, 200, GRANTED);
    assert_cors(&ask(&outside, preflight(APP, "PUT", "//hello")).await, 204, ALLOWED);
    let inside = init_service(app().wrap(NormalizePath::trim()).wrap(middleware(&[]))).await;
    assert_cors(&ask(&inside, from_app("GET", "/hello/")).await, 200, UNTOUCHED);
}

#[actix_web::test]
async fn a_stream_is_passed_on_chunk_by_chunk() {
    let chunks = async || {
        let chunks = ["one ", "two ", "three"].map(|text| Ok::<_, Infallible>(Bytes::from(text)));
        HttpResponse::Ok().streaming(stream::iter(chunks))
    };
    let app =
        init_service(App::new().service(web::resource("/hello").get(chunks)).wrap(middleware(&[]))).await;
    let response = ask(&app, from_app("GET", "/hello")).await;
    assert_cors(&response, 200, GRANTED);
    assert_eq!(response.body().size(), BodySize::Stream);
    assert_eq!(text(response).await, "one two three");
}

#[actix_web::test]
async fn an_upgrade_is_decorated() {
    let upgrade = async || HttpResponse::SwitchingProtocols().upgrade("other").finish();
    let app = App::new().service(web::resource("/hello").get(upgrade)).wrap(middleware(&[]));
    let response = ask(&init_service(app).await, from_app("GET", "/hello")).await;
    assert_cors(&response, 101, GRANTED);
    assert!(response.upgrade());
}

#[actix_web::test]
async fn all_resources_are_also_those_that_only_the_default_service_knows() {
    let cors =
        CorsConfig::new().defaults([("*", ResourceOptions::new())]).all_resources().exclude("/private");
    let app = App::new()
        .service(web::resource("/hello").get(hello))
        .default_service(web::to(async || HttpResponse::NotFound().body("nothing here")))
        .wrap(CorsMiddleware::new(cors.build().unwrap()));
    let app = init_service(app).await;
    for (path, status) in [("/hello", 200), ("/nothing", 404)] {
        let response = ask(&app, request("GET", path, &[])).await;
        assert_cors(&response, status, &["access-control-allow-origin: *"]);
        let lines = [("origin", STRANGER), ("access-control-request-method", "POST")];
        let answer = ask(&app, request("OPTIONS", path, &lines)).await;
        let allowed = ["access-control-allow-methods: GET, HEAD, POST", "access-control-allow-origin: *"];
        assert_cors(&answer, 204, &[allowed[0], allowed[1], VARY_PREFLIGHT]);
    }
    assert_cors(&ask(&app, from_app("GET", "/private")).await, 404, UNTOUCHED);
}

#[actix_web::test]
async fn of_two_middlewares_the_outer_one_decides() {
    let inner = CorsConfig::new().defaults([(STRANGER, ResourceOptions::new())]).all_resources();
    let app = App::new()
        .service(web::resource("/hello").get(hello))
        .wrap(CorsMiddleware::new(inner.build().unwrap()))
        .wrap(CorsMiddleware::new(policy(&[])));
    let app = init_service(app).await;
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, GRANTED);
    assert_cors(&ask(&app, request("GET", "/hello", &[("origin", STRANGER)])).await, 200, NOT_SHARED);
    assert_cors(&ask(&app, preflight(STRANGER, "GET", "/hello")).await, 403, REFUSED);
}

#[actix_web::test]
async fn two_applications_have_two_policies() {
    let app = |middleware| App::new().service(web::resource("/hello").get(hello)).wrap(middleware);
    let strangers = CorsConfig::new().defaults([(STRANGER, ResourceOptions::new())]).all_resources();
    let one = init_service(app(middleware(&[]))).await;
    let other = init_service(app(CorsMiddleware::new(strangers.build().unwrap()))).await;
    for _ in 0..2 {
        assert_cors(&ask(&one, from_app("GET", "/hello")).await, 200, GRANTED);
        assert_cors(&ask(&other, from_app("GET", "/hello")).await, 200, NOT_SHARED);
        assert_cors(&ask(&one, preflight(STRANGER, "GET", "/hello")).await, 403, REFUSED);
        let shared = ["access-control-allow-origin: https://stranger.example", "vary: Origin"];
        let from_stranger = request("GET", "/hello", &[("origin", STRANGER)]);
        assert_cors(&ask(&other, from_stranger).await, 200, &shared);
    }
}

#[actix_web::test]
async fn header_bytes_that_are_no_text_do_no_harm() {
    let app = App::new().service(web::resource("/hello").get(hello)).wrap(middleware(&[]));
    let app = init_service(app).await;
    let odd = HeaderValue::from_bytes(b"https://\xff.example").unwrap();
    let odd = request("GET", "/hello", &[]).insert_header((header::ORIGIN, odd));
    assert_cors(&ask(&app, odd).await, 200, NOT_SHARED);
    assert_cors(&ask(&app, request("OPTIONS", "*", &[])).await, 404, UNTOUCHED);
}
