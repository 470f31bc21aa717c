//! The middleware around the application.

mod common;

use std::io;

use common::{ask, hello, middleware};
use cors_poem::CorsMiddleware;
use cors_test_support::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, assert_cors, different_resources,
    from_app, from_stranger, preflight, preflight_with_header, wire,
};
use futures_util::StreamExt;
use poem::endpoint::make_sync;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::StatusCode;
use poem::listener::TcpAcceptor;
use poem::middleware::CatchPanic;
use poem::{Body, EndpointExt, IntoResponse, Route, Server, get, handler};
use tokio::net::TcpListener;

#[tokio::test]
async fn an_error_is_caught_inside() {
    let app = || Route::new().at("/hello", get(hello)).at("/private", get(hello));
    let teapot = |_: MethodNotAllowedError| async { StatusCode::IM_A_TEAPOT };
    let nothing = |_: NotFoundError| async { "nothing here".with_status(StatusCode::NOT_FOUND) };

    let inside = app().catch_error(teapot).catch_error(nothing).with(middleware(&["/not-routed"]));
    assert_cors(&ask(&inside, from_app("PUT", "/hello")).await, 418, GRANTED);
    assert_cors(&ask(&inside, from_app("PUT", "/private")).await, 418, UNTOUCHED);
    let answer = ask(&inside, from_app("GET", "/not-routed")).await;
    assert_cors(&answer, 404, GRANTED);
    assert_eq!(answer.text, "nothing here");

    // Outside, the errors of a resource are responses by then. Others are still errors.
    let outside = app().with(middleware(&["/not-routed"])).catch_error(teapot).catch_error(nothing);
    assert_cors(&ask(&outside, from_app("PUT", "/hello")).await, 405, GRANTED);
    assert_cors(&ask(&outside, from_app("PUT", "/private")).await, 418, UNTOUCHED);
    assert_ne!(ask(&outside, from_app("GET", "/not-routed")).await.text, "nothing here");
    assert_eq!(ask(&outside, from_app("GET", "/nothing")).await.text, "nothing here");
}

#[tokio::test]
async fn a_panic_is_decorated_where_it_is_caught_inside() {
    #[handler]
    fn panics() {
        panic!("this handler panics, as the test wants it");
    }
    let routes = || Route::new().at("/hello", get(panics));
    let inside = routes().with(CatchPanic::new()).with(middleware(&[]));
    assert_cors(&ask(&inside, from_app("GET", "/hello")).await, 500, GRANTED);
    let outside = routes().with(middleware(&[])).with(CatchPanic::new());
    assert_cors(&ask(&outside, from_app("GET", "/hello")).await, 500, UNTOUCHED);
}

/// A request that was built has no path from before it was cut. On the wire it has: conformance/tests/tree.rs.
#[tokio::test]
async fn a_built_request_has_its_full_path_outside_of_a_nested_route_and_a_shorter_one_inside() {
    let inner = || Route::new().at("/hello", get(hello));
    let outside = Route::new().nest("/api", inner()).with(middleware(&["/api/hello"]));
    assert_cors(&ask(&outside, from_app("GET", "/api/hello")).await, 200, GRANTED);
    assert_eq!(ask(&outside, preflight(APP, "GET", "/api/hello")).await.status, 204);

    let by_full_path = Route::new().nest("/api", inner().with(middleware(&["/api/hello"])));
    assert_cors(&ask(&by_full_path, from_app("POST", "/api/hello")).await, 405, NOT_SHARED);
    let by_short_path = Route::new().nest("/api", inner().with(middleware(&[])));
    assert_cors(&ask(&by_short_path, from_app("GET", "/api/hello")).await, 200, GRANTED);
    assert_cors(&ask(&by_short_path, preflight_with_header(APP, "PUT", "/api/hello")).await, 204, ALLOWED);

    let inner = Route::new().at("/api/hello", get(hello)).with(middleware(&["/api/hello"]));
    let not_stripped = Route::new().nest_no_strip("/api", inner);
    assert_cors(&ask(&not_stripped, from_app("GET", "/api/hello")).await, 200, GRANTED);
}

#[tokio::test]
async fn of_two_middlewares_the_outer_one_decides() {
    let app = Route::new()
        .at("/other", get(hello))
        .with(CorsMiddleware::new(different_resources(&[])))
        .with(middleware(&["/other"]));
    assert_cors(&ask(&app, from_app("GET", "/other")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_stranger("GET", "/other")).await, 200, NOT_SHARED);
    assert_cors(&ask(&app, preflight(STRANGER, "GET", "/other")).await, 403, REFUSED);
}

/// A request of HTTP/2 has its authority in the target.
#[tokio::test]
async fn an_absolute_target_has_a_path_too() {
    let app = Route::new().at("/hello", get(hello)).with(middleware(&[]));
    assert_cors(&ask(&app, from_app("GET", "https://api.example/hello")).await, 200, GRANTED);
    let preflight = preflight_with_header(APP, "PUT", "https://api.example/hello");
    assert_cors(&ask(&app, preflight).await, 204, ALLOWED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stream_is_passed_on_as_it_comes() {
    let (sender, chunks) = wire::chunks();
    let body = make_sync(move |_| Body::from_bytes_stream(chunks.clone().map(Ok::<_, io::Error>)));
    let app = Route::new().at("/hello", get(body)).with(middleware(&[]));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).unwrap()).run(app));
    wire::assert_streams(address, sender);
}
