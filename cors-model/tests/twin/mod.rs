//! The naive twin: an independent reading of the semantics (S1 to S24, S28), compared with the real library.
//!
//! Loops and strings, nothing clever, nothing shared with the library. It reads the configuration in file form. Only
//! tests have the strategies of proptest.

#![allow(dead_code, unreachable_pub, unused_imports, missing_docs)]

pub mod compare;
pub mod enforce;
#[cfg(test)]
pub mod generate;
#[cfg(test)]
pub mod hostile;
pub mod origin;
pub mod path;
pub mod pools;
pub mod refused;
pub mod template;
pub mod undo;
pub mod valid;

use std::collections::BTreeSet;
use std::fmt;

use serde_json::Value;

pub use origin::{origin_is_well_formed, pattern_matches, patterns, specificity};
pub use path::Target;
pub use valid::{config_is_valid, label_of};

/// A request: header lines in order, names in any case, the path as it was sent.
#[derive(Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub headers: Vec<(String, Vec<u8>)>,
}

/// What the application answers.
#[derive(Clone)]
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, Vec<u8>)>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {}", self.method, self.path)?;
        write_lines(f, &self.headers)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.status)?;
        write_lines(f, &self.headers)
    }
}

fn write_lines(f: &mut fmt::Formatter<'_>, lines: &[(String, Vec<u8>)]) -> fmt::Result {
    lines.iter().try_for_each(|(name, value)| writeln!(f, "{name}: {}", value.escape_ascii()))
}

/// What the policy is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No resource: request and response stay as they are.
    Pass,
    /// The policy answers; `reason` is "malformed", "origin", "method" or "header" where it refuses.
    Preflight { status: u16, reason: Option<&'static str>, headers: Headers },
    /// The application answers, and its response carries these, and none else of the six (S17).
    Actual { headers: Headers },
}

/// The expected headers. What is `None`, or false, is absent from the response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    pub allow_origin: Option<Vec<u8>>,
    pub allow_credentials: bool,
    /// The methods that must be listed, and none else but the optional ones. The literal `*` is the one member "*".
    pub allow_methods: Option<BTreeSet<String>>,
    /// HEAD, where it may stand beside GET (S9).
    pub allow_methods_optional: BTreeSet<String>,
    pub allow_headers: Option<AllowHeaders>,
    /// In order, lower-case; the literal `*` is the one member "*".
    pub expose_headers: Option<Vec<String>>,
    pub max_age: Option<u64>,
    /// The members that the policy's own part demands, lower-case.
    pub vary_added: Vec<String>,
    /// The complete list of members, lower-case, in order, the response's own included. A byte is a `char` of the
    /// same number.
    pub vary: Vec<String>,
}

/// The expected `Access-Control-Allow-Headers` (S10), lower-case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllowHeaders {
    /// Exactly this list, in this order (`*,authorization` is one).
    List(Vec<String>),
    /// `*` with credentials: these names, in any order and case, duplicates allowed.
    AskedFor(BTreeSet<String>),
}

const SIX: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
const PREFLIGHT_VARY: [&str; 3] =
    ["origin", "access-control-request-method", "access-control-request-headers"];
/// S15: never listed for `*` with credentials, beside `access-control-*`.
const NEVER_EXPOSED: [&str; 18] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
    "set-cookie",
    "set-cookie2",
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// One pattern of one entry, at its level.
#[derive(Clone, Debug, PartialEq)]
struct Candidate {
    /// 0 defaults, 1 resource, 2 route.
    level: u8,
    /// The route's method, or "".
    route: String,
    /// The whole key: the patterns of one key share one entry.
    key: String,
    pattern: String,
    options: Value,
}

/// A resource: its configuration, or `null` for a path that only `all_resources` makes one.
struct Place<'a> {
    config: &'a Value,
    resource: &'a Value,
}

/// The whole decision, where the path alone finds the resource.
pub fn decide(config: &Value, request: &Request, response: &Response) -> Outcome {
    decide_at(config, Target::Path, request, response)
}

