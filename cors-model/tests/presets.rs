//! Presets allow exactly what their documentation says.

mod common;

use common::{A, build};
use cors_model::{Cors, CorsConfig, CorsRequest, Refusal, Reply, ResourceOptions, Verdict, presets};
use http::HeaderMap;

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY", "OPTIONS", "PROPFIND"];

fn with(pattern: &str, options: ResourceOptions) -> Cors {
    let cors = build(CorsConfig::new().defaults([(pattern, options)]).all_resources());
    assert!(cors.advice().is_empty(), "{:?}", cors.advice());
    cors
}

fn allows(cors: &Cors, method: &str, header: &str) -> bool {
    common::preflight(cors, "/x", A, method, &[header]).is_ok()
}

fn methods(cors: &Cors) -> Vec<&'static str> {
    METHODS.into_iter().filter(|method| allows(cors, method, "content-type")).collect()
}

fn on_a_response(cors: &Cors, method: &str) -> Vec<String> {
    common::response(cors, method, "/x", Some(A), &[("x-total", "1")])
}

#[test]
fn a_public_api_is_read_by_everybody_without_credentials() {
    let cors = with("*", presets::public_read_only());
    assert_eq!(methods(&cors), ["GET", "HEAD", "QUERY"]);
    assert!(allows(&cors, "GET", "x-any") && allows(&cors, "QUERY", "authorization"));
    assert_eq!(
        on_a_response(&cors, "GET"),
        ["access-control-allow-origin: *", "access-control-expose-headers: *", "x-total: 1"]
    );
}

#[test]
fn a_single_page_application_signs_in_and_reads_headers_of_its_own() {
    let cors = with(A, presets::single_page_application());
    assert_eq!(methods(&cors), ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"]);
    assert!(allows(&cors, "PUT", "authorization, content-type, x-csrf-token"));
    assert_eq!(
        on_a_response(&cors, "GET"),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-origin: https://a.example",
            "access-control-expose-headers: x-total",
            "vary: Origin",
            "x-total: 1"
        ]
    );
    assert_eq!(on_a_response(&with("https://b.example", presets::single_page_application()), "GET").len(), 2);
}

#[test]
fn calls_of_grpc_web_and_connect_are_allowed_with_their_headers() {
    let grpc = with(A, presets::grpc_web());
    assert_eq!(methods(&grpc), ["POST"]);
    let grpc_headers = "authorization,content-type,grpc-timeout,x-grpc-web,x-user-agent";
    assert!(allows(&grpc, "POST", grpc_headers) && !allows(&grpc, "POST", "connect-timeout-ms"));
    assert_eq!(on_a_response(&grpc, "GET"), ["vary: Origin", "x-total: 1"]);
    let connect = with(A, presets::connect());
    assert_eq!(methods(&connect), ["GET", "HEAD", "POST"]);
    assert!(allows(&connect, "POST", grpc_headers));
    assert!(allows(&connect, "POST", "connect-protocol-version,connect-timeout-ms"));
    for cors in [grpc, connect] {
        assert_eq!(
            on_a_response(&cors, "POST"),
            [
                "access-control-allow-origin: https://a.example",
                "access-control-expose-headers: grpc-status, grpc-message, grpc-status-details-bin",
                "vary: Origin",
                "x-total: 1"
            ]
        );
    }
}

#[test]
fn a_preset_can_be_changed() {
    let cors = with(A, presets::grpc_web().allow_credentials().allow_headers(["x-mine"]).max_age(5));
    assert!(allows(&cors, "POST", "x-mine") && !allows(&cors, "POST", "x-grpc-web"));
}

