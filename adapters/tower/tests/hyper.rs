//! Bare hyper over a socket, with HTTP/1.1 and HTTP/2.

mod common;

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use common::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, assert_cors, from_app, layer, preflight,
    request, send, send_h2, text,
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
        let ask = async |request| {
            let response = match version {
                Version::HTTP_2 => send_h2(address, request).await.unwrap(),
                _ => send(address, request).await.unwrap(),
            };
            assert_eq!(response.version(), version);
            response
        };
        let shared = ask(from_app("GET", "/hello?query")).await;
        assert_cors(&shared, 200, GRANTED);
        assert_eq!(text(shared).await, "hello");
        assert_cors(&ask(request("GET", "/hello", &[("origin", STRANGER)])).await, 200, NOT_SHARED);
        assert_cors(&ask(request("OPTIONS", "/hello", &[])).await, 200, NOT_SHARED);
        assert_cors(&ask(from_app("GET", "/private")).await, 200, UNTOUCHED);

        let allowed = ask(preflight(APP, "PUT", "/hello")).await;
        assert_cors(&allowed, 204, ALLOWED);
        assert_eq!(text(allowed).await, "");
        let refused = ask(preflight(APP, "DELETE", "/hello")).await;
        assert_cors(&refused, 403, REFUSED);
        assert_eq!(refused.headers()["content-length"], "50");
        assert_eq!(text(refused).await, "CORS preflight refused: the method is not allowed.");
        // Without the layer's resource the application answers preflights itself.
        assert_cors(&ask(preflight(APP, "PUT", "/private")).await, 200, UNTOUCHED);
    }
}