/// The whole decision.
pub fn decide_at(config: &Value, target: Target<'_>, request: &Request, response: &Response) -> Outcome {
    let Some(resource) = path::find_resource(config, target, &request.path) else { return Outcome::Pass };
    let place = Place { config, resource };
    let origins = lines(&request.headers, "origin");
    let asked_methods = lines(&request.headers, "access-control-request-method");
    // S19: several lines are as malformed as an empty one.
    let origin = if origins.len() == 1 { origins[0].clone() } else { Vec::new() };
    if request.method == "OPTIONS" && !origins.is_empty() && !asked_methods.is_empty() {
        preflight(&place, &origin, &asked_methods, &lines(&request.headers, "access-control-request-headers"))
    } else {
        let origin = if origins.is_empty() { None } else { Some(origin) };
        Outcome::Actual { headers: actual(&place, &request.method, origin, response) }
    }
}

/// S7 to S11.
fn preflight(
    place: &Place<'_>,
    origin: &[u8],
    asked_methods: &[Vec<u8>],
    header_lines: &[Vec<u8>],
) -> Outcome {
    if asked_methods.len() != 1 || !is_token(&asked_methods[0]) {
        return refusal("malformed");
    }
    let method = String::from_utf8(asked_methods[0].clone()).unwrap();
    let Some(asked_names) = asked_headers(header_lines) else { return refusal("malformed") };
    let Some(entry) = pick(&place.candidates(&method), origin) else {
        let known_form = origin == b"null" || origin_is_well_formed(origin);
        return refusal(if known_form { "origin" } else { "malformed" });
    };
    if !place.enables(&method, origin) {
        return refusal("method");
    }
    let credentials = entry.credentials();
    let mut headers = entry.grant(origin);
    if entry.options["allow_headers"] == "*" {
        if !asked_names.is_empty() {
            headers.allow_headers = Some(if credentials {
                AllowHeaders::AskedFor(asked_names)
            } else {
                AllowHeaders::List(vec!["*".to_string(), "authorization".to_string()])
            });
        }
    } else {
        let allowed = lower_case_once(&strings(&entry.options["allow_headers"]));
        for name in &asked_names {
            if !allowed.contains(name) {
                return refusal("header");
            }
        }
        if !asked_names.is_empty() {
            headers.allow_headers = Some(AllowHeaders::List(allowed));
        }
    }
    let (demanded, optional) = place.listed_methods(&method, origin, &entry);
    headers.allow_methods = Some(demanded);
    headers.allow_methods_optional = optional;
    headers.max_age = entry.options["max_age"].as_u64();
    headers.vary_added = PREFLIGHT_VARY.map(String::from).to_vec();
    headers.vary = headers.vary_added.clone();
    let status = place.config["preflight_status"].as_u64().unwrap_or(204) as u16;
    Outcome::Preflight { status, reason: None, headers }
}

/// S11: no CORS header but Vary.
fn refusal(reason: &'static str) -> Outcome {
    let vary = PREFLIGHT_VARY.map(String::from).to_vec();
    let headers = Headers { vary_added: vary.clone(), vary, ..Headers::default() };
    Outcome::Preflight { status: 403, reason: Some(reason), headers }
}

/// S12 to S18.
fn actual(place: &Place<'_>, method: &str, origin: Option<Vec<u8>>, response: &Response) -> Headers {
    let candidates = place.candidates(method);
    // In the constant case no origin makes a difference, so the empty one will do.
    let constant = is_constant(&candidates) && place.enables(method, b"");
    let effective = if constant { Some(Vec::new()) } else { origin };
    let mut headers = Headers::default();
    if let Some(origin) = effective {
        if place.enables(method, &origin) {
            if let Some(entry) = pick(&candidates, &origin) {
                headers = entry.grant(&origin);
                headers.expose_headers = exposed(&entry, response);
            }
        }
    }
    headers.vary = vary_members(response);
    if !constant {
        headers.vary_added = vec!["origin".to_string()];
        if !headers.vary.contains(&"*".to_string()) {
            headers.vary = joined_with_origin(headers.vary);
        } else {
            headers.vary_added.clear();
        }
    }
    headers
}

