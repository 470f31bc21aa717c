//! What the tests share: requests, what came out, and a client that speaks to a socket.

#![allow(dead_code)] // Each test takes what it needs.

use std::net::SocketAddr;

use cors_poem::{Cors, CorsConfig, CorsMiddleware, Resource, ResourceOptions, Route};
use http_body_util::combinators::BoxBody;
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::{TokioExecutor, TokioIo};
use poem::http::{self, HeaderMap, StatusCode};
use poem::{Endpoint, Request, Response};
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

pub(crate) fn middleware(others: &[&str]) -> CorsMiddleware {
    CorsMiddleware::new(policy(others))
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

pub(crate) fn request(method: &str, uri: &str, lines: &[(&str, &str)]) -> Request {
    let request = Request::builder().method(method.parse().unwrap()).uri(uri.parse().unwrap());
    lines.iter().fold(request, |request, &(name, value)| request.header(name, value)).finish()
}

/// An actual request of a page of the origin `APP`.
pub(crate) fn from_app(method: &str, uri: &str) -> Request {
    request(method, uri, &[("origin", APP)])
}

pub(crate) fn preflight(origin: &str, method: &str, uri: &str) -> Request {
    let lines = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "x-requested-with"),
    ];
    request("OPTIONS", uri, &lines)
}

/// In this process, as the server asks.
pub(crate) async fn ask(app: &impl Endpoint, request: Request) -> Response {
    app.get_response(request).await
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

/// The head of a response, in this process and over a socket.
pub(crate) trait Head {
    fn head(&self) -> (StatusCode, &HeaderMap);
}

impl Head for Response {
    fn head(&self) -> (StatusCode, &HeaderMap) {
        (self.status(), self.headers())
    }
}

impl<B> Head for http::Response<B> {
    fn head(&self) -> (StatusCode, &HeaderMap) {
        (self.status(), self.headers())
    }
}

#[track_caller]
pub(crate) fn assert_cors(response: &impl Head, status: u16, lines: &[&str]) {
    let (actual, headers) = response.head();
    assert_eq!((actual.as_u16(), &*cors_lines(headers)), (status, &*owned(lines)));
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.into()).collect()
}

pub(crate) async fn text(response: Response) -> String {
    response.into_body().into_string().await.unwrap()
}

/// Sends over a connection of HTTP/1.1.
pub(crate) async fn send(to: SocketAddr, request: Request) -> hyper::Result<http::Response<Incoming>> {
    let stream = TcpStream::connect(to).await.unwrap();
    let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection.with_upgrades());
    let mut request = over_the_wire(request);
    request.headers_mut().insert("host", to.to_string().parse().unwrap());
    client.send_request(request).await
}

/// Sends over a connection of HTTP/2 without TLS.
pub(crate) async fn send_h2(to: SocketAddr, request: Request) -> hyper::Result<http::Response<Incoming>> {
    let stream = TcpStream::connect(to).await.unwrap();
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let mut request = over_the_wire(request);
    *request.uri_mut() = format!("http://{to}{}", request.uri()).parse().unwrap();
    client.send_request(request).await
}

fn over_the_wire(request: Request) -> http::Request<BoxBody<Bytes, std::io::Error>> {
    let (parts, body) = request.into_parts();
    let mut request = http::Request::new(body.into());
    *request.method_mut() = parts.method;
    *request.uri_mut() = parts.uri;
    *request.headers_mut() = parts.headers;
    request
}
