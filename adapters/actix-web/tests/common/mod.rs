//! What the tests share: requests, and what came out.

#![allow(dead_code)] // Each test takes what it needs.

use actix_http::Request;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::test::TestRequest;
use actix_web::{Error, HttpResponse};
use cors_actix_web::{Cors, CorsConfig, CorsMiddleware, Resource, ResourceOptions, Route};

pub(crate) const APP: &str = "https://app.example";
pub(crate) const STRANGER: &str = "https://stranger.example";

/// `/hello` for GET and PUT, with everything that can be set; the other templates for the defaults' origin alone.
pub(crate) fn policy(others: &[&str]) -> Cors {
    let options = ResourceOptions::new()
        .allow_credentials()
        .allow_headers(["X-Requested-With"])
        .expose_headers(["X-Total"])
        .max_age(600);
    let hello = Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT"));
    let config = CorsConfig::new().defaults([(APP, options)]).add(hello);
    others.iter().fold(config, |config, &template| config.add(Resource::at(template))).build().unwrap()
}

pub(crate) fn middleware(others: &[&str]) -> CorsMiddleware {
    CorsMiddleware::new(policy(others))
}

/// All that [`policy`] grants on an actual request.
pub(crate) const GRANTED: &[&str] = &[
    "access-control-allow-credentials: true",
    "access-control-allow-origin: https://app.example",
    "access-control-expose-headers: x-total",
    "vary: Origin",
];

/// All that [`policy`] writes where it shares nothing.
pub(crate) const NOT_SHARED: &[&str] = &["vary: Origin"];

/// All that [`policy`] answers to a preflight for `/hello` that asks for a header.
pub(crate) const ALLOWED: &[&str] = &[
    "access-control-allow-credentials: true",
    "access-control-allow-headers: x-requested-with",
    "access-control-allow-methods: GET, PUT, HEAD",
    "access-control-allow-origin: https://app.example",
    "access-control-max-age: 600",
    VARY_PREFLIGHT,
];

/// All that a refused preflight has.
pub(crate) const REFUSED: &[&str] = &[VARY_PREFLIGHT];

pub(crate) const VARY_PREFLIGHT: &str =
    "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

pub(crate) const UNTOUCHED: &[&str] = &[];

pub(crate) fn request(method: &str, uri: &str, lines: &[(&str, &str)]) -> TestRequest {
    let request = TestRequest::with_uri(uri).method(Method::from_bytes(method.as_bytes()).unwrap());
    lines.iter().fold(request, |request, &line| request.append_header(line))
}

/// An actual request of a page of the origin `APP`.
pub(crate) fn from_app(method: &str, uri: &str) -> TestRequest {
    request(method, uri, &[("origin", APP)])
}

pub(crate) fn preflight(origin: &str, method: &str, uri: &str) -> TestRequest {
    let lines = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "x-requested-with"),
    ];
    request("OPTIONS", uri, &lines)
}

/// What a server would send, also where an error comes out of the application.
pub(crate) async fn ask<B: MessageBody + 'static>(
    app: &impl Service<Request, Response = ServiceResponse<B>, Error = Error>,
    request: TestRequest,
) -> HttpResponse {
    match app.call(request.to_request()).await {
        Ok(response) => response.into_parts().1.map_into_boxed_body(),
        Err(error) => error.error_response(),
    }
}

/// Every line of the protocol's headers and of `Vary`, sorted.
pub(crate) fn cors_lines(headers: &HeaderMap) -> Vec<String> {
    let is_ours = |name: &str| name.starts_with("access-control-") || name == "vary";
    let lines = headers.iter().filter(|(name, _)| is_ours(name.as_str()));
    let mut lines: Vec<_> =
        lines.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    lines.sort();
    lines
}

#[track_caller]
pub(crate) fn assert_cors<B>(response: &HttpResponse<B>, status: u16, lines: &[&str]) {
    let expected: Vec<String> = lines.iter().map(|&line| line.into()).collect();
    assert_eq!((response.status().as_u16(), cors_lines(response.headers())), (status, expected));
}

pub(crate) async fn text(response: HttpResponse) -> String {
    String::from_utf8(to_bytes(response.into_body()).await.unwrap().to_vec()).unwrap()
}
