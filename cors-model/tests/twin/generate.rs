//! Strategies: small but nasty configurations, and requests aimed at them. Large ones are boxed: by value, the tree of
//! them is too much for the stack of a test.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

pub use super::broken::{REPEATED_KEYS, broken_config};
use super::pools::*;
use super::valid::RISKS;
use super::{Request, Response, members, method_name, strings};

// Configurations.

/// A valid configuration with every risk accepted.
pub fn config() -> impl Strategy<Value = Value> {
    prop_oneof![5 => config_of(ALL), 3 => config_of(DOMAIN), 2 => config_of(STAR), 2 => config_of(ODD)]
}

fn config_of(pool: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let choice = prop::bool::weighted(0.2);
    let resources = vec((select(TEMPLATES), choice, resource(pool)), 0..=5);
    let flags =
        (prop::bool::weighted(0.3), option::weighted(0.3, select(vec![200, 204, 299])), any::<bool>());
    (origins(pool), resources, flags).prop_map(|(defaults, chosen, (all_resources, status, diagnostics))| {
        let mut config = json!({ "accept_risks": RISKS, "defaults": { "origins": defaults } });
        let mut registered = Map::new();
        let mut excluded: Vec<&str> = Vec::new();
        for (template, exclude, resource) in chosen {
            if registered.contains_key(template) || excluded.contains(&template) {
                continue;
            }
            if exclude {
                excluded.push(template);
            } else {
                registered.insert(template.to_string(), resource);
            }
        }
        config["resources"] = Value::Object(registered);
        config["excluded"] = json!(excluded);
        if all_resources {
            config["all_resources"] = json!(true);
        }
        if let Some(status) = status {
            config["preflight_status"] = json!(status);
        }
        if diagnostics {
            config["diagnostics"] = json!(true);
        }
        config
    })
}

fn resource(pool: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let routes = vec((select(ROUTES), level(pool)), 0..=3);
    (level(pool), prop_oneof![Just(None), routes.prop_map(Some)]).prop_map(|(mut resource, routes)| {
        let mut map = Map::new();
        for (name, route) in routes.unwrap_or_default() {
            // S21: a route once, however it is written.
            if !map.keys().any(|other| method_name(other) == method_name(name)) {
                map.insert(name.to_string(), route);
            }
        }
        if !map.is_empty() {
            resource["routes"] = Value::Object(map);
        }
        resource
    })
}

/// A resource without routes, or a route.
fn level(pool: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (option::weighted(0.7, origins(pool)), option::weighted(0.3, prop::bool::weighted(0.3))).prop_map(
        |(origins, inherit)| {
            let mut level = json!({});
            if let Some(origins) = origins {
                level["origins"] = origins;
            }
            if let Some(inherit) = inherit {
                level["inherit"] = json!(inherit);
            }
            level
        },
    )
}

/// A map of patterns; some share a key.
fn origins(pool: &'static [&'static str]) -> BoxedStrategy<Value> {
    let gap = option::weighted(0.25, select(vec![" ", "  ", "\t", "\n", "\r\n", " \u{c} "]));
    vec((select(pool), gap, options()), 0..=5)
        .prop_map(|chosen| {
            let mut keys: Vec<(String, Value)> = Vec::new();
            let mut seen = Vec::new();
            for (pattern, gap, options) in chosen {
                if seen.contains(&pattern) {
                    continue;
                }
                seen.push(pattern);
                match (gap, keys.last_mut()) {
                    (Some(gap), Some((key, _))) => *key = format!("{key}{gap}{pattern}"),
                    (Some("\t"), None) => keys.push((format!(" {pattern}\t"), options)),
                    _ => keys.push((pattern.to_string(), options)),
                }
            }
            Value::Object(keys.into_iter().collect())
        })
        .boxed()
}

