//! Enforcement and tower-http's `CsrfLayer` on the same requests: where they agree, and every row where they differ.

use std::convert::Infallible;
use std::future::{Ready, ready};

use cors_model::{CorsConfig, Enforce, Resource, ResourceOptions};
use cors_tower::CorsLayer;
use futures_util::FutureExt;
use http::{HeaderValue, Request, Response};
use tower::util::ServiceFn;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_http::csrf::CsrfLayer;

const APP: &str = "https://app.example";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Runs,
    Refused,
}
use Outcome::{Refused, Runs};

/// A request and its headers, what enforcement does with it, and what `CsrfLayer` does.
type Row = (&'static str, &'static [(&'static str, &'static str)], Outcome, Outcome);

const AGREE: &[Row] = &[
    ("GET /api", &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")], Runs, Runs),
    ("HEAD /api", &[("origin", "https://evil.example")], Runs, Runs),
    ("OPTIONS /api", &[("origin", "https://evil.example")], Runs, Runs),
    ("POST /api", &[], Runs, Runs),
    ("POST /api", &[("sec-fetch-site", "same-origin")], Runs, Runs),
    ("POST /api", &[("sec-fetch-site", "none"), ("origin", "https://evil.example")], Runs, Runs),
    ("POST /api", &[("sec-fetch-site", "same-site")], Refused, Refused),
    ("POST /api", &[("sec-fetch-site", "cross-site"), ("origin", "null")], Refused, Refused),
    ("POST /api", &[("sec-fetch-site", "cross-site"), ("origin", APP)], Runs, Runs),
    ("POST /api", &[("origin", APP)], Runs, Runs),
    ("POST /api", &[("origin", "https://evil.example")], Refused, Refused),
    ("POST /api", &[("origin", "http://api.example")], Runs, Runs),
    ("POST /api", &[("origin", "https://api.example:8443")], Refused, Refused),
    (
        "POST /api",
        &[("x-forwarded-host", "evil.example"), ("origin", "https://evil.example")],
        Refused,
        Refused,
    ),
    ("TRACE /api", &[("origin", "https://evil.example")], Refused, Refused),
    ("QUERY /api", &[("origin", "https://evil.example")], Refused, Refused),
    ("POST /webhooks/7", &[("origin", "https://evil.example")], Runs, Runs),
];

const DIFFER: &[Row] = &[
    // Web socket handshakes are GETs.
    ("GET /api", &[("origin", "https://evil.example"), ("upgrade", "websocket")], Refused, Runs),
    // An origin may act as the policy says: where, how, and with which credentials.
    ("DELETE /api", &[("origin", APP)], Refused, Runs),
    ("POST /elsewhere", &[("origin", APP)], Refused, Runs),
    ("POST /api", &[("origin", APP), ("cookie", "session=1")], Refused, Runs),
    // Hosts are compared as names.
    ("POST /api", &[("host", "API.example"), ("origin", "https://api.example")], Runs, Refused),
    ("POST /api", &[("host", "api.example:443"), ("origin", "https://api.example")], Runs, Refused),
    // What no browser sends is not trusted.
    ("POST /api", &[("sec-fetch-site", "")], Refused, Runs),
    ("POST /api", &[("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site")], Refused, Runs),
    ("POST /api", &[("origin", "")], Refused, Runs),
    ("POST /api", &[("origin", "https://api.example"), ("origin", "https://evil.example")], Refused, Runs),
    ("POST /api", &[("origin", APP), ("origin", "https://evil.example")], Refused, Runs),
    ("POST /api", &[("origin", "https://user@api.example"), ("host", "user@api.example")], Refused, Runs),
    // An exemption holds only if every reading of the path finds it.
    ("POST /webhooks/..%2fapi", &[("origin", "https://evil.example")], Refused, Runs),
    // Rebinding.
    ("GET /api", &[("host", "rebound.example"), ("sec-fetch-site", "same-origin")], Refused, Runs),
];

#[test]
fn rows_where_both_agree() {
    AGREE.iter().for_each(check);
}

#[test]
fn rows_where_they_differ() {
    DIFFER.iter().for_each(check);
    assert!(DIFFER.iter().all(|(_, _, ours, theirs)| ours != theirs));
}

fn check(row: &Row) {
    let (line, headers, ours, theirs) = row;
    let options = ResourceOptions::new().allow_methods(["GET", "POST"]);
    let enforce = CorsConfig::new()
        .add(Resource::at("/api").also(APP, options))
        .enforce(Enforce::refuse().hosts(["api.example"]).exempt(["POST /webhooks/{id}"]))
        .build()
        .unwrap();
    let csrf = CsrfLayer::new()
        .with_insecure_bypass(|_, uri| uri.path().starts_with("/webhooks/"))
        .add_trusted_origin(APP)
        .unwrap();
    assert_eq!(outcome(CorsLayer::new(enforce), line, headers), *ours, "enforce: {line} {headers:?}");
    assert_eq!(outcome(csrf, line, headers), *theirs, "csrf: {line} {headers:?}");
}

type Handler = fn(Request<()>) -> Ready<Result<Response<String>, Infallible>>;

fn handler(_: Request<()>) -> Ready<Result<Response<String>, Infallible>> {
    ready(Ok(Response::new("ran".to_owned())))
}

/// What a layer does with a request for `api.example`, if no header names another host.
fn outcome<L>(layer: L, line: &str, headers: &[(&str, &str)]) -> Outcome
where
    L: Layer<ServiceFn<Handler>>,
    L::Service: Service<Request<()>, Response = Response<String>, Error = Infallible>,
{
    let (method, uri) = line.split_once(' ').unwrap();
    let request = Request::builder().method(method).uri(uri);
    let mut request =
        headers.iter().fold(request, |request, &(name, value)| request.header(name, value)).body(()).unwrap();
    request.headers_mut().entry("host").or_insert(HeaderValue::from_static("api.example"));
    let service = layer.layer(service_fn(handler as Handler));
    let response = service.oneshot(request).now_or_never().unwrap().unwrap();
    match (response.status().as_u16(), response.body().as_str()) {
        (200, "ran") => Runs,
        (403, text) if text != "ran" => Refused,
        other => panic!("{line} {headers:?}: {other:?}"),
    }
}
