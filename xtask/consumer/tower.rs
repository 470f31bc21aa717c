use axum::{Router, body::Body, http::Request, routing::get};
use cors_tower::CorsLayer;
use tower::ServiceExt;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn ask() -> crate::Answer {
    let app = Router::new().route("/hello", get(async || "hello")).layer(CorsLayer::new(crate::policy()?));
    let request = Request::get("/hello").header("origin", crate::ORIGIN).body(Body::empty())?;
    let response = app.oneshot(request).await?;
    let header = response.headers().get("access-control-allow-origin");
    Ok(header.map(|value| value.to_str().map(str::to_owned)).transpose()?)
}
