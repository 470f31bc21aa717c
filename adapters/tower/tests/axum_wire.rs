//! axum over a socket, for what only the wire tells: panics, streams, upgrades, HTTP/2.

mod common;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::ws::{WebSocket, WebSocketUpgrade};
use axum::routing::get;
use common::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, assert_cors, from_app, layer, preflight,
    request, send, send_h2, text,
};
use futures_util::stream;
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tower_http::catch_panic::CatchPanicLayer;

async fn hello() -> &'static str {
    "hello"
}

async fn panics() {
    panic!("this handler panics, as the test wants it");
}

async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, app).await.unwrap() });
    address
}

#[tokio::test]
async fn a_panic_is_decorated_where_it_is_caught_inside() {
    let routes = || Router::new().route("/hello", get(panics));
    let caught_inside = serve(routes().layer(CatchPanicLayer::new()).layer(layer(&[]))).await;
    assert_cors(&send(caught_inside, from_app("GET", "/hello")).await.unwrap(), 500, GRANTED);

    let caught_outside = serve(routes().layer(layer(&[])).layer(CatchPanicLayer::new())).await;
    assert_cors(&send(caught_outside, from_app("GET", "/hello")).await.unwrap(), 500, UNTOUCHED);

    let not_caught = serve(routes().layer(layer(&[]))).await;
    assert!(send(not_caught, from_app("GET", "/hello")).await.unwrap_err().is_incomplete_message());
}

#[tokio::test]
async fn a_stream_is_decorated_and_passed_on_as_it_comes() {
    let (sender, receiver) = mpsc::channel::<&'static str>(1);
    let receiver = Arc::new(Mutex::new(Some(receiver)));
    let handler = move || async move {
        let receiver = receiver.lock().unwrap().take();
        Body::from_stream(stream::unfold(receiver, |receiver| async {
            let mut receiver = receiver?;
            let chunk = receiver.recv().await?;
            Some((Ok::<_, Infallible>(chunk), Some(receiver)))
        }))
    };
    let address = serve(Router::new().route("/hello", get(handler)).layer(layer(&[]))).await;
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
    async fn echo(mut socket: WebSocket) {
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                break;
            }
        }
    }
    let app =
        Router::new().route("/hello", get(|upgrade: WebSocketUpgrade| async { upgrade.on_upgrade(echo) }));
    let address = serve(app.layer(layer(&[]))).await;
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
    let response = send(address, upgrade(APP)).await.unwrap();
    assert_cors(&response, 101, GRANTED);
    // From RFC 6455, section 1.3.
    assert_eq!(response.headers()["sec-websocket-accept"], "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    let mut socket = hyper_util::rt::TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    // A frame of text, masked with zeros.
    socket.write_all(b"\x81\x82\0\0\0\0hi").await.unwrap();
    let mut frame = [0; 4];
    socket.read_exact(&mut frame).await.unwrap();
    assert_eq!(&frame, b"\x81\x02hi");

    // Web sockets are not under CORS: nobody is kept out.
    assert_cors(&send(address, upgrade(STRANGER)).await.unwrap(), 101, NOT_SHARED);
}

#[tokio::test]
async fn an_answer_to_a_preflight_is_whole_on_the_wire() {
    let address = serve(Router::new().route("/hello", get(hello)).layer(layer(&[]))).await;
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
    // axum adds `Allow` to whatever leaves a method router.
    let expected: Vec<_> = ["HTTP/1.1 204 No Content", "allow: GET,HEAD"].iter().chain(ALLOWED).collect();
    assert!(lines.len() == expected.len() && expected.iter().all(|line| lines.contains(line)), "{lines:?}");
    // On the same connection, right behind it.
    assert!(actual.starts_with("HTTP/1.1 200 OK\r\n"), "{actual}");
    assert!(actual.ends_with("\r\n\r\nhello"), "{actual}");
}

#[tokio::test]
async fn over_http2() {
    let address = serve(Router::new().route("/hello", get(hello)).layer(layer(&[]))).await;
    let response = send_h2(address, from_app("GET", "/hello")).await.unwrap();
    assert_eq!(response.version(), http::Version::HTTP_2);
    assert_cors(&response, 200, GRANTED);
    assert_eq!(text(response).await, "hello");
    assert_cors(&send_h2(address, preflight(APP, "PUT", "/hello")).await.unwrap(), 204, ALLOWED);
    let refused = send_h2(address, preflight(STRANGER, "PUT", "/hello")).await.unwrap();
    assert_cors(&refused, 403, REFUSED);
    assert_eq!(text(refused).await, "CORS preflight refused: the origin is not allowed.");
}
