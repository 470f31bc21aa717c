//! `explain` says what the middleware does, of a request as a handler has it.

mod common;

use actix_web::test::{TestRequest, init_service};
use actix_web::{App, HttpRequest, web};
use common::ask;
use cors_actix_web::{CorsConfig, CorsMiddleware, Enforce, Refusal, ResourceOptions, explain};
use cors_test_support::{assert_explained, explained_lines, plain};

const A: &str = "https://a.example";

fn config() -> CorsConfig {
    let options = ResourceOptions::new().allow_headers(["x-a"]).expose_headers(["x-total"]);
    CorsConfig::new().defaults([(A, options)]).all_resources()
}

#[actix_web::test]
async fn a_handler_explains_the_answer_that_it_gets() {
    let cors = config().build().unwrap();
    let explained = cors.clone();
    let handler = move |request: HttpRequest| {
        let explanation = explain(&explained, &request);
        async move { explained_lines(explanation.headers()) }
    };
    let app =
        init_service(App::new().default_service(web::to(handler)).wrap(CorsMiddleware::new(cors))).await;
    for origin in [A, "https://b.example"] {
        assert_explained(&ask(&app, plain("GET", "/x?y").line("origin", origin)).await);
    }
}

#[test]
fn preflights_and_the_authority_are_seen() {
    let cors = config().build().unwrap();
    let preflight = |headers: &str| {
        let request = TestRequest::with_uri("/x")
            .method(actix_web::http::Method::OPTIONS)
            .insert_header(("origin", A))
            .insert_header(("access-control-request-method", "GET"))
            .insert_header(("access-control-request-headers", headers));
        explain(&cors, &request.to_http_request()).verdict().refusal()
    };
    assert_eq!(preflight("x-a"), None);
    assert_eq!(preflight("x-b"), Some(Refusal::Header));

    let cors = config().enforce(Enforce::refuse().hosts(["own.example"])).build().unwrap();
    let at = |uri: &str| explain(&cors, &TestRequest::with_uri(uri).to_http_request()).verdict().refusal();
    assert_eq!(at("http://own.example/x"), None);
    assert_eq!(at("http://other.example/x"), Some(Refusal::Host));
}
