//! poem, as the tests ask it.

#![allow(dead_code)] // Each test takes what it needs.

use cors_poem::CorsMiddleware;
use cors_test_support::{Answer, Ask, policy};
use poem::{Endpoint, Request, handler};

pub(crate) fn middleware(others: &[&str]) -> CorsMiddleware {
    CorsMiddleware::new(policy(others))
}

#[handler]
pub(crate) fn hello() -> &'static str {
    "hello"
}

pub(crate) fn request(ask: &Ask) -> Request {
    let request = Request::builder().method(ask.method.parse().unwrap()).uri(ask.uri.parse().unwrap());
    ask.lines.iter().fold(request, |request, &(name, value)| request.header(name, value)).finish()
}

/// In this process, as the server asks.
pub(crate) async fn ask(app: &impl Endpoint, ask: Ask) -> Answer {
    let response = app.get_response(request(&ask)).await;
    let head = Answer::new(response.status().as_u16(), response.headers());
    head.with_text(response.into_body().into_bytes().await.unwrap())
}
