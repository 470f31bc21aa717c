//! The server between WPT's pages and ours: files and bookkeeping are its own, every decision about CORS is the library's.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use cors_conformance::config::{Format, Source};
use cors_conformance::server::{Running, Started};
use cors_conformance::subject::{Attach, Subject};
use cors_conformance::target::Target;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::sync::mpsc::UnboundedSender;

use super::handler::{self, Asked, Reply, Stash};
use super::pages::{self, Places};
use super::policy::{self, Policy};
use super::suite::Reported;

/// Who answers what WPT leaves to its handlers.
pub(super) enum Judge {
    /// An adapter.
    Ours(&'static Subject),
    /// WPT's own server, at this address.
    Wpt(String),
}

pub(super) struct Bridge {
    pub(super) folder: PathBuf,
    pub(super) places: Places,
    pub(super) judge: Judge,
    pub(super) stash: Stash,
    pub(super) servers: Mutex<HashMap<String, Option<Running>>>,
    pub(super) client: Client<HttpConnector, Body>,
    /// The pages that are still to be opened.
    pub(super) waiting: Mutex<VecDeque<String>>,
    pub(super) reports: UnboundedSender<Reported>,
}

const REPORT: &str = include_str!("report.js");

impl Bridge {
    pub(super) fn client() -> Client<HttpConnector, Body> {
        Client::builder(TokioExecutor::new()).build_http()
    }

    /// The next page, if there is one.
    pub(super) fn next(&self) -> Option<String> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    pub(super) async fn answer(self: Arc<Self>, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
        let answered = match parts.uri.path() {
            "/resources/testharnessreport.js" => Ok(typed("text/javascript", REPORT.into())),
            "/bridge/report" => Ok(self.reported(&body)),
            _ => self.served(&parts, body).await,
        };
        answered.unwrap_or_else(|error| {
            eprintln!("{} {}: {error}", parts.method, parts.uri);
            (StatusCode::INTERNAL_SERVER_ERROR, error).into_response()
        })
    }

    fn reported(&self, body: &[u8]) -> Response {
        match serde_json::from_slice(body) {
            Ok(reported) => {
                let _ = self.reports.send(reported);
                self.next().unwrap_or_else(|| "about:blank".into()).into_response()
            }
            Err(error) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
        }
    }

    async fn served(&self, parts: &Parts, body: Bytes) -> Result<Response, String> {
        // Some pages write `//`, which WPT's server takes for `/`.
        let path = &parts.uri.path().replace("//", "/");
        let query = form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let query = query.into_owned().collect();
        let asked = Asked { method: &parts.method, path, query, headers: &parts.headers };
        let handler = handler::find(path);
        let pipes = asked.value("pipe").is_some_and(|pipe| pipe.contains("header("));
        if let (Judge::Wpt(address), true) = (&self.judge, path.ends_with(".py") || pipes) {
            let mut uri = address.clone();
            uri.push_str(parts.uri.path_and_query().map_or("/", |path| path.as_str()));
            return self.pass_on(parts, uri, body).await;
        }
        match handler {
            Some(handler) => {
                let mut reply = handler(&asked, &self.stash);
                let bytes = std::mem::take(&mut reply.body).into_bytes();
                self.judged(&asked, reply, bytes).await
            }
            None => {
                let (reply, bytes) = self.file(&asked)?;
                self.judged(&asked, reply, bytes).await
            }
        }
    }

