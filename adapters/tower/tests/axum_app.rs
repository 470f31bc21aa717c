//! axum with the layer around the application: `Router::layer`, and the whole router.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::extract::{Json, Path, Request};
use axum::http::header::{self, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, options, post};
use axum::{Router, body::Body};
use common::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, VARY_PREFLIGHT, assert_cors, from_app,
    layer, policy, preflight, request, text,
};
use cors_tower::{CorsConfig, CorsLayer, Resource, ResourceOptions, Route};
use tower::{Layer, ServiceExt};

async fn hello() -> &'static str {
    "hello"
}

async fn ask(app: &Router, request: Request) -> Response {
    app.clone().oneshot(request).await.unwrap()
}

#[tokio::test]
async fn a_resource_is_shared_with_its_origin_alone() {
    let app = Router::new().route("/hello", get(hello).put(hello)).route("/private", get(hello));
    let app = app.layer(layer(&[]));
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

#[tokio::test]
async fn whatever_the_application_answers_is_decorated() {
    let templates = ["/number/{n}", "/json", "/moved", "/missing", "/not-routed", "/error", "/get-only"];
    let methods = ResourceOptions::new().allow_methods(["GET", "POST", "DELETE"]);
    let config = templates.iter().fold(CorsConfig::new().defaults([(APP, methods)]), |config, &template| {
        config.add(Resource::at(template))
    });
    let app = Router::new()
        .route("/number/{n}", get(|Path(n): Path<u8>| async move { n.to_string() }))
        .route("/json", post(|Json(n): Json<u8>| async move { n.to_string() }))
        .route("/moved", get(|| async { Redirect::temporary("/hello") }))
        .route("/missing", get(|| async { StatusCode::NOT_FOUND }))
        .route("/error", get(|| async { Err::<(), _>(StatusCode::INTERNAL_SERVER_ERROR) }))
        .route("/get-only", get(|| async { ([("x-total", "7")], "seven") }))
        .layer(CorsLayer::new(config.build().unwrap()));
    let granted = ["access-control-allow-origin: https://app.example", "vary: Origin"];
    let cases = [
        ("GET", "/number/7", 200),
        ("GET", "/number/seven", 400),
        ("POST", "/json", 415),
        ("GET", "/moved", 307),
        ("GET", "/missing", 404),
        ("GET", "/not-routed", 404),
        ("GET", "/error", 500),
    ];
    for (method, path, status) in cases {
        assert_cors(&ask(&app, from_app(method, path)).await, status, &granted);
    }
    let wrong_method = ask(&app, from_app("DELETE", "/get-only")).await;
    assert_cors(&wrong_method, 405, &granted);
    assert_eq!(wrong_method.headers()[header::ALLOW], "GET,HEAD");
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
    let counted = move || async move {
        count.fetch_add(1, Ordering::Relaxed);
        "own options"
    };
    let app = Router::new().route("/hello", get(hello).options(counted)).layer(layer(&[]));

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
    let resource = Resource::at("/hello").add(Route::on("OPTIONS").also(APP, ResourceOptions::new()));
    let cors = CorsConfig::new().add(resource).build().unwrap();
    let app = Router::new().route("/hello", options(hello)).layer(CorsLayer::new(cors));
    let response = ask(&app, from_app("OPTIONS", "/hello")).await;
    assert_cors(&response, 200, &["access-control-allow-origin: https://app.example", "vary: Origin"]);
    assert_eq!(text(response).await, "hello");
}

#[tokio::test]
async fn the_application_answers_a_preflight_for_what_is_no_resource() {
    let app = Router::new().route("/hello", get(hello)).route("/private", get(hello).options(hello));
    let app = app.layer(layer(&[]));
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
    let app = Router::new().layer(CorsLayer::new(cors.build().unwrap()));
    let plain = [("origin", APP), ("access-control-request-method", "GET")];
    let allowed = ask(&app, request("OPTIONS", "/", &plain)).await;
    assert_eq!(allowed.status(), 200);
    let refused = text(ask(&app, preflight(APP, "PATCH", "/")).await).await;
    assert!(refused.contains("PATCH"), "{refused}");
}

#[tokio::test]
async fn what_a_handler_sets_itself_is_replaced_or_taken_away() {
    let own = [
        ("access-control-allow-origin", "https://handler.example"),
        ("access-control-allow-credentials", "true"),
        ("access-control-allow-methods", "PATCH"),
        ("vary", "accept-encoding"),
        ("vary", "origin"),
        ("x-total", "1"),
    ];
    let app = Router::new().route("/hello", get(move || async move { AppendHeaders(own) })).layer(layer(&[]));
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
    let options = ResourceOptions::new().allow_credentials().expose_headers(cors_tower::Any);
    let cors = CorsConfig::new().defaults([(APP, options)]).all_resources().build().unwrap();
    let handler = || async { ([("x-one", "1"), ("set-cookie", "a=b"), ("etag", "2")], "text") };
    let app = Router::new().route("/", get(handler)).layer(CorsLayer::new(cors));
    let response = ask(&app, from_app("GET", "/")).await;
    assert_eq!(response.headers()[header::ACCESS_CONTROL_EXPOSE_HEADERS], "x-one, etag");
}

async fn login(headers: HeaderMap, request: Request, next: Next) -> Response {
    match headers.contains_key(header::AUTHORIZATION) {
        true => next.run(request).await,
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}

#[tokio::test]
async fn a_middleware_that_cuts_short_is_decorated_only_inside() {
    let app = || Router::new().route("/hello", get(hello));
    let inside = app().layer(middleware::from_fn(login)).layer(layer(&[]));
    assert_cors(&ask(&inside, from_app("GET", "/hello")).await, 401, GRANTED);
    assert_cors(&ask(&inside, preflight(APP, "PUT", "/hello")).await, 204, ALLOWED);

    // The wrong order: a browser sends no credentials with a preflight, so nothing gets through.
    let outside = app().layer(layer(&[])).layer(middleware::from_fn(login));
    assert_cors(&ask(&outside, from_app("GET", "/hello")).await, 401, UNTOUCHED);
    assert_cors(&ask(&outside, preflight(APP, "PUT", "/hello")).await, 401, UNTOUCHED);
}

#[tokio::test]
async fn a_layer_covers_the_routes_that_were_added_before_it() {
    let app = Router::new().route("/hello", get(hello)).layer(layer(&["/late"])).route("/late", get(hello));
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/late")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/late")).await, 405, UNTOUCHED);
}

