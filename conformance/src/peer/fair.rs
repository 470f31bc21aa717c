//! The comparison for other libraries: how browsers and caches treat an answer, not the form that this project gives it.
//!
//! - These are free: the status of a preflight if a browser only requires "ok", all headers of a refusal, more names in `Vary`,
//!   `Vary` on answers that no cache stores, the origin sent back for `*`, and whatever a browser ignores.
//! - A list of methods only has to do what browsers use it for: GET, HEAD and POST need no permission, and browsers do not
//!   check the method of an actual response.
//! - After a request that no browser sends, the server must keep running; its answer is free.
//! - `Vary` counts only in the cases of S18, and blocking only in those of S12, so that one decision counts once.

use cors_model::{CorsConfig, ResourceOptions, Risk};

use super::plain::{Names, Plain};
use crate::expect::{Expectation, is_cors, members};
use crate::wire::{Request, Response};

const ORIGIN: &str = "Access-Control-Allow-Origin";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";
const EXPOSE: &str = "Access-Control-Expose-Headers";
const MAX_AGE: &str = "Access-Control-Max-Age";

/// Methods and headers that need no permission (Fetch, "CORS-safelisted").
const SAFE_METHODS: &[&str] = &["GET", "HEAD", "POST"];
const SAFE_RESPONSE_HEADERS: &[&str] = &[
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

/// All that is wrong with an answer for a browser, a cache or the application.
pub(crate) fn check(
    request: &Request,
    expect: &Expectation,
    rules: &[String],
    policy: Option<&Plain>,
    got: &Response,
) -> Vec<String> {
    // The library is not attached here.
    let Some(policy) = policy else { return expect.check(got) };
    let asked = Asked::of(request);
    if !asked.sendable {
        return match got.status >= 500 && !expect.check_status(got).is_empty() {
            true => vec![format!("status {}", got.status)],
            false => Vec::new(),
        };
    }
    let answer = Answer { expect, got, policy, origin: asked.origin.as_deref() };
    match asked.preflight {
        true => answer.preflight(&asked),
        false => answer.actual(policy.enables(&request.method), |rule| rules.iter().any(|of| of == rule)),
    }
}

/// The method of a request, or the one that a preflight requests.
pub(crate) fn method(request: &Request) -> Option<String> {
    let asked = Asked::of(request);
    let method = if asked.preflight { asked.method } else { request.method.clone() };
    (!method.is_empty()).then_some(method)
}

/// The CORS side of a request.
struct Asked {
    origin: Option<String>,
    method: String,
    headers: Vec<String>,
    preflight: bool,
    /// Whether a browser could have sent it.
    sendable: bool,
}

impl Asked {
    fn of(request: &Request) -> Self {
        let lines = |name: &str| -> Vec<String> {
            let prefix = format!("{}:", name.to_ascii_lowercase());
            let texts = request.lines.iter().map(|line| String::from_utf8_lossy(line).into_owned());
            texts
                .filter(|text| text.to_ascii_lowercase().starts_with(&prefix))
                .map(|text| text[prefix.len()..].trim_matches([' ', '\t']).to_owned())
                .collect()
        };
        let (origins, methods) = (lines("Origin"), lines("Access-Control-Request-Method"));
        let headers = members(lines("Access-Control-Request-Headers").iter().map(String::as_str));
        let token = |text: &String| {
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
        };
        let sendable = origins.len() <= 1
            && origins.iter().all(|origin| is_origin(origin))
            && methods.len() <= 1
            && methods.iter().all(token)
            && headers.iter().all(token);
        Self {
            preflight: request.method == "OPTIONS" && !origins.is_empty() && !methods.is_empty(),
            origin: origins.into_iter().next(),
            method: methods.into_iter().next().unwrap_or_default(),
            headers,
            sendable,
        }
    }
}

/// Whether a browser would serialise an origin in this form.
fn is_origin(text: &str) -> bool {
    let config = CorsConfig::new().defaults([(text, ResourceOptions::new())]).all_resources();
    let config = Risk::ALL.into_iter().fold(config, CorsConfig::accept_risk);
    !text.is_empty() && !text.contains(['*', ' ', '\t']) && config.build().is_ok()
}

struct Answer<'a> {
    expect: &'a Expectation,
    got: &'a Response,
    policy: &'a Plain,
    origin: Option<&'a str>,
}

