//! Why the browser keeps a response from the page, or never sends the request: the model knows the browser's side, too.

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use cors_model::PageRequest;
use serde::Serialize;

use crate::record::{Exchange, Kind};

/// An exchange, and why it gives the page nothing.
#[derive(Serialize)]
pub(crate) struct Judged {
    /// A clause, such as `Access-Control-Allow-Origin is missing`; none if the browser goes on.
    blocked: Option<String>,
    #[serde(flatten)]
    exchange: Exchange,
}

impl Judged {
    /// Only the page knows whether it calls with credentials.
    pub(crate) fn new(exchange: Exchange, credentials: Option<&str>) -> Self {
        let blocked = blocked(&exchange, credentials == Some("include"));
        Self { blocked, exchange }
    }
}

fn blocked(exchange: &Exchange, has_credentials: bool) -> Option<String> {
    let (sent, answer) = (map(&exchange.request.headers), map(&exchange.response.headers));
    let line = |name: &str| sent.get(name).and_then(|value| value.to_str().ok());
    let method = match exchange.kind {
        Kind::Preflight => line("access-control-request-method")?,
        Kind::Actual => &exchange.request.method,
    };
    let request = PageRequest::new(line("origin")?, method).ok()?;
    let request = if has_credentials { request.with_credentials() } else { request };
    let result = match exchange.kind {
        Kind::Preflight => {
            let names = line("access-control-request-headers").unwrap_or_default();
            asking(request, names)?.check_preflight(exchange.response.status, &answer)
        }
        Kind::Actual => request.check(&answer),
    };
    result.err().map(|blocked| blocked.to_string())
}

/// The request with headers of these names, for which a browser asks.
fn asking(request: PageRequest, names: &str) -> Option<PageRequest> {
    // A value that makes any header one to ask for.
    const UNSAFE: HeaderValue = HeaderValue::from_static(":");
    let mut names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
    names.try_fold(request, |request, name| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        request.header(name, UNSAFE).ok()
    })
}

fn map(lines: &[(String, String)]) -> HeaderMap {
    lines.iter().filter_map(|(name, value)| Some((name.parse().ok()?, value.parse().ok()?))).fold(
        HeaderMap::new(),
        |mut headers, (name, value): (HeaderName, HeaderValue)| {
            headers.append(name, value);
            headers
        },
    )
}
