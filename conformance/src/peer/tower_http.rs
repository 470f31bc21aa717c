//! tower-http's `CorsLayer`, in axum.

use std::io;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::{
    AllowCredentials, AllowHeaders, AllowMethods, AllowOrigin, CorsLayer, ExposeHeaders, MaxAge,
};

use super::plain::{Names, Plain, Who};
use super::{Attached, Peer};
use crate::subject::{Site, tower};

pub(super) const PEER: Peer = Peer {
    name: "tower-http",
    version: "tower-http 0.7.1, axum 0.8.9",
    cannot,
    known_methods_only: false,
    one_policy: false,
    serve,
};

fn cannot(policy: &Plain) -> Option<&'static str> {
    let credentials = policy.origins.iter().any(|allowed| allowed.credentials);
    (credentials && policy.expose == Names::Any)
        .then_some("exposing every header with credentials (a panic when it is configured)")
}

fn serve(site: Site, attached: Attached) -> io::Result<()> {
    let app = match attached {
        Attached::App(policy) => tower::application(|_, methods| methods).layer(layer(&policy)),
        Attached::Resources(policies) => {
            tower::application(|template, methods| match policies.get(template) {
                Some(policy) => methods.layer(layer(policy)),
                None => methods,
            })
        }
    };
    tower::run(site, app)
}

fn layer(policy: &Plain) -> CorsLayer {
    // `Any` with credentials is a panic; the documentation says to mirror the request instead.
    let mirror = policy.origins.iter().any(|allowed| allowed.credentials);
    let layer = CorsLayer::new()
        .allow_origin(match policy.who() {
            Who::Everybody if mirror => AllowOrigin::mirror_request(),
            Who::Everybody => AllowOrigin::any(),
            Who::These(origins) => AllowOrigin::list(origins.iter().filter_map(|origin| origin.parse().ok())),
            Who::Matching(matcher) => {
                AllowOrigin::predicate(move |origin, _| matcher.matches(origin.as_bytes()))
            }
        })
        .allow_methods(match &policy.methods {
            Names::Any if mirror => AllowMethods::mirror_request(),
            Names::Any => AllowMethods::any(),
            Names::List(names) => {
                AllowMethods::list(names.iter().filter_map(|name| Method::from_bytes(name.as_bytes()).ok()))
            }
        })
        .allow_headers(match &policy.headers {
            // `Any` leaves out Authorization.
            Names::Any => AllowHeaders::mirror_request(),
            Names::List(names) => AllowHeaders::list(parsed(names)),
        })
        .expose_headers(match &policy.expose {
            Names::Any => ExposeHeaders::any(),
            Names::List(names) => ExposeHeaders::list(parsed(names)),
        });
    let layer = match policy.credentials() {
        Some(all) => layer.allow_credentials(all),
        None => {
            let with = policy.matcher(|allowed| allowed.credentials);
            layer.allow_credentials(AllowCredentials::predicate(move |origin, _| {
                with.matches(origin.as_bytes())
            }))
        }
    };
    match policy.max_age() {
        Some(None) => layer,
        Some(Some(seconds)) => layer.max_age(Duration::from_secs(seconds.into())),
        None => layer.max_age(by_origin(policy)),
    }
}

fn by_origin(policy: &Plain) -> MaxAge {
    let times: Vec<_> = (policy.origins.iter())
        .map(|one| (policy.matcher(|allowed| allowed.pattern == one.pattern), one.max_age))
        .collect();
    MaxAge::dynamic(move |origin: &HeaderValue, _| {
        let found = times.iter().find(|(matcher, _)| matcher.matches(origin.as_bytes()));
        Duration::from_secs(found.and_then(|(_, seconds)| *seconds).unwrap_or(5).into())
    })
}

fn parsed(names: &[String]) -> Vec<HeaderName> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}
