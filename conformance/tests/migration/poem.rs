//! poem's own `Cors`.

use cors_poem::{Any, CorsConfig, CorsMiddleware, OriginMap, Resource, ResourceOptions, Risk};
use poem::endpoint::make_sync;
use poem::http::Method;
use poem::middleware::Cors;
use poem::{Endpoint, EndpointExt, Request, Response};
use tokio::runtime::Builder;

use crate::ours::{self, by_function, config};
use crate::same;
use crate::table::{Row, but, check};
use crate::wire::{A, Answer, App, Ask, BODY, OWN, OWN_LINES, SUBDOMAIN, Seen};

fn answer(request: &Request) -> Response {
    let lines = OWN_LINES.into_iter().filter(|_| request.uri().path() == OWN);
    let response = Response::builder().header("x-total", "1");
    lines.fold(response, |response, (name, value)| response.header(name, value)).body(BODY)
}

fn app(app: impl Endpoint + 'static) -> App {
    let runtime = Builder::new_current_thread().build().unwrap();
    Box::new(move |ask: &Ask| {
        let request = Request::builder().method(ask.method.parse().unwrap()).uri(ask.path.parse().unwrap());
        let request = ask.lines.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        runtime.block_on(async {
            let (parts, body) = app.get_response(request.finish()).await.into_parts();
            let body = body.into_vec().await.unwrap();
            let lines = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
            Answer::new(parts.status.as_u16(), lines, &body)
        })
    })
}

fn row(words: &'static str, theirs: Cors, ours: CorsConfig) -> Row {
    let ours = CorsMiddleware::new(ours.build().unwrap());
    let endpoint = || make_sync(|request| answer(&request));
    Row { theirs: words, apps: [app(endpoint().with(theirs)), app(endpoint().with(ours))], but: Vec::new() }
}

/// A policy that shares with one origin, and options that say the same.
fn cors() -> Cors {
    anybody().allow_origin(A)
}

fn anybody() -> Cors {
    Cors::new().allow_methods(["GET", "PUT"]).allow_header("content-type").max_age(600)
}

fn options() -> ResourceOptions {
    ours::options().max_age(600)
}

fn any_with_credentials(options: ResourceOptions) -> CorsConfig {
    config("*", options.allow_credentials()).accept_risk(Risk::AnyOriginWithCredentials)
}

#[test]
fn the_table_of_the_readme_holds() {
    let everything = || ResourceOptions::new().allow_methods(Any).allow_headers(Any).max_age(600);
    let origin = "`allow_origin(value)`, `allow_origins([values])`";
    let method = "`allow_method(..)`, `allow_methods([..])`";
    let header = "`allow_header(..)`, `allow_headers([..])`";
    let expose = "`expose_header(..)`, `expose_headers([..])`";
    let is_subdomain = |origin: &str| origin.ends_with(".a.example");
    let rows = vec![
        row("`new()`", cors(), config(A, options())),
        row(
            "`new()`",
            cors(),
            CorsConfig::new().defaults([(A, options())]).add(Resource::at("/x")).add(Resource::at(OWN)),
        )
        .but("add `.all_resources()` to cover every path", same::every_path),
        row("`new()`", Cors::new().max_age(600), config("*", everything())),
        row("`new()`", Cors::new().max_age(600).allow_credentials(true), any_with_credentials(everything())),
        row(origin, cors(), config(A, options())),
        row(
            origin,
            anybody().allow_origins([A, SUBDOMAIN]),
            CorsConfig::new().defaults(OriginMap::each([A, SUBDOMAIN], options())).all_resources(),
        ),
        row(
            "`allow_origin_regex(\"https://*.example.com\")`",
            anybody().allow_origin_regex("https://*.a.example"),
            config("https://*.a.example", options()),
        ),
        row(
            "`allow_origins_fn`",
            anybody().allow_origins_fn(is_subdomain),
            config("https://*.a.example", options()),
        ),
        row("`allow_origins_fn`", anybody().allow_origins_fn(is_subdomain), by_function(options())),
        row("`allow_origin` never called", anybody(), config("*", options())),
        row(
            "`allow_origin` never called",
            anybody().allow_credentials(true),
            any_with_credentials(options()),
        ),
        row(
            "`allow_credentials(true)`",
            cors().allow_credentials(true),
            config(A, options().allow_credentials()),
        ),
        row(method, cors(), config(A, options().allow_methods([Method::GET, Method::PUT]))),
        row(
            method,
            cors().allow_method("DELETE"),
            config(A, options().allow_methods(["GET", "PUT", "DELETE"])),
        ),
        row(
            "`allow_method` never called",
            Cors::new().allow_origin(A).allow_header("content-type").max_age(600),
            config(A, options().allow_methods(Any)),
        ),
        row(
            header,
            cors().allow_headers(["x-foreign"]),
            config(A, options().allow_headers(["content-type", "x-foreign"])),
        ),
        row(
            "`allow_header` never called",
            Cors::new().allow_origin(A).allow_methods(["GET", "PUT"]).max_age(600),
            config(A, options().allow_headers(Any)),
        ),
        row(
            "`allow_header` never called",
            Cors::new().allow_origin(A).allow_methods(["GET", "PUT"]).max_age(600).allow_credentials(true),
            config(A, options().allow_headers(Any).allow_credentials()),
        ),
        row(expose, cors().expose_header("x-total"), config(A, options().expose_headers(["x-total"]))),
        row(
            expose,
            cors().expose_headers(["x-total", "etag"]),
            config(A, options().expose_headers(["x-total", "etag"])),
        ),
        row("`max_age(600)`", cors(), config(A, options())),
        row(
            "`max_age(600)`",
            Cors::new().allow_origin(A).allow_methods(["GET", "PUT"]).allow_header("content-type"),
            config(A, ResourceOptions::new().allow_methods(["GET", "PUT"]).allow_headers(["content-type"])),
        )
        .but("poem defaults to 86400", same::max_age),
    ];
    let differences = [
        but("All `Access-Control-Request-Headers` lines count", same::first_line),
        but("`allow_methods(Any)` allows every method", same::known_methods),
        but("If any origin is allowed, the answer is `*`", same::origin_for_any),
        but("With credentials, `*` means every origin but `null`", same::any_origin_at_all),
        but("A request from an origin that is not allowed reaches the application", same::blocked),
        but("An allowed preflight has status 204", same::allowed_status),
        but("Every requested header has to be allowed", one_header),
        but("`Vary` is on every response that needs it", same::vary),
        but(
            "An `OPTIONS` request with `Origin` that is not a preflight reaches the application",
            same::other_options,
        ),
        but("The response to a method that is not allowed is not shared", same::every_method),
    ];
    check(include_str!("../../../adapters/poem/README.md"), rows, &differences);
}

/// One header that is allowed is enough.
fn one_header(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.requested_headers().count() > 1 && ours.shared.is_none() && !theirs.reached {
        *theirs = ours.clone();
    }
}
