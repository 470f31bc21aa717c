//! tonic over a socket: gRPC over HTTP/2, and gRPC-Web as browsers speak it.

mod common;

use std::net::SocketAddr;

use bytes::Bytes;
use common::{answer, send};
use cors_test_support::{
    APP, Answer, NOT_SHARED, REFUSED, STRANGER, TO_APP, VARY_PREFLIGHT, assert_cors, plain, preflight,
};
use cors_tower::{CorsConfig, CorsLayer, MakeBody, presets};
use http::{Request, Response, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

const CHECK: &str = "/grpc.health.v1.Health/Check";

const GRANTED: &[&str] = &[
    TO_APP,
    "access-control-expose-headers: grpc-status, grpc-message, grpc-status-details-bin",
    "vary: Origin",
];

const ALLOWED: &[&str] = &[
    "access-control-allow-headers: authorization, content-type, grpc-timeout, x-grpc-web, x-user-agent",
    "access-control-allow-methods: POST",
    TO_APP,
    "access-control-max-age: 600",
    VARY_PREFLIGHT,
];

fn layer() -> CorsLayer<impl MakeBody<Body> + Clone> {
    let cors = CorsConfig::new().defaults([(APP, presets::grpc_web())]).all_resources().build().unwrap();
    CorsLayer::new(cors).make_body(|text: Bytes| Body::new(Full::new(text)))
}

async fn incoming() -> (SocketAddr, TcpListener) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    (listener.local_addr().unwrap(), listener)
}

/// A call that asks for the health of a service.
fn call(origin: &'static str, content_type: &'static str, service: &str) -> Request<Full<Bytes>> {
    let ask = plain("POST", CHECK).line("origin", origin).line("content-type", content_type);
    let length = u8::try_from(service.len()).unwrap();
    // Field 1, a string; in front of it the length of the message.
    let message = [&[0, 0, 0, 0, length + 2, 0x0a, length], service.as_bytes()].concat();
    ask.line("te", "trailers").http::<()>().map(|()| message.into())
}

/// gRPC's field 1 of the answer: 1 is "serving".
const SERVING: &[u8] = &[0, 0, 0, 0, 2, 8, 1];

/// Both kinds of client see the same.
async fn assert_preflights(ask: impl AsyncFn(Request<Full<Bytes>>) -> Response<Incoming>) {
    let preflight = |origin| {
        preflight(origin, "POST", CHECK)
            .line("access-control-request-headers", "content-type,x-grpc-web")
            .http()
    };
    assert_cors(&answer(ask(preflight(APP)).await).await, 204, ALLOWED);
    let refused = answer(ask(preflight(STRANGER)).await).await;
    assert_cors(&refused, 403, REFUSED);
    assert_eq!(refused.text, "CORS preflight refused: the origin is not allowed.");
}

#[tokio::test]
async fn grpc_over_http2() {
    let (address, listener) = incoming().await;
    let (_reporter, health) = tonic_health::server::health_reporter();
    let server = Server::builder().layer(layer()).add_service(health);
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    let ask = |request| send(address, Version::HTTP_2, request);

    let serving = ask(call(APP, "application/grpc", "")).await;
    assert_cors(&Answer::head(&serving), 200, GRANTED);
    let answer = serving.into_body().collect().await.unwrap();
    assert_eq!(answer.trailers().unwrap()["grpc-status"], "0");
    assert_eq!(answer.to_bytes(), SERVING);

    let not_found = ask(call(APP, "application/grpc", "nothing")).await;
    assert_cors(&Answer::head(&not_found), 200, GRANTED);
    assert_eq!(not_found.headers()["grpc-status"], "5");

    let stranger = ask(call(STRANGER, "application/grpc", "")).await;
    assert_cors(&Answer::head(&stranger), 200, NOT_SHARED);

    let mut unknown = call(APP, "application/grpc", "");
    *unknown.uri_mut() = "/nothing.at.All/Here".parse().unwrap();
    let unimplemented = ask(unknown).await;
    assert_cors(&Answer::head(&unimplemented), 200, GRANTED);
    assert_eq!(unimplemented.headers()["grpc-status"], "12");

    assert_preflights(ask).await;
}

#[tokio::test]
async fn grpc_web_over_http1() {
    let (address, listener) = incoming().await;
    let (_reporter, health) = tonic_health::server::health_reporter();
    let mut server =
        Server::builder().accept_http1(true).layer(layer()).layer(tonic_web::GrpcWebLayer::new());
    tokio::spawn(server.add_service(health).serve_with_incoming(TcpIncoming::from(listener)));
    let ask = |request| send(address, Version::HTTP_11, request);

    let serving = ask(call(APP, "application/grpc-web+proto", "")).await;
    assert_cors(&Answer::head(&serving), 200, GRANTED);
    assert!(serving.into_body().collect().await.unwrap().to_bytes().starts_with(SERVING));

    let not_found = ask(call(APP, "application/grpc-web+proto", "nothing")).await;
    assert_cors(&Answer::head(&not_found), 200, GRANTED);
    assert_eq!(not_found.headers()["grpc-status"], "5");

    assert_preflights(ask).await;
}

#[tokio::test]
async fn the_routes_of_tonic_as_an_axum_router() {
    let (address, listener) = incoming().await;
    let (_reporter, health) = tonic_health::server::health_reporter();
    // The layer knows the body of axum, so no `make_body`.
    let cors = CorsConfig::new().defaults([(APP, presets::grpc_web())]).all_resources().build().unwrap();
    let app = Routes::new(health).into_axum_router().layer(CorsLayer::new(cors));
    tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
    let ask = |request| send(address, Version::HTTP_2, request);

    let serving = ask(call(APP, "application/grpc", "")).await;
    assert_cors(&Answer::head(&serving), 200, GRANTED);
    let not_found = ask(call(APP, "application/grpc", "nothing")).await;
    assert_cors(&Answer::head(&not_found), 200, GRANTED);
    assert_eq!(not_found.headers()["grpc-status"], "5");
    assert_preflights(ask).await;
}
