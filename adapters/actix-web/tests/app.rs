//! The middleware around the application: `App::wrap`.

mod common;

use std::convert::Infallible;
use std::fmt;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::test::init_service;
use actix_web::web::{self, Bytes};
use actix_web::{App, Error, HttpResponse, ResponseError};
use common::{answer, ask, hello, middleware, request};
use cors_actix_web::CorsMiddleware;
use cors_test_support::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, assert_cors, different_resources, from_app,
    from_stranger, preflight, preflight_with_header,
};
use futures_util::stream;

#[derive(Debug)]
struct OutOfTea;

impl fmt::Display for OutOfTea {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("out of tea")
    }
}

impl ResponseError for OutOfTea {
    fn error_response(&self) -> HttpResponse {
        let own = ("access-control-allow-origin", "https://handler.example");
        HttpResponse::ImATeapot().insert_header(own).body(self.to_string())
    }
}

async fn fails(_: ServiceRequest, _: Next<impl MessageBody>) -> Result<ServiceResponse, Error> {
    Err(OutOfTea.into())
}

#[actix_web::test]
async fn an_error_of_an_inner_middleware_stays_an_error_and_its_response_is_decorated() {
    let app = App::new()
        .service(web::resource("/hello").get(hello))
        .wrap(from_fn(fails))
        .wrap(middleware(&["/items/{id}"]));
    let app = init_service(app).await;
    for (ask, expected) in [
        (from_app("GET", "/hello"), GRANTED),
        (from_app("PUT", "/items/1"), NOT_SHARED),
        (from_stranger("GET", "/hello"), NOT_SHARED),
    ] {
        let Err(error) = app.call(request(&ask)).await.map(|_| ()) else { panic!("no error") };
        assert!(error.as_error::<OutOfTea>().is_some());
        // Whoever asks for the response twice gets the same twice.
        for _ in 0..2 {
            let answer = answer(error.error_response()).await;
            assert_cors(&answer, 418, expected);
            assert_eq!(answer.text, "out of tea");
        }
    }
    let response = ask(&app, from_app("GET", "/private")).await;
    assert_cors(&response, 418, &["access-control-allow-origin: https://handler.example"]);
    // The failing middleware is never asked.
    assert_cors(&ask(&app, preflight_with_header(APP, "PUT", "/hello")).await, 204, ALLOWED);
}

/// actix has a map of its own, in which a name may have several lines.
#[actix_web::test]
async fn all_lines_that_a_handler_sets_are_replaced_or_removed() {
    let own = async || {
        HttpResponse::Ok()
            .append_header(("access-control-allow-origin", "https://handler.example"))
            .append_header(("access-control-allow-origin", "https://other.example"))
            .append_header(("access-control-allow-methods", "PATCH"))
            .append_header(("access-control-allow-methods", "POST"))
            .append_header(("vary", "accept-encoding"))
            .append_header(("vary", "origin"))
            .append_header(("vary", "accept-language, origin"))
            .finish()
    };
    let app = init_service(App::new().service(web::resource("/hello").get(own)).wrap(middleware(&[]))).await;
    let vary = "vary: accept-encoding, accept-language, Origin";
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, &[&GRANTED[..3], &[vary]].concat());
    assert_cors(&ask(&app, from_stranger("GET", "/hello")).await, 200, &[vary]);
}

#[actix_web::test]
async fn a_stream_is_passed_on_chunk_by_chunk() {
    let chunks = async || {
        let chunks = ["one ", "two ", "three"].map(|text| Ok::<_, Infallible>(Bytes::from(text)));
        HttpResponse::Ok().streaming(stream::iter(chunks))
    };
    let app = App::new().service(web::resource("/hello").get(chunks)).wrap(middleware(&[]));
    let response = init_service(app).await.call(request(&from_app("GET", "/hello"))).await.unwrap();
    assert_eq!(response.response().body().size(), BodySize::Stream);
    let answer = answer(response.into_parts().1.map_into_boxed_body()).await;
    assert_cors(&answer, 200, GRANTED);
    assert_eq!(answer.text, "one two three");
}

#[actix_web::test]
async fn of_two_middlewares_the_outer_one_decides() {
    let app = App::new()
        .service(web::resource("/other").get(hello))
        .wrap(CorsMiddleware::new(different_resources(&[])))
        .wrap(middleware(&["/other"]));
    let app = init_service(app).await;
    assert_cors(&ask(&app, from_app("GET", "/other")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_stranger("GET", "/other")).await, 200, NOT_SHARED);
    assert_cors(&ask(&app, preflight(STRANGER, "GET", "/other")).await, 403, REFUSED);
}
