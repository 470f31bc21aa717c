//! What the tests share: requests, what came out, and a client that speaks to a socket.

#![allow(dead_code)] // Each test takes what it needs.

use std::convert::Infallible;
use std::net::SocketAddr;

use cors_warp::{
    Cors, CorsConfig, CorsLayer, FromBytes, Resource, ResourceOptions, Route, default_replies, with_cors,
};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::{TcpListener, TcpStream};
use tower::{Layer, Service, ServiceExt};
use warp::filters::BoxedFilter;
use warp::http::{HeaderMap, Request, Response};
use warp::{Filter, Reply};

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

pub(crate) fn request(method: &str, uri: &str, lines: &[(&str, &str)]) -> Request<String> {
    let request = Request::builder().method(method).uri(uri);
    let request = lines.iter().fold(request, |request, &(name, value)| request.header(name, value));
    request.body(String::new()).unwrap()
}

/// An actual request of a page of the origin `APP`.
pub(crate) fn from_app(method: &str, uri: &str) -> Request<String> {
    request(method, uri, &[("origin", APP)])
}

pub(crate) fn preflight(origin: &str, method: &str, uri: &str) -> Request<String> {
    let lines = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "x-requested-with"),
    ];
    request("OPTIONS", uri, &lines)
}

/// Routes as they are put together, which may still reject.
pub(crate) type Routes = BoxedFilter<(warp::reply::Response,)>;

pub(crate) fn routes<R>(
    filter: impl Filter<Extract = (R,), Error: Into<warp::Rejection>> + Send + Sync + 'static,
) -> Routes
where
    R: Reply + 'static,
{
    filter.map(Reply::into_response).boxed()
}

/// Everything about a response.
#[derive(Debug, PartialEq)]
pub(crate) struct Whole {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// In this process, as the server asks.
pub(crate) async fn ask<S, B>(service: S, request: Request<String>) -> Whole
where
    S: Service<Request<String>, Response = Response<B>, Error = Infallible>,
    B: BodyExt<Error: std::fmt::Debug, Data: Into<hyper::body::Bytes>>,
{
    let (head, body) = service.oneshot(request).await.unwrap().into_parts();
    let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
    Whole { status: head.status.as_u16(), headers: head.headers, text }
}

/// Asks the same of the filter and of the layer around the service, which must not differ.
#[track_caller]
pub(crate) fn ask_both(
    cors: &Cors,
    routes: &Routes,
    request: Request<String>,
) -> impl Future<Output = Whole> + use<> {
    let filter = warp::service(with_cors(cors.clone(), default_replies(routes.clone())));
    let layer = CorsLayer::new(cors.clone()).make_body(FromBytes).layer(warp::service(routes.clone()));
    async move {
        let by_filter = ask(filter, request.clone()).await;
        assert_eq!(by_filter, ask(layer, request).await);
        by_filter
    }
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
    fn head(&self) -> (u16, &HeaderMap);
}

impl Head for Whole {
    fn head(&self) -> (u16, &HeaderMap) {
        (self.status, &self.headers)
    }
}

impl<B> Head for Response<B> {
    fn head(&self) -> (u16, &HeaderMap) {
        (self.status().as_u16(), self.headers())
    }
}

#[track_caller]
pub(crate) fn assert_cors(response: &impl Head, status: u16, lines: &[&str]) {
    let (actual, headers) = response.head();
    let lines: Vec<String> = lines.iter().map(|&line| line.into()).collect();
    assert_eq!((actual, cors_lines(headers)), (status, lines));
}

/// A server of warp's own.
pub(crate) async fn serve<F, R>(app: F) -> SocketAddr
where
    F: Filter<Extract = (R,), Error = Infallible> + Clone + Send + Sync + 'static,
    R: Reply + 'static,
{
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(warp::serve(app.map(Reply::into_response)).incoming(listener).run());
    address
}

/// Sends over a connection of HTTP/1.1.
pub(crate) async fn send(to: SocketAddr, mut request: Request<String>) -> hyper::Result<Response<Incoming>> {
    let stream = TcpStream::connect(to).await.unwrap();
    let (mut client, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection.with_upgrades());
    request.headers_mut().insert("host", to.to_string().parse().unwrap());
    client.send_request(request).await
}

/// Sends over a connection of HTTP/2 without TLS.
pub(crate) async fn send_h2(
    to: SocketAddr,
    mut request: Request<String>,
) -> hyper::Result<Response<Incoming>> {
    let stream = TcpStream::connect(to).await.unwrap();
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    *request.uri_mut() = format!("http://{to}{}", request.uri()).parse().unwrap();
    client.send_request(request).await
}
