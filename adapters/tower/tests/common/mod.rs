//! axum and hyper, as the tests ask them.

#![allow(dead_code)] // Each test takes what it needs.

use std::fmt::Debug;
use std::net::SocketAddr;

use axum::body::Body;
use bytes::Bytes;
use cors_test_support::{Answer, Ask, policy};
use cors_tower::CorsLayer;
use http::{Request, Response, Version};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tower::{Service, ServiceExt};

pub(crate) fn layer(others: &[&str]) -> CorsLayer {
    CorsLayer::new(policy(others))
}

pub(crate) async fn hello() -> &'static str {
    "hello"
}

/// In this process.
pub(crate) async fn ask<S, B>(service: &S, ask: Ask) -> Answer
where
    S: Service<Request<Body>, Response = Response<B>, Error: Debug> + Clone,
    B: hyper::body::Body<Data = Bytes, Error: Debug>,
{
    answer(service.clone().oneshot(ask.http()).await.unwrap()).await
}

pub(crate) async fn answer<B: hyper::body::Body<Error: Debug>>(response: Response<B>) -> Answer {
    let head = Answer::head(&response);
    head.with_text(response.into_body().collect().await.unwrap().to_bytes())
}

/// Sends over a connection of its own, of HTTP/1.1 or of HTTP/2 without TLS.
pub(crate) async fn send(
    to: SocketAddr,
    version: Version,
    mut request: Request<Full<Bytes>>,
) -> Response<Incoming> {
    let stream = TokioIo::new(TcpStream::connect(to).await.unwrap());
    if version == Version::HTTP_2 {
        let (mut client, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
        tokio::spawn(connection);
        *request.uri_mut() = format!("http://{to}{}", request.uri()).parse().unwrap();
        client.send_request(request).await.unwrap()
    } else {
        let (mut client, connection) = http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        request.headers_mut().insert("host", to.to_string().parse().unwrap());
        client.send_request(request).await.unwrap()
    }
}
