//! actix, as the tests ask it.

#![allow(dead_code)] // Each test takes what it needs.

use actix_http::Request;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::Method;
use actix_web::test::TestRequest;
use actix_web::{Error, HttpResponse};
use cors_actix_web::CorsMiddleware;
use cors_test_support::{Answer, Ask, policy};

pub(crate) fn middleware(others: &[&str]) -> CorsMiddleware {
    CorsMiddleware::new(policy(others))
}

pub(crate) async fn hello() -> &'static str {
    "hello"
}

pub(crate) fn request(ask: &Ask) -> Request {
    let request = TestRequest::with_uri(ask.uri).method(Method::from_bytes(ask.method.as_bytes()).unwrap());
    ask.lines.iter().fold(request, |request, &line| request.append_header(line)).to_request()
}

/// What a server would send, also where an error comes out of the application.
pub(crate) async fn ask<B: MessageBody + 'static>(
    app: &impl Service<Request, Response = ServiceResponse<B>, Error = Error>,
    ask: Ask,
) -> Answer {
    answer(match app.call(request(&ask)).await {
        Ok(response) => response.into_parts().1.map_into_boxed_body(),
        Err(error) => error.error_response(),
    })
    .await
}

pub(crate) async fn answer(response: HttpResponse) -> Answer {
    let head = Answer::new(response.status().as_u16(), response.headers());
    head.with_text(to_bytes(response.into_body()).await.unwrap())
}
