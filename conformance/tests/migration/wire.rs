//! What is asked of two applications, and what of an answer is compared.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The origin that every row allows, another one below the same domain, and one that only some rows allow.
pub(crate) const A: &str = "https://a.example";
pub(crate) const SUBDOMAIN: &str = "https://www.a.example";
pub(crate) const STRANGER: &str = "https://stranger.example";

/// An application with a policy around it. All its paths answer every method with the body [`BODY`] and a header `X-Total`; the answer
/// of [`OWN`] has CORS headers and a `Vary` of its own.
pub(crate) type App = Box<dyn Fn(&Ask) -> Answer>;

pub(crate) const BODY: &str = "hello";
pub(crate) const OWN: &str = "/own";
pub(crate) const OWN_LINES: [(&str, &str); 3] =
    [("access-control-allow-origin", STRANGER), ("vary", "accept-language"), ("vary", "accept")];

const METHODS: &str = "access-control-allow-methods";

pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) lines: Vec<(&'static str, &'static str)>,
}

/// An answer of an application: the part that CORS has to do with.
#[derive(Debug)]
pub(crate) struct Answer {
    status: u16,
    /// Did the application answer?
    reached: bool,
    /// `Vary` and `Access-Control-*`: the members of each list, in lower case but for methods.
    headers: BTreeMap<String, BTreeSet<String>>,
}

/// What is compared: what a server, a browser and a cache make of an answer.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) reached: bool,
    pub(crate) shared: Option<Shared>,
    /// Of a preflight's answer nothing: no cache keeps it.
    pub(crate) vary: BTreeSet<String>,
}

/// The page may read the answer, or after a preflight send its request.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Shared {
    /// Its origin, or `*`.
    pub(crate) with: String,
    pub(crate) credentials: bool,
    /// May it read `X-Total`?
    pub(crate) exposed: bool,
    /// For how many seconds the browser keeps the answer to a preflight.
    pub(crate) max_age: Option<String>,
}

impl Answer {
    pub(crate) fn new<'l>(
        status: u16,
        lines: impl Iterator<Item = (&'l str, &'l [u8])>,
        body: &[u8],
    ) -> Self {
        let mut headers = BTreeMap::<_, BTreeSet<_>>::new();
        for (name, value) in lines {
            let name = name.to_ascii_lowercase();
            if name == "vary" || name.starts_with("access-control-") {
                let members = std::str::from_utf8(value).unwrap().split(',');
                let is_case_sensitive = name == METHODS;
                let members = members.map(str::trim).filter(|member| !member.is_empty());
                let members =
                    members.map(
                        |member| if is_case_sensitive { member.into() } else { member.to_ascii_lowercase() },
                    );
                headers.entry(name).or_default().extend(members);
            }
        }
        Self { status, reached: body == BODY.as_bytes(), headers }
    }

    pub(crate) fn seen(&self, ask: &Ask) -> Seen {
        let vary = if ask.is_preflight() { None } else { self.headers.get("vary").cloned() };
        let Self { status, reached, .. } = *self;
        Seen { status, reached, shared: self.shared(ask), vary: vary.unwrap_or_default() }
    }

    fn shared(&self, ask: &Ask) -> Option<Shared> {
        let list = |name: &str| self.headers.get(&format!("access-control-{name}"));
        let has = |name, member: &str| list(name).is_some_and(|list| list.contains(member));
        let any_or = |name, member: &str| has(name, "*") || has(name, member);
        let only = |name| list(name).and_then(|list| list.first().cloned());
        let origin =
            ask.line("origin").filter(|_| list("allow-origin").is_some_and(|list| list.len() == 1))?;
        if !any_or("allow-origin", origin) {
            return None;
        }
        let mut credentials = has("allow-origin", origin) && has("allow-credentials", "true");
        if ask.is_preflight() {
            let method = ask.line("access-control-request-method")?;
            let is_safe = ["GET", "HEAD", "POST"].contains(&method);
            let allows = |any: fn(&str) -> bool| {
                let in_list = |name, member: &str| has(name, member) || has(name, "*") && any(member);
                (is_safe || in_list("allow-methods", method))
                    && ask.requested_headers().all(|name| in_list("allow-headers", name))
            };
            if !(200..300).contains(&self.status) || !allows(|name| name != "authorization") {
                return None;
            }
            credentials &= allows(|_| false);
        }
        let exposed = has("expose-headers", "x-total") || has("expose-headers", "*") && !credentials;
        let (exposed, max_age) = if ask.is_preflight() { (false, only("max-age")) } else { (exposed, None) };
        Some(Shared { with: only("allow-origin")?, credentials, exposed, max_age })
    }
}