/// S18: every pattern that can win is `*` without credentials, and there is one.
fn is_constant(candidates: &[Candidate]) -> bool {
    let mut some = false;
    for candidate in candidates {
        let mut can_win = true;
        for other in candidates {
            let same = other.pattern == candidate.pattern && other.level > candidate.level;
            // A `*` with credentials leaves malformed origins and `null` to a further `*` without.
            let leaves_some = candidate.pattern == "*" && other.credentials() && !candidate.credentials();
            if same && !leaves_some {
                can_win = false;
            }
        }
        if can_win {
            if candidate.pattern != "*" || candidate.credentials() {
                return false;
            }
            some = true;
        }
    }
    some
}

/// S1: the most specific, then the nearest level.
fn pick(candidates: &[Candidate], origin: &[u8]) -> Option<Candidate> {
    let mut best: Option<&Candidate> = None;
    for candidate in candidates {
        if !candidate.matches(origin) {
            continue;
        }
        let rank = |c: &Candidate| (specificity(&c.pattern), c.level);
        if best.is_none_or(|other| rank(candidate) > rank(other)) {
            best = Some(candidate);
        }
    }
    best.cloned()
}

impl Candidate {
    fn credentials(&self) -> bool {
        self.options["allow_credentials"] == Value::Bool(true)
    }

    fn matches(&self, origin: &[u8]) -> bool {
        if self.pattern == "*" && self.credentials() {
            return origin_is_well_formed(origin);
        }
        pattern_matches(&self.pattern, origin)
    }

    fn is_same_entry(&self, other: &Option<Candidate>) -> bool {
        match other {
            Some(other) => self.level == other.level && self.route == other.route && self.key == other.key,
            None => false,
        }
    }

    /// S14, and the credentials.
    fn grant(&self, origin: &[u8]) -> Headers {
        let literal = self.pattern == "*" && !self.credentials();
        Headers {
            allow_origin: Some(if literal { b"*".to_vec() } else { origin.to_vec() }),
            allow_credentials: self.credentials(),
            ..Headers::default()
        }
    }
}

impl Place<'_> {
    /// The names of the routes, as methods.
    fn routes(&self) -> Vec<String> {
        members(&self.resource["routes"]).into_iter().map(|(name, _)| method_name(name)).collect()
    }

    /// The entries that can apply to this method: its route's, the resource's, the defaults' (S3, S4).
    fn candidates(&self, method: &str) -> Vec<Candidate> {
        let mut wanted = method;
        if method == "HEAD" && !self.routes().contains(&"HEAD".to_string()) {
            wanted = "GET";
        }
        let mut all = Vec::new();
        for (name, route) in members(&self.resource["routes"]) {
            if method_name(name) == wanted {
                all.extend(level_candidates(2, wanted, route));
                if route["inherit"] == Value::Bool(false) {
                    return all;
                }
            }
        }
        all.extend(self.candidates_without_route());
        all
    }

    fn candidates_without_route(&self) -> Vec<Candidate> {
        let mut all = level_candidates(1, "", self.resource);
        if self.resource["inherit"] != Value::Bool(false) {
            all.extend(level_candidates(0, "", &self.config["defaults"]));
        }
        all
    }

    /// S4.
    fn enables(&self, method: &str, origin: &[u8]) -> bool {
        let routes = self.routes();
        if routes.contains(&method.to_string()) {
            return true;
        }
        if let Some(entry) = pick(&self.candidates_without_route(), origin) {
            let listed = &entry.options["allow_methods"];
            if listed == "*" {
                return true;
            }
            if strings(listed).iter().any(|name| method_name(name) == method) {
                return true;
            }
            if listed.is_null() && routes.is_empty() && ["GET", "HEAD", "POST"].contains(&method) {
                return true;
            }
        }
        method == "HEAD" && self.enables("GET", origin)
    }

    /// S9: the methods that must be listed, and those that may.
    fn listed_methods(
        &self,
        method: &str,
        origin: &[u8],
        entry: &Candidate,
    ) -> (BTreeSet<String>, BTreeSet<String>) {
        let picks_it = |other: &str| entry.is_same_entry(&pick(&self.candidates(other), origin));
        let routes = self.routes();
        // `allow_methods` of a route's entry has no effect (S4).
        let star = entry.level < 2 && entry.options["allow_methods"] == "*";
        if star && !entry.credentials() && routes.iter().all(|route| picks_it(route)) {
            return (BTreeSet::from(["*".to_string()]), BTreeSet::new());
        }
        let mut others = routes;
        if !star {
            others.extend(["GET", "HEAD", "POST"].map(String::from));
            if let Some(shared) = pick(&self.candidates_without_route(), origin) {
                others.extend(strings(&shared.options["allow_methods"]).iter().map(|name| method_name(name)));
            }
        }
        let mut demanded = BTreeSet::from([method.to_string()]);
        for other in others {
            if self.enables(&other, origin) && picks_it(&other) {
                demanded.insert(other);
            }
        }
        let mut optional = BTreeSet::new();
        if method != "HEAD" && demanded.contains("GET") {
            demanded.remove("HEAD");
            if self.enables("HEAD", origin) && picks_it("HEAD") {
                optional.insert("HEAD".to_string());
            }
        }
        (demanded, optional)
    }
}

