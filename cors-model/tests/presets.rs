//! Presets allow exactly what their documentation says.

mod common;

use common::{A, build};
use cors_model::{Cors, CorsConfig, ResourceOptions, presets};

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
