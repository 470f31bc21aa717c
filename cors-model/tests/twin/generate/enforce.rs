//! Strategies: a configuration with enforcement, and a request that it may stop.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::super::members;
use super::super::origin::split;
use super::super::path::without_query;
use super::super::pools::*;
use super::super::{Request, Response};
use super::scenario;
use super::spelling::{any_spellings, spell};

/// A configuration that enforces, a request with the host of its target, and a response.
pub fn enforced() -> impl Strategy<Value = (Value, Request, Option<String>, Response)> {
    (scenario(), settings(), sent(), any::<Index>()).prop_map(
        |((mut config, mut request, response), settings, sent, turn)| {
            config["enforce"] = settings.of(&config, &request);
            let own = own_host(&request);
            let hosts: Vec<String> =
                sent.hosts.iter().map(|host| host.clone().unwrap_or(own.clone())).collect();
            let authority = sent.authority.map(|host| host.unwrap_or(own));
            if sent.is_unsafe && ["GET", "HEAD", "OPTIONS"].contains(&request.method.as_str()) {
                request.method = ["POST", "PUT", "CONNECT", "TRACE", "QUERY"][turn.index(5)].to_string();
            }
            if let Some(path) = sent.path {
                request.path = path.to_string();
            }
            if let Some(changes) = sent.spelling {
                request.path = spell(&request.path, &changes);
            }
            request.headers.retain(|(name, _)| sent.has_cookie || !name.eq_ignore_ascii_case("cookie"));
            let add = [
                ("Host", hosts),
                ("Sec-Fetch-Site", sent.sites),
                ("UPGRADE", sent.upgrades),
                ("authorization", sent.authorization),
            ];
            for (name, values) in add {
                request
                    .headers
                    .extend(values.into_iter().map(|value| (name.to_string(), value.into_bytes())));
            }
            (config, request, authority, response)
        },
    )
}

/// The table `enforce`, before it knows the rest.
#[derive(Clone, Debug)]
struct Settings {
    mode: Option<&'static str>,
    hosts: Option<Vec<&'static str>>,
    exempt: Option<Vec<(&'static str, &'static str, Index)>>,
}

fn settings() -> impl Strategy<Value = Settings> {
    let mode = option::weighted(0.3, select(vec!["refuse", "refuse", "report"]));
    let hosts = option::weighted(0.4, vec(select(HOSTS), 0..=4));
    let templates = select(vec![TEMPLATES, TEMPLATES, STATIC, ENCODED, SCOPED]);
    let exempt =
        templates.prop_flat_map(|templates| vec((select(EXEMPT), select(templates), any::<Index>()), 0..=4));
    (mode, hosts, option::weighted(0.7, exempt)).prop_map(|(mode, hosts, exempt)| Settings {
        mode,
        hosts,
        exempt,
    })
}

impl Settings {
    fn of(self, config: &Value, request: &Request) -> Value {
        let mut enforce = json!({});
        if let Some(mode) = self.mode {
            enforce["mode"] = json!(mode);
        }
        if let Some(hosts) = self.hosts {
            enforce["hosts"] = json!(hosts);
        }
        if let Some(exempt) = self.exempt {
            let registered: Vec<String> =
                members(&config["resources"]).into_iter().map(|(template, _)| template.to_string()).collect();
            let entries = exempt.into_iter().map(|(entry, other, turn)| {
                // Another one, what is registered, or the path of the request, where that can be a template.
                let mut templates = vec![other.to_string()];
                templates.extend(registered.get(turn.index(registered.len().max(1))).cloned());
                let path = without_query(&request.path);
                if super::super::template::segments(path).is_some() {
                    templates.push(path.to_string());
                }
                entry.replace('!', &templates[turn.index(templates.len())])
            });
            enforce["exempt"] = json!(entries.collect::<Vec<_>>());
        }
        enforce
    }
}

/// What stands in the request; a host of `None` is that of its origin.
#[derive(Clone, Debug)]
struct Sent {
    hosts: Vec<Option<String>>,
    authority: Option<Option<String>>,
    sites: Vec<String>,
    upgrades: Vec<String>,
    authorization: Vec<String>,
    has_cookie: bool,
    is_unsafe: bool,
    /// What the pool's exemptions are for.
    path: Option<&'static str>,
    spelling: Option<Vec<super::spelling::Spelling>>,
}

fn sent() -> impl Strategy<Value = Sent> {
    let host =
        || prop_oneof![2 => Just(None), 5 => select(REQUEST_HOSTS).prop_map(|host| Some(host.to_string()))];
    let texts = |pool: &'static [&'static str]| select(pool).prop_map(String::from);
    let some = move |pool, often| {
        prop_oneof![
            10 - often => Just(Vec::new()),
            often => vec(texts(pool), 1),
            1 => vec(texts(pool), 2),
        ]
        .boxed()
    };
    let hosts = prop_oneof![1 => Just(Vec::new()), 16 => vec(host(), 1), 1 => vec(host(), 2)].boxed();
    (
        hosts,
        option::weighted(0.15, host()),
        some(SITES, 4),
        some(UPGRADES, 3),
        some(&["Bearer 1", ""], 3),
        prop::bool::weighted(0.4),
        prop::bool::weighted(0.6),
        option::weighted(0.3, select(EXEMPT_PATHS)),
        option::weighted(0.35, any_spellings()),
    )
        .prop_map(
            |(hosts, authority, sites, upgrades, authorization, has_cookie, is_unsafe, path, spelling)| {
                Sent {
                    hosts,
                    authority,
                    sites,
                    upgrades,
                    authorization,
                    has_cookie,
                    is_unsafe,
                    path,
                    spelling,
                }
            },
        )
}

/// The host of the request's origin, or another one.
fn own_host(request: &Request) -> String {
    let origin = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("origin"));
    let text = origin.and_then(|(_, value)| std::str::from_utf8(value).ok());
    match text.and_then(split) {
        Some((_, host, Some(port))) => format!("{host}:{port}"),
        Some((scheme, host, None)) if scheme == "http" && host.len() % 2 == 0 => format!("{host}:80"),
        Some((_, host, None)) => host,
        None => "example.com".to_string(),
    }
}