fn options() -> impl Strategy<Value = Value> {
    (
        prop_oneof![3 => Just(None), 2 => Just(Some(true)), 1 => Just(Some(false))],
        listing(LISTED_METHODS),
        listing(ALLOW_HEADERS),
        listing(EXPOSE_HEADERS),
        option::weighted(0.4, select(vec![0u64, 1, 600, 86_400, 2_147_483_647])),
    )
        .prop_map(|(credentials, methods, headers, expose, max_age)| {
            let mut options = json!({});
            if let Some(credentials) = credentials {
                options["allow_credentials"] = json!(credentials);
            }
            for (name, list) in
                [("allow_methods", methods), ("allow_headers", headers), ("expose_headers", expose)]
            {
                if let Some(list) = list {
                    options[name] = list;
                }
            }
            if let Some(max_age) = max_age {
                options["max_age"] = json!(max_age);
            }
            options
        })
}

/// Unset, a list (also an empty one, also with a name twice), or `*`.
fn listing(pool: &'static [&'static str]) -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        3 => Just(None),
        4 => vec(select(pool), 0..=5).prop_map(|names| Some(json!(names))),
        3 => Just(Some(json!("*"))),
    ]
}

// Requests.

/// A request and the application's response. Every value is one that a header can hold.
pub fn request() -> impl Strategy<Value = (Request, Response)> {
    let origin_lines = prop_oneof![
        20 => origin().prop_map(|one| vec![one]),
        1 => vec(origin(), 2..=3),
        1 => origin().prop_map(|one| vec![one.clone(), one]),
        2 => Just(vec![]),
    ]
    .boxed();
    let method_lines = prop_oneof![
        20 => select(METHODS).prop_map(|one| vec![one.as_bytes().to_vec()]),
        2 => Just(vec![]),
        1 => select(vec!["", " ", "GET ", "G ET", "GET, PUT", "GET\t", "\"GET\"", "P\u{fc}T", "GET;", "G(T"])
            .prop_map(|one| vec![one.as_bytes().to_vec()]),
        1 => vec(select(METHODS).prop_map(|one| one.as_bytes().to_vec()), 2),
    ]
    .boxed();
    let header_lines =
        prop_oneof![2 => Just(vec![]), 4 => vec(header_line(), 1), 2 => vec(header_line(), 2..=3)].boxed();
    let preflight =
        (Just("OPTIONS".to_string()), origin_lines.clone(), method_lines.clone(), header_lines.clone());
    let odd_method = select(vec!["OPTIONS", "options", "GET", "POST"]).prop_map(String::from);
    let odd = (odd_method, origin_lines.clone(), method_lines, header_lines);
    let actual = (select(METHODS).prop_map(String::from), origin_lines, Just(vec![]), Just(vec![]));
    let shape = prop_oneof![6 => preflight, 1 => odd, 5 => actual];
    (shape, select(PATHS), any::<u8>(), response()).prop_map(
        |((method, origins, methods, names), path, turn, response)| {
            let mut headers = Vec::new();
            for (name, values) in [
                ("Origin", origins),
                ("Access-Control-Request-Method", methods),
                ("Access-Control-Request-Headers", names),
                ("Cookie", vec![b"a=b".to_vec()]),
                ("X-Origin", vec![b"https://example.com".to_vec()]),
            ] {
                let name = match turn % 3 {
                    0 => name.to_string(),
                    1 => name.to_ascii_lowercase(),
                    _ => name.to_ascii_uppercase(),
                };
                headers.extend(values.into_iter().map(|value| (name.clone(), value)));
            }
            // The lines turn round.
            let names = headers.len();
            headers.rotate_left(usize::from(turn) % names);
            (Request { method, path: path.to_string(), headers }, response)
        },
    )
}

/// A configuration, and a request that is mostly turned to what the configuration names.
pub fn scenario() -> impl Strategy<Value = (Value, Request, Response)> {
    (config(), aimed()).prop_map(|(config, aimed)| {
        let (request, response) = aimed.at(&config);
        (config, request, response)
    })
}

