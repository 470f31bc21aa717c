//! The middleware around the application.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, VARY_PREFLIGHT, ask, assert_cors,
    from_app, middleware, policy, preflight, request, text,
};
use cors_poem::{CorsConfig, CorsMiddleware, Resource, ResourceOptions};
use poem::endpoint::make;
use poem::error::{InternalServerError, MethodNotAllowedError, NotFoundError};
use poem::http::header::{self, HeaderValue};
use poem::http::{StatusCode, Uri};
use poem::middleware::CatchPanic;
use poem::web::{Json, Path, Redirect};
use poem::{EndpointExt, IntoResponse, Request, Response, Result, Route, get, handler, post};

#[handler]
fn hello() -> &'static str {
    "hello"
}

#[handler]
fn number(Path(n): Path<u8>) -> String {
    n.to_string()
}

#[handler]
fn json(Json(n): Json<u8>) -> String {
    n.to_string()
}

#[handler]
fn moved() -> Redirect {
    Redirect::temporary("/hello")
}

#[handler]
fn error() -> Result<()> {
    Err(InternalServerError(std::io::Error::other("it failed")))
}

#[handler]
fn seven() -> Response {
    Response::builder().header("x-total", "7").body("seven")
}

#[tokio::test]
async fn a_resource_is_shared_with_its_origin_alone() {
    let app = Route::new().at("/hello", get(hello).put(hello)).at("/private", get(hello));
    let app = app.with(middleware(&[]));
    let stranger = [("origin", STRANGER)];
    let cases = [
        (from_app("GET", "/hello"), GRANTED),
        (from_app("PUT", "/hello?query"), GRANTED),
        (request("GET", "/hello", &stranger), NOT_SHARED),
        (request("GET", "/hello", &[]), NOT_SHARED),
        (from_app("GET", "/private"), UNTOUCHED),
    ];
    for (request, expected) in cases {
        // A request that did not come through a server: what poem calls its original URI is `/`.
        assert_eq!(request.original_uri(), "/");
        let response = ask(&app, request).await;
        assert_cors(&response, 200, expected);
        assert_eq!(text(response).await, "hello");
    }
}

#[tokio::test]
async fn whatever_the_application_answers_is_decorated() {
    let templates = ["/number/{n}", "/json", "/moved", "/missing", "/not-routed", "/error", "/get-only"];
    let methods = ResourceOptions::new().allow_methods(["GET", "POST", "DELETE"]);
    let config = templates.iter().fold(CorsConfig::new().defaults([(APP, methods)]), |config, &template| {
        config.add(Resource::at(template))
    });
    let app = Route::new()
        .at("/number/:n", get(number))
        .at("/json", post(json))
        .at("/moved", get(moved))
        .at("/missing", get(make(|_| async { StatusCode::NOT_FOUND })))
        .at("/error", get(error))
        .at("/get-only", get(seven))
        .with(CorsMiddleware::new(config.build().unwrap()));
    let granted = ["access-control-allow-origin: https://app.example", "vary: Origin"];
    let cases = [
        ("GET", "/number/7", 200),
        ("GET", "/number/seven", 400),
        ("POST", "/json", 415),
        ("GET", "/moved", 307),
        ("GET", "/missing", 404),
        ("GET", "/not-routed", 404),
        ("GET", "/error", 500),
        ("DELETE", "/get-only", 405),
    ];
    for (method, path, status) in cases {
        assert_cors(&ask(&app, from_app(method, path)).await, status, &granted);
    }
    let head = ask(&app, from_app("HEAD", "/get-only")).await;
    assert_cors(&head, 200, &granted);
    assert_eq!(head.headers()["x-total"], "7");
    assert_eq!(text(head).await, "");
    // The router knows neither, and the policy neither.
    assert_cors(&ask(&app, from_app("GET", "/nothing")).await, 404, UNTOUCHED);
}

