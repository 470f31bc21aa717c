//! The filter around a whole application, and the layer around its service.

mod common;

use std::convert::Infallible;

use common::{ask, routes};
use cors_test_support::{
    ALLOWED, APP, GRANTED, NOT_SHARED, STRANGER, UNTOUCHED, allocations, assert_cors, different_resources,
    from_app, from_stranger, policy, preflight_with_header, wire,
};
use cors_warp::{CorsLayer, FromBytes, default_replies, with_cors};
use futures_util::StreamExt;
use http_body_util::{BodyExt, Full};
use tokio::net::TcpListener;
use tower::Layer;
use tower_http::body::UnsyncBoxBody;
use tower_http::catch_panic::CatchPanicLayer;
use warp::path::FullPath;
use warp::{Filter, Reply, any, path};

/// The table of cases asks the filter alone.
#[tokio::test]
async fn the_layer_around_the_service_answers_as_the_filter() {
    let app = routes(path!("hello").and(warp::get()).map(|| "hello"));
    let cors = different_resources(&[]);
    let filter = warp::service(with_cors(cors.clone(), default_replies(app.clone())));
    let layer = CorsLayer::new(cors).make_body(FromBytes).layer(warp::service(app));
    for class in allocations::actual().into_iter().chain(allocations::preflights()) {
        let by_filter = ask(filter.clone(), class.ask.clone()).await;
        assert_eq!(by_filter.cors_lines().len(), class.lines, "{}", class.name);
        assert_eq!(by_filter, ask(layer.clone(), class.ask).await, "{}", class.name);
    }
}

#[tokio::test]
async fn the_path_is_the_whole_one_below_a_common_beginning() {
    let inner = with_cors(policy(&["/api/one"]), default_replies(path!("one").map(|| "one")));
    let app = warp::service(path("api").and(inner));
    assert_cors(&ask(app.clone(), from_app("GET", "/api/one")).await, 200, GRANTED);
    // A request of HTTP/2 has its authority in the target.
    assert_cors(&ask(app, from_app("GET", "https://api.example/api/one")).await, 200, GRANTED);
}

#[tokio::test]
async fn of_two_filters_the_outer_one_decides() {
    let inner = with_cors(different_resources(&[]), default_replies(path!("other").map(|| "other")));
    let app = warp::service(with_cors(policy(&["/other"]), inner));
    assert_cors(&ask(app.clone(), from_app("GET", "/other")).await, 200, GRANTED);
    assert_cors(&ask(app.clone(), from_stranger("GET", "/other")).await, 200, NOT_SHARED);
    assert_eq!(ask(app, preflight_with_header(STRANGER, "GET", "/other")).await.status, 403);
}

#[tokio::test]
async fn a_wrapper_is_one_for_with_as_well() {
    let cors = policy(&[]);
    let hello = default_replies(path!("hello").map(|| "hello"));
    let app = hello.with(warp::wrap_fn(move |app| with_cors(cors.clone(), app)));
    assert_cors(&ask(warp::service(app), from_app("GET", "/hello")).await, 200, GRANTED);
}

/// A verdict stays with its request while others run on the same thread.
#[tokio::test]
async fn requests_that_run_at_once_keep_their_verdicts() {
    let wait = any().and(path::full()).then(|path: FullPath| async move {
        for _ in 0..path.as_str().len() {
            tokio::task::yield_now().await;
        }
        "done".into_response()
    });
    let app = with_cors(policy(&["/longer-than-the-others"]), wait);
    let ask = |request| ask(warp::service(app.clone()), request);
    let (granted, refused, passed, answered, longest) = tokio::join!(
        ask(from_app("GET", "/hello")),
        ask(from_stranger("GET", "/hello")),
        ask(from_app("GET", "/private")),
        ask(preflight_with_header(APP, "PUT", "/hello")),
        ask(from_app("GET", "/longer-than-the-others")),
    );
    assert_cors(&granted, 200, GRANTED);
    assert_cors(&refused, 200, NOT_SHARED);
    assert_cors(&passed, 200, UNTOUCHED);
    assert_cors(&answered, 204, ALLOWED);
    assert_cors(&longest, 200, GRANTED);
}

#[tokio::test]
async fn a_panic_is_decorated_where_a_layer_inside_catches_it() {
    fn panics() -> &'static str {
        panic!("this handler panics, as the test wants it");
    }
    let app = || warp::service(path!("hello").map(panics));
    let cors =
        CorsLayer::new(policy(&[])).make_body(|text| UnsyncBoxBody::new(Full::new(text).map_err(Into::into)));
    let inside = cors.layer(CatchPanicLayer::new().layer(app()));
    assert_cors(&ask(inside, from_app("GET", "/hello")).await, 500, GRANTED);
    let outside = CatchPanicLayer::new().layer(CorsLayer::new(policy(&[])).layer(app()));
    assert_cors(&ask(outside, from_app("GET", "/hello")).await, 500, UNTOUCHED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stream_is_passed_on_as_it_comes() {
    let (sender, chunks) = wire::chunks();
    let body = path!("hello").map(move || warp::reply::stream(chunks.clone().map(Ok::<_, Infallible>)));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = with_cors(policy(&[]), default_replies(body));
    tokio::spawn(warp::serve(app).incoming(listener).run());
    wire::assert_streams(address, sender);
}
