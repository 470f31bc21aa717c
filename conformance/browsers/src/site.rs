//! The pages' side: one server for the page and for what it frames, and the checks handed out one after another.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use tokio::net::TcpListener;

use crate::rebind::Rebind;
use crate::record::Recorder;
use crate::run::Conductor;

/// Serves the page, and on another origin the frames, as long as the process runs.
pub(crate) async fn serve(
    page: TcpListener,
    other: TcpListener,
    conductor: Arc<Conductor>,
    recorder: Arc<Recorder>,
) {
    let page_routes = Router::new()
        .route("/", get(async || page_of(include_str!("../page/index.html"))))
        .route("/frame", get(frame))
        .route("/next", post(next))
        .route("/outcome", post(outcome))
        .with_state(conductor)
        .route("/arrived", get(arrived))
        .with_state(Arc::clone(&recorder))
        .route("/lure", post(lure))
        .route("/rebind", post(rebind))
        .with_state(Arc::new(Rebind::new(recorder)));
    let other_routes = Router::new().route("/frame", get(frame)).route("/redirect", post(redirect));
    let _ = tokio::join!(
        axum::serve(page, page_routes).into_future(),
        axum::serve(other, other_routes).into_future(),
    );
}

/// The page of a frame.
pub(crate) async fn frame() -> impl IntoResponse {
    page_of(include_str!("../page/frame.html"))
}

fn page_of(text: &'static str) -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-store")], Html(text))
}

async fn next(State(conductor): State<Arc<Conductor>>) -> Response {
    match conductor.next().await {
        Some(task) => Json(task).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    }
}

async fn outcome(State(conductor): State<Arc<Conductor>>, body: Bytes) -> StatusCode {
    let seen = serde_json::from_slice(&body).unwrap_or_else(|error| error.to_string().into());
    conductor.ended(seen);
    StatusCode::NO_CONTENT
}

async fn arrived(State(recorder): State<Arc<Recorder>>, RawQuery(method): RawQuery) -> StatusCode {
    recorder.arrived(&method.unwrap_or_default()).await;
    StatusCode::NO_CONTENT
}

async fn lure(State(rebind): State<Arc<Rebind>>) -> Result<String, String> {
    rebind.lure().await.map_err(|error| error.to_string())
}

async fn rebind(State(rebind): State<Arc<Rebind>>) -> Result<(), String> {
    rebind.rebind().await.map_err(|error| error.to_string())
}

/// To the address in the query, with method and body.
async fn redirect(RawQuery(to): RawQuery) -> Redirect {
    Redirect::temporary(&to.unwrap_or_default())
}
