//! warp over a socket, for what only the wire tells: panics, streams, upgrades, HTTP/2.

mod common;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use common::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, assert_cors, from_app, policy,
    preflight, request, routes, send, send_h2, serve,
};
use cors_warp::{CorsLayer, default_replies, with_cors};
use futures_util::{SinkExt, StreamExt, stream};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tower::{Layer, Service};
use tower_http::body::UnsyncBoxBody;
use tower_http::catch_panic::CatchPanicLayer;
use warp::http::{Request, Response, Version};
use warp::ws::Ws;
use warp::{Filter, path};

fn panics() -> &'static str {
    panic!("this handler panics, as the test wants it");
}

/// Serves one connection after the other without warp's server.
async fn serve_service<S, B>(app: S) -> SocketAddr
where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
    B: hyper::body::Body<Data: Send, Error: Into<Box<dyn std::error::Error + Send + Sync>>> + Send + 'static,
{
    let service = TowerToHyperService::new(app);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let stream = TokioIo::new(listener.accept().await.unwrap().0);
            let connection = http1::Builder::new().serve_connection(stream, service.clone());
            tokio::spawn(connection);
        }
    });
    address
}

#[tokio::test]
async fn a_panic_is_decorated_where_a_layer_inside_catches_it() {
    let app = || warp::service(path!("hello").map(panics));
    let body = |text: Bytes| UnsyncBoxBody::new(Full::new(text).map_err(Into::into));
    let cors = CorsLayer::new(policy(&[])).make_body(body);
    let inside = serve_service(cors.layer(CatchPanicLayer::new().layer(app()))).await;
    assert_cors(&send(inside, from_app("GET", "/hello")).await.unwrap(), 500, GRANTED);

    let outside = CatchPanicLayer::new().layer(CorsLayer::new(policy(&[])).layer(app()));
    let outside = serve_service(outside).await;
    assert_cors(&send(outside, from_app("GET", "/hello")).await.unwrap(), 500, UNTOUCHED);

    // Among filters nothing catches it. The server goes on, and so does the policy.
    let paths = path!("hello").map(panics).or(path!("private").map(|| "private"));
    let not_caught = serve(with_cors(policy(&["/private"]), default_replies(paths))).await;
    assert!(send(not_caught, from_app("GET", "/hello")).await.unwrap_err().is_incomplete_message());
    assert_cors(&send(not_caught, request("GET", "/private", &[])).await.unwrap(), 200, NOT_SHARED);
}

#[tokio::test]
async fn a_stream_is_decorated_and_passed_on_as_it_comes() {
    let (sender, receiver) = mpsc::channel::<&'static str>(1);
    let receiver = Arc::new(Mutex::new(Some(receiver)));
    let app = path!("hello").map(move || {
        let receiver = receiver.lock().unwrap().take();
        warp::reply::stream(stream::unfold(receiver, |receiver| async {
            let mut receiver = receiver?;
            let chunk = receiver.recv().await?;
            Some((Ok::<_, Infallible>(chunk), Some(receiver)))
        }))
    });
    let address = serve(with_cors(policy(&[]), default_replies(app))).await;
    let mut response = send(address, from_app("GET", "/hello")).await.unwrap();
    assert_cors(&response, 200, GRANTED);
    // Each chunk is there before the next one is made.
    for chunk in ["one", "two"] {
        sender.send(chunk).await.unwrap();
        let frame = response.body_mut().frame().await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), Bytes::from(chunk));
    }
    drop(sender);
    assert!(response.body_mut().frame().await.is_none());
}

#[tokio::test]
async fn an_upgrade_to_a_web_socket_is_decorated_and_works() {
    let app = routes(path!("hello").and(warp::ws()).map(|upgrade: Ws| {
        upgrade.on_upgrade(|mut socket| async move {
            while let Some(Ok(message)) = socket.next().await {
                if socket.send(message).await.is_err() {
                    break;
                }
            }
        })
    }));
    let upgrade = |origin| {
        let lines = [
            ("origin", origin),
            ("connection", "upgrade"),
            ("upgrade", "websocket"),
            ("sec-websocket-version", "13"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ];
        request("GET", "/hello", &lines)
    };
    let address = serve(with_cors(policy(&[]), default_replies(app))).await;
    let response = send(address, upgrade(APP)).await.unwrap();
    assert_cors(&response, 101, GRANTED);
    // From RFC 6455, section 1.3.
    assert_eq!(response.headers()["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    let mut socket = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    // A frame of text, masked with zeros.
    socket.write_all(b"\x81\x82\0\0\0\0hi").await.unwrap();
    let mut frame = [0; 4];
    socket.read_exact(&mut frame).await.unwrap();
    assert_eq!(&frame, b"\x81\x02hi");

    // Web sockets are not under CORS: nobody is kept out.
    assert_cors(&send(address, upgrade(STRANGER)).await.unwrap(), 101, NOT_SHARED);
    // Without an upgrade it is warp's own rejection.
    assert_cors(&send(address, from_app("GET", "/hello")).await.unwrap(), 400, GRANTED);
}

#[tokio::test]
async fn an_answer_to_a_preflight_is_whole_on_the_wire() {
    let hello = path!("hello").map(|| "hello");
    let address = serve(with_cors(policy(&[]), default_replies(hello))).await;
    let mut socket = TcpStream::connect(address).await.unwrap();
    let ask = "OPTIONS /hello HTTP/1.1\r\nHost: test\r\nOrigin: https://app.example\r\n\
               Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-requested-with\r\n";
    let next = "\r\nGET /hello HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
    socket.write_all(format!("{ask}{next}").as_bytes()).await.unwrap();
    let mut answers = String::new();
    socket.read_to_string(&mut answers).await.unwrap();
    let (preflight, actual) = answers.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = preflight.lines().filter(|line| !line.starts_with("date:")).collect();
    lines.sort_unstable();
    let expected: Vec<_> = ["HTTP/1.1 204 No Content"].iter().chain(ALLOWED).collect();
    assert!(lines.len() == expected.len() && expected.iter().all(|line| lines.contains(line)), "{lines:?}");
    // On the same connection, right behind it.
    assert!(actual.starts_with("HTTP/1.1 200 OK\r\n"), "{actual}");
    assert!(actual.ends_with("\r\n\r\nhello"), "{actual}");
}

#[tokio::test]
async fn over_http2() {
    let hello = path!("hello").map(|| "hello");
    let address = serve(with_cors(policy(&[]), default_replies(hello))).await;
    let response = send_h2(address, from_app("GET", "/hello")).await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    assert_cors(&response, 200, GRANTED);
    assert_cors(&send_h2(address, preflight(APP, "PUT", "/hello")).await.unwrap(), 204, ALLOWED);
    let refused = send_h2(address, preflight(STRANGER, "PUT", "/hello")).await.unwrap();
    assert_cors(&refused, 403, REFUSED);
    let text = refused.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(text, "CORS preflight refused: the origin is not allowed.");
}
