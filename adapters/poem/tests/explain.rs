//! `explain` says what the middleware does, of a request as a handler has it.

mod common;

use common::{ask, request};
use cors_poem::{CorsConfig, CorsMiddleware, Enforce, Refusal, Resource, ResourceOptions, explain};
use cors_test_support::{assert_explained, explained_lines, plain, preflight};
use poem::web::Data;
use poem::{EndpointExt, Request, Route, handler};

const A: &str = "https://a.example";

fn config() -> CorsConfig {
    let options = ResourceOptions::new().allow_headers(["x-a"]).expose_headers(["x-total"]);
    CorsConfig::new().defaults([(A, options)])
}

#[handler]
fn show(request: &Request, cors: Data<&cors_poem::Cors>) -> String {
    explained_lines(explain(&cors, request).headers())
}

#[tokio::test]
async fn a_handler_explains_the_answer_that_it_gets() {
    let cors = config().add(Resource::at("/x")).build().unwrap();
    let app = Route::new().at("/x", show).data(cors.clone()).with(CorsMiddleware::new(cors));
    for origin in [A, "https://b.example"] {
        assert_explained(&ask(&app, plain("GET", "/x?y").line("origin", origin)).await);
    }
}

#[test]
fn preflights_and_the_authority_are_seen() {
    let cors = config().all_resources().build().unwrap();
    let asks = |name| {
        let ask = preflight(A, "GET", "/x").line("access-control-request-headers", name);
        explain(&cors, &request(&ask)).verdict().refusal()
    };
    assert_eq!(asks("x-a"), None);
    assert_eq!(asks("x-b"), Some(Refusal::Header));

    let cors = config().all_resources().enforce(Enforce::refuse().hosts(["own.example"])).build().unwrap();
    let at = |uri| explain(&cors, &request(&plain("GET", uri))).verdict().refusal();
    assert_eq!(at("http://own.example/x"), None);
    assert_eq!(at("http://other.example/x"), Some(Refusal::Host));
}
