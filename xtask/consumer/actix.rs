use actix_web::{App, test, web};
use cors_actix_web::CorsMiddleware;

#[actix_web::main]
pub(crate) async fn ask() -> crate::Answer {
    let hello = web::resource("/hello").get(async || "hello");
    let app = test::init_service(App::new().service(hello).wrap(CorsMiddleware::new(crate::policy()?))).await;
    let request = test::TestRequest::with_uri("/hello").insert_header(("origin", crate::ORIGIN));
    let response = test::call_service(&app, request.to_request()).await;
    let header = response.headers().get("access-control-allow-origin");
    Ok(header.map(|value| value.to_str().map(str::to_owned)).transpose()?)
}
