//! The API's own port: forwards each request to the backend, and records the exchange.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{BoxError, Router};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Playground;
use crate::record::Pending;

/// Headers that belong to one connection and not to the message (RFC 9110, 7.6.1).
const HOP_BY_HOP: [&str; 6] =
    ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

pub(crate) fn front(playground: &Arc<Playground>) -> Router {
    Router::new().fallback(answer).with_state(Arc::clone(playground))
}

/// Forwards one request, and explains it by the policy that serves now.
async fn answer(State(playground): State<Arc<Playground>>, request: Request) -> Response {
    let policy = playground.policy();
    let pending = Pending::new(&request, &policy);
    let response = forward(playground.backend, request)
        .await
        .unwrap_or_else(|error| (StatusCode::BAD_GATEWAY, format!("{error}\n")).into_response());
    if let Some(pending) = pending {
        playground.log.push(pending.answered(response.status().as_u16(), response.headers()));
    }
    response
}

async fn forward(backend: SocketAddr, mut request: Request) -> Result<Response, BoxError> {
    let stream = TcpStream::connect(backend).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    *request.headers_mut() = end_to_end(request.headers());
    let mut response = sender.send_request(request).await?.map(Body::new);
    *response.headers_mut() = end_to_end(response.headers());
    Ok(response)
}

/// Makes a new map, because removing lines from a map changes the order of the others.
fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let kept = headers.iter().filter(|(name, _)| !HOP_BY_HOP.contains(&name.as_str()));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, TcpListener};

    use super::*;

    #[tokio::test]
    async fn messages_go_through_as_they_are() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let backend = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = String::new();
            while !request.ends_with("a body") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.push(byte[0].into());
            }
            let head = "HTTP/1.1 207 Multi-Status\r\nSet-Cookie: a=1\r\nX-One: 1\r\nSet-Cookie: b=2\r\nConnection: close\r\n";
            write!(stream, "{head}Content-Length: 2\r\n\r\nok").unwrap();
            request
        });
        let request = Request::post("/notes?x=%2F&run=1")
            .header("host", "api.example")
            .header("x-two", "2")
            .header("connection", "keep-alive")
            .header("x-two", "zwei")
            .header("x-one", "1")
            .header("content-length", "6")
            .body("a body".into())
            .unwrap();
        let response = forward(address, request).await.unwrap();

        let sent = "POST /notes?x=%2F&run=1 HTTP/1.1\r\nhost: api.example\r\nx-two: 2\r\nx-two: zwei\r\nx-one: 1\r\n\
                    content-length: 6\r\n\r\na body";
        assert_eq!(backend.join().unwrap(), sent);
        assert_eq!(response.status(), StatusCode::MULTI_STATUS);
        let lines: Vec<_> =
            response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let expected: [(&str, &[u8]); 4] =
            [("set-cookie", b"a=1"), ("set-cookie", b"b=2"), ("x-one", b"1"), ("content-length", b"2")];
        assert_eq!(lines, expected);
        assert_eq!(axum::body::to_bytes(response.into_body(), 10).await.unwrap(), "ok");
    }
}
