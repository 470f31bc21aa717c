//! What WPT's handlers remember and answer, and what each grants. None decides anything about CORS.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::http::{HeaderMap, Method};

use super::policy::{ECHO, Line};

/// A request as handlers see it.
pub(super) struct Asked<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) query: Vec<Line>,
    pub(super) headers: &'a HeaderMap,
}

/// What a handler would write; the lines of CORS are those of both its answers, to a preflight and to the request.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) lines: Vec<Line>,
    pub(super) body: String,
    /// The status that a preflight is to get, where the query names one.
    pub(super) preflight_status: Option<u16>,
}

/// What is kept of requests, by path and token.
#[derive(Default)]
pub(super) struct Stash(Mutex<HashMap<(String, String), Kept>>);

#[derive(Clone, Default)]
struct Kept {
    preflight: bool,
    asked: Option<String>,
    referrer: String,
    agent: String,
    count: u32,
}

impl Stash {
    fn take(&self, asked: &Asked<'_>) -> Option<Kept> {
        let key = (asked.path.to_owned(), asked.value("token")?.to_owned());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key)
    }

    fn put(&self, asked: &Asked<'_>, kept: Kept) {
        let Some(token) = asked.value("token") else { return };
        let key = (asked.path.to_owned(), token.to_owned());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, kept);
    }
}

impl Asked<'_> {
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    fn number(&self, name: &str) -> Option<u16> {
        self.value(name)?.parse().ok()
    }

    fn header(&self, name: &str) -> Option<String> {
        let lines: Vec<_> = self
            .headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        (!lines.is_empty()).then(|| lines.join(", "))
    }

    fn text(&self, name: &str) -> String {
        self.header(name).unwrap_or_default()
    }

    pub(super) fn is_preflight(&self) -> bool {
        self.method == Method::OPTIONS && self.headers.contains_key("access-control-request-method")
    }
}

impl Reply {
    fn new() -> Self {
        Self { status: 200, lines: vec![("Content-Type".into(), "text/plain".into())], ..Self::default() }
    }

    fn text(body: &str) -> Self {
        Self { body: body.into(), ..Self::new() }
    }

    fn add(&mut self, name: &str, value: impl Into<String>) {
        self.lines.push((name.into(), value.into()));
    }

    fn add_if(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.add(name, value);
        }
    }

    fn set(&mut self, name: &str, value: impl Into<String>) {
        self.lines.retain(|(other, _)| other != name);
        self.add(name, value);
    }
}

