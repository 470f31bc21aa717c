//! actix-web, through `cors-actix-web`.

use std::io;

use actix_web::http::{StatusCode, header};
use actix_web::web::{self, Bytes, Data, PayloadConfig};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use cors_actix_web::CorsMiddleware;

use super::Site;
use crate::notes::{BODY, Notes};

pub(super) async fn serve(Site { notes, cors, ready }: Site) -> io::Result<()> {
    let api = move || {
        App::new()
            .service(web::resource("/notes").get(answer).post(answer))
            .service(web::resource("/notes/{id}").get(answer).put(answer).delete(answer))
            .service(web::resource("/me").get(answer))
            .service(web::resource("/report").get(answer))
            .service(web::resource("/error").get(answer))
            .service(web::resource("/private").get(answer))
            .app_data(PayloadConfig::new(BODY))
            .app_data(Data::new(notes.clone()))
            .wrap(CorsMiddleware::new(cors.clone()))
    };
    let listener = ready.listen().await?.into_std()?;
    let server = HttpServer::new(api).workers(1).disable_signals().listen(listener)?.run();
    server.await
}

async fn answer(notes: Data<Notes>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let cookie = request.headers().get(header::COOKIE).and_then(|line| line.to_str().ok());
    let reply = notes.answer(request.method().as_str(), request.path(), cookie.unwrap_or_default(), &body);
    let status = StatusCode::from_u16(reply.status().as_u16()).unwrap_or_default();
    let mut response = HttpResponse::build(status);
    for (name, value) in reply.headers() {
        response.append_header((name.as_str(), value.as_bytes()));
    }
    response.body(reply.into_body())
}
