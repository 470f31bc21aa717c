//! What went over the wire, as seen by the API, kept for the page to look up.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError, mpsc};

use axum::http::{self, HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use cors_model::{Attached, Cors, CorsRequest};
use serde::Serialize;

use crate::policy::Policy;

/// The number of exchanges that are kept; each further one replaces the oldest.
const KEPT: usize = 500;

/// The number of header lines of a message that are kept, and of characters of each value.
const LINES: usize = 64;
const CHARACTERS: usize = 2048;

/// The name of the cookie that the page sets.
pub(crate) const COOKIE: &str = "playground_user";

/// One request and its response.
#[derive(Clone, Serialize)]
pub(crate) struct Exchange {
    /// The mark that the page wrote into the query, to find its exchanges again.
    #[serde(skip)]
    run: String,
    pub(crate) kind: Kind,
    /// The number of the configuration that decided.
    configuration: u64,
    pub(crate) request: Request,
    pub(crate) response: Response,
    /// What the API reported of it: the line of each event.
    events: Vec<String>,
    /// The model's explanation.
    explanation: String,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Preflight,
    Actual,
}

#[derive(Clone, Serialize)]
pub(crate) struct Request {
    pub(crate) method: String,
    path: String,
    pub(crate) headers: Vec<(String, String)>,
}

#[derive(Clone, Serialize)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
}

/// A request that waits for its response; `None` if the page did not tag it.
pub(crate) struct Pending(Exchange);

impl Pending {
    pub(crate) fn new<B>(request: &http::Request<B>, policy: &Policy) -> Option<Self> {
        let (method, uri, headers) = (request.method(), request.uri(), request.headers());
        let run = run_of(uri)?.to_owned();
        let cors_request = || CorsRequest::new(uri.path(), method.as_str(), headers);
        let explanation = policy.cors.explain(&cors_request()).to_string();
        Some(Self(Exchange {
            run,
            kind: kind(method, headers),
            configuration: policy.number,
            request: Request {
                method: clipped(method.as_str()),
                path: clipped(uri.path()),
                headers: lines(headers),
            },
            response: Response { status: 0, headers: Vec::new() },
            events: events(&policy.cors, cors_request()),
            explanation: clipped(&explanation),
        }))
    }

    pub(crate) fn answered(mut self, status: u16, headers: &HeaderMap) -> Exchange {
        self.0.response = Response { status, headers: lines(headers) };
        self.0
    }
}

/// The events of a request, as the observer of a policy at its place sees them.
fn events(cors: &Cors, request: CorsRequest<'_, HeaderMap>) -> Vec<String> {
    let (sender, events) = mpsc::channel();
    let place = Attached::from(cors.clone()).observe(move |event| drop(sender.send(event.to_string())));
    let _ = place.current().judge(request);
    events.try_iter().collect()
}

/// The latest exchanges.
#[derive(Default)]
pub(crate) struct Log(Mutex<VecDeque<Exchange>>);

impl Log {
    pub(crate) fn push(&self, exchange: Exchange) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(exchange);
    }

    /// The exchanges of one run, in the order in which they were answered.
    pub(crate) fn of_run(&self, run: &str) -> Vec<Exchange> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().filter(|exchange| exchange.run == run).cloned().collect()
    }
}

fn run_of(uri: &Uri) -> Option<&str> {
    let run = uri.query()?.split('&').find_map(|pair| pair.strip_prefix("run="))?;
    (1..=40).contains(&run.len()).then_some(run)
}

fn kind(method: &Method, headers: &HeaderMap) -> Kind {
    let asks =
        headers.contains_key(header::ORIGIN) && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    if method == Method::OPTIONS && asks { Kind::Preflight } else { Kind::Actual }
}

fn lines(headers: &HeaderMap) -> Vec<(String, String)> {
    let line =
        |(name, value): (&HeaderName, &HeaderValue)| (clipped(name.as_str()), clipped(&shown(name, value)));
    headers.iter().take(LINES).map(line).collect()
}

fn clipped(text: &str) -> String {
    let mut characters = text.chars();
    let kept: String = characters.by_ref().take(CHARACTERS).collect();
    if characters.next().is_some() { kept + "…" } else { kept }
}

/// Hides the cookies of other programs: a browser sends the cookies of 127.0.0.1 to every port.
fn shown(name: &HeaderName, value: &HeaderValue) -> String {
    let text = value.as_bytes().escape_ascii().to_string();
    if name != header::COOKIE {
        return text;
    }
    let (ours, others): (Vec<_>, Vec<_>) =
        text.split("; ").partition(|pair| pair.split('=').next() == Some(COOKIE));
    let hidden = (!others.is_empty()).then(|| format!("({} of other programs)", others.len()));
    ours.into_iter().map(str::to_owned).chain(hidden).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_found_in_the_query() {
        let run = |uri: &'static str| run_of(&Uri::from_static(uri)).map(str::to_owned);
        assert_eq!(run("/notes?a=1&run=abc"), Some("abc".into()));
        assert_eq!(run("/notes?run="), None);
        assert_eq!(run("/notes"), None);
    }

    #[test]
    fn cookies_of_other_programs_are_not_shown() {
        let shown = |value| shown(&header::COOKIE, &HeaderValue::from_static(value));
        assert_eq!(shown("a=secret; playground_user=ada"), "playground_user=ada; (1 of other programs)");
        assert_eq!(shown("playground_user=ada"), "playground_user=ada");
    }
}
