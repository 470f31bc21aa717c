//! What the tests share: requests, what came out, and a client that speaks to a socket.

#![allow(dead_code)] // Each test takes what it needs.

use std::net::SocketAddr;

use bytes::Bytes;
use cors_tower::{Cors, CorsConfig, CorsLayer, Resource, ResourceOptions, Route};
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;

pub(crate) const APP: &str = "https://app.example";
pub(crate) const STRANGER: &str = "https://stranger.example";

/// `/hello` for GET and PUT, with everything that can be set; the other templates for the defaults' origin alone.
pub(crate) fn policy(others: &[&str]) -> Cors {
    let options = ResourceOptions::new()
        .allow_credentials()
        .allow_headers(["X-Requested-With"])
        .expose_headers(["X-Total"])
        .max_age(600);
    let hello = Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT"));
    let config = CorsConfig::new().defaults([(APP, options)]).add(hello);
    others.iter().fold(config, |config, &template| config.add(Resource::at(template))).build().unwrap()
}

pub(crate) fn layer(others: &[&str]) -> CorsLayer {
    CorsLayer::new(policy(others))
}

/// All that [`policy`] grants on an actual request.
pub(crate) const GRANTED: &[&str] = &[
    "access-control-allow-credentials: true",
    "access-control-allow-origin: https://app.example",
    "access-control-expose-headers: x-total",
    "vary: Origin",
];

/// All that [`policy`] writes where it shares nothing.
pub(crate) const NOT_SHARED: &[&str] = &["vary: Origin"];

/// All that [`policy`] answers to a preflight for `/hello` that asks for a header.
pub(crate) const ALLOWED: &[&str] = &[
    "access-control-allow-credentials: true",
    "access-control-allow-headers: x-requested-with",
    "access-control-allow-methods: GET, PUT, HEAD",
    "access-control-allow-origin: https://app.example",
    "access-control-max-age: 600",
    VARY_PREFLIGHT,
];

/// All that a refused preflight has.
pub(crate) const REFUSED: &[&str] = &[VARY_PREFLIGHT];

pub(crate) const VARY_PREFLIGHT: &str =
    "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

pub(crate) const UNTOUCHED: &[&str] = &[];

pub(crate) fn request<B: Default>(method: &str, uri: &str, lines: &[(&str, &str)]) -> Request<B> {
    let request = Request::builder().method(method).uri(uri);
    let request = lines.iter().fold(request, |request, &(name, value)| request.header(name, value));
    request.body(B::default()).unwrap()
}

/// An actual request of a page of the origin `APP`.
pub(crate) fn from_app<B: Default>(method: &str, uri: &str) -> Request<B> {
    request(method, uri, &[("origin", APP)])
}

pub(crate) fn preflight<B: Default>(origin: &str, method: &str, uri: &str) -> Request<B> {
    let lines = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "x-requested-with"),
    ];
    request("OPTIONS", uri, &lines)
}

/// Every line of the protocol's headers and of `Vary`, sorted.
pub(crate) fn cors_lines(headers: &HeaderMap) -> Vec<String> {
    let is_ours = |name: &str| name.starts_with("access-control-") || name == "vary";
    let lines = headers.iter().filter(|(name, _)| is_ours(name.as_str()));
    let mut lines: Vec<_> =
        lines.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    lines.sort();
    lines
}

#[track_caller]
pub(crate) fn assert_cors<B>(response: &Response<B>, status: u16, lines: &[&str]) {
    assert_eq!((response.status().as_u16(), &*cors_lines(response.headers())), (status, &*owned(lines)));
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.into()).collect()
}

pub(crate) async fn text<B>(response: Response<B>) -> String
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Sends over a connection of HTTP/1.1.
pub(crate) async fn send(
    to: SocketAddr,
    mut request: Request<Full<Bytes>>,
) -> hyper::Result<Response<Incoming>> {
    let stream = TcpStream::connect(to).await.unwrap();
    let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection.with_upgrades());
    request.headers_mut().insert("host", to.to_string().parse().unwrap());
    client.send_request(request).await
}

/// Sends over a connection of HTTP/2 without TLS.
pub(crate) async fn send_h2(
    to: SocketAddr,
    mut request: Request<Full<Bytes>>,
) -> hyper::Result<Response<Incoming>> {
    let stream = TcpStream::connect(to).await.unwrap();
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    *request.uri_mut() = format!("http://{to}{}", request.uri()).parse().unwrap();
    client.send_request(request).await
}
