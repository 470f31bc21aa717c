//! tower-http's `CorsLayer`, in axum.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Method, Request, Response, Uri, header};
use axum::routing::any;
use cors_tower::{Any, CorsConfig, OriginMap, Resource, ResourceOptions, Risk};
use tokio::runtime::Builder;
use tower_http::cors::{self, AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, MaxAge};
use tower_service::Service;

use crate::ours::{by_function, config, options};
use crate::same;
use crate::table::{Row, but, check};
use crate::wire::{A, Answer, App, Ask, BODY, OWN, OWN_LINES, SUBDOMAIN};

async fn answer(uri: Uri) -> Response<Body> {
    let lines = OWN_LINES.into_iter().filter(|_| uri.path() == OWN);
    let response = Response::builder().header("x-total", "1");
    lines.fold(response, |response, (name, value)| response.header(name, value)).body(BODY.into()).unwrap()
}

fn app(around: impl FnOnce(Router) -> Router) -> App {
    let app = around(Router::new().route("/{*path}", any(answer)));
    let runtime = Builder::new_current_thread().build().unwrap();
    Box::new(move |ask: &Ask| {
        let request = Request::builder().method(ask.method).uri(ask.path);
        let request = ask.lines.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        runtime.block_on(async {
            let response = app.clone().call(request.body(Body::empty()).unwrap()).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap();
            let lines = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
            Answer::new(parts.status.as_u16(), lines, &body)
        })
    })
}

fn row(theirs: &'static str, layer: CorsLayer, config: CorsConfig) -> Row {
    let cors = config.build().unwrap();
    let apps = [app(|app| app.layer(layer)), app(|app| app.layer(cors_tower::CorsLayer::new(cors)))];
    Row { theirs, apps, but: Vec::new() }
}

/// A layer that shares with one origin, and options that say the same.
fn layer() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(HeaderValue::from_static(A))
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([header::CONTENT_TYPE])
}

fn is_subdomain(origin: &HeaderValue) -> bool {
    origin.as_bytes().ends_with(b".a.example")
}

