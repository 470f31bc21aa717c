//! poem's own `Cors`.

use std::io;

use poem::EndpointExt;
use poem::RouteMethod;
use poem::http::Method;
use poem::middleware::Cors;

use super::plain::{Names, Plain, Who};
use super::{Attached, Peer};
use crate::subject::{
    Site,
    poem::{application, run},
};

pub(super) const PEER: Peer =
    Peer { name: "poem", version: "poem 3.1.12", cannot, known_methods_only: true, one_policy: false, serve };

fn cannot(policy: &Plain) -> Option<&'static str> {
    match (policy.credentials(), policy.max_age(), &policy.expose) {
        (None, ..) => Some("credentials for some origins only"),
        (_, None, _) => Some("a max-age that differs by origin"),
        (.., Names::Any) => Some("exposing every header"),
        _ => None,
    }
}

fn serve(site: Site, attached: Attached) -> io::Result<()> {
    match attached {
        Attached::App(policy) => run(site, application(|_, methods| methods.boxed()).with(cors(&policy))),
        Attached::Resources(policies) => {
            let around = |template: &str, methods: RouteMethod| match policies.get(template) {
                Some(policy) => methods.with(cors(policy)).boxed(),
                None => methods.boxed(),
            };
            run(site, application(around))
        }
    }
}

fn cors(policy: &Plain) -> Cors {
    let credentials = policy.credentials().unwrap_or_default();
    // It always sends a max-age; five seconds is the browsers' default.
    let seconds = policy.max_age().flatten().unwrap_or(5);
    let mut cors = Cors::new().allow_credentials(credentials).max_age(seconds.try_into().unwrap_or(i32::MAX));
    cors = match policy.who() {
        Who::Everybody => cors,
        // An empty list would allow everybody.
        Who::These(origins) if origins.is_empty() => cors.allow_origins_fn(|_| false),
        Who::These(origins) => cors.allow_origins(origins),
        Who::Matching(matcher) => cors.allow_origins_fn(move |origin| matcher.matches(origin.as_bytes())),
    };
    cors = match &policy.methods {
        Names::Any => cors,
        Names::List(names) => {
            cors.allow_methods(names.iter().filter_map(|name| Method::from_bytes(name.as_bytes()).ok()))
        }
    };
    cors = match &policy.headers {
        Names::Any => cors,
        // An empty list would allow every header; this one needs no permission.
        Names::List(names) if names.is_empty() => cors.allow_header("accept"),
        Names::List(names) => cors.allow_headers(names),
    };
    match &policy.expose {
        Names::Any => cors,
        Names::List(names) => cors.expose_headers(names),
    }
}
