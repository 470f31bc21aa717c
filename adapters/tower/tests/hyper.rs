//! Bare hyper over a socket, with HTTP/1.1 and HTTP/2.

mod common;

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use common::{answer, layer, send};
use cors_test_support::{
    ALLOWED, APP, GRANTED, REFUSED, UNTOUCHED, assert_cors, from_app, preflight_with_header,
};
use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tower::{Layer, service_fn};

/// A server that answers "hello" to everything, one connection after the other.
async fn serve(version: Version) -> SocketAddr {
    let hello = service_fn(|_: Request<Incoming>| async {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("hello"))))
    });
    let service = TowerToHyperService::new(layer(&[]).make_body(Full::new).layer(hello));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let stream = TokioIo::new(listener.accept().await.unwrap().0);
            let service = service.clone();
            tokio::spawn(async move {
                match version {
                    Version::HTTP_2 => {
                        http2::Builder::new(TokioExecutor::new()).serve_connection(stream, service).await
                    }
                    _ => http1::Builder::new().serve_connection(stream, service).await,
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn over_http1_and_http2() {
    for version in [Version::HTTP_11, Version::HTTP_2] {
        let address = serve(version).await;
        let cases = [
            (from_app("GET", "/hello?query"), 200, GRANTED, "hello"),
            (from_app("GET", "/private"), 200, UNTOUCHED, "hello"),
            (preflight_with_header(APP, "PUT", "/hello"), 204, ALLOWED, ""),
            (
                preflight_with_header(APP, "DELETE", "/hello"),
                403,
                REFUSED,
                "CORS preflight refused: the method is not allowed.",
            ),
        ];
        for (ask, status, lines, text) in cases {
            let response = send(address, version, ask.http()).await;
            assert_eq!(response.version(), version);
            let answer = answer(response).await;
            assert_cors(&answer, status, lines);
            assert_eq!(answer.text, text);
            if status == 403 {
                assert_eq!(answer.value("content-length"), Some("50"));
            }
        }
    }
}
