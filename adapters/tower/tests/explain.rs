//! `explain` says what the layer does, of a request as a handler has it.

mod common;

use axum::{Router, extract::Request, routing::any};
use common::ask;
use cors_test_support::{assert_explained, explained_lines, plain, preflight};
use cors_tower::{CorsConfig, CorsLayer, Enforce, Refusal, Resource, ResourceOptions, explain};

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
        assert_explained(&ask(&app, plain("GET", "/api/x?y").line("origin", origin)).await);
    }
}

#[test]
fn preflights_and_the_authority_are_seen() {
    let cors = config().all_resources().build().unwrap();
    let asks = |name| {
        let ask = preflight(A, "GET", "/x").line("access-control-request-headers", name);
        explain(&cors, &ask.http::<()>()).verdict().refusal()
    };
    assert_eq!(asks("x-a"), None);
    assert_eq!(asks("x-b"), Some(Refusal::Header));

    let cors = config().all_resources().enforce(Enforce::refuse().hosts(["own.example"])).build().unwrap();
    let at = |uri| explain(&cors, &plain("GET", uri).http::<()>()).verdict().refusal();
    assert_eq!(at("http://own.example/x"), None);
    assert_eq!(at("http://other.example/x"), Some(Refusal::Host));
}
