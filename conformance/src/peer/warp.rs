//! warp's own `cors`. It is placed so that a branch answers only its own path's preflights, and around routes whose rejections
//! have become replies. Its documentation leaves both to the user.

use std::io;

use cors_warp::default_replies;
use warp::Filter;
use warp::filters::cors::Builder;
use warp::http::Method;

use super::plain::{Names, Plain, Who};
use super::{Attached, Peer};
use crate::subject::Site;
use crate::subject::warp::{all, at, run};

pub(super) const PEER: Peer =
    Peer { name: "warp", version: "warp 0.4.3", cannot, known_methods_only: true, one_policy: false, serve };

fn cannot(policy: &Plain) -> Option<&'static str> {
    let listed = || policy.origins.iter().map(|allowed| &*allowed.pattern);
    match (policy.credentials(), policy.max_age()) {
        (None, _) => Some("credentials for some origins only"),
        (_, None) => Some("a max-age that differs by origin"),
        _ if policy.methods == Names::Any => Some("every method"),
        _ if policy.headers == Names::Any => Some("every request header"),
        _ if policy.expose == Names::Any => Some("exposing every header"),
        _ if listed().any(|pattern| pattern == "*") => None,
        _ if listed().any(|pattern| pattern == "null") => {
            Some("null by name (a panic when it is configured)")
        }
        _ if listed().any(|pattern| pattern.contains('*')) => Some("a pattern of origins"),
        _ => None,
    }
}

fn serve(site: Site, attached: Attached) -> io::Result<()> {
    let open = |template, routes| at(template).and(routes).boxed();
    match attached {
        Attached::App(policy) => {
            let routes = default_replies(all(open)).with(cors(&policy));
            run(site, default_replies(routes))
        }
        Attached::Resources(policies) => {
            let around = |template, routes| match policies.get(template) {
                Some(policy) => {
                    let own = default_replies(routes).with(cors(policy));
                    at(template).and(default_replies(own)).map(warp::Reply::into_response).boxed()
                }
                None => open(template, routes),
            };
            run(site, default_replies(all(around)))
        }
    }
}

fn cors(policy: &Plain) -> Builder {
    let mut cors = warp::cors().allow_credentials(policy.credentials().unwrap_or_default());
    cors = match policy.who() {
        Who::These(origins) => origins.iter().fold(cors, |cors, origin| cors.allow_origin(&**origin)),
        Who::Everybody | Who::Matching(_) => cors.allow_any_origin(),
    };
    if let Names::List(names) = &policy.methods {
        let methods = names.iter().filter_map(|name| Method::from_bytes(name.as_bytes()).ok());
        cors = cors.allow_methods(methods);
    }
    if let Names::List(names) = &policy.headers {
        cors = cors.allow_headers(names.iter().map(String::as_str));
    }
    if let Names::List(names) = &policy.expose {
        cors = cors.expose_headers(names.iter().map(String::as_str));
    }
    match policy.max_age().flatten() {
        Some(seconds) => cors.max_age(seconds),
        None => cors,
    }
}
