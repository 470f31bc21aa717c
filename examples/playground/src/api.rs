//! The API that is called, on axum: its handlers know nothing of CORS.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{DefaultBodyLimit, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use cors_tower::CorsLayer;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;
use tower_layer::Layer;

use crate::Playground;
use crate::record::{COOKIE, Pending};

/// So many notes are kept; each further one takes the place of the oldest.
const KEPT: usize = 20;

/// Bytes that a body may have.
const BODY: usize = 4096;

/// Serves the API under the policy of the moment. An adapter of another framework would start here.
pub(crate) async fn serve(listener: TcpListener, playground: &Arc<Playground>) -> std::io::Result<()> {
    let api = routes();
    let playground = Arc::clone(playground);
    let recorded = tower::service_fn(move |request: Request| {
        let (api, playground) = (api.clone(), Arc::clone(&playground));
        async move { Ok::<_, Infallible>(answer(api, &playground, request).await) }
    });
    axum::serve(listener, Router::new().fallback_service(recorded)).await
}

/// One request: one policy, from start to end.
async fn answer(api: Router, playground: &Playground, request: Request) -> Response {
    let policy = playground.policy();
    let (parts, body) = request.into_parts();
    let pending = Pending::new(&parts, &policy);
    let service = CorsLayer::new(policy.cors.clone()).layer(api);
    let response = service.oneshot(Request::from_parts(parts, body)).await.into_response();
    if let Some(pending) = pending {
        playground.log.push(pending.answered(response.status().as_u16(), response.headers()));
    }
    response
}

#[derive(Clone)]
struct Notes(Arc<Mutex<BTreeMap<u32, String>>>);

impl Notes {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn routes() -> Router {
    let notes = BTreeMap::from([(1, "milk".to_owned()), (2, "bread".to_owned())]);
    Router::new()
        .route("/notes", get(list).post(add))
        .route("/notes/{id}", put(replace).delete(remove).get(read))
        .route("/me", get(me))
        .route("/report", get(report))
        .route("/error", get(error))
        .route("/private", get(private))
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(Notes(Arc::new(Mutex::new(notes))))
}

async fn list(State(notes): State<Notes>) -> impl IntoResponse {
    Json(notes.lock().clone())
}

/// What a body says: `{"text": "…"}`, or the text itself.
fn text_of(body: String) -> String {
    match serde_json::from_str::<Value>(&body) {
        Ok(Value::Object(mut note)) => match note.remove("text") {
            Some(Value::String(text)) => text,
            _ => body,
        },
        _ => body,
    }
}

async fn add(State(notes): State<Notes>, body: String) -> impl IntoResponse {
    let mut notes = notes.lock();
    let id = notes.last_key_value().map_or(1, |(last, _)| last.saturating_add(1));
    notes.insert(id, text_of(body));
    while notes.len() > KEPT {
        notes.pop_first();
    }
    (StatusCode::CREATED, Json(json!({ "id": id })))
}

async fn read(State(notes): State<Notes>, Path(id): Path<u32>) -> Response {
    notes
        .lock()
        .get(&id)
        .map_or_else(|| StatusCode::NOT_FOUND.into_response(), |text| text.clone().into_response())
}

async fn replace(State(notes): State<Notes>, Path(id): Path<u32>, body: String) -> Response {
    let mut notes = notes.lock();
    if notes.len() >= KEPT && !notes.contains_key(&id) {
        return StatusCode::INSUFFICIENT_STORAGE.into_response();
    }
    notes.insert(id, text_of(body));
    Json(json!({ "replaced": id })).into_response()
}

async fn remove(State(notes): State<Notes>, Path(id): Path<u32>) -> StatusCode {
    notes.lock().remove(&id);
    StatusCode::NO_CONTENT
}

async fn me(headers: HeaderMap) -> Response {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split("; ")).filter_map(|pair| pair.split_once('='));
    match pairs.find(|(name, _)| *name == COOKIE) {
        Some((_, user)) => Json(json!({ "user": user })).into_response(),
        None => (StatusCode::UNAUTHORIZED, Json(json!({ "error": "no cookie" }))).into_response(),
    }
}

async fn report() -> impl IntoResponse {
    ([("x-total-count", "1234"), ("etag", "\"report-7\"")], Json(json!({ "rows": [1, 2, 3] })))
}

async fn error() -> impl IntoResponse {
    (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": "the database is gone" })))
}

async fn private() -> impl IntoResponse {
    Json(json!({ "secret": 42 }))
}