/// Every pattern of every key of one level.
fn level_candidates(level: u8, route: &str, value: &Value) -> Vec<Candidate> {
    let mut all = Vec::new();
    for (key, options) in members(&value["origins"]) {
        for pattern in patterns(key) {
            all.push(Candidate {
                level,
                route: route.to_string(),
                key: key.to_string(),
                pattern,
                options: options.clone(),
            });
        }
    }
    all
}

/// S13 and S15.
fn exposed(entry: &Candidate, response: &Response) -> Option<Vec<String>> {
    let listed = &entry.options["expose_headers"];
    let names = if listed == "*" && !entry.credentials() {
        vec!["*".to_string()]
    } else if listed == "*" {
        let own: Vec<String> = response.headers.iter().map(|(name, _)| name.clone()).collect();
        let mut names = lower_case_once(&own);
        names.retain(|name| !name.starts_with("access-control-") && !NEVER_EXPOSED.contains(&name.as_str()));
        names
    } else {
        lower_case_once(&strings(listed))
    };
    if names.is_empty() { None } else { Some(names) }
}

/// The members of the response's own Vary lines.
fn vary_members(response: &Response) -> Vec<String> {
    let mut found = Vec::new();
    for line in lines(&response.headers, "vary") {
        for element in line.split(|b| *b == b',') {
            let name: String = trimmed(element).iter().map(|b| char::from(b.to_ascii_lowercase())).collect();
            if !name.is_empty() {
                found.push(name);
            }
        }
    }
    found
}

/// S18: `Origin` is in it, and once.
fn joined_with_origin(members: Vec<String>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for name in members {
        if name != "origin" || !joined.contains(&name) {
            joined.push(name);
        }
    }
    if !joined.contains(&"origin".to_string()) {
        joined.push("origin".to_string());
    }
    joined
}

/// S10: every name asked for, lower-case; `None` where an element is not a token.
fn asked_headers(header_lines: &[Vec<u8>]) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for line in header_lines {
        for element in line.split(|b| *b == b',') {
            let element = trimmed(element);
            if element.is_empty() {
                continue;
            }
            if !is_token(element) {
                return None;
            }
            names.insert(String::from_utf8(element.to_ascii_lowercase()).unwrap());
        }
    }
    Some(names)
}

/// The values of all lines of that name, in order.
fn lines(headers: &[(String, Vec<u8>)], name: &str) -> Vec<Vec<u8>> {
    headers
        .iter()
        .filter(|(other, _)| other.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.clone())
        .collect()
}

/// Without the spaces and tabs around it.
pub fn trimmed(mut bytes: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = bytes {
        bytes = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = bytes {
        bytes = rest;
    }
    bytes
}

/// RFC 9110, 5.6.2.
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(b))
}

/// S4: a configuration may write six of the methods in any case.
pub fn method_name(written: &str) -> String {
    for name in SIX {
        if written.eq_ignore_ascii_case(name) {
            return name.to_string();
        }
    }
    written.to_string()
}

fn lower_case_once(names: &[String]) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for name in names {
        let name = name.to_ascii_lowercase();
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once
}

/// The members of an object; none of anything else.
pub fn members(value: &Value) -> Vec<(&str, &Value)> {
    value.as_object().map(|map| map.iter().map(|(k, v)| (k.as_str(), v)).collect()).unwrap_or_default()
}

/// The strings of an array; none of anything else.
pub fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().cloned().unwrap_or_default();
    items.iter().filter_map(|item| item.as_str().map(String::from)).collect()
}