#[tokio::test]
async fn a_preflight_is_answered_before_the_application() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let counted = make(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        async { "own options" }
    });
    let app = Route::new().at("/hello", get(hello).options(counted)).with(middleware(&[]));

    let allowed = ask(&app, preflight(APP, "PUT", "/hello")).await;
    assert_cors(&allowed, 204, ALLOWED);
    assert!(!allowed.headers().contains_key(header::CONTENT_TYPE));
    assert_eq!(text(allowed).await, "");

    let refused = ask(&app, preflight(STRANGER, "PUT", "/hello")).await;
    assert_cors(&refused, 403, REFUSED);
    assert_eq!(refused.headers()[header::CONTENT_TYPE], "text/plain; charset=utf-8");
    assert_eq!(text(refused).await, "CORS preflight refused: the origin is not allowed.");
    assert_eq!(asked.load(Ordering::Relaxed), 0);

    // Without both header lines it is not a preflight.
    let method = [("access-control-request-method", "PUT")];
    for (request, expected) in [
        (request("OPTIONS", "/hello", &[]), NOT_SHARED),
        (request("OPTIONS", "/hello", &method), NOT_SHARED),
        (from_app("OPTIONS", "/hello"), NOT_SHARED),
    ] {
        let response = ask(&app, request).await;
        assert_cors(&response, 200, expected);
        assert_eq!(text(response).await, "own options");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[tokio::test]
async fn a_plain_options_request_is_shared_where_its_method_is_enabled() {
    let options = cors_poem::Route::on("OPTIONS").also(APP, ResourceOptions::new());
    let cors = CorsConfig::new().add(Resource::at("/hello").add(options)).build().unwrap();
    let app = Route::new().at("/hello", poem::options(hello)).with(CorsMiddleware::new(cors));
    let response = ask(&app, from_app("OPTIONS", "/hello")).await;
    assert_cors(&response, 200, &["access-control-allow-origin: https://app.example", "vary: Origin"]);
    assert_eq!(text(response).await, "hello");
}

#[tokio::test]
async fn the_application_answers_a_preflight_for_what_is_no_resource() {
    let app = Route::new().at("/hello", get(hello)).at("/private", get(hello).options(hello));
    let app = app.with(middleware(&[]));
    let response = ask(&app, preflight(APP, "PUT", "/private")).await;
    assert_cors(&response, 200, UNTOUCHED);
    assert_eq!(text(response).await, "hello");
    assert_cors(&ask(&app, preflight(APP, "PUT", "/nothing")).await, 404, UNTOUCHED);
}

#[tokio::test]
async fn the_status_of_preflights_and_the_details_of_a_refusal_are_configured() {
    let cors = CorsConfig::new()
        .defaults([(APP, ResourceOptions::new())])
        .all_resources()
        .preflight_status(200)
        .diagnostics();
    let app = Route::new().with(CorsMiddleware::new(cors.build().unwrap()));
    let plain = [("origin", APP), ("access-control-request-method", "GET")];
    let allowed = ask(&app, request("OPTIONS", "/", &plain)).await;
    assert_eq!(allowed.status(), 200);
    let refused = text(ask(&app, preflight(APP, "PATCH", "/")).await).await;
    assert!(refused.contains("PATCH"), "{refused}");
}

#[tokio::test]
async fn what_a_handler_sets_itself_is_replaced_or_taken_away() {
    let own = make(|_| async {
        Response::builder()
            .header("access-control-allow-origin", "https://handler.example")
            .header("access-control-allow-credentials", "true")
            .header("access-control-allow-methods", "PATCH")
            .header("vary", "accept-encoding")
            .header("vary", "origin")
            .header("x-total", "1")
            .finish()
    });
    let app = Route::new().at("/hello", get(own)).with(middleware(&[]));
    let mut granted = GRANTED.to_vec();
    granted[3] = "vary: accept-encoding";
    granted.push("vary: origin");
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, &granted);
    let response = ask(&app, request("GET", "/hello", &[("origin", STRANGER)])).await;
    assert_cors(&response, 200, &granted[3..]);
    assert_eq!(response.headers()["x-total"], "1");
}

