//! S28 of the twin: what a foreign page must not do. The steps stand in the order of the rule.

use serde_json::{Value, json};

use super::origin::{host_is_good, origin_is_well_formed, port_number, split, split_host};
use super::path::{self, Slash, Target};
use super::{
    Candidate, Headers, Outcome, PREFLIGHT_VARY, Place, Request, Response, actual, decide_at, is_token,
    lines, lower_case_once, members, method_name, pick, strings, template, trimmed,
};

/// What enforcement makes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enforced {
    /// It goes on as if there were no enforcement.
    Passes(Outcome),
    /// It is refused with 403; `reason` is "host" or "cross-site". Without `headers` the answer has none of the policy's.
    Refused { reason: &'static str, headers: Option<Headers> },
}

/// The whole decision, with enforcement. `authority` is the host of the request's target, or `:authority`.
pub fn decide(
    config: &Value,
    target: Target<'_>,
    request: &Request,
    authority: Option<&str>,
    response: &Response,
) -> Enforced {
    let outcome = decide_at(config, target, request, response);
    let reports = config["enforce"]["mode"] == "report";
    match refusal(config, target, request, authority) {
        Some(reason) if !reports => Enforced::Refused { reason, headers: headers(config, target, request) },
        _ => Enforced::Passes(outcome),
    }
}

/// Why the request is refused, in either mode.
pub fn refusal(
    config: &Value,
    target: Target<'_>,
    request: &Request,
    authority: Option<&str>,
) -> Option<&'static str> {
    let enforce = config.get("enforce")?;
    let host = host_of(request, authority);
    // 0
    if let Some(hosts) = enforce.get("hosts") {
        if !strings(hosts).iter().any(|entry| is_host(entry, &host)) {
            return Some("host");
        }
    }
    let resource = path::find_resource(config, target, &request.path);
    // 1
    if resource.is_some() && is_preflight(request) {
        return None;
    }
    // 2
    if is_exempt(enforce, request) {
        return None;
    }
    // 3
    let safe = ["GET", "HEAD", "OPTIONS"].contains(&request.method.as_str());
    let handshake = safe && asks_for_a_web_socket(request);
    if safe && !handshake {
        return None;
    }
    // 4
    let sites = lines(&request.headers, "sec-fetch-site");
    if sites == [b"same-origin"] || sites == [b"none"] {
        return None;
    }
    // 5
    let method = if handshake || request.method == "CONNECT" { "GET" } else { &request.method };
    if let Some(resource) = resource {
        if may_act(&Place { config, resource }, method, request) {
            return None;
        }
    }
    // 6
    if !sites.is_empty() {
        return Some("cross-site");
    }
    // 7
    let origins = lines(&request.headers, "origin");
    if origins.is_empty() {
        return None;
    }
    // 8
    if origins.len() == 1 && is_of_the_host(&origins[0], &host) {
        return None;
    }
    // 9
    Some("cross-site")
}

/// The headers of a refusal, beside those that make it one; none at a path that is no resource.
fn headers(config: &Value, target: Target<'_>, request: &Request) -> Option<Headers> {
    let resource = path::find_resource(config, target, &request.path)?;
    if is_preflight(request) {
        let vary = PREFLIGHT_VARY.map(String::from).to_vec();
        return Some(Headers { vary_added: vary.clone(), vary, ..Headers::default() });
    }
    let refusal = ["Content-Type", "Cache-Control"].map(|name| (name.to_string(), Vec::new()));
    let response = Response { status: 403, headers: refusal.to_vec() };
    let mut origins = lines(&request.headers, "origin");
    let origin = if origins.len() > 1 { Some(Vec::new()) } else { origins.pop() };
    Some(actual(&Place { config, resource }, &request.method, origin, &response))
}

fn is_preflight(request: &Request) -> bool {
    let has = |name| !lines(&request.headers, name).is_empty();
    request.method == "OPTIONS" && has("origin") && has("access-control-request-method")
}

/// Host in lower case, and port; `None` where there is none, two, or it is malformed.
fn host_of(request: &Request, authority: Option<&str>) -> Option<(String, Option<u16>)> {
    let mut hosts = lines(&request.headers, "host");
    let text = match authority {
        Some(authority) => authority.to_string(),
        None if hosts.len() == 1 => String::from_utf8(hosts.remove(0)).ok()?,
        None => return None,
    };
    let (host, port) = split_host(&text.to_ascii_lowercase())?;
    if host.is_empty() {
        return None;
    }
    match port {
        None => Some((host, None)),
        Some(port) => Some((host, Some(port_number(&port)?))),
    }
}

/// Does an entry of `hosts` name the host?
fn is_host(entry: &str, host: &Option<(String, Option<u16>)>) -> bool {
    let Some((host, port)) = host else { return false };
    let Some((its_host, its_port)) = split_host(&entry.to_ascii_lowercase()) else { return false };
    let port_fits = match its_port.as_deref() {
        Some("*") => true,
        None => [None, Some(80), Some(443)].contains(port),
        Some("80") => [None, Some(80)].contains(port),
        Some("443") => [None, Some(443)].contains(port),
        Some(text) => port_number(text) == *port,
    };
    its_host == *host && port_fits
}

