//! actix-cors.

use std::io;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::middleware::Condition;
use actix_web::web::ServiceConfig;
use actix_web::{App, Resource};

use super::plain::{Names, Plain, Who};
use super::{Attached, Peer};
use crate::subject::Site;
use crate::subject::actix_web::{Around, Counter, Made, Routes, run};

pub(super) const PEER: Peer = Peer {
    name: "actix-cors",
    version: "actix-cors 0.7.2, actix-web 4.18.1",
    cannot,
    known_methods_only: true,
    one_policy: false,
    serve,
};

fn cannot(policy: &Plain) -> Option<&'static str> {
    match (policy.credentials(), policy.max_age()) {
        (None, _) => Some("credentials for some origins only"),
        (_, None) => Some("a max-age that differs by origin"),
        _ => None,
    }
}

fn serve(site: Site, attached: Attached) -> io::Result<()> {
    let posts = Counter::default();
    run(site, move || {
        let (whole, policy) = match &attached {
            Attached::App(policy) => (true, cors(policy)),
            Attached::Resources(_) => (false, Cors::default()),
        };
        App::new()
            .configure(|config| Routes { around: &attached, config }.add_all(&posts))
            .wrap(Condition::new(whole, policy))
    })
}

impl Around for Attached {
    fn add<T: Made<B>, B: MessageBody + 'static>(
        &self,
        config: &mut ServiceConfig,
        template: &str,
        resource: Resource<T>,
    ) {
        let policy = match self {
            Self::App(_) => None,
            Self::Resources(policies) => policies.get(template),
        };
        match policy {
            Some(policy) => config.service(resource.wrap(cors(policy))),
            None => config.service(resource),
        };
    }
}

fn cors(policy: &Plain) -> Cors {
    let credentials = policy.credentials().unwrap_or_default();
    let seconds = policy.max_age().flatten().map(|seconds| seconds as usize);
    let mut cors = Cors::default().max_age(seconds);
    cors = match policy.who() {
        Who::Everybody => cors.allow_any_origin().send_wildcard(),
        Who::These(origins) => origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin)),
        Who::Matching(matcher) => cors.allowed_origin_fn(move |origin, _| matcher.matches(origin.as_bytes())),
    };
    cors = match &policy.methods {
        Names::Any => cors.allow_any_method(),
        Names::List(names) => cors.allowed_methods(names.iter().map(String::as_str)),
    };
    cors = match &policy.headers {
        Names::Any => cors.allow_any_header(),
        Names::List(names) => cors.allowed_headers(names),
    };
    cors = match &policy.expose {
        Names::Any => cors.expose_any_header(),
        Names::List(names) => cors.expose_headers(names),
    };
    match credentials {
        true => cors.supports_credentials(),
        false => cors,
    }
}