#[tokio::test]
async fn exposed_names_are_those_of_the_response() {
    let options = ResourceOptions::new().allow_credentials().expose_headers(cors_poem::Any);
    let cors = CorsConfig::new().defaults([(APP, options)]).all_resources().build().unwrap();
    let lines = make(|_| async {
        Response::builder()
            .content_type("text/plain")
            .header("x-one", "1")
            .header("set-cookie", "a=b")
            .header("etag", "2")
            .body("text")
    });
    let app = Route::new().at("/", get(lines)).with(CorsMiddleware::new(cors));
    let response = ask(&app, from_app("GET", "/")).await;
    assert_eq!(response.headers()[header::ACCESS_CONTROL_EXPOSE_HEADERS], "x-one, etag");
}

async fn login(request: Request) -> Result<Request> {
    match request.headers().contains_key(header::AUTHORIZATION) {
        true => Ok(request),
        false => Err(StatusCode::UNAUTHORIZED.into()),
    }
}

#[tokio::test]
async fn a_middleware_that_cuts_short_is_decorated_only_inside() {
    let app = || Route::new().at("/hello", get(hello));
    let inside = app().before(login).with(middleware(&[]));
    assert_cors(&ask(&inside, from_app("GET", "/hello")).await, 401, GRANTED);
    assert_cors(&ask(&inside, preflight(APP, "PUT", "/hello")).await, 204, ALLOWED);

    // The wrong order: a browser sends no credentials with a preflight, so nothing gets through.
    let outside = app().with(middleware(&[])).before(login);
    assert_cors(&ask(&outside, from_app("GET", "/hello")).await, 401, UNTOUCHED);
    assert_cors(&ask(&outside, preflight(APP, "PUT", "/hello")).await, 401, UNTOUCHED);
}

#[tokio::test]
async fn an_error_is_caught_inside() {
    let app = || Route::new().at("/hello", get(hello)).at("/private", get(hello));
    let teapot = |_: MethodNotAllowedError| async { StatusCode::IM_A_TEAPOT };
    let nothing = |_: NotFoundError| async { "nothing here".with_status(StatusCode::NOT_FOUND) };

    let inside = app().catch_error(teapot).catch_error(nothing).with(middleware(&["/not-routed"]));
    assert_cors(&ask(&inside, from_app("PUT", "/hello")).await, 418, GRANTED);
    assert_cors(&ask(&inside, from_app("PUT", "/private")).await, 418, UNTOUCHED);
    let response = ask(&inside, from_app("GET", "/not-routed")).await;
    assert_cors(&response, 404, GRANTED);
    assert_eq!(text(response).await, "nothing here");

    // Outside, the errors of a resource are responses by then. Others are still errors.
    let outside = app().with(middleware(&["/not-routed"])).catch_error(teapot).catch_error(nothing);
    assert_cors(&ask(&outside, from_app("PUT", "/hello")).await, 405, GRANTED);
    assert_cors(&ask(&outside, from_app("PUT", "/private")).await, 418, UNTOUCHED);
    assert_ne!(text(ask(&outside, from_app("GET", "/not-routed")).await).await, "nothing here");
    assert_eq!(text(ask(&outside, from_app("GET", "/nothing")).await).await, "nothing here");
}

#[tokio::test]
async fn a_panic_is_decorated_where_it_is_caught_inside() {
    #[handler]
    fn panics() {
        panic!("this handler panics, as the test wants it");
    }
    let routes = || Route::new().at("/hello", get(panics));
    let inside = routes().with(CatchPanic::new()).with(middleware(&[]));
    assert_cors(&ask(&inside, from_app("GET", "/hello")).await, 500, GRANTED);
    let outside = routes().with(middleware(&[])).with(CatchPanic::new());
    assert_cors(&ask(&outside, from_app("GET", "/hello")).await, 500, UNTOUCHED);
}