/// S24, with one more objection: where a reading finds nothing.
fn is_exempt(enforce: &Value, request: &Request) -> bool {
    // Each template once, whatever methods stand before it, and no two with the same rules.
    let mut templates: Vec<String> = Vec::new();
    let mut resources = json!({});
    for (_, template) in exemptions(enforce) {
        let is_there = |other: &String| template::segments(other) == template::segments(&template);
        if !templates.iter().any(is_there) {
            resources[&template] = json!({ "origins": { "*": { "max_age": templates.len() } } });
            templates.push(template);
        }
    }
    let config = json!({ "resources": resources });
    let path = path::without_query(&request.path);
    let Some(found) = path::find_resource(&config, Target::Path, path) else { return false };
    if path::reading(&config, &path::entries(&config), path, Slash::Separator).is_empty() {
        return false;
    }
    let number = found["origins"]["*"]["max_age"].as_u64().unwrap() as usize;
    let shape = template::segments(&templates[number]);
    exemptions(enforce).iter().any(|(method, template)| {
        template::segments(template) == shape
            && method.as_ref().is_none_or(|method| *method == request.method)
    })
}

/// Each entry of `exempt` as its method, if it names one, and its template.
fn exemptions(enforce: &Value) -> Vec<(Option<String>, String)> {
    let entry = |text: &String| match text.split_once(' ') {
        // A template may be written decoded, so with a space in it.
        _ if text.starts_with('/') => (None, text.clone()),
        Some((method, template)) => (Some(method_name(method)), template.trim_start().to_string()),
        None => (None, text.clone()),
    };
    strings(&enforce["exempt"]).iter().map(entry).collect()
}

fn asks_for_a_web_socket(request: &Request) -> bool {
    let is_it = |element: &[u8]| trimmed(element).eq_ignore_ascii_case(b"websocket");
    lines(&request.headers, "upgrade").iter().any(|line| line.split(|byte| *byte == b',').any(is_it))
}

/// S1 to S4 for the origin and the method, and the credentials that the request has.
fn may_act(place: &Place<'_>, method: &str, request: &Request) -> bool {
    let mut origins = lines(&request.headers, "origin");
    let origin = match origins.len() {
        0 => return false,
        1 => origins.remove(0),
        _ => Vec::new(),
    };
    let Some(entry) = pick(&place.candidates(method), &origin) else { return false };
    if !place.enables(method, &origin) {
        return false;
    }
    let has = |name| !lines(&request.headers, name).is_empty();
    let authorized = !has("authorization") || allows_authorization(&entry);
    entry.credentials() || !has("cookie") && authorized
}

fn allows_authorization(entry: &Candidate) -> bool {
    let allowed = &entry.options["allow_headers"];
    allowed == "*" || lower_case_once(&strings(allowed)).contains(&"authorization".to_string())
}

/// Host and port alone, whatever the scheme; its default port is left out on both sides.
fn is_of_the_host(origin: &[u8], host: &Option<(String, Option<u16>)>) -> bool {
    if !origin_is_well_formed(origin) {
        return false;
    }
    let text = String::from_utf8(origin.to_vec()).unwrap();
    let (scheme, its_host, its_port) = split(&text).unwrap();
    let Some((host, port)) = host else { return false };
    let default = match scheme.as_str() {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    };
    let port = if *port == default { None } else { *port };
    its_host.eq_ignore_ascii_case(host) && its_port.map(|port| port_number(&port).unwrap()) == port
}

/// What is wrong with `enforce` (S21), as labels.
pub fn faults(enforce: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (key, _) in members(enforce) {
        if !["mode", "hosts", "exempt"].contains(&key) {
            found.push(format!("unknown-key@enforce.{key}"));
        }
    }
    if let Some(mode) = enforce.get("mode") {
        if mode != "refuse" && mode != "report" {
            found.push("bad-mode@enforce".to_string());
        }
    }
    for entry in strings(&enforce["hosts"]) {
        let good = match split_host(&entry.to_ascii_lowercase()) {
            Some((host, port)) => {
                let port_is_good = port.is_none_or(|port| port == "*" || port_number(&port).is_some());
                host_is_good("https", &host) && port_is_good
            }
            None => false,
        };
        if !good {
            found.push(format!("bad-host@enforce.{entry}"));
        }
    }
    for (entry, (method, template)) in strings(&enforce["exempt"]).iter().zip(exemptions(enforce)) {
        let forbidden = |method: &String| {
            ["CONNECT", "TRACE", "TRACK"].iter().any(|name| name.eq_ignore_ascii_case(method))
        };
        let bad = |method: &String| !is_token(method.as_bytes()) || method.contains('*') || forbidden(method);
        if template::segments(&template).is_none() || method.as_ref().is_some_and(bad) {
            found.push(format!("bad-exemption@enforce.{entry}"));
        }
    }
    found
}
