use cors_poem::CorsMiddleware;
use poem::{EndpointExt, Route, get, handler, test::TestClient};

#[handler]
fn hello() -> &'static str {
    "hello"
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn ask() -> crate::Answer {
    let app = Route::new().at("/hello", get(hello)).with(CorsMiddleware::new(crate::policy()?));
    let response = TestClient::new(app).get("/hello").header("origin", crate::ORIGIN).send().await;
    Ok(response.0.header("access-control-allow-origin").map(str::to_owned))
}
