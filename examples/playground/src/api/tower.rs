//! axum, through `cors-tower`.

use std::io;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Uri, header};
use axum::routing::get;
use cors_tower::CorsLayer;

use super::Site;
use crate::notes::{BODY, Notes, Reply};

pub(super) async fn serve(Site { notes, cors, ready }: Site) -> io::Result<()> {
    let api = Router::new()
        .route("/notes", get(answer).post(answer))
        .route("/notes/{id}", get(answer).put(answer).delete(answer))
        .route("/me", get(answer))
        .route("/report", get(answer))
        .route("/error", get(answer))
        .route("/private", get(answer))
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(notes)
        .layer(CorsLayer::new(cors));
    axum::serve(ready.listen().await?, api).await
}

async fn answer(
    State(notes): State<Notes>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    let cookie = headers.get(header::COOKIE).and_then(|line| line.to_str().ok()).unwrap_or_default();
    notes.answer(method.as_str(), uri.path(), cookie, &body)
}