impl Ask {
    fn new(method: &'static str, path: &'static str, lines: &[(&'static str, &'static str)]) -> Self {
        Self { method, path, lines: lines.to_vec() }
    }

    pub(crate) fn line(&self, name: &str) -> Option<&'static str> {
        self.lines.iter().find(|line| line.0 == name).map(|line| line.1)
    }

    pub(crate) fn requested_headers(&self) -> impl Iterator<Item = &'static str> {
        let lines = self.lines.iter().filter(|line| line.0 == "access-control-request-headers");
        lines.flat_map(|line| line.1.split(',').map(str::trim)).filter(|name| !name.is_empty())
    }

    pub(crate) fn is_preflight(&self) -> bool {
        let has = |name| self.line(name).is_some();
        self.method == "OPTIONS" && has("origin") && has("access-control-request-method")
    }

    pub(crate) fn is_other_options(&self) -> bool {
        self.method == "OPTIONS" && !self.is_preflight()
    }
}

/// What is sent to both applications of each row.
pub(crate) fn asks() -> Vec<Ask> {
    let origins = [A, SUBDOMAIN, "http://localhost:5173", STRANGER, "null"];
    let mut asks = vec![
        Ask::new("GET", "/x", &[]),
        Ask::new("PUT", "/x", &[]),
        Ask::new("OPTIONS", "/x", &[]),
        Ask::new("OPTIONS", "/x", &[("origin", A)]),
        Ask::new("OPTIONS", "/x", &[("access-control-request-method", "PUT")]),
        Ask::new("DELETE", "/x", &[("origin", A)]),
        Ask::new("GET", OWN, &[("origin", A)]),
        Ask::new("GET", OWN, &[("origin", STRANGER)]),
        Ask::new("GET", OWN, &[]),
        Ask::new("GET", "/cors/403", &[("origin", A)]),
        Ask::new("GET", "/x", &[("origin", "no origin")]),
    ];
    let preflight = |path, origin, method, headers: &[&'static str]| {
        let lines = [("origin", origin), ("access-control-request-method", method)];
        let headers = headers.iter().map(|&names| ("access-control-request-headers", names));
        Ask { method: "OPTIONS", path, lines: lines.into_iter().chain(headers).collect() }
    };
    for origin in origins {
        asks.push(Ask::new("GET", "/x", &[("origin", origin)]));
        asks.push(Ask::new("PUT", "/x", &[("origin", origin)]));
        asks.push(preflight("/x", origin, "GET", &[]));
        asks.push(preflight("/x", origin, "PUT", &["content-type"]));
        asks.push(preflight("/x", origin, "DELETE", &[]));
        asks.push(preflight("/x", origin, "PUT", &["x-foreign"]));
    }
    asks.push(preflight("/x", A, "put", &[]));
    asks.push(preflight("/x", A, "PUT", &["authorization"]));
    asks.push(preflight("/x", A, "PUT", &["content-type,x-foreign"]));
    asks.push(preflight("/x", A, "PUT", &["content-type", "x-foreign"]));
    asks.push(preflight("/other", A, "PUT", &["content-type"]));
    asks
}

impl fmt::Display for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        self.lines.iter().try_for_each(|(name, value)| write!(f, ", {name}: {value}"))
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.status, if self.reached { " by the application" } else { "" })?;
        if let Some(Shared { with, credentials, exposed, max_age }) = &self.shared {
            let (credentials, exposed) =
                (if *credentials { ", credentials" } else { "" }, if *exposed { ", x-total" } else { "" });
            write!(f, ", shared with {with}{credentials}{exposed}, max-age {max_age:?}")?;
        }
        write!(f, ", vary {:?}", self.vary)
    }
}
