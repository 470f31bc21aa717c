//! rocket_cors, as a fairing: its other forms add no headers to errors, or need hand-written routes.

use std::io;

use rocket_cors::{AllowedHeaders, AllowedMethods, AllowedOrigins, Cors, CorsOptions};

use super::plain::{Names, Plain, Who};
use super::{Attached, Peer};
use crate::subject::Site;
use crate::subject::rocket::{application, run};

pub(super) const PEER: Peer = Peer {
    name: "rocket_cors",
    version: "rocket_cors 0.6.0, rocket 0.5.2",
    cannot,
    known_methods_only: true,
    one_policy: true,
    serve,
};

fn cannot(policy: &Plain) -> Option<&'static str> {
    match (policy.credentials(), policy.max_age(), &policy.methods) {
        (None, ..) => Some("credentials for some origins only"),
        (_, None, _) => Some("a max-age that differs by origin"),
        _ if policy.expose == Names::Any => Some("exposing every header"),
        (.., Names::List(names))
            if names.iter().any(|name| name.parse::<rocket::http::Method>().is_err()) =>
        {
            Some("a method that rocket has no name for")
        }
        _ if cors(policy).is_err() => Some("an origin that it takes for no URL"),
        _ => None,
    }
}

fn serve(site: Site, attached: Attached) -> io::Result<()> {
    let cors = match attached {
        Attached::App(policy) => Some(cors(&policy).map_err(io::Error::other)?),
        Attached::Resources(_) => None,
    };
    run(site, |rocket| {
        let app = application(rocket, |_, _| None);
        match cors {
            Some(cors) => app.attach(cors),
            None => app,
        }
    })
}

fn cors(policy: &Plain) -> Result<Cors, rocket_cors::Error> {
    let credentials = policy.credentials().unwrap_or_default();
    let every = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    let methods: Vec<String> = match &policy.methods {
        Names::Any => every.map(str::to_owned).into(),
        Names::List(names) => names.clone(),
    };
    let methods: AllowedMethods = methods.iter().filter_map(|name| name.parse().ok()).collect();
    let list = |names: &Names| match names {
        Names::Any => Vec::new(),
        Names::List(names) => names.clone(),
    };
    let null = policy.origins.iter().any(|allowed| allowed.pattern == "null");
    CorsOptions {
        allowed_origins: match policy.who() {
            Who::Everybody => AllowedOrigins::all(),
            Who::Matching(_) if policy.origins.iter().any(|allowed| allowed.pattern == "*") => {
                AllowedOrigins::all()
            }
            Who::These(origins) => {
                let exact: Vec<_> = origins.into_iter().filter(|origin| origin != "null").collect();
                with_null(AllowedOrigins::some_exact(&exact), null)
            }
            Who::Matching(_) => {
                let expressions: Vec<_> =
                    policy.origins.iter().map(|allowed| expression(&allowed.pattern)).collect();
                with_null(AllowedOrigins::some_regex(&expressions), null)
            }
        },
        allowed_methods: methods,
        allowed_headers: match &policy.headers {
            Names::Any => AllowedHeaders::all(),
            names => AllowedHeaders::some(&list(names).iter().map(String::as_str).collect::<Vec<_>>()),
        },
        allow_credentials: credentials,
        expose_headers: list(&policy.expose).into_iter().collect(),
        max_age: policy.max_age().flatten().map(|seconds| seconds as usize),
        send_wildcard: matches!(policy.who(), Who::Everybody),
        ..CorsOptions::default()
    }
    .to_cors()
}

fn with_null(origins: AllowedOrigins, null: bool) -> AllowedOrigins {
    match origins {
        AllowedOrigins::Some(mut origins) => {
            origins.allow_null = null;
            AllowedOrigins::Some(origins)
        }
        all => all,
    }
}

/// The regular expression that a careful user would write for a pattern.
fn expression(pattern: &str) -> String {
    let (scheme, rest) = pattern.split_once("://").unwrap_or((pattern, ""));
    if rest == "*" {
        return format!("^{scheme}://[^/]+$");
    }
    let host = rest.strip_suffix(":*").unwrap_or(rest);
    let port = if host.len() < rest.len() { "(:[0-9]+)?" } else { "" };
    let (labels, host) = host.strip_prefix("*.").map_or(("", host), |host| ("([^./:]+[.])+", host));
    let literal = |sign: char| match sign {
        '.' | '[' | ']' => format!("\\{sign}"),
        other => other.to_string(),
    };
    format!("^{scheme}://{labels}{}{port}$", host.chars().map(literal).collect::<String>())
}
