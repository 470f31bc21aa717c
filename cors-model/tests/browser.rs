//! The browser's side of CORS, by the steps of the Fetch Standard: what is sent, and what the page may read.

use cors_model::{Any, Blocked, Cors, CorsConfig, PageRequest, PageRequestError, Resource, ResourceOptions};
use http::{HeaderMap, HeaderName, HeaderValue, header};

const PAGE: &str = "https://app.example";

fn page(method: &str) -> PageRequest {
    PageRequest::new(PAGE, method).expect("a request")
}

fn with(request: PageRequest, name: &'static str, value: &'static str) -> PageRequest {
    request.header(HeaderName::from_static(name), HeaderValue::from_static(value)).expect("a header")
}

fn headers<const N: usize>(lines: [(&'static str, &'static str); N]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers
}

const ORIGIN: &str = "access-control-allow-origin";
const CREDENTIALS: &str = "access-control-allow-credentials";
const METHODS: &str = "access-control-allow-methods";
const HEADERS: &str = "access-control-allow-headers";

fn policy(options: ResourceOptions) -> Cors {
    let config = CorsConfig::new().defaults([(PAGE, options)]).add(Resource::at("/hello"));
    config.build().expect("a policy")
}

#[test]
fn a_safelisted_request_goes_without_a_preflight() {
    for method in ["GET", "head", "Post"] {
        assert_eq!(page(method).preflight(), None, "{method}");
    }
    assert_eq!(with(page("POST"), "content-type", "text/plain").preflight(), None);
    assert_eq!(page("GET").with_credentials().preflight(), None);
}

#[test]
fn a_preflight_asks_for_the_method_and_the_unsafe_headers() {
    let request = with(with(page("patch"), "x-b", "1"), "content-type", "application/json");
    let expected = headers([
        ("origin", PAGE),
        ("accept", "*/*"),
        ("access-control-request-method", "patch"),
        ("access-control-request-headers", "content-type,x-b"),
    ]);
    assert_eq!(request.preflight(), Some(expected));
    let asked = with(page("GET"), "x-b", "1").preflight().expect("a preflight");
    assert_eq!(asked["access-control-request-method"], "GET");
    let asked = page("delete").preflight().expect("a preflight");
    assert_eq!(asked["access-control-request-method"], "DELETE");
    assert!(!asked.contains_key("access-control-request-headers"));
}

#[test]
fn what_no_page_sends_is_an_error() {
    let invalid = |origin: &str| match PageRequest::new(origin, "GET") {
        Err(PageRequestError::InvalidOrigin { help, .. }) => help,
        other => panic!("{origin}: {other:?}"),
    };
    assert!(invalid("https://app.example/").contains("https://app.example"));
    assert!(invalid("https://*.example").contains("one origin that it matches"));
    assert!(!invalid("").is_empty());
    assert!(PageRequest::new("null", "GET").is_ok());
    assert_eq!(PageRequest::new(PAGE, "trace"), Err(PageRequestError::ForbiddenMethod("trace".into())));
    assert_eq!(PageRequest::new(PAGE, "a b"), Err(PageRequestError::InvalidMethod("a b".into())));
    let cookie = page("GET").header(header::COOKIE, HeaderValue::from_static("a=b"));
    assert_eq!(cookie, Err(PageRequestError::ForbiddenHeader(header::COOKIE)));
}

#[test]
fn the_cors_check() {
    let plain = page("GET");
    let cookies = page("GET").with_credentials();
    for (answer, without, with) in [
        (headers([]), Err(Blocked::NoAllowOrigin), Err(Blocked::NoAllowOrigin)),
        (headers([(ORIGIN, "*")]), Ok(()), Err(Blocked::AnyOriginWithCredentials)),
        (headers([(ORIGIN, "*"), (CREDENTIALS, "true")]), Ok(()), Err(Blocked::AnyOriginWithCredentials)),
        (headers([(ORIGIN, PAGE)]), Ok(()), Err(Blocked::NoAllowCredentials)),
        (headers([(ORIGIN, PAGE), (CREDENTIALS, "true")]), Ok(()), Ok(())),
        (headers([(ORIGIN, PAGE), (CREDENTIALS, "True")]), Ok(()), Err(Blocked::NoAllowCredentials)),
    ] {
        assert_eq!(plain.check(&answer), without, "{answer:?}");
        assert_eq!(cookies.check(&answer), with, "{answer:?}");
    }
    for (answer, seen) in [
        (headers([(ORIGIN, "https://App.example")]), "https://App.example"),
        (headers([(ORIGIN, PAGE), (ORIGIN, PAGE)]), "https://app.example, https://app.example"),
        (headers([(ORIGIN, "")]), ""),
    ] {
        assert_eq!(plain.check(&answer), Err(Blocked::OtherOrigin(seen.into())));
    }
}

