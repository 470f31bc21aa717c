//! `explain` says what the layer does, of a request as a handler has it.

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::{Router, routing::any};
use cors_test_support::{assert_explained, explained_lines};
use cors_tower::{CorsConfig, CorsLayer, Enforce, Refusal, Resource, ResourceOptions, explain};
use tower::ServiceExt;

const A: &str = "https://a.example";

fn config() -> CorsConfig {
    let options = ResourceOptions::new().allow_headers(["x-a"]).expose_headers(["x-total"]);
    CorsConfig::new().defaults([(A, options)])
}

#[tokio::test]
async fn a_handler_explains_the_answer_that_it_gets() {
    let cors = config().add(Resource::at("/api/x")).build().unwrap();
    let explained = cors.clone();
    let handler = move |request: Request| {
        let explanation = explain(&explained, &request);
        async move { explained_lines(explanation.headers()) }
    };
    // In a nested router the path is cut.
    let app = Router::new().nest("/api", Router::new().route("/x", any(handler))).layer(CorsLayer::new(cors));
    for origin in [A, "https://b.example"] {
        let request = Request::get("/api/x?y").header("origin", origin).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        assert_explained(str::from_utf8(&body).unwrap(), &head.headers);
    }
}

#[test]
fn preflights_and_the_authority_are_seen() {
    let cors = config().all_resources().build().unwrap();
    let preflight = |headers: &str| {
        let request = http::Request::options("/x")
            .header("origin", A)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", headers);
        explain(&cors, &request.body(()).unwrap()).verdict().refusal()
    };
    assert_eq!(preflight("x-a"), None);
    assert_eq!(preflight("x-b"), Some(Refusal::Header));

    let cors = config().all_resources().enforce(Enforce::refuse().hosts(["own.example"])).build().unwrap();
    let at = |uri: &str| explain(&cors, &http::Request::get(uri).body(()).unwrap()).verdict().refusal();
    assert_eq!(at("http://own.example/x"), None);
    assert_eq!(at("http://other.example/x"), Some(Refusal::Host));
}