/// A request that was built has no path from before it was cut. On the wire it has: conformance/tests/tree.rs.
#[tokio::test]
async fn a_built_request_has_its_full_path_outside_of_a_nested_route_and_a_shorter_one_inside() {
    let inner = || Route::new().at("/hello", get(hello));
    let outside = Route::new().nest("/api", inner()).with(middleware(&["/api/hello"]));
    assert_cors(&ask(&outside, from_app("GET", "/api/hello")).await, 200, GRANTED);
    assert_eq!(ask(&outside, preflight(APP, "GET", "/api/hello")).await.status(), 204);

    let by_full_path = Route::new().nest("/api", inner().with(middleware(&["/api/hello"])));
    assert_cors(&ask(&by_full_path, from_app("POST", "/api/hello")).await, 405, NOT_SHARED);
    let by_short_path = Route::new().nest("/api", inner().with(middleware(&[])));
    assert_cors(&ask(&by_short_path, from_app("GET", "/api/hello")).await, 200, GRANTED);
    assert_cors(&ask(&by_short_path, preflight(APP, "PUT", "/api/hello")).await, 204, ALLOWED);

    let inner = Route::new().at("/api/hello", get(hello)).with(middleware(&["/api/hello"]));
    let not_stripped = Route::new().nest_no_strip("/api", inner);
    assert_cors(&ask(&not_stripped, from_app("GET", "/api/hello")).await, 200, GRANTED);
}

#[tokio::test]
async fn a_template_covers_what_is_not_excluded() {
    let cors =
        || CorsConfig::new().defaults([("*", ResourceOptions::new())]).add(Resource::at("/items/{id}"));
    let everybody = ["access-control-allow-origin: *"];
    let routes = || Route::new().at("/items/:id", get(hello)).at("/items/admin", get(hello));
    let app = routes().with(CorsMiddleware::new(cors().build().unwrap()));
    assert_cors(&ask(&app, from_app("GET", "/items/admin")).await, 200, &everybody);

    let app = routes().with(CorsMiddleware::new(cors().exclude("/items/admin").build().unwrap()));
    assert_cors(&ask(&app, from_app("GET", "/items/1")).await, 200, &everybody);
    assert_cors(&ask(&app, from_app("GET", "/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/items/admin")).await, 405, UNTOUCHED);
}

/// Where poem and a template do not agree, nothing is shared.
#[tokio::test]
async fn an_empty_rest_is_routed_and_not_shared() {
    let template = cors_poem::template("/files/*rest").unwrap();
    let app = Route::new().at("/files/*rest", get(hello)).with(middleware(&[&template]));
    assert_cors(&ask(&app, from_app("GET", "/files/a/b")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/files/")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/files/")).await, 405, UNTOUCHED);
}

#[tokio::test]
async fn all_resources_are_also_those_that_the_router_does_not_know() {
    let cors =
        CorsConfig::new().defaults([("*", ResourceOptions::new())]).all_resources().exclude("/private");
    let app = Route::new().at("/hello", get(hello)).with(CorsMiddleware::new(cors.build().unwrap()));
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

#[tokio::test]
async fn of_two_middlewares_the_outer_one_decides() {
    let inner = CorsConfig::new().defaults([(STRANGER, ResourceOptions::new())]).all_resources();
    let app = Route::new()
        .at("/hello", get(hello))
        .with(CorsMiddleware::new(inner.build().unwrap()))
        .with(CorsMiddleware::new(policy(&[])));
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, GRANTED);
    assert_cors(&ask(&app, request("GET", "/hello", &[("origin", STRANGER)])).await, 200, NOT_SHARED);
    assert_cors(&ask(&app, preflight(STRANGER, "GET", "/hello")).await, 403, REFUSED);
}

#[tokio::test]
async fn header_bytes_that_are_no_text_do_no_harm() {
    let app = Route::new().at("/hello", get(hello)).with(middleware(&[]));
    let mut request = from_app("GET", "/hello");
    request.headers_mut().insert(header::ORIGIN, HeaderValue::from_bytes(b"https://\xff.example").unwrap());
    assert_cors(&ask(&app, request).await, 200, NOT_SHARED);
    let mut asterisk = preflight(APP, "GET", "/");
    *asterisk.uri_mut() = Uri::from_static("*");
    assert_cors(&ask(&app, asterisk).await, 404, UNTOUCHED);
}