#[test]
fn the_check_of_a_preflight() {
    let request = with(page("PUT"), "x-id", "1");
    let good = [(ORIGIN, PAGE), (METHODS, "GET, PUT"), (HEADERS, "X-ID")];
    assert_eq!(request.check_preflight(204, &headers(good)), Ok(()));
    assert_eq!(request.check_preflight(299, &headers(good)), Ok(()));
    for status in [199, 301, 403] {
        let expected = Err(Blocked::PreflightStatus(status));
        assert_eq!(request.check_preflight(status, &headers(good)), expected);
    }
    let without = |removed: &str| {
        let mut answer = headers(good);
        answer.remove(removed);
        request.check_preflight(204, &answer)
    };
    assert_eq!(without(ORIGIN), Err(Blocked::NoAllowOrigin));
    assert_eq!(without(METHODS), Err(Blocked::Method("PUT".into())));
    assert_eq!(without(HEADERS), Err(Blocked::Header("x-id".into())));
    let lower = headers([(ORIGIN, PAGE), (METHODS, "put"), (HEADERS, "x-id")]);
    assert_eq!(request.check_preflight(204, &lower), Err(Blocked::Method("PUT".into())));
    let invalid = headers([(ORIGIN, PAGE), (METHODS, "PUT"), (HEADERS, "x id")]);
    let expected = Err(Blocked::InvalidList(header::ACCESS_CONTROL_ALLOW_HEADERS));
    assert_eq!(request.check_preflight(204, &invalid), expected);
}

#[test]
fn a_wildcard_counts_without_credentials_and_never_for_authorization() {
    let wildcards = headers([(ORIGIN, PAGE), (CREDENTIALS, "true"), (METHODS, "*"), (HEADERS, "*")]);
    let request = with(page("PUT"), "x-id", "1");
    assert_eq!(request.check_preflight(204, &wildcards), Ok(()));
    let cookies = request.with_credentials();
    assert_eq!(cookies.check_preflight(204, &wildcards), Err(Blocked::Method("PUT".into())));
    let cookies = with(page("GET"), "x-id", "1").with_credentials();
    assert_eq!(cookies.check_preflight(204, &wildcards), Err(Blocked::Header("x-id".into())));
    let signed = with(page("GET"), "authorization", "x");
    assert_eq!(signed.check_preflight(204, &wildcards), Err(Blocked::Header("authorization".into())));
}

#[test]
fn a_safelisted_method_passes_whatever_is_listed() {
    let request = with(page("POST"), "x-id", "1");
    let answer = headers([(ORIGIN, PAGE), (METHODS, "PUT"), (HEADERS, "x-id")]);
    assert_eq!(request.check_preflight(204, &answer), Ok(()));
}

#[test]
fn an_exchange_follows_the_policy() {
    let options = ResourceOptions::new().allow_methods(["GET", "PUT"]).allow_headers(Any);
    let cors = policy(options.expose_headers(["X-Count"]));
    let exchange = cors.exchange("/hello", &page("GET"));
    assert!(exchange.preflight().is_none());
    assert_eq!(exchange.read(), Ok(()));
    assert_eq!(["x-count", "content-type", "etag"].map(|name| exchange.exposes(name)), [true, true, false]);
    let exchange = cors.exchange("/hello", &with(page("PUT"), "authorization", "x"));
    assert_eq!((exchange.sent(), exchange.read()), (Ok(()), Ok(())));
    let exchange = cors.exchange("/hello", &page("DELETE"));
    assert_eq!(exchange.sent(), Err(&Blocked::NoAllowOrigin));
    assert_eq!(exchange.read(), Err(Blocked::NoAllowOrigin));
    assert!(!exchange.exposes("content-type"));
    let exchange = cors.exchange("/hello", &page("GET").with_credentials());
    assert_eq!((exchange.sent(), exchange.read()), (Ok(()), Err(Blocked::NoAllowCredentials)));
    // A path that is not a resource: whatever the application answers, there is no header.
    let exchange = cors.exchange("/other", &page("PUT"));
    assert_eq!(exchange.sent(), Err(&Blocked::NoAllowOrigin));
}