#[test]
fn the_table_of_the_readme_holds() {
    let any_with_credentials = |options: ResourceOptions| {
        config("*", options.allow_credentials()).accept_risk(Risk::AnyOriginWithCredentials)
    };
    let everything = || ResourceOptions::new().allow_methods(Any).allow_headers(Any);
    let rows = vec![
        row("`new()`", CorsLayer::new(), CorsConfig::new().all_resources()),
        row(
            "`new()`",
            layer(),
            CorsConfig::new().defaults([(A, options())]).add(Resource::at("/x")).add(Resource::at(OWN)),
        )
        .but("add `.all_resources()` to cover every path", same::every_path),
        row(
            "`permissive()`, `very_permissive()`",
            CorsLayer::permissive(),
            config("*", everything().expose_headers(Any)),
        ),
        row(
            "`permissive()`, `very_permissive()`",
            CorsLayer::very_permissive(),
            any_with_credentials(everything()),
        ),
        row("`allow_origin(value)`, `allow_origin([values])`", layer(), config(A, options())),
        row(
            "`allow_origin(value)`, `allow_origin([values])`",
            layer().allow_origin([A, SUBDOMAIN].map(HeaderValue::from_static)),
            CorsConfig::new().defaults(OriginMap::each([A, SUBDOMAIN], options())).all_resources(),
        ),
        row("`allow_origin(Any)`", layer().allow_origin(cors::Any), config("*", options())),
        row(
            "`AllowOrigin::mirror_request()`",
            layer().allow_origin(AllowOrigin::mirror_request()),
            config("*", options()),
        ),
        row(
            "`AllowOrigin::mirror_request()`",
            layer().allow_origin(AllowOrigin::mirror_request()).allow_credentials(true),
            any_with_credentials(options()),
        ),
        row(
            "`AllowOrigin::predicate`, `async_predicate`",
            layer().allow_origin(AllowOrigin::predicate(|origin, _| is_subdomain(origin))),
            config("https://*.a.example", options()),
        ),
        row(
            "`AllowOrigin::predicate`, `async_predicate`",
            layer()
                .allow_origin(AllowOrigin::async_predicate(|origin, _| async move { is_subdomain(&origin) })),
            config("https://*.a.example", options()),
        ),
        row(
            "`AllowOrigin::predicate`, `async_predicate`",
            layer().allow_origin(AllowOrigin::predicate(|origin, _| is_subdomain(origin))),
            by_function(options()),
        ),
        row(
            "`allow_credentials(true)`",
            layer().allow_credentials(true),
            config(A, options().allow_credentials()),
        ),
        row(
            "`AllowCredentials::predicate`",
            layer()
                .allow_origin([A, SUBDOMAIN].map(HeaderValue::from_static))
                .allow_credentials(AllowCredentials::predicate(|origin, _| is_subdomain(origin))),
            CorsConfig::new()
                .defaults([(A, options()), (SUBDOMAIN, options().allow_credentials())])
                .all_resources(),
        ),
        row(
            "`allow_methods([Method::GET, Method::PUT])`",
            layer(),
            config(A, options().allow_methods([Method::GET, Method::PUT])),
        ),
        row(
            "`allow_methods(Any)`, `AllowMethods::mirror_request()`",
            layer().allow_methods(cors::Any),
            config(A, options().allow_methods(Any)),
        ),
        row(
            "`allow_methods(Any)`, `AllowMethods::mirror_request()`",
            layer().allow_methods(AllowMethods::mirror_request()).allow_credentials(true),
            config(A, options().allow_methods(Any).allow_credentials()),
        ),
        row(
            "`allow_headers([header::CONTENT_TYPE])`",
            layer(),
            config(A, options().allow_headers([header::CONTENT_TYPE])),
        ),
        row(
            "`allow_headers(Any)`, `AllowHeaders::mirror_request()`",
            layer().allow_headers(cors::Any),
            config(A, options().allow_headers(Any)),
        ),
        row(
            "`allow_headers(Any)`, `AllowHeaders::mirror_request()`",
            layer().allow_headers(AllowHeaders::mirror_request()).allow_credentials(true),
            config(A, options().allow_headers(Any).allow_credentials()),
        ),
        row(
            "`expose_headers([header::ETAG])`",
            layer().expose_headers([header::ETAG]),
            config(A, options().expose_headers([header::ETAG])),
        ),
        row(
            "`expose_headers(Any)`",
            layer().expose_headers(cors::Any),
            config(A, options().expose_headers(Any)),
        ),
        row(
            "`max_age(Duration::from_secs(600))`",
            layer().max_age(Duration::from_secs(600)),
            config(A, options().max_age(Duration::from_secs(600))),
        ),
        row(
            "`max_age(Duration::from_secs(600))`",
            layer().max_age(Duration::from_secs(600)),
            config(A, options().max_age(600)),
        ),
        row(
            "`MaxAge::dynamic`",
            layer().allow_origin([A, SUBDOMAIN].map(HeaderValue::from_static)).max_age(MaxAge::dynamic(
                |origin, _| Duration::from_secs(if origin == A { 60 } else { 600 }),
            )),
            CorsConfig::new()
                .defaults([(A, options().max_age(60)), (SUBDOMAIN, options().max_age(600))])
                .all_resources(),
        ),
        row("`vary([..])`", layer().vary([header::ORIGIN]), config(A, options())),
        row("`allow_private_network(true)`", layer().allow_private_network(true), config(A, options())),
    ];
    let differences = [
        but("If any origin is allowed, the answer is `*`", same::origin_for_any),
        but("With credentials, `*` means every origin but `null`", same::any_origin_at_all),
        but("An allowed preflight has status 204", same::allowed_status),
        but("A refused one has status 403", same::refused_status),
        but("The response to a method that is not allowed is not shared", same::every_method),
        but("An `OPTIONS` request that is not a preflight reaches the application", same::other_options),
        but("CORS headers that a handler sets are replaced", same::own_headers),
        but("`Vary` names what the response depends on", same::vary),
        but("All `Access-Control-Request-Headers` lines count", same::first_line),
        but("`allow_headers(Any)` allows `Authorization`", same::no_authorization),
    ];
    check(include_str!("../../../adapters/tower/README.md"), rows, &differences);
}
