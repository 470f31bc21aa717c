//! `explain` says what the middleware does, of a request as a handler has it.

use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, HttpRequest, web};
use cors_actix_web::{CorsConfig, CorsMiddleware, Enforce, Refusal, ResourceOptions, explain};
use cors_test_support::{assert_explained, explained_lines};

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
        let request = TestRequest::with_uri("/x?y").insert_header(("origin", origin)).to_request();
        let response = call_service(&app, request).await;
        let headers = response.headers().clone();
        let body = read_body(response).await;
        assert_explained(str::from_utf8(&body).unwrap(), &headers);
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
