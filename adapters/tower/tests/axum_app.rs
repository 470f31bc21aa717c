//! axum with the layer around the application: `Router::layer`, and the whole router.

mod common;

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use common::{ask, hello, layer};
use cors_test_support::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, assert_cors, different_resources,
    from_app, from_stranger, preflight, preflight_with_header, wire,
};
use cors_tower::CorsLayer;
use futures_util::StreamExt;
use tokio::net::TcpListener;
use tower::Layer;
use tower_http::catch_panic::CatchPanicLayer;

#[tokio::test]
async fn a_layer_covers_the_routes_that_were_added_before_it() {
    let app = Router::new().route("/hello", get(hello)).layer(layer(&["/late"])).route("/late", get(hello));
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/late")).await, 200, UNTOUCHED);
    assert_cors(&ask(&app, preflight(APP, "GET", "/late")).await, 405, UNTOUCHED);
}

#[tokio::test]
async fn route_layer_leaves_the_fallback_alone() {
    let app = Router::new().route("/hello", get(hello)).route_layer(layer(&["/not-routed"]));
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, GRANTED);
    assert_cors(&ask(&app, preflight_with_header(APP, "PUT", "/hello")).await, 204, ALLOWED);
    assert_cors(&ask(&app, from_app("GET", "/not-routed")).await, 404, UNTOUCHED);
}

#[tokio::test]
async fn around_the_whole_router() {
    let app = layer(&["/not-routed"]).layer(Router::new().route("/hello", get(hello)));
    assert_cors(&ask(&app, from_app("GET", "/hello")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_app("GET", "/not-routed")).await, 404, GRANTED);
    assert_cors(&ask(&app, preflight_with_header(APP, "PUT", "/hello")).await, 204, ALLOWED);
}

#[tokio::test]
async fn a_nested_router_has_its_full_path_outside_and_inside() {
    let inner = || Router::new().route("/hello", get(hello));
    let outside = Router::new().nest("/api", inner()).layer(layer(&["/api/hello"]));
    let inside = Router::new().nest("/api", inner().layer(layer(&["/api/hello"])));
    for app in [outside, inside] {
        assert_cors(&ask(&app, from_app("GET", "/api/hello")).await, 200, GRANTED);
        assert_eq!(ask(&app, preflight(APP, "GET", "/api/hello")).await.status, 204);
    }
    let by_short_path = Router::new().nest("/api", inner().layer(layer(&[])));
    assert_cors(&ask(&by_short_path, from_app("GET", "/api/hello")).await, 200, UNTOUCHED);
}

#[tokio::test]
async fn of_two_layers_the_outer_one_decides() {
    let other = CorsLayer::new(different_resources(&[]));
    let app = Router::new().route("/hello", get(hello)).route("/other", get(hello));
    let app = app.layer(other).layer(layer(&["/other"]));
    assert_cors(&ask(&app, from_app("GET", "/other")).await, 200, GRANTED);
    assert_cors(&ask(&app, from_stranger("GET", "/other")).await, 200, NOT_SHARED);
    assert_cors(&ask(&app, preflight(STRANGER, "GET", "/other")).await, 403, REFUSED);
}

#[tokio::test]
async fn a_panic_is_decorated_where_it_is_caught_inside() {
    async fn panics() {
        panic!("this handler panics, as the test wants it");
    }
    let routes = || Router::new().route("/hello", get(panics));
    let caught_inside = routes().layer(CatchPanicLayer::new()).layer(layer(&[]));
    assert_cors(&ask(&caught_inside, from_app("GET", "/hello")).await, 500, GRANTED);
    let caught_outside = routes().layer(layer(&[])).layer(CatchPanicLayer::new());
    assert_cors(&ask(&caught_outside, from_app("GET", "/hello")).await, 500, UNTOUCHED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stream_is_passed_on_as_it_comes() {
    let (sender, chunks) = wire::chunks();
    let body = move || async move { Body::from_stream(chunks.map(Ok::<_, Infallible>)) };
    let app = Router::new().route("/hello", get(body)).layer(layer(&[]));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
    wire::assert_streams(address, sender);
}
