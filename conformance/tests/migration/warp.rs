//! warp's own `cors`.

use cors_warp::{CorsConfig, OriginMap, Resource, ResourceOptions, Risk, default_replies, with_cors};
use tokio::runtime::Builder;
use tower_service::Service;
use warp::filters::cors::Builder as Theirs;
use warp::http::{Method, Request};
use warp::path::FullPath;
use warp::reply::{Reply, Response};
use warp::{Filter, Rejection};

use crate::ours::{config, options};
use crate::same;
use crate::table::{Row, but, check};
use crate::wire::{A, Answer, App, Ask, BODY, OWN, OWN_LINES, SUBDOMAIN, Seen};

/// Rejects `/cors/403`, and answers everything else.
fn routes() -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync {
    let found = |path: FullPath| async move {
        if path.as_str().starts_with("/cors/") { Err(warp::reject::not_found()) } else { Ok(path) }
    };
    warp::path::full().and_then(found).map(|path: FullPath| {
        let mut response = BODY.into_response();
        response.headers_mut().insert("x-total", "1".parse().unwrap());
        for (name, value) in OWN_LINES.into_iter().filter(|_| path.as_str() == OWN) {
            response.headers_mut().append(name, value.parse().unwrap());
        }
        response
    })
}

macro_rules! app {
    ($routes:expr) => {{
        let service = warp::service($routes);
        let runtime = Builder::new_current_thread().build().unwrap();
        Box::new(move |ask: &Ask| {
            let request = Request::builder().method(ask.method).uri(ask.path);
            let request =
                ask.lines.iter().fold(request, |request, (name, value)| request.header(*name, *value));
            runtime.block_on(async {
                let response = service.clone().call(request.body(String::new()).unwrap()).await.unwrap();
                let (parts, body) = response.into_parts();
                let body = axum::body::to_bytes(axum::body::Body::new(body), usize::MAX).await.unwrap();
                let lines = parts.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
                Answer::new(parts.status.as_u16(), lines, &body)
            })
        }) as App
    }};
}

fn row(words: &'static str, theirs: Theirs, ours: CorsConfig) -> Row {
    let cors = ours.build().unwrap();
    let apps =
        [app!(default_replies(routes().with(theirs))), app!(with_cors(cors, default_replies(routes())))];
    Row { theirs: words, apps, but: Vec::new() }
}

/// The other crate's policy around one branch of an `or` chain.
fn row_of_a_branch(words: &'static str, theirs: Theirs, ours: CorsConfig) -> Row {
    let cors = ours.build().unwrap();
    let branch = || warp::path("x").and(routes());
    let sibling = || warp::path("other").and(routes());
    let apps = [
        app!(default_replies(branch().with(theirs).or(sibling()))),
        app!(with_cors(cors, default_replies(branch().or(sibling())))),
    ];
    Row { theirs: words, apps, but: Vec::new() }
}

/// A policy that shares with one origin, and options that say the same.
fn cors() -> Theirs {
    warp::cors().allow_origin(A).allow_methods(["GET", "PUT"]).allow_header("content-type")
}

#[test]
fn the_table_of_the_readme_holds() {
    let any_origin =
        || warp::cors().allow_any_origin().allow_methods(["GET", "PUT"]).allow_header("content-type");
    let resources =
        || CorsConfig::new().defaults([(A, options())]).add(Resource::at("/x")).add(Resource::at(OWN));
    let origin = "`allow_origin(value)`, `allow_origins([values])`";
    let method = "`allow_method(..)`, `allow_methods([..])`";
    let header = "`allow_header(..)`, `allow_headers([..])`";
    let expose = "`expose_header(..)`, `expose_headers([..])`";
    let max_age = "`max_age(600)`, `max_age(Duration)`";
    let rows = vec![
        row("`cors()`", cors(), config(A, options())),
        row("`cors()`", cors(), resources()),
        row_of_a_branch("`cors()`", cors(), resources())
            .but("A wrapper answers no preflight of a sibling", same::every_path),
        row("`allow_any_origin()`", any_origin(), config("*", options())),
        row(
            "`allow_any_origin()`",
            any_origin().allow_credentials(true),
            config("*", options().allow_credentials()).accept_risk(Risk::AnyOriginWithCredentials),
        ),
        row(origin, cors(), config(A, options())),
        row(
            origin,
            cors().allow_origins([SUBDOMAIN]),
            CorsConfig::new().defaults(OriginMap::each([A, SUBDOMAIN], options())).all_resources(),
        ),
        row(
            "`allow_credentials(true)`",
            cors().allow_credentials(true),
            config(A, options().allow_credentials()),
        ),
        row(
            method,
            cors().allow_method("DELETE"),
            config(A, options().allow_methods(["GET", "PUT", "DELETE"])),
        ),
        row(method, cors(), config(A, options().allow_methods([Method::GET, Method::PUT]))),
        row(
            method,
            warp::cors().allow_origin(A).allow_header("content-type"),
            config(A, ResourceOptions::new().allow_headers(["content-type"])),
        )
        .but("in warp no preflight does", same::no_method),
        row(
            header,
            cors().allow_headers(["x-foreign"]),
            config(A, options().allow_headers(["content-type", "x-foreign"])),
        ),
        row(expose, cors().expose_header("x-total"), config(A, options().expose_headers(["x-total"]))),
        row(
            expose,
            cors().expose_headers(["x-total", "etag"]),
            config(A, options().expose_headers(["x-total", "etag"])),
        ),
        row(max_age, cors().max_age(600), config(A, options().max_age(600))),
        row(
            max_age,
            cors().max_age(std::time::Duration::from_secs(60)),
            config(A, options().max_age(std::time::Duration::from_secs(60))),
        ),
        row("`routes.with(cors)`, then rejections", cors(), config(A, options())),
    ];
    let differences = [
        but("Every response of a resource gets the headers", rejection),
        but("`Vary` is on every response that needs it", same::vary),
        but("If any origin is allowed, the answer is `*`", same::origin_for_any),
        but("With credentials, `*` means every origin but `null`", same::any_origin_at_all),
        but("An allowed preflight has status 204", same::allowed_status),
        but("All `Access-Control-Request-Headers` lines count", same::first_line),
        but("Only registered paths answer a preflight", same::every_path),
        but("A request from an origin that is not allowed reaches the application", same::blocked),
        but("The response to a method that is not allowed is not shared", same::every_method),
    ];
    check(include_str!("../../../adapters/warp/README.md"), rows, &differences);
}

/// A rejection becomes a response only behind the policy.
fn rejection(_: &Ask, theirs: &mut Seen, ours: &Seen) {
    if theirs.status == 404 && ours.status == 404 && theirs.shared.is_none() {
        theirs.shared.clone_from(&ours.shared);
    }
}