type Handler = fn(&Asked<'_>, &Stash) -> Reply;

/// The handler of a path, by the end of the path.
pub(super) fn find(path: &str) -> Option<Handler> {
    const HANDLERS: &[(&str, Handler)] = &[
        ("/fetch/api/resources/preflight.py", preflight),
        ("/fetch/api/resources/inspect-headers.py", inspect),
        ("/fetch/api/resources/redirect.py", redirect),
        ("/fetch/api/resources/clean-stash.py", |asked, stash| flag(stash.take(asked).is_some())),
        ("/cors/resources/checkandremove.py", |asked, stash| flag(stash.take(asked).is_some())),
        ("/cors/resources/preflight.py", print),
        ("/cors/resources/cors-makeheader.py", make_header),
        ("/cors/resources/cors-cookie.py", cookie),
        ("/cors/resources/status.py", status),
    ];
    HANDLERS.iter().find(|(known, _)| *known == path).map(|(_, handler)| *handler)
}

fn flag(is_set: bool) -> Reply {
    Reply::text(if is_set { "1" } else { "0" })
}

const ORIGIN: &str = "Access-Control-Allow-Origin";
const CREDENTIALS: &str = "Access-Control-Allow-Credentials";
const METHODS: &str = "Access-Control-Allow-Methods";
const HEADERS: &str = "Access-Control-Allow-Headers";
const EXPOSE: &str = "Access-Control-Expose-Headers";
const AGE: &str = "Access-Control-Max-Age";

/// Tells in its response what its preflight was.
fn preflight(asked: &Asked<'_>, stash: &Stash) -> Reply {
    let cleared = asked.has("clear-stash").then(|| stash.take(asked).is_some());
    let mut reply = cleared.map_or_else(Reply::new, flag);
    asked.value("origin").unwrap_or("*").split(", ").for_each(|origin| reply.add(ORIGIN, origin));
    reply.add_if(CREDENTIALS, asked.value("credentials").map(|_| "true"));
    reply.add_if(METHODS, asked.value("allow_methods"));
    reply.add_if(HEADERS, asked.value("allow_headers"));
    reply.add_if(AGE, asked.value("max_age"));
    reply.add(
        EXPOSE,
        "x-did-preflight, x-control-request-headers, x-referrer, x-preflight-referrer, x-origin",
    );
    reply.preflight_status = asked.number("preflight_status");
    if cleared.is_some() {
        return reply;
    }
    if asked.is_preflight() {
        let names = asked.header("access-control-request-headers");
        stash.put(
            asked,
            Kept {
                preflight: true,
                asked: if asked.has("control_request_headers") { names } else { Some(String::new()) },
                referrer: asked.text("referer"),
                agent: asked.text("user-agent"),
                count: 0,
            },
        );
        return reply;
    }
    let kept = stash.take(asked).unwrap_or(Kept { asked: Some(String::new()), ..Kept::default() });
    if asked.has("checkUserAgentHeaderInPreflight") && asked.text("user-agent") != kept.agent {
        reply.status = 400;
    }
    reply.add("x-did-preflight", if kept.preflight { "1" } else { "0" });
    reply.add_if("x-control-request-headers", kept.asked.as_deref());
    reply.add("x-preflight-referrer", &*kept.referrer);
    reply.add("x-referrer", asked.text("referer"));
    reply.add("x-origin", asked.text("origin"));
    stash.put(asked, kept);
    reply
}

/// Sends request headers back.
fn inspect(asked: &Asked<'_>, _: &Stash) -> Reply {
    let mut reply = Reply::new();
    let names: Vec<_> = asked.value("headers").unwrap_or_default().split('|').collect();
    for name in &names {
        reply.add_if(&format!("x-request-{name}"), asked.header(name).as_deref());
    }
    if asked.has("cors") {
        reply.add(ORIGIN, ECHO);
        reply.add(CREDENTIALS, "true");
        reply.add(METHODS, "GET, POST, HEAD");
        reply.add(EXPOSE, names.iter().map(|name| format!("x-request-{name}")).collect::<Vec<_>>().join(","));
        reply.add(HEADERS, asked.value("allow_headers").unwrap_or("*"));
    }
    reply
}

/// Leads on, with the query.
fn redirect(asked: &Asked<'_>, stash: &Stash) -> Reply {
    let mut reply = Reply::new();
    reply.add("Cache-Control", "no-cache");
    reply.add("Pragma", "no-cache");
    reply.add(ORIGIN, ECHO);
    reply.add(CREDENTIALS, "true");
    reply.add_if(HEADERS, asked.value("allow_headers"));
    if asked.is_preflight() {
        return reply;
    }
    let mut kept = stash.take(asked).unwrap_or_default();
    kept.count += 1;
    reply.status = asked.number("redirect_status").unwrap_or(302);
    if let Some(location) = asked.value("location") {
        let mut location = location.to_owned();
        if !asked.has("simple") && (location.starts_with("http") || !location.contains(':')) {
            let mut query = form_urlencoded::Serializer::new(String::new());
            let query =
                query.extend_pairs(&asked.query).append_pair("count", &kept.count.to_string()).finish();
            location = format!("{location}{}{query}", if location.contains('?') { '&' } else { '?' });
        }
        reply.add("Location", location);
    }
    if asked.number("max_count").is_some_and(|most| kept.count > u32::from(most)) {
        reply = Reply { status: 200, body: (kept.count - 1).to_string(), ..reply };
    }
    stash.put(asked, kept);
    reply
}

/// Whether a preflight came, and one header's value.
fn print(asked: &Asked<'_>, stash: &Stash) -> Reply {
    if let Some(check) = asked.value("check") {
        let kept = stash.take(asked);
        let reply = flag(kept.is_some());
        if let Some(kept) = kept.filter(|_| check == "keep") {
            stash.put(asked, kept);
        }
        return reply;
    }
    let mut reply = Reply::text(asked.header("x-print").as_deref().unwrap_or("NO"));
    reply.add(ORIGIN, "*");
    reply.add(METHODS, "*");
    reply.add(HEADERS, "x-print");
    reply.add_if(AGE, asked.value("max_age"));
    if asked.is_preflight() {
        stash.put(asked, Kept::default());
    }
    reply
}

/// Whatever the query says.
fn make_header(asked: &Asked<'_>, stash: &Stash) -> Reply {
    if asked.has("check") {
        return print(asked, stash);
    }
    let mut reply = Reply::new();
    match asked.value("origin") {
        Some("none") => {}
        origin => reply.add(ORIGIN, origin.unwrap_or(ECHO)),
    }
    reply.add_if(ORIGIN, asked.value("origin2"));
    reply.add_if(HEADERS, asked.value("headers"));
    reply.add_if(CREDENTIALS, asked.value("credentials"));
    reply.add_if(METHODS, asked.value("methods"));
    reply.preflight_status = asked.number("preflight");
    if asked.is_preflight() {
        stash.put(asked, Kept::default());
        return reply;
    }
    let location = asked.value("location");
    reply.status = asked.number("code").unwrap_or(if location.is_some() { 302 } else { 200 });
    if (300..400).contains(&reply.status) {
        reply.add_if("Location", location);
    }
    let mut seen: serde_json::Map<_, _> =
        asked.headers.keys().map(|name| (name.to_string(), asked.text(name.as_str()).into())).collect();
    seen.insert("get_value".into(), asked.value("get_value").unwrap_or_default().into());
    reply.body = serde_json::Value::Object(seen).to_string();
    reply
}

/// Sets a cookie, or reads and deletes it.
fn cookie(asked: &Asked<'_>, _: &Stash) -> Reply {
    let name = asked.value("ident").unwrap_or("test");
    let cookies = asked.text("cookie");
    let sent = cookies.split("; ").find_map(|cookie| cookie.strip_prefix(name)?.strip_prefix('='));
    let mut reply = Reply::text(sent.unwrap_or("NO_COOKIE"));
    let set = if sent.is_some() { "=; Max-Age=0; Path=/" } else { "=COOKIE; Path=/" };
    reply.add("Set-Cookie", format!("{name}{set}"));
    for (header, key, usual) in [(ORIGIN, "origin", ECHO), (CREDENTIALS, "credentials", "true")] {
        reply.add_if(header, Some(asked.value(key).unwrap_or(usual)).filter(|value| *value != "none"));
    }
    reply
}

/// A status that the query names.
fn status(asked: &Asked<'_>, _: &Stash) -> Reply {
    let mut reply = Reply::text(asked.value("content").unwrap_or_default());
    reply.status = asked.number("code").unwrap_or(200);
    reply.set("Content-Type", asked.value("type").unwrap_or("text/plain"));
    reply.add("X-Request-Method", asked.method.as_str());
    reply.add(ORIGIN, ECHO);
    reply.add(EXPOSE, "X-Request-Method");
    reply.add(METHODS, "GET, CHICKEN, HEAD, POST, PUT");
    reply.add_if(HEADERS, asked.value("headers"));
    reply.preflight_status = asked.number("preflight");
    reply
}
