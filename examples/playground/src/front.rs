//! The API's own port: each request goes on to the backend of the moment, and the exchange is recorded.

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

/// What belongs to one connection and not to the message (RFC 9110, 7.6.1).
const HOP_BY_HOP: [&str; 6] =
    ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"];

pub(crate) fn front(playground: &Arc<Playground>) -> Router {
    Router::new().fallback(answer).with_state(Arc::clone(playground))
}

/// One request: one policy, with its backend, from start to end.
async fn answer(State(playground): State<Arc<Playground>>, request: Request) -> Response {
    let policy = playground.policy();
    let pending = Pending::new(&request, &policy);
    let response = forward(policy.backend.address, request)
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
    end_to_end(request.headers_mut());
    let mut response = sender.send_request(request).await?.map(Body::new);
    end_to_end(response.headers_mut());
    Ok(response)
}

fn end_to_end(headers: &mut HeaderMap) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}
