//! The page, the stranger's page, and the requests of the page to its own server.

use std::io::{self, Write};
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Query, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Playground;
use crate::blocked::Judged;
use crate::policy::Policy;
use crate::record::COOKIE;

/// The longest configuration, in bytes.
const CONFIGURATION: usize = 64 * 1024;

/// The page that the user opens. Its own calls are same-origin, so CORS plays no part in them.
pub(crate) fn page(playground: &Arc<Playground>) -> Router {
    Router::new()
        .route("/", get(index))
        .route("/app.js", get(script))
        .route("/style.css", get(style))
        .route("/setup", get(setup))
        .route("/config", get(configuration).put(apply))
        .route("/exchanges", get(exchanges))
        .route("/autorun", post(autorun))
        .layer(DefaultBodyLimit::max(CONFIGURATION))
        .layer(from_fn_with_state(Arc::clone(playground), by_its_own_name))
        .with_state(Arc::clone(playground))
}

/// The page on another origin, which the main page keeps in a hidden frame.
pub(crate) fn stranger(playground: &Arc<Playground>) -> Router {
    Router::new().route("/", get(frame)).route("/app.js", get(script)).with_state(Arc::clone(playground))
}

/// `localhost` is another origin than `127.0.0.1`, which the configuration names, so requests to it are redirected. Any
/// other name is rejected: a site that points its own name at this machine could otherwise change the configuration.
async fn by_its_own_name(
    State(playground): State<Arc<Playground>>,
    request: Request,
    next: Next,
) -> Response {
    let own = playground.page.trim_start_matches("http://");
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    if host == own {
        return next.run(request).await;
    }
    if host.strip_prefix("localhost").is_some_and(|port| own.strip_prefix("127.0.0.1") == Some(port)) {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, format!("{}{path}", playground.page))])
            .into_response();
    }
    (StatusCode::MISDIRECTED_REQUEST, format!("this is {}\n", playground.page)).into_response()
}

async fn index(State(playground): State<Arc<Playground>>) -> impl IntoResponse {
    let Playground { api, stranger, .. } = &*playground;
    let policy = format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self' {api}; \
         frame-src {stranger}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    let cookie = format!("{COOKIE}=ada; Path=/; HttpOnly; SameSite=Lax");
    (
        [(header::CONTENT_SECURITY_POLICY, policy), (header::SET_COOKIE, cookie)],
        Html(include_str!("../page/index.html")),
    )
}

/// Prints the results of a page that was opened with `?autorun`, as one line of JSON, for the program that opened it.
async fn autorun(body: String) -> StatusCode {
    let Ok(outcomes) = serde_json::from_str::<Value>(&body) else { return StatusCode::BAD_REQUEST };
    match writeln!(io::stdout(), "autorun {outcomes}") {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn frame(State(playground): State<Arc<Playground>>) -> impl IntoResponse {
    let Playground { page, api, .. } = &*playground;
    let policy = format!(
        "default-src 'none'; script-src 'self'; img-src data:; connect-src {api}; form-action 'none'; \
         base-uri 'none'; frame-ancestors {page}"
    );
    (
        [(header::CONTENT_SECURITY_POLICY, policy)],
        Html(include_str!("../page/stranger.html").replace("{page}", page)),
    )
}

async fn script() -> impl IntoResponse {
    file("text/javascript; charset=utf-8", include_str!("../page/app.js"))
}

async fn style() -> impl IntoResponse {
    file("text/css; charset=utf-8", include_str!("../page/style.css"))
}

fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text)
}

async fn setup(State(playground): State<Arc<Playground>>) -> Json<Value> {
    let Playground { page, api, stranger, initial, adapter, .. } = &*playground;
    Json(json!({ "page": page, "api": api, "stranger": stranger, "initial": initial, "adapter": adapter }))
}

async fn configuration(State(playground): State<Arc<Playground>>) -> Json<Value> {
    described(&playground.policy())
}

async fn apply(State(playground): State<Arc<Playground>>, text: String) -> Response {
    match playground.apply(text) {
        Ok(policy) => described(&policy).into_response(),
        Err(mistakes) => {
            (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "errors": mistakes }))).into_response()
        }
    }
}

fn described(policy: &Policy) -> Json<Value> {
    let advice: Vec<_> = policy.cors.advice().iter().map(ToString::to_string).collect();
    Json(json!({ "number": policy.number, "text": policy.text, "advice": advice }))
}

#[derive(Deserialize)]
struct Run {
    run: String,
    credentials: Option<String>,
}

async fn exchanges(State(playground): State<Arc<Playground>>, Query(run): Query<Run>) -> Json<Value> {
    let exchanges = playground.log.of_run(&run.run).into_iter();
    let exchanges: Vec<_> =
        exchanges.map(|exchange| Judged::new(exchange, run.credentials.as_deref())).collect();
    Json(json!({ "exchanges": exchanges }))
}
