//! poem over a socket, for what only the wire tells: panics, streams, upgrades, HTTP/2.

mod common;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use common::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, assert_cors, from_app, middleware,
    preflight, request, send, send_h2,
};
use futures_util::{SinkExt, StreamExt, stream};
use http_body_util::BodyExt;
use hyper::body::Bytes;
use poem::endpoint::make;
use poem::http::Version;
use poem::listener::TcpAcceptor;
use poem::middleware::CatchPanic;
use poem::web::websocket::WebSocket;
use poem::{Body, Endpoint, EndpointExt, IntoResponse, Route, Server, get, handler};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

#[handler]
fn hello() -> &'static str {
    "hello"
}

#[handler]
fn panics() {
    panic!("this handler panics, as the test wants it");
}

async fn serve(app: impl Endpoint + 'static) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::new_with_acceptor(TcpAcceptor::from_tokio(listener).unwrap());
    tokio::spawn(server.run(app));
    address
}

#[tokio::test]
async fn a_panic_is_decorated_where_it_is_caught_inside() {
    let routes = || Route::new().at("/hello", get(panics));
    let caught_inside = serve(routes().with(CatchPanic::new()).with(middleware(&[]))).await;
    assert_cors(&send(caught_inside, from_app("GET", "/hello")).await.unwrap(), 500, GRANTED);

    let caught_outside = serve(routes().with(middleware(&[])).with(CatchPanic::new())).await;
    assert_cors(&send(caught_outside, from_app("GET", "/hello")).await.unwrap(), 500, UNTOUCHED);

    let not_caught = serve(routes().with(middleware(&[]))).await;
    assert!(send(not_caught, from_app("GET", "/hello")).await.unwrap_err().is_incomplete_message());
}

#[tokio::test]
async fn a_stream_is_decorated_and_passed_on_as_it_comes() {
    let (sender, receiver) = mpsc::channel::<&'static str>(1);
    let receiver = Arc::new(Mutex::new(Some(receiver)));
    let handler = make(move |_| {
        let receiver = receiver.lock().unwrap().take();
        async move {
            Body::from_bytes_stream(stream::unfold(receiver, |receiver| async {
                let mut receiver = receiver?;
                let chunk = receiver.recv().await?;
                Some((Ok::<_, io::Error>(chunk), Some(receiver)))
            }))
        }
    });
    let address = serve(Route::new().at("/hello", get(handler)).with(middleware(&[]))).await;
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
    #[handler]
    fn echo(socket: WebSocket) -> impl IntoResponse {
        socket.on_upgrade(|mut socket| async move {
            while let Some(Ok(message)) = socket.next().await {
                if socket.send(message).await.is_err() {
                    break;
                }
            }
        })
    }
    let address = serve(Route::new().at("/hello", get(echo)).with(middleware(&[]))).await;
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
    let address = serve(Route::new().at("/hello", get(hello)).with(middleware(&[]))).await;
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
    let address = serve(Route::new().at("/hello", get(hello)).with(middleware(&[]))).await;
    let response = send_h2(address, from_app("GET", "/hello")).await.unwrap();
    assert_eq!(response.version(), Version::HTTP_2);
    assert_cors(&response, 200, GRANTED);
    assert_cors(&send_h2(address, preflight(APP, "PUT", "/hello")).await.unwrap(), 204, ALLOWED);
    let refused = send_h2(address, preflight(STRANGER, "PUT", "/hello")).await.unwrap();
    assert_cors(&refused, 403, REFUSED);
    let text = refused.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(text, "CORS preflight refused: the origin is not allowed.");
}