#[tokio::test]
async fn route_layer_leaves_the_fallback_alone() {
    let app = Router::new().route("/hello", get(hello)).route_layer(layer(&["/not-routed"]));
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, GRANTED);
    assert_cors(&ask(&app, preflight(APP, "PUT", "/hello")).await, 204, ALLOWED);
    assert_cors(&ask(&app, from_app("GET", "/not-routed")).await, 404, UNTOUCHED);
}

#[tokio::test]
async fn around_the_whole_router() {
    let app = Router::new().route("/hello", get(hello));
    let app = layer(&["/not-routed"]).layer(app);
    let ask = |request: Request| app.clone().oneshot(request);
    assert_cors(&ask(from_app("GET", "/hello")).await.unwrap(), 200, GRANTED);
    assert_cors(&ask(from_app("GET", "/not-routed")).await.unwrap(), 404, GRANTED);
    assert_cors(&ask(preflight(APP, "PUT", "/hello")).await.unwrap(), 204, ALLOWED);
}

#[tokio::test]
async fn a_nested_router_has_its_full_path_outside_and_inside() {
    let inner = || Router::new().route("/hello", get(hello));
    let outside = Router::new().nest("/api", inner()).layer(layer(&["/api/hello"]));
    assert_cors(&ask(&outside, from_app("GET", "/api/hello")).await, 200, GRANTED);
    let answer = ask(&outside, preflight(APP, "GET", "/api/hello")).await;
    assert_eq!(answer.status(), 204);

    let by_full_path = Router::new().nest("/api", inner().layer(layer(&["/api/hello"])));
    assert_cors(&ask(&by_full_path, from_app("GET", "/api/hello")).await, 200, GRANTED);
    assert_eq!(ask(&by_full_path, preflight(APP, "GET", "/api/hello")).await.status(), 204);
    let by_short_path = Router::new().nest("/api", inner().layer(layer(&[])));
    assert_cors(&ask(&by_short_path, from_app("GET", "/api/hello")).await, 200, UNTOUCHED);
}

#[tokio::test]
async fn all_resources_are_also_those_that_only_the_fallback_knows() {
    let cors =
        CorsConfig::new().defaults([("*", ResourceOptions::new())]).all_resources().exclude("/private");
    let app = Router::new()
        .route("/hello", get(hello))
        .fallback(|| async { (StatusCode::NOT_FOUND, "nothing here") })
        .layer(CorsLayer::new(cors.build().unwrap()));
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
async fn of_two_layers_the_outer_one_decides() {
    let inner = CorsConfig::new().defaults([(STRANGER, ResourceOptions::new())]).all_resources();
    let app = Router::new()
        .route("/hello", get(hello))
        .layer(CorsLayer::new(inner.build().unwrap()))
        .layer(CorsLayer::new(policy(&[])));
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, GRANTED);
    assert_cors(&ask(&app, request("GET", "/hello", &[("origin", STRANGER)])).await, 200, NOT_SHARED);
    assert_cors(&ask(&app, preflight(STRANGER, "GET", "/hello")).await, 403, REFUSED);
}

#[tokio::test]
async fn header_bytes_that_are_no_text_do_no_harm() {
    let app = Router::new().route("/hello", get(hello)).layer(layer(&[]));
    let mut request: Request = from_app("GET", "/hello");
    request.headers_mut().insert(header::ORIGIN, HeaderValue::from_bytes(b"https://\xff.example").unwrap());
    assert_cors(&ask(&app, request).await, 200, NOT_SHARED);
    let asterisk = Request::builder().method("OPTIONS").uri("*").body(Body::empty()).unwrap();
    assert_cors(&ask(&app, asterisk).await, 404, UNTOUCHED);
}