impl Answer<'_> {
    fn preflight(&self, asked: &Asked) -> Vec<String> {
        let needs_none = SAFE_METHODS.contains(&&*asked.method) && !self.policy.enables(&asked.method);
        let mut faults = match self.expect.members(ORIGIN) {
            Some(_) => self.granted(asked),
            None if !needs_none && self.permits(asked) => {
                vec!["a browser takes this for a permission".into()]
            }
            None => Vec::new(),
        };
        faults.extend(self.expect.check_lines(self.got, |name| name == "X-Custom-Server-Header"));
        faults
    }

    /// Whether a browser would go on and send the request.
    fn permits(&self, asked: &Asked) -> bool {
        (200..300).contains(&self.got.status)
            && [true, false].into_iter().any(|credentials| {
                self.allows(credentials)
                    && self.allows_method(&asked.method, credentials)
                    && asked.headers.iter().all(|name| self.allows_header(name, credentials))
            })
    }

    fn granted(&self, asked: &Asked) -> Vec<String> {
        let mut faults = Vec::new();
        if !(200..300).contains(&self.got.status) {
            faults.push(format!("status {}", self.got.status));
        }
        faults.extend(self.check_origin());
        let credentials = self.expects_credentials();
        if !self.allows_method(&asked.method, credentials) {
            faults.push(format!("{METHODS}: does not allow {}", asked.method));
        }
        for name in asked.headers.iter().filter(|name| !self.allows_header(name, credentials)) {
            faults.push(format!("{HEADERS}: does not allow {name}"));
        }
        let expected = self.expect.members(METHODS).unwrap_or_default();
        let right = |name: &str| {
            self.policy.enables(name)
                || expected.iter().any(|want| want.trim_end_matches('?') == name)
                || (credentials && name == "*")
        };
        for name in self.list(METHODS).iter().filter(|name| !SAFE_METHODS.contains(&&***name)) {
            if !right(name) {
                faults.push(format!("{METHODS}: allows {name}"));
            }
        }
        let expected = self.expect.members(HEADERS).unwrap_or_default();
        let configured = |name: &str| match &self.policy.headers {
            Names::Any => true,
            Names::List(list) => {
                list.iter().chain(&expected).any(|allowed| allowed.eq_ignore_ascii_case(name))
            }
        };
        for name in self.list(HEADERS).iter().filter(|name| !configured(name) && *name != "accept") {
            if !credentials || name != "*" {
                faults.push(format!("{HEADERS}: allows {name}"));
            }
        }
        // Five seconds is the browsers' default.
        let seconds = |list: Vec<String>| list.first().map_or_else(|| "5".to_owned(), String::clone);
        let expected = seconds(self.expect.members(MAX_AGE).unwrap_or_default());
        if seconds(self.list(MAX_AGE)) != expected {
            faults.push(format!("{MAX_AGE}: is {:?}, expected {expected}", self.list(MAX_AGE)));
        }
        faults
    }

    fn actual(&self, enabled: bool, asks: impl Fn(&str) -> bool) -> Vec<String> {
        let granted = self.expect.members(ORIGIN).is_some();
        let readable = self.allows(true) || self.allows(false);
        if self.origin.is_some() && !granted && self.got.status == 403 && !readable && !asks("S12") {
            return Vec::new();
        }
        let mut faults = self.expect.check_status(self.got);
        match self.origin {
            Some(_) if granted => faults.extend(self.check_origin().into_iter().chain(self.check_exposed())),
            Some(_) if enabled && readable => faults.push(format!("{ORIGIN}: lets this origin read")),
            _ => {}
        }
        if asks("S18") {
            faults.extend(self.check_vary(granted));
        }
        let ours = |name: &str| is_cors(name) || name.eq_ignore_ascii_case("vary");
        faults.extend(self.expect.check_lines(self.got, |name| !ours(name)));
        faults.extend(self.expect.check_body(&self.got.body));
        faults
    }

    fn check_vary(&self, granted: bool) -> Vec<String> {
        let lower = |list: Vec<String>| -> Vec<String> {
            list.iter().map(|name| name.to_ascii_lowercase()).collect()
        };
        let vary = lower(self.list("Vary"));
        let expected = lower(self.expect.members("Vary").unwrap_or_default());
        let depends = granted || expected.contains(&"origin".into());
        let names_it = || vary.iter().any(|name| name == "origin" || name == "*");
        let silent = depends && self.list(ORIGIN) != ["*"] && !names_it();
        let lost = expected.iter().filter(|name| *name != "origin" && !vary.contains(name));
        let lost = lost.map(|name| format!("Vary: has lost {name}"));
        silent
            .then(|| "Vary: does not name Origin, on which the answer depends".into())
            .into_iter()
            .chain(lost)
            .collect()
    }

    /// The CORS check for an origin that must be allowed.
    fn check_origin(&self) -> Option<String> {
        let credentials = self.expects_credentials();
        if !self.allows(credentials) {
            return Some(format!("{ORIGIN}: does not let this origin through: {:?}", self.list(ORIGIN)));
        }
        (!credentials && self.allows(true)).then(|| format!("{CREDENTIALS}: lets credentials through"))
    }

    fn check_exposed(&self) -> Option<String> {
        let credentials = self.expects_credentials();
        let exposed = |list: &[String]| -> Vec<String> {
            let all = list.iter().any(|name| name == "*") && !credentials;
            let readable = |name: &&String| {
                let safe = SAFE_RESPONSE_HEADERS.contains(&&***name);
                !safe && !is_cors(name) && (all || list.iter().any(|n| n.eq_ignore_ascii_case(name)))
            };
            let names = self.got.headers.iter().map(|(name, _)| name.to_ascii_lowercase());
            let mut names: Vec<_> = names.collect::<Vec<_>>().iter().filter(readable).cloned().collect();
            names.retain(|name| !["set-cookie", "vary", "date", "connection"].contains(&&**name));
            names.sort();
            names.dedup();
            names
        };
        let (got, want) =
            (exposed(&self.list(EXPOSE)), exposed(&self.expect.members(EXPOSE).unwrap_or_default()));
        (got != want).then(|| format!("{EXPOSE}: a page can read {got:?}, expected {want:?}"))
    }

    fn expects_credentials(&self) -> bool {
        self.expect.members(CREDENTIALS).is_some()
    }

    /// Fetch, "CORS check".
    fn allows(&self, credentials: bool) -> bool {
        let lines: Vec<_> = self.got.lines(ORIGIN).collect();
        let [line] = lines[..] else { return false };
        let origin = self.origin.map(str::as_bytes);
        let mut said = self.got.lines(CREDENTIALS);
        match credentials {
            false => line == b"*" || Some(line) == origin,
            true => Some(line) == origin && said.next() == Some(b"true") && said.next().is_none(),
        }
    }

    fn allows_method(&self, method: &str, credentials: bool) -> bool {
        SAFE_METHODS.contains(&method)
            || self.list(METHODS).iter().any(|name| name == method || (name == "*" && !credentials))
    }

    fn allows_header(&self, name: &str, credentials: bool) -> bool {
        let any = !credentials && !name.eq_ignore_ascii_case("authorization");
        self.list(HEADERS).iter().any(|allowed| allowed.eq_ignore_ascii_case(name) || (allowed == "*" && any))
    }

    fn list(&self, name: &str) -> Vec<String> {
        let lines: Vec<_> =
            self.got.lines(name).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
        members(lines.iter().map(String::as_str))
    }
}
