//! A proxy before a conformance server: passes everything on and keeps what went by. Over HTTP/1.1, and over TLS with HTTP/2.
//!
//! It stands for what is in front of real servers. What a path's query asks for is done on the way back: `cache` makes the answer
//! cacheable, `unvary` takes `Vary` away, `hop` makes a redirect lead to another host, `unrecorded` keeps no record.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use hyper::upgrade::{self, OnUpgrade};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::{site, tls};

/// What the names of origins are in a record.
pub(crate) struct Origins {
    pub(crate) page: String,
    pub(crate) other: String,
}

/// The way to the server of this moment, and what went there since the last look.
pub(crate) struct Recorder {
    client: Client<HttpConnector, Body>,
    origins: Origins,
    server: Mutex<Option<SocketAddr>>,
    lines: Mutex<Vec<String>>,
    /// The origin of another name of the same server.
    sibling: String,
}

impl Recorder {
    pub(crate) fn new(origins: Origins, sibling: String) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, origins, server: Mutex::default(), lines: Mutex::default(), sibling }
    }

    /// Leads to this server from now on.
    pub(crate) fn lead_to(&self, server: SocketAddr) {
        *self.server.lock().unwrap_or_else(PoisonError::into_inner) = Some(server);
    }

    /// What went by since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Serves it on a port without and on one with TLS.
    pub(crate) async fn serve(
        self: Arc<Self>,
        plain: TcpListener,
        secure: TcpListener,
        acceptor: TlsAcceptor,
    ) {
        let app = self.app();
        let _ =
            tokio::join!(axum::serve(plain, app.clone()).into_future(), tls::serve(secure, acceptor, app));
    }

    /// Passes everything on, but for the page of a frame, which it has for every host.
    pub(crate) fn app(self: Arc<Self>) -> Router {
        let forward = move |request| {
            let recorder = Arc::clone(&self);
            async move { recorder.forward(request).await }
        };
        Router::new().route("/frame", get(site::frame)).fallback(forward)
    }

    /// Waits until a request with this method has been answered since the last look, or for five seconds.
    pub(crate) async fn arrived(&self, method: &str) {
        for _ in 0..250 {
            let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if lines.iter().any(|line| line.split(' ').next() == Some(method)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn forward(&self, mut request: Request) -> Response {
        let server = *self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(server) = server else { return StatusCode::BAD_GATEWAY.into_response() };
        let line = self.line(&request);
        let query = request.uri().query().unwrap_or_default().to_owned();
        let asks = |name: &str| query.split('&').any(|part| part == name);

        let upgrade = upgrade::on(&mut request);
        *request.version_mut() = Version::HTTP_11;
        // In HTTP/2 the host stands in the target alone.
        if let Some(host) = request.uri().authority().and_then(|host| host.as_str().parse().ok()) {
            request.headers_mut().entry(header::HOST).or_insert(host);
        }
        let mut uri = request.uri().clone().into_parts();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = server.to_string().parse::<Authority>().ok();
        *request.uri_mut() = uri.try_into().unwrap_or_default();
        let mut response = match self.client.request(request).await {
            Ok(response) => response.map(Body::new),
            // The server has dropped the connection: so does this one, as far as a browser can tell.
            Err(_) => StatusCode::BAD_GATEWAY.into_response(),
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS {
            tokio::spawn(join(upgrade, upgrade::on(&mut response)));
        } else {
            response.headers_mut().remove(header::CONNECTION);
        }
        let headers = response.headers_mut();
        if asks("cache") {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=600"));
        }
        if asks("unvary") {
            headers.remove(header::VARY);
        }
        if let Some(target) = headers.get(header::LOCATION).filter(|_| asks("hop")) {
            let target = format!("{}{}", self.sibling, target.to_str().unwrap_or_default());
            if let Ok(target) = HeaderValue::try_from(target) {
                headers.insert(header::LOCATION, target);
            }
        }
        let line = line.replacen(' ', &format!(" {} ", response.status().as_u16()), 1);
        if !asks("unrecorded") {
            self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
        response
    }

    /// `METHOD PATH origin=.. site=.. asks=.. names=.. cookie=.. over=..`, what is absent left out.
    fn line(&self, request: &Request) -> String {
        let mut words = vec![request.method().to_string(), request.uri().path().to_owned()];
        let headers = request.headers();
        let value = |name: HeaderName| text(headers, &name);
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let own_host = host.or(request.uri().authority().map(Authority::as_str));
        let origin = value(header::ORIGIN).map(|origin| match origin {
            page if page == self.origins.page => "page".to_owned(),
            other if other == self.origins.other => "other".to_owned(),
            sibling if sibling == self.sibling => "sibling".to_owned(),
            own if own.split_once("://").is_some_and(|(_, host)| Some(host) == own_host) => "own".to_owned(),
            foreign => foreign,
        });
        words.push(format!("origin={}", origin.as_deref().unwrap_or("none")));
        let more = [
            ("site", value(HeaderName::from_static("sec-fetch-site"))),
            ("asks", value(header::ACCESS_CONTROL_REQUEST_METHOD)),
            ("names", value(header::ACCESS_CONTROL_REQUEST_HEADERS)),
            ("cookie", Some(value(header::COOKIE).map_or("none", |_| "sent").into())),
            ("authorization", value(header::AUTHORIZATION)),
        ];
        words.extend(more.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))));
        words.push(format!("over={}", if request.version() == Version::HTTP_2 { "h2" } else { "http/1.1" }));
        words.join(" ")
    }
}

/// Carries the bytes of two connections that are HTTP no more.
async fn join(one: OnUpgrade, other: OnUpgrade) {
    if let (Ok(one), Ok(other)) = tokio::join!(one, other) {
        let (mut one, mut other) = (TokioIo::new(one), TokioIo::new(other));
        let _ = tokio::io::copy_bidirectional(&mut one, &mut other).await;
    }
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(name).iter().map(|line| line.as_bytes().escape_ascii().to_string()).collect();
    (!lines.is_empty()).then(|| lines.join(",").replace(' ', ""))
}
