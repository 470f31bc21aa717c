//! What the API answers. It does not know about frameworks or CORS.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::record::COOKIE;

/// The number of notes that are kept; each further one replaces the oldest.
const KEPT: usize = 20;

/// The longest body, in bytes.
pub(crate) const BODY: usize = 4096;

pub(crate) type Reply = Response<String>;

/// The notes, which every backend shares.
#[derive(Clone)]
pub(crate) struct Notes(Arc<Mutex<BTreeMap<u32, String>>>);

impl Default for Notes {
    fn default() -> Self {
        let notes = BTreeMap::from([(1, "milk".to_owned()), (2, "bread".to_owned())]);
        Self(Arc::new(Mutex::new(notes)))
    }
}

impl Notes {
    /// The answer to a request that a framework has routed.
    pub(crate) fn answer(&self, method: &str, path: &str, cookie: &str, body: &[u8]) -> Reply {
        match (method, path) {
            ("POST", "/notes") => self.add(body),
            (_, "/notes") => json(StatusCode::OK, &json!(*self.lock())),
            (_, "/me") => me(cookie),
            (_, "/report") => report(),
            (_, "/error") => {
                json(StatusCode::INTERNAL_SERVER_ERROR, &json!({ "error": "the database is gone" }))
            }
            (_, "/private") => json(StatusCode::OK, &json!({ "secret": 42 })),
            (_, note) => match note.strip_prefix("/notes/").and_then(|id| id.parse().ok()) {
                Some(id) => self.one(method, id, body),
                None => empty(StatusCode::BAD_REQUEST),
            },
        }
    }

    fn one(&self, method: &str, id: u32, body: &[u8]) -> Reply {
        match method {
            "PUT" => self.replace(id, body),
            "DELETE" => {
                self.lock().remove(&id);
                empty(StatusCode::NO_CONTENT)
            }
            _ => match self.lock().get(&id) {
                Some(text) => reply(StatusCode::OK, "text/plain; charset=utf-8", text.clone()),
                None => empty(StatusCode::NOT_FOUND),
            },
        }
    }

    fn add(&self, body: &[u8]) -> Reply {
        let Some(text) = text_of(body) else { return empty(StatusCode::BAD_REQUEST) };
        let mut notes = self.lock();
        let id = notes.last_key_value().map_or(1, |(last, _)| last.saturating_add(1));
        notes.insert(id, text);
        while notes.len() > KEPT {
            notes.pop_first();
        }
        json(StatusCode::CREATED, &json!({ "id": id }))
    }

    fn replace(&self, id: u32, body: &[u8]) -> Reply {
        let Some(text) = text_of(body) else { return empty(StatusCode::BAD_REQUEST) };
        let mut notes = self.lock();
        if notes.len() >= KEPT && !notes.contains_key(&id) {
            return empty(StatusCode::INSUFFICIENT_STORAGE);
        }
        notes.insert(id, text);
        json(StatusCode::OK, &json!({ "replaced": id }))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The text of a body: `{"text": "…"}`, or the body itself.
fn text_of(body: &[u8]) -> Option<String> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(mut note)) if note.get("text").is_some_and(Value::is_string) => {
            note.remove("text")?.as_str().map(str::to_owned)
        }
        _ => String::from_utf8(body.to_vec()).ok(),
    }
}

fn me(cookie: &str) -> Reply {
    let mut pairs = cookie.split("; ").filter_map(|pair| pair.split_once('='));
    match pairs.find(|(name, _)| *name == COOKIE) {
        Some((_, user)) => json(StatusCode::OK, &json!({ "user": user })),
        None => json(StatusCode::UNAUTHORIZED, &json!({ "error": "no cookie" })),
    }
}

fn report() -> Reply {
    let mut report = json(StatusCode::OK, &json!({ "rows": [1, 2, 3] }));
    report.headers_mut().insert("x-total-count", HeaderValue::from_static("1234"));
    report.headers_mut().insert(header::ETAG, HeaderValue::from_static("\"report-7\""));
    report
}

fn json(status: StatusCode, value: &Value) -> Reply {
    reply(status, "application/json", value.to_string())
}

fn reply(status: StatusCode, kind: &'static str, body: String) -> Reply {
    let mut reply = Response::new(body);
    *reply.status_mut() = status;
    reply.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    reply
}

fn empty(status: StatusCode) -> Reply {
    let mut reply = Response::default();
    *reply.status_mut() = status;
    reply
}