/// A request that waits for a configuration.
#[derive(Clone, Debug)]
pub struct Aimed {
    request: Request,
    response: Response,
    path: Option<Index>,
    origin: Option<Index>,
    method: Option<Index>,
    names: Option<Index>,
}

pub fn aimed() -> impl Strategy<Value = Aimed> {
    let aim = || option::weighted(0.8, any::<Index>());
    (request(), aim(), aim(), aim(), aim()).prop_map(|((request, response), path, origin, method, names)| {
        Aimed { request, response, path, origin, method, names }
    })
}

impl Aimed {
    /// Turns it to what the configuration names.
    pub fn at(self, config: &Value) -> (Request, Response) {
        let Self { mut request, response, path, origin, method, names } = self;
        let mut aimed = json!({});
        if let Some(path) = path {
            let resources: Vec<(&String, &Value)> = config["resources"].as_object().unwrap().iter().collect();
            if !resources.is_empty() {
                let (template, resource) = resources[path.index(resources.len())];
                request.path = path_of(template, path.index(3));
                aimed = resource.clone();
            }
        }
        let mentioned = Mentioned::of(&[&config["defaults"], &aimed]);
        if let Some(at) = origin {
            let pattern = mentioned.patterns.get(at.index(mentioned.patterns.len().max(1)));
            if let Some(pattern) = pattern {
                replace(&mut request, "origin", &origin_of(pattern, at.index(7)));
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
            self.patterns.extend(key.split_ascii_whitespace().map(String::from));
            self.methods.extend(strings(&options["allow_methods"]).iter().map(|name| method_name(name)));
            self.headers.push(strings(&options["allow_headers"]).join(","));
        }
    }
}

fn path_of(template: &str, turn: usize) -> String {
    let fill = ["7", "x", "admin"][turn];
    let parts = template.split('/').map(|part| match part {
        "{*rest}" => format!("{fill}/y"),
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
    let text = stem.replace("://*.", &format!("://{host}")).replace("://*", "://abc");
    format!("{text}{port}")
}

fn origin() -> impl Strategy<Value = Vec<u8>> + Clone {
    prop_oneof![
        10 => select(ORIGINS).prop_map(|text| text.as_bytes().to_vec()),
        3 => select(LOOK_ALIKES).prop_map(|text| text.as_bytes().to_vec()),
        2 => origin_text(),
    ]
}

/// One line of `Access-Control-Request-Headers`, in the odd forms of S10.
fn header_line() -> impl Strategy<Value = Vec<u8>> + Clone {
    let good = select(vec![
        "x-a",
        "X-A",
        "x-b",
        "x-requested-with",
        "content-type",
        "Content-Type",
        "authorization",
        "accept",
        "x!#$%&'+.^_`|~",
    ]);
    let unknown = select(vec!["x-c", "x", "x-ab", "cookie", "*", "origin", "sec-x"]);
    let bad = select(vec!["x a", "x:a", "\u{e9}", "\"x-a\"", "(x)", "x-a;q=1", "x\t-a", "\u{a0}", "/"]);
    let element = prop_oneof![60 => good, 2 => unknown, 1 => bad, 4 => Just("")];
    let comma = select(vec![",", ",", ", ", " ,", "\t, \t", ",,", " , , "]);
    let edge = select(vec!["", "", "", "", " ", "\t", ",", " ,", ", "]);
    prop_oneof![
        1 => select(vec!["", " ", ",", ", ,\t,"]).prop_map(|text| text.as_bytes().to_vec()),
        9 => (edge.clone(), vec((element, comma), 0..=4), edge).prop_map(|(before, elements, after)| {
            let mut line = before.to_string();
            for (i, (element, comma)) in elements.iter().enumerate() {
                if i > 0 {
                    line.push_str(comma);
                }
                line.push_str(element);
            }
            line.push_str(after);
            line.into_bytes()
        }),
    ]
}

fn response() -> impl Strategy<Value = Response> {
    let line = prop_oneof![
        4 => select(VARY_LINES).prop_map(|value| ("Vary".to_string(), value.as_bytes().to_vec())),
        3 => select(OWN_CORS).prop_map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())),
        6 => select(OTHER).prop_map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())),
        1 => Just(("vary".to_string(), b"X-\xe9, Accept".to_vec())),
    ];
    (select(vec![200u16, 200, 204, 302, 304, 401, 404, 405, 500]), vec(line, 0..=7))
        .prop_map(|(status, headers)| Response { status, headers })
}