/// Why enforcement refuses a request, if it does.
fn refused(cors: &Cors, method: &str, lines: &[(&'static str, &str)]) -> Option<Refusal> {
    let request: HeaderMap = common::headers(lines);
    match cors.judge(&CorsRequest::new("/x", method, &request)) {
        verdict @ Verdict::Answer(Reply::Refused(_)) => verdict.refusal(),
        _ => None,
    }
}

const EVIL: (&str, &str) = ("origin", "https://evil.example");
const COOKIE: (&str, &str) = ("cookie", "session=1");
const SOCKET: (&str, &str) = ("upgrade", "websocket");

#[test]
fn an_api_with_cookies_is_changed_by_pages_of_its_own_alone() {
    let cors = build(presets::api_with_cookies([A]));
    assert!(cors.advice().is_empty(), "{:?}", cors.advice());
    assert_eq!(methods(&cors), ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"]);
    let host = ("host", "api.example");
    for method in ["POST", "PUT", "PATCH", "DELETE", "QUERY", "PROPFIND"] {
        assert_eq!(refused(&cors, method, &[host, EVIL]), Some(Refusal::CrossSite), "{method}");
        assert_eq!(refused(&cors, method, &[host, COOKIE]), None, "{method}");
        assert_eq!(refused(&cors, method, &[host, ("origin", "https://api.example"), COOKIE]), None);
    }
    assert_eq!(refused(&cors, "POST", &[host, ("origin", A), COOKIE]), None);
    assert_eq!(refused(&cors, "GET", &[host, EVIL, COOKIE]), None);
    assert_eq!(refused(&cors, "GET", &[host, EVIL, SOCKET]), Some(Refusal::CrossSite));
}

#[test]
fn a_web_socket_server_opens_sockets_for_pages_of_its_own_alone() {
    let cors = build(presets::web_socket_server([A]));
    assert!(cors.advice().is_empty(), "{:?}", cors.advice());
    let preflight = |method| common::preflight(&cors, "/x", A, method, &[]).is_ok();
    assert_eq!(METHODS.into_iter().filter(|method| preflight(method)).collect::<Vec<_>>(), ["GET", "HEAD"]);
    let host = ("host", "ws.example");
    assert_eq!(refused(&cors, "GET", &[host, ("origin", A), COOKIE, SOCKET]), None);
    assert_eq!(refused(&cors, "GET", &[host, ("origin", "https://ws.example"), COOKIE, SOCKET]), None);
    assert_eq!(refused(&cors, "GET", &[host, SOCKET]), None);
    assert_eq!(refused(&cors, "GET", &[host, EVIL, SOCKET]), Some(Refusal::CrossSite));
    assert_eq!(refused(&cors, "GET", &[host, ("origin", "null"), SOCKET]), Some(Refusal::CrossSite));
    assert_eq!(refused(&cors, "POST", &[host, ("origin", A)]), Some(Refusal::CrossSite));
}

#[test]
fn a_local_server_answers_for_loopback_hosts_and_named_extensions_alone() {
    const EXTENSION: &str = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";
    let cors = build(presets::local_server([EXTENSION]));
    assert!(cors.advice().is_empty(), "{:?}", cors.advice());
    for host in ["localhost", "localhost:3000", "127.0.0.1:8080", "[::1]:1", "LocalHost:80"] {
        let (host, own) = (("host", host), format!("http://{}", host.to_ascii_lowercase()));
        let own = own.trim_end_matches(":80");
        assert_eq!(refused(&cors, "GET", &[host]), None, "{host:?}");
        assert_eq!(refused(&cors, "POST", &[host, ("origin", own)]), None, "{host:?}");
        let extension = [host, ("origin", EXTENSION), ("authorization", "Bearer 1")];
        assert_eq!(refused(&cors, "DELETE", &extension), None);
        assert_eq!(
            refused(&cors, "DELETE", &[host, ("origin", EXTENSION), COOKIE]),
            Some(Refusal::CrossSite)
        );
        for origin in ["https://evil.example", "http://localhost:5173", "null", "chrome-extension://another"]
        {
            let from = ("origin", origin);
            assert_eq!(refused(&cors, "POST", &[host, from]), Some(Refusal::CrossSite), "{origin}");
            assert_eq!(refused(&cors, "GET", &[host, from, SOCKET]), Some(Refusal::CrossSite), "{origin}");
        }
    }
    for host in ["evil.example", "localhost.evil.example", "127.0.0.2", "0.0.0.0:3000", "[::]:3000"] {
        assert_eq!(refused(&cors, "GET", &[("host", host)]), Some(Refusal::Host), "{host}");
    }
    assert_eq!(refused(&cors, "GET", &[]), Some(Refusal::Host));
    // There may be none, which the advice mentions.
    assert!(!build(presets::local_server([""; 0])).advice().is_empty());
}
