//! `explain` says what the middleware does, of a request as a handler has it.

use cors_poem::{CorsConfig, CorsMiddleware, Enforce, Refusal, Resource, ResourceOptions, explain};
use cors_test_support::{assert_explained, explained_lines};
use poem::http::{Method, Uri};
use poem::test::TestClient;
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
    let client = TestClient::new(app);
    for origin in [A, "https://b.example"] {
        let response = client.get("/x?y").header("origin", origin).send().await.0;
        let (head, body) = response.into_parts();
        assert_explained(&body.into_string().await.unwrap(), &head.headers);
    }
}

#[test]
fn preflights_and_the_authority_are_seen() {
    let cors = config().all_resources().build().unwrap();
    let preflight = |headers: &str| {
        let request = Request::builder()
            .method(Method::OPTIONS)
            .uri(Uri::from_static("/x"))
            .header("origin", A)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", headers);
        explain(&cors, &request.finish()).verdict().refusal()
    };
    assert_eq!(preflight("x-a"), None);
    assert_eq!(preflight("x-b"), Some(Refusal::Header));

    let cors = config().all_resources().enforce(Enforce::refuse().hosts(["own.example"])).build().unwrap();
    let at =
        |uri| explain(&cors, &Request::builder().uri(Uri::from_static(uri)).finish()).verdict().refusal();
    assert_eq!(at("http://own.example/x"), None);
    assert_eq!(at("http://other.example/x"), Some(Refusal::Host));
}
