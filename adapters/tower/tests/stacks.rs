//! A `ServiceBuilder` with the layer outside of what people put inside it. tower-http's CORS layer compiles in each of
//! these stacks.

mod common;

use std::convert::Infallible;
use std::fmt::Debug;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use axum::{BoxError, Router};
use bytes::Bytes;
use common::{ask, hello, layer};
use cors_test_support::{
    ALLOWED, APP, GRANTED, REFUSED, STRANGER, assert_cors, from_app, preflight_with_header,
};
use http::StatusCode;
use http_body_util::{BodyExt, Full};
use tower::{Service, ServiceBuilder};
use tower_http::body::UnsyncBoxBody;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionBody, CompressionLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::map_response_body::MapResponseBodyLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

const WRITTEN: &str = "CORS preflight refused: the origin is not allowed.";
const EMPTY: &str = "";

fn app() -> Router {
    Router::new().route("/hello", get(hello))
}

fn timeout() -> TimeoutLayer {
    TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_secs(60))
}

/// Asks for an allowed preflight, a refused one, whose body has this text, and a GET.
async fn assert_works<S, B>(stack: S, refusal: &str)
where
    S: Service<Request, Response = Response<B>, Error = Infallible> + Clone,
    B: HttpBody<Data = Bytes, Error: Debug>,
{
    let allowed = ask(&stack, preflight_with_header(APP, "PUT", "/hello")).await;
    assert_cors(&allowed, 204, ALLOWED);
    assert_eq!(allowed.text, "");

    let refused = ask(&stack, preflight_with_header(STRANGER, "PUT", "/hello")).await;
    assert_cors(&refused, 403, REFUSED);
    assert_eq!(refused.value("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(refused.text, refusal);

    let shared = ask(&stack, from_app("GET", "/hello")).await;
    assert_cors(&shared, 200, GRANTED);
    assert_eq!(shared.text, "hello");
}

#[tokio::test]
async fn outside_compression() {
    let stack = ServiceBuilder::new().layer(layer(&[])).layer(CompressionLayer::new()).service(app());
    assert_works(stack, EMPTY).await;

    let body = |text: Bytes| {
        let mut body = CompressionBody::<Body>::default();
        *body.get_mut() = text.into();
        body
    };
    let layer = layer(&[]).make_body(body);
    let stack = ServiceBuilder::new().layer(layer).layer(CompressionLayer::new()).service(app());
    assert_works(stack, WRITTEN).await;
}

#[tokio::test]
async fn outside_a_body_limit() {
    let limit = RequestBodyLimitLayer::new(1024);
    let stack = ServiceBuilder::new().layer(layer(&[])).layer(limit).service(app());
    assert_works(stack, EMPTY).await;
}

#[tokio::test]
async fn outside_a_panic_catcher() {
    let stack = ServiceBuilder::new().layer(layer(&[])).layer(CatchPanicLayer::new()).service(app());
    assert_works(stack, EMPTY).await;

    let body = |text: Bytes| UnsyncBoxBody::new(Full::new(text).map_err(BoxError::from));
    let layer = layer(&[]).make_body(body);
    let stack = ServiceBuilder::new().layer(layer).layer(CatchPanicLayer::new()).service(app());
    assert_works(stack, WRITTEN).await;
}

/// Its body has no `Default`, so directly outside of it neither layer compiles.
#[tokio::test]
async fn outside_trace() {
    let stack = ServiceBuilder::new()
        .layer(layer(&[]))
        .layer(MapResponseBodyLayer::new(Body::new))
        .layer(TraceLayer::new_for_http())
        .service(app());
    assert_works(stack, WRITTEN).await;
}

#[tokio::test]
async fn outside_a_timeout() {
    let stack = ServiceBuilder::new().layer(layer(&[])).layer(timeout()).service(app());
    assert_works(stack, WRITTEN).await;
}

#[tokio::test]
async fn outside_all_of_them() {
    let inside = ServiceBuilder::new()
        .layer(CatchPanicLayer::new())
        .layer(TraceLayer::new_for_http())
        .layer(CompressionLayer::new())
        .layer(RequestBodyLimitLayer::new(1024))
        .layer(timeout());
    let stack = ServiceBuilder::new().layer(layer(&[])).layer(inside.clone()).service(app());
    assert_works(stack, EMPTY).await;

    let as_axum = MapResponseBodyLayer::new(Body::new);
    let stack = ServiceBuilder::new().layer(layer(&[])).layer(as_axum).layer(inside).service(app());
    assert_works(stack, WRITTEN).await;
}

/// A `ServiceBuilder` given to the router keeps the body of its inner layers; with one `layer` call after the other, the
/// router makes an axum body of each.
#[tokio::test]
async fn in_a_router() {
    let at_once = ServiceBuilder::new().layer(layer(&[])).layer(CompressionLayer::new());
    assert_works(app().layer(at_once), EMPTY).await;
    let one_by_one = app()
        .layer(timeout())
        .layer(RequestBodyLimitLayer::new(1024))
        .layer(CompressionLayer::new())
        .layer(TraceLayer::new_for_http())
        .layer(CatchPanicLayer::new())
        .layer(layer(&[]));
    assert_works(one_by_one, WRITTEN).await;
}
