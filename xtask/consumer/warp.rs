use cors_warp::{default_replies, with_cors};
use warp::Filter;

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn ask() -> crate::Answer {
    let routes = warp::path!("hello").map(|| "hello");
    let app = with_cors(crate::policy()?, default_replies(routes));
    let request = warp::test::request().path("/hello").header("origin", crate::ORIGIN);
    let response = request.reply(&app).await;
    let header = response.headers().get("access-control-allow-origin");
    Ok(header.map(|value| value.to_str().map(str::to_owned)).transpose()?)
}