/// The text of an origin, or nearly: from the pools, mutated. Never a byte that a header value cannot hold.
pub fn origin_text() -> impl Strategy<Value = Vec<u8>> + Clone {
    let pool: Vec<&'static str> =
        ORIGINS.iter().chain(LOOK_ALIKES).chain(MALFORMED).chain(MALFORMED).copied().collect();
    let byte = prop_oneof![
        6 => select(b".:/*-_~@[]%,0123456789abfxAZ \t".to_vec()),
        1 => (0x20u8..=0xff).prop_filter("no DEL", |b| *b != 0x7f),
    ];
    let step = (0u8..=3, any::<Index>(), byte);
    let mutated = (select(pool), vec(step, 0..=3)).prop_map(|(text, steps)| {
        let mut bytes = text.as_bytes().to_vec();
        for (kind, at, byte) in steps {
            let end = bytes.len();
            match kind {
                0 => bytes.insert(at.index(end + 1), byte),
                1 if end > 0 => drop(bytes.remove(at.index(end))),
                2 if end > 0 => bytes[at.index(end)] = byte,
                3 if end > 0 => bytes[at.index(end)].make_ascii_uppercase(),
                _ => {}
            }
        }
        bytes
    });
    let tail = select(vec![
        ".",
        "/",
        ":443",
        ":80",
        ":0",
        ":1",
        ":080",
        ":65535",
        ":65536",
        ".evil.com",
        "\t",
        "@evil.com",
    ]);
    let tailed = (select(ORIGINS), tail).prop_map(|(text, tail)| format!("{text}{tail}").into_bytes());
    let head = select(vec![
        "https://",
        "https://a.",
        "https://evil",
        "https://evil.com/.",
        "https://u@",
        "https://.",
        "",
    ]);
    let headed = (head, select(ORIGINS)).prop_map(|(head, text)| {
        let host = text.split("://").nth(1).unwrap_or(text);
        format!("{head}{host}").into_bytes()
    });
    // Around the limits of 63, 251 and 253 bytes.
    let long =
        (60usize..=66, 1usize..=5, 1usize..=64, select(vec!["", ".", ".example.com", ".example.com:8443"]))
            .prop_map(|(label, count, rest, tail)| {
                let mut labels = vec!["a".repeat(label); count - 1];
                labels.push("b".repeat(rest));
                format!("https://{}{tail}", labels.join(".")).into_bytes()
            });
    let piece = select(vec![0u16, 0, 0, 0, 1, 0xf, 0xab, 0xffff]);
    let ipv6 = (vec(piece, 8), any::<bool>(), any::<bool>()).prop_map(|(pieces, plain, upper)| {
        let text = if plain {
            pieces.iter().map(|p| format!("{p:x}")).collect::<Vec<_>>().join(":")
        } else {
            std::net::Ipv6Addr::from([0, 1, 2, 3, 4, 5, 6, 7].map(|i: usize| pieces[i])).to_string()
        };
        let text = if upper { text.to_ascii_uppercase() } else { text };
        format!("https://[{text}]").into_bytes()
    });
    prop_oneof![8 => mutated, 2 => tailed, 2 => headed, 1 => long, 1 => ipv6]
}
