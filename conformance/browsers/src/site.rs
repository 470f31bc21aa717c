//! The pages' side: one server for the page and for what it frames, and the checks handed out one after another.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use tokio::net::TcpListener;

use crate::run::Conductor;

/// Serves the page, and on another origin the frames, as long as the process runs.
pub(crate) async fn serve(page: TcpListener, other: TcpListener, conductor: Arc<Conductor>) {
    let frame = async || page_of(include_str!("../page/frame.html"));
    let page_routes = Router::new()
        .route("/", get(async || page_of(include_str!("../page/index.html"))))
        .route("/frame", get(frame))
        .route("/next", post(next))
        .route("/outcome", post(outcome))
        .with_state(conductor);
    let _ = tokio::join!(
        axum::serve(page, page_routes).into_future(),
        axum::serve(other, Router::new().route("/frame", get(frame))).into_future(),
    );
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
