//! rocket, through `cors-rocket`.

use std::io::{self, Cursor};
use std::net::SocketAddr;

use cors_rocket::CorsFairing;
use rocket::Request;
use rocket::config::{Config, LogLevel};
use rocket::data::{Data, ToByteUnit};
use rocket::fairing::AdHoc;
use rocket::figment::Figment;
use rocket::http::Method::{Delete, Get, Post, Put};
use rocket::http::Status;
use rocket::response::Response;
use rocket::route::{Handler, Outcome, Route};

use super::Site;
use crate::notes::{BODY, Notes};

pub(super) async fn serve(Site { notes, cors, ready }: Site) -> io::Result<()> {
    let config = Config { port: 0, log_level: LogLevel::Off, ..Config::debug_default() };
    let config = Figment::from(config)
        .merge(("shutdown.ctrlc", false))
        // Set by name, since `Config` has signals only on Unix.
        .merge(("shutdown.signals", [""; 0]));
    let route = |(method, path)| Route::new(method, path, notes.clone());
    let api = rocket::custom(config)
        .mount("/", [(Get, "/notes"), (Post, "/notes")].map(route))
        .mount("/", [(Get, "/notes/<id>"), (Put, "/notes/<id>"), (Delete, "/notes/<id>")].map(route))
        .mount("/", ["/me", "/report", "/error", "/private"].map(|path| route((Get, path))))
        // An edited configuration may name paths without a route.
        .attach(CorsFairing::by_path_alone(cors))
        .attach(AdHoc::on_liftoff("ready", |rocket| {
            ready.at(SocketAddr::new(rocket.config().address, rocket.config().port));
            Box::pin(async {})
        }));
    api.launch().await.map(drop).map_err(io::Error::other)
}

#[rocket::async_trait]
impl Handler for Notes {
    async fn handle<'r>(&self, request: &'r Request<'_>, body: Data<'r>) -> Outcome<'r> {
        let body = match body.open(BODY.bytes()).into_bytes().await {
            Ok(body) if body.is_complete() => body.into_inner(),
            _ => return Outcome::error(Status::PayloadTooLarge),
        };
        let cookie = request.headers().get_one("cookie").unwrap_or_default();
        let reply = self.answer(request.method().as_str(), request.uri().path().as_str(), cookie, &body);
        let mut response = Response::build();
        response.status(Status::new(reply.status().as_u16()));
        for (name, value) in reply.headers() {
            response.raw_header_adjoin(name.to_string(), value.to_str().unwrap_or_default().to_owned());
        }
        let body = reply.into_body();
        Outcome::Success(response.sized_body(body.len(), Cursor::new(body)).finalize())
    }
}