    fn file(&self, asked: &Asked<'_>) -> Result<(Reply, Vec<u8>), String> {
        let relative = Path::new(asked.path.trim_start_matches('/'));
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err("no path of a file".into());
        }
        let path = self.folder.join(relative);
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let ending = name.rsplit('.').next().unwrap_or_default();
        let kind = match ending {
            "html" | "htm" => "text/html; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "json" => "application/json",
            "txt" => "text/plain",
            "py" => return Err("there is no handler for it".into()),
            _ => "application/octet-stream",
        };
        let mut reply =
            Reply { status: 200, lines: vec![("Content-Type".into(), kind.into())], ..Reply::default() };
        let missing = || Reply { status: 404, ..Reply::default() };
        let script = name.strip_suffix(".any.html").map(|stem| format!("{stem}.any.js"));
        let source = script.as_ref().map_or_else(|| path.clone(), |script| path.with_file_name(script));
        let Ok(mut bytes) = std::fs::read(source) else { return Ok((missing(), Vec::new())) };
        let pipe = asked.value("pipe").unwrap_or_default();
        if let Some(script) = script {
            bytes = pages::page_of(&script, &String::from_utf8_lossy(&bytes)).into_bytes();
        } else if name.contains(".sub.") || pipe.split('|').any(|part| part == "sub") {
            bytes = self.places.fill(&String::from_utf8_lossy(&bytes)).into_bytes();
        }
        if let Ok(beside) = std::fs::read_to_string(path.with_file_name(format!("{name}.headers"))) {
            for (name, value) in pages::lines(&beside) {
                reply.lines.retain(|(other, _)| !other.eq_ignore_ascii_case(&name));
                reply.lines.push((name, value));
            }
        }
        pages::pipe(pipe, &mut reply.lines);
        Ok((reply, bytes))
    }

    /// The reply, with what the library says about CORS.
    async fn judged(&self, asked: &Asked<'_>, mut reply: Reply, body: Vec<u8>) -> Result<Response, String> {
        let Judge::Ours(subject) = &self.judge else { return respond(&reply, body) };
        let mut policy = Policy::take(&mut reply.lines);
        policy.status = reply.preflight_status;
        let Some(server) = self.server(subject, &policy)? else {
            return Err("the adapter does not start".into());
        };
        let uri =
            format!("http://{server}{}", policy::PATH).parse::<Uri>().map_err(|error| error.to_string())?;
        let mut request = Request::builder().method(asked.method.clone()).uri(uri);
        for name in [
            header::ORIGIN,
            header::ACCESS_CONTROL_REQUEST_METHOD,
            header::ACCESS_CONTROL_REQUEST_HEADERS,
            header::COOKIE,
        ] {
            for value in asked.headers.get_all(&name) {
                request = request.header(&name, value);
            }
        }
        let request = request.body(Body::empty()).map_err(|error| error.to_string())?;
        let decided = self.client.request(request).await.map_err(|error| error.to_string())?;
        if asked.is_preflight() {
            reply.status = decided.status().as_u16();
        }
        let mut response = respond(&reply, if asked.is_preflight() { Vec::new() } else { body })?;
        for (name, value) in decided.headers() {
            if name.as_str().starts_with("access-control-") || name == header::VARY {
                response.headers_mut().append(name, value.clone());
            }
        }
        Ok(response)
    }

    /// The server with this policy, or where the library refuses it, the one that grants nothing.
    fn server(&self, subject: &'static Subject, policy: &Policy) -> Result<Option<SocketAddr>, String> {
        let mut servers = self.servers.lock().unwrap_or_else(PoisonError::into_inner);
        for config in [policy.config(), policy::nothing()] {
            if !servers.contains_key(&config) {
                let source = Source { text: config.clone(), format: Format::Json };
                let start = || Target::Subject(subject).start(&source, Attach::App);
                let running = match tokio::task::block_in_place(start)? {
                    Started::Listening(running) => Some(running),
                    Started::Refused(_) => None,
                };
                servers.insert(config.clone(), running);
            }
            if let Some(Some(running)) = servers.get(&config) {
                return Ok(Some(running.addr));
            }
        }
        Ok(None)
    }

    async fn pass_on(&self, parts: &Parts, uri: String, body: Bytes) -> Result<Response, String> {
        let mut request = Request::builder().method(parts.method.clone()).uri(uri);
        for (name, value) in &parts.headers {
            request = request.header(name, value);
        }
        let request = request.body(Body::from(body)).map_err(|error| error.to_string())?;
        let mut response = self.client.request(request).await.map_err(|error| error.to_string())?;
        response.headers_mut().remove(header::CONNECTION);
        response.headers_mut().remove(header::TRANSFER_ENCODING);
        Ok(response.map(Body::new))
    }
}

fn typed(kind: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-store")], body).into_response()
}

fn respond(reply: &Reply, body: Vec<u8>) -> Result<Response, String> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(reply.status).map_err(|error| error.to_string())?;
    for (name, value) in &reply.lines {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    Ok(response)
}
