//! A proxy before a conformance server: passes everything on and keeps what went by. Over HTTP/1.1, and over TLS with HTTP/2.
//!
//! It stands for what is in front of real servers. What a path's query asks for is done on the way back: `cache` makes the answer
//! cacheable, `unvary` takes `Vary` away, `hop` makes a redirect lead to another host.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::http::uri::{Authority, Scheme};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::response::{IntoResponse, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use crate::tls;

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
    /// The address of another name of the same server.
    hop: String,
}

impl Recorder {
    pub(crate) fn new(origins: Origins, hop: String) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, origins, server: Mutex::default(), lines: Mutex::default(), hop }
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
        let forward = move |request| {
            let recorder = Arc::clone(&self);
            async move { recorder.forward(request).await }
        };
        let app = Router::new().fallback(forward);
        let _ =
            tokio::join!(axum::serve(plain, app.clone()).into_future(), tls::serve(secure, acceptor, app));
    }

    async fn forward(&self, mut request: Request) -> Response {
        let server = *self.server.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(server) = server else { return StatusCode::BAD_GATEWAY.into_response() };
        let line = self.line(&request);
        let query = request.uri().query().unwrap_or_default().to_owned();
        let asks = |name: &str| query.split('&').any(|part| part == name);

        *request.version_mut() = Version::HTTP_11;
        let mut uri = request.uri().clone().into_parts();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = server.to_string().parse::<Authority>().ok();
        *request.uri_mut() = uri.try_into().unwrap_or_default();
        let mut response = match self.client.request(request).await {
            Ok(response) => response.map(Body::new),
            // The server has dropped the connection: so does this one, as far as a browser can tell.
            Err(_) => StatusCode::BAD_GATEWAY.into_response(),
        };
        let headers = response.headers_mut();
        headers.remove(header::CONNECTION);
        if asks("cache") {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=600"));
        }
        if asks("unvary") {
            headers.remove(header::VARY);
        }
        if let Some(target) = headers.get(header::LOCATION).filter(|_| asks("hop")) {
            let target = format!("{}{}", self.hop, target.to_str().unwrap_or_default());
            if let Ok(target) = HeaderValue::try_from(target) {
                headers.insert(header::LOCATION, target);
            }
        }
        let line = line.replacen(' ', &format!(" {} ", response.status().as_u16()), 1);
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        response
    }

    /// `METHOD PATH origin=.. asks=.. names=.. cookie=.. over=..`, what is absent left out.
    fn line(&self, request: &Request) -> String {
        let mut words = vec![request.method().to_string(), request.uri().path().to_owned()];
        let headers = request.headers();
        let value = |name: HeaderName| text(headers, &name);
        let origin = value(header::ORIGIN).map(|origin| match origin {
            page if page == self.origins.page => "page".to_owned(),
            other if other == self.origins.other => "other".to_owned(),
            foreign => foreign,
        });
        words.push(format!("origin={}", origin.as_deref().unwrap_or("none")));
        let more = [
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

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let lines: Vec<_> =
        headers.get_all(name).iter().map(|line| line.as_bytes().escape_ascii().to_string()).collect();
    (!lines.is_empty()).then(|| lines.join(",").replace(' ', ""))
}
