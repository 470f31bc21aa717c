//! Strategies: a request turned to what a configuration names.

use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::super::path::{Target, find_resource};
use super::super::template::canonical;
use super::super::{Request, Response, members, method_name, patterns, strings};
use super::request::request;
use super::spelling::{Spelling, spell, spellings};

/// A request that waits for a configuration.
#[derive(Clone, Debug)]
pub struct Aimed {
    request: Request,
    response: Response,
    path: Option<(Index, Index)>,
    spellings: Vec<Spelling>,
    origin: Option<(Index, Index)>,
    method: Option<Index>,
    names: Option<Index>,
}

pub fn aimed() -> impl Strategy<Value = Aimed> {
    let aim = || option::weighted(0.8, any::<Index>());
    let aim_and_fill = || option::weighted(0.8, any::<(Index, Index)>());
    let spellings = option::weighted(0.15, spellings()).prop_map(Option::unwrap_or_default);
    (request(), aim_and_fill(), spellings, aim_and_fill(), aim(), aim()).prop_map(
        |((request, response), path, spellings, origin, method, names)| Aimed {
            request,
            response,
            path,
            spellings,
            origin,
            method,
            names,
        },
    )
}

impl Aimed {
    /// Turns it to what the configuration names.
    pub fn at(self, config: &Value) -> (Request, Response) {
        let Self { mut request, response, path, spellings, origin, method, names } = self;
        if let Some((at, fill)) = path {
            let mut templates: Vec<String> =
                members(&config["resources"]).into_iter().map(|(template, _)| template.to_string()).collect();
            // An excluded one now and then.
            if fill.index(4) == 0 {
                templates.extend(strings(&config["excluded"]));
            }
            if !templates.is_empty() {
                request.path = path_of(&templates[at.index(templates.len())], fill.index(2 * FILL.len()));
            }
        }
        let aimed = find_resource(config, Target::Path, &request.path).cloned().unwrap_or_default();
        request.path = spell(&request.path, &spellings);
        let mentioned = Mentioned::of(&[&config["defaults"], &aimed]);
        if let Some((at, fill)) = origin {
            let pattern = mentioned.patterns.get(at.index(mentioned.patterns.len().max(1)));
            if let Some(pattern) = pattern {
                replace(&mut request, "origin", &origin_of(pattern, fill.index(3 * 4 * 7)));
            }
        }
        if let Some(at) = method {
            let name = &mentioned.methods[at.index(mentioned.methods.len())];
            replace(&mut request, "access-control-request-method", name);
            if request.method != "OPTIONS" {
                request.method = name.clone();
            }
        }
        if let Some(at) = names {
            let line = &mentioned.headers[at.index(mentioned.headers.len())];
            replace(&mut request, "access-control-request-headers", line);
        }
        (request, response)
    }
}

/// Where there is one line of that name, it gets another value.
fn replace(request: &mut Request, name: &str, value: &str) {
    let mut lines: Vec<_> =
        request.headers.iter_mut().filter(|(other, _)| other.eq_ignore_ascii_case(name)).collect();
    if let [(_, only)] = &mut lines[..] {
        *only = value.as_bytes().to_vec();
    }
}

/// What some levels name.
#[derive(Default)]
struct Mentioned {
    patterns: Vec<String>,
    methods: Vec<String>,
    headers: Vec<String>,
}

impl Mentioned {
    fn of(levels: &[&Value]) -> Self {
        let mut all = Self::default();
        all.methods.extend(["GET", "HEAD"].map(String::from));
        all.headers.extend(["", "X-A", "x-b,content-type"].map(String::from));
        for level in levels {
            all.add(level);
            for (name, route) in members(&level["routes"]) {
                all.methods.push(method_name(name));
                all.add(route);
            }
        }
        all
    }

    fn add(&mut self, level: &Value) {
        for (key, options) in members(&level["origins"]) {
            self.patterns.extend(patterns(key));
            self.methods.extend(strings(&options["allow_methods"]).iter().map(|name| method_name(name)));
            self.headers.push(strings(&options["allow_headers"]).join(","));
        }
    }
}

/// What stands in the place of a parameter.
const FILL: [&str; 8] = ["7", "x", "admin", "secret.txt", "a%20b", "a%2Fb", "@me", "readme"];

fn path_of(template: &str, turn: usize) -> String {
    let fill = FILL[turn % FILL.len()];
    let template = canonical(template).unwrap();
    let parts = template.split('/').map(|part| match part {
        _ if part.starts_with("{*") && turn < FILL.len() => format!("{fill}/y"),
        _ if part.starts_with('{') => fill.to_string(),
        _ => part.to_string(),
    });
    parts.collect::<Vec<String>>().join("/")
}

/// An origin that the pattern matches, mostly.
fn origin_of(pattern: &str, turn: usize) -> String {
    if pattern == "*" {
        return ["https://any.example", "null", "https://Any.example", "", "https://a.b.example.com"]
            [turn % 5]
            .to_string();
    }
    let (stem, port) = match pattern.strip_suffix(":*") {
        Some(stem) => (stem, ["", ":8443", ":1"][turn % 3]),
        None => (pattern, ""),
    };
    let host = ["a.", "a.b.", "b.", "x.b."][turn % 4];
    let label = ["1", "x-team-y", "1-m", "", "a.b", "team", "xn--p1ai"][turn % 7];
    let whole = ["abc", "", "a.b:8080"][turn % 3];
    let text = match stem.strip_suffix("://*") {
        Some(scheme) => format!("{scheme}://{whole}"),
        None => stem.replace("://*.", &format!("://{host}")).replace('*', label),
    };
    format!("{text}{port}")
}
