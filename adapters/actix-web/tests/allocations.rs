//! What the middleware allocates, checked against the bare application. actix keeps the maps of earlier responses, so both
//! are measured when they are warm.

mod common;

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::init_service;
use actix_web::{App, Error, Handler, HttpResponse, web};
use common::request;
use cors_actix_web::CorsMiddleware;
use cors_test_support::Answer;
use cors_test_support::allocations::{Class, NAMES, actual, count, policy, preflights};
use futures_util::FutureExt;

/// The number of header lines that a response may have: with more of them, and ours, actix's map grows.
const MOST_LINES: usize = 8;

/// Answers with as many header lines.
fn application(lines: usize) -> impl Handler<(), Output = HttpResponse> {
    move || async move {
        let mut response = HttpResponse::Ok().body("hello");
        for name in &NAMES[..lines] {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
        }
        response
    }
}

/// Allocations of one call, without those that make the request, and its lines of the protocol.
fn measured<B: MessageBody>(
    app: &impl Service<Request, Response = ServiceResponse<B>, Error = Error>,
    request: Request,
) -> (u64, usize) {
    // A server's request has its values in one shared buffer. Those made of text come to that with their first clone.
    request.head().headers().iter().for_each(|(_, value)| drop(value.clone()));
    let (allocations, response) = count(|| app.call(request).now_or_never().unwrap().unwrap());
    (allocations, Answer::new(200, response.headers()).cors_lines().len())
}

fn assert_no_more<B: MessageBody, C: MessageBody>(
    class: &Class,
    bare: &impl Service<Request, Response = ServiceResponse<B>, Error = Error>,
    ours: &impl Service<Request, Response = ServiceResponse<C>, Error = Error>,
) {
    let request = || request(&class.ask);
    let _warm = (measured(bare, request()), measured(ours, request()));
    let (alone, _) = measured(bare, request());
    let (with, written) = measured(ours, request());
    assert_eq!(written, class.lines, "{}", class.name);
    assert!(with <= alone, "{}: {with}, alone {alone}", class.name);
}

#[actix_web::test]
async fn never_more_than_the_bare_application() {
    for lines in 0..=MOST_LINES {
        let app = || App::new().service(web::resource("/{name}").to(application(lines)));
        let bare = init_service(app()).await;
        let ours = init_service(app().wrap(CorsMiddleware::new(policy()))).await;
        for class in actual().into_iter().chain(preflights()) {
            assert_no_more(&class, &bare, &ours);
        }
    }
}

#[actix_web::test]
async fn nor_around_a_resource() {
    let resource = || web::resource("/hello").to(application(4));
    let bare = init_service(App::new().service(resource())).await;
    let hello = CorsMiddleware::resource(policy().resource("/hello").unwrap());
    let ours = init_service(App::new().service(resource().wrap(hello))).await;
    for class in actual().into_iter().chain(preflights()).filter(|class| class.ask.uri == "/hello") {
        assert_no_more(&class, &bare, &ours);
    }
}
