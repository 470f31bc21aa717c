//! actix-cors.

use std::time::Duration;

use actix_cors::Cors;
use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, Uri};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App as Application, HttpResponse, rt, web};
use cors_actix_web::{Any, CorsConfig, CorsMiddleware, Enforce, OriginMap, Resource, ResourceOptions, Risk};

use crate::ours::{by_function, config, options};
use crate::same;
use crate::table::{Row, but, check};
use crate::wire::{A, Answer, App, Ask, BODY, OWN, OWN_LINES, SUBDOMAIN, Seen};

async fn answer(uri: Uri) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header(("x-total", "1"));
    for line in OWN_LINES.into_iter().filter(|_| uri.path() == OWN) {
        response.append_header(line);
    }
    response.body(BODY)
}

fn lines(headers: &HeaderMap) -> impl Iterator<Item = (&str, &[u8])> {
    headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()))
}

macro_rules! app {
    ($around:expr) => {{
        let system = rt::System::new();
        let around = $around;
        let app =
            system.block_on(init_service(Application::new().default_service(web::to(answer)).wrap(around)));
        let app: App = Box::new(move |ask: &Ask| {
            system.block_on(async {
                let request = TestRequest::with_uri(ask.path).method(ask.method.parse().unwrap());
                let request = ask.lines.iter().fold(request, |request, line| request.append_header(*line));
                let response = call_service(&app, request.to_request()).await;
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                Answer::new(status, lines(&headers), &read_body(response).await)
            })
        });
        app
    }};
}

fn row(theirs: &'static str, cors: Cors, config: CorsConfig) -> Row {
    let ours = CorsMiddleware::new(config.build().unwrap());
    Row { theirs, apps: [app!(cors), app!(ours)], but: Vec::new() }
}

/// A policy that shares with one origin, and options that say the same.
fn cors() -> Cors {
    anybody().allowed_origin(A)
}

fn anybody() -> Cors {
    Cors::default().allowed_methods(["GET", "PUT"]).allowed_header("content-type")
}

#[test]
fn the_table_of_the_readme_holds() {
    let permissive = ResourceOptions::new().allow_methods(Any).allow_headers(Any).expose_headers(Any);
    let risky = |options: ResourceOptions| {
        config("*", options.allow_credentials()).accept_risk(Risk::AnyOriginWithCredentials)
    };
    let rows = vec![
        row("`Cors::default()`", Cors::default(), CorsConfig::new().all_resources()),
        row(
            "`Cors::default()`",
            cors(),
            CorsConfig::new().defaults([(A, options())]).add(Resource::at("/x")).add(Resource::at(OWN)),
        )
        .but("add `.all_resources()` to cover every path", same::every_path),
        row("`Cors::permissive()`", Cors::permissive(), risky(permissive.max_age(600)))
            .but("instead of 3600", same::max_age),
        row("`allowed_origin(\"https://a.example\")`", cors(), config(A, options())),
        row(
            "`allowed_origin(\"https://a.example\")`",
            cors().allowed_origin(SUBDOMAIN),
            CorsConfig::new().defaults(OriginMap::each([A, SUBDOMAIN], options())).all_resources(),
        ),
        row("`allow_any_origin()`", anybody().allow_any_origin(), config("*", options())),
        row("`allow_any_origin()`", anybody().allow_any_origin().supports_credentials(), risky(options())),
        row("`send_wildcard()`", anybody().allow_any_origin().send_wildcard(), config("*", options())),
        row(
            "`allowed_origin_fn(f)`",
            anybody().allowed_origin_fn(|origin, _| origin.as_bytes().ends_with(b".a.example")),
            config("https://*.a.example", options()),
        ),
        row(
            "`allowed_origin_fn(f)`",
            anybody().allowed_origin_fn(|origin, _| origin.as_bytes().ends_with(b".a.example")),
            by_function(options()),
        ),
        row(
            "`supports_credentials()`",
            cors().supports_credentials(),
            config(A, options().allow_credentials()),
        ),
        row(
            "`allowed_methods([\"GET\"])`",
            Cors::default().allowed_origin(A).allowed_header("content-type").allowed_methods(["GET"]),
            config(A, options().allow_methods(["GET"])),
        ),
        row(
            "`allowed_methods([\"GET\"])`",
            Cors::default().allowed_origin(A).allowed_header("content-type").allowed_methods(["GET"]),
            config(A, options().allow_methods([Method::GET])),
        ),
        row("`allow_any_method()`", cors().allow_any_method(), config(A, options().allow_methods(Any))),
        row(
            "`allowed_header(name)`, `allowed_headers([..])`",
            cors().allowed_headers(["content-type", "authorization"]),
            config(A, options().allow_headers(["content-type", "authorization"])),
        ),
        row("`allow_any_header()`", cors().allow_any_header(), config(A, options().allow_headers(Any))),
        row(
            "`allow_any_header()`",
            cors().allow_any_header().supports_credentials(),
            config(A, options().allow_headers(Any).allow_credentials()),
        ),
        row(
            "`expose_headers([..])`",
            cors().expose_headers(["x-total"]),
            config(A, options().expose_headers(["x-total"])),
        ),
        row("`expose_any_header()`", cors().expose_any_header(), config(A, options().expose_headers(Any))),
        row(
            "`expose_any_header()`",
            cors().expose_any_header().supports_credentials(),
            config(A, options().expose_headers(Any).allow_credentials()),
        ),
        row("`max_age(600)`", cors().max_age(600), config(A, options().max_age(600))),
        row("`max_age(600)`", cors().max_age(600), config(A, options().max_age(Duration::from_secs(600)))),
        row(
            "`block_on_origin_mismatch(true)`",
            cors().block_on_origin_mismatch(true),
            config(A, options()).enforce(Enforce::refuse()),
        )
        .but("reads are not blocked", blocked_read)
        .but("refuses with 403", blocked_write)
        .but("by a method that is not allowed", other_method),
        row("`disable_preflight()`", cors().disable_preflight(), config(A, options()))
            .but("always answered", preflight_reaches),
        row("`disable_vary_header()`", cors().disable_vary_header(), config(A, options())),
        row("`allow_private_network_access()`", cors().allow_private_network_access(), config(A, options())),
    ];
    let differences = [
        but("If any origin is allowed, the answer is `*`", same::origin_for_any),
        but("With credentials, `*` means every origin but `null`", same::any_origin_at_all),
        but("All `Access-Control-Request-Headers` lines count", same::first_line),
        but("`allow_methods(Any)` allows every method", same::known_methods),
        but("An allowed preflight has status 204", same::allowed_status),
        but("A refused one has status 403", same::refused_status),
        but("The response to a method that is not allowed is not shared", same::every_method),
        but(
            "An `OPTIONS` request with `Access-Control-Request-Method` but without `Origin`",
            same::other_options,
        ),
        but("CORS headers that a handler sets", same::own_headers),
        but("`Vary` names what the response depends on", same::vary),
    ];
    check(include_str!("../../../adapters/actix-web/README.md"), rows, &differences);
}

fn blocked_read(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.method == "GET" && theirs.status == 400 && ours.shared.is_none() {
        *theirs = ours.clone();
    }
}

fn blocked_write(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.method == "PUT" && theirs.status == 400 && ours.status == 403 {
        *theirs = ours.clone();
    }
}

fn other_method(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.method == "DELETE" && theirs.reached && ours.status == 403 {
        *theirs = ours.clone();
    }
}

fn preflight_reaches(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.is_preflight() && theirs.reached && !ours.reached {
        *theirs = ours.clone();
    }
}
