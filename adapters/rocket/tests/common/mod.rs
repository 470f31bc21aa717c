//! What the tests share: requests, and what came out.

#![allow(dead_code)] // Each test takes what it needs.

use cors_rocket::{Cors, CorsConfig, Resource, ResourceOptions, Route};
use rocket::config::LogLevel;
use rocket::http::{Header, HeaderMap, Method};
use rocket::local::blocking::{Client, LocalRequest, LocalResponse};
use rocket::{Build, Config, Rocket};

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

/// An application that logs nothing.
pub(crate) fn application() -> Rocket<Build> {
    rocket::custom(Config { log_level: LogLevel::Off, port: 0, ..Config::debug_default() })
}

pub(crate) fn launch(rocket: Rocket<Build>) -> Client {
    Client::untracked(rocket).unwrap()
}

pub(crate) fn request<'c>(
    client: &'c Client,
    method: &str,
    uri: &'static str,
    lines: &[(&'static str, &'static str)],
) -> LocalRequest<'c> {
    let request = client.req(method.parse::<Method>().unwrap(), uri);
    lines.iter().fold(request, |request, &(name, value)| request.header(Header::new(name, value)))
}

/// An actual request of a page of the origin `APP`.
pub(crate) fn from_app<'c>(client: &'c Client, method: &str, uri: &'static str) -> LocalRequest<'c> {
    request(client, method, uri, &[("origin", APP)])
}

pub(crate) fn preflight<'c>(
    client: &'c Client,
    origin: &'static str,
    method: &'static str,
    uri: &'static str,
) -> LocalRequest<'c> {
    let lines = [
        ("origin", origin),
        ("access-control-request-method", method),
        ("access-control-request-headers", "x-requested-with"),
    ];
    request(client, "OPTIONS", uri, &lines)
}

/// Every line of the protocol's headers and of `Vary`, sorted.
pub(crate) fn cors_lines(headers: &HeaderMap<'_>) -> Vec<String> {
    let lower = |header: Header<'_>| (header.name.as_str().to_ascii_lowercase(), header.value.into_owned());
    let lines = headers.iter().map(lower);
    let ours = lines.filter(|(name, _)| name.starts_with("access-control-") || name == "vary");
    let mut lines: Vec<_> = ours.map(|(name, value)| format!("{name}: {value}")).collect();
    lines.sort();
    lines
}

#[track_caller]
pub(crate) fn assert_cors(response: &LocalResponse<'_>, status: u16, lines: &[&str]) {
    assert_eq!((response.status().code, &*cors_lines(response.headers())), (status, &*owned(lines)));
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.into()).collect()
}
