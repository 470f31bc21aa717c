//! rocket, as the tests ask it.

#![allow(dead_code)] // Each test takes what it needs.

use cors_test_support::{Answer, Ask};
use rocket::config::LogLevel;
use rocket::http::Header;
use rocket::local::blocking::{Client, LocalRequest, LocalResponse};
use rocket::{Build, Config, Rocket};

/// An application that logs nothing.
pub(crate) fn application() -> Rocket<Build> {
    rocket::custom(Config { log_level: LogLevel::Off, port: 0, ..Config::debug_default() })
}

pub(crate) fn launch(rocket: Rocket<Build>) -> Client {
    Client::untracked(rocket).unwrap()
}

pub(crate) fn request<'c>(client: &'c Client, ask: &Ask) -> LocalRequest<'c> {
    let request = client.req(ask.method.parse::<rocket::http::Method>().unwrap(), ask.uri);
    ask.lines.iter().fold(request, |request, &(name, value)| request.header(Header::new(name, value)))
}

pub(crate) fn ask(client: &Client, ask: Ask) -> Answer {
    let response = request(client, &ask).dispatch();
    head(&response).with_text(response.into_bytes().unwrap_or_default())
}

pub(crate) fn head(response: &LocalResponse<'_>) -> Answer {
    let lines = response.headers().iter();
    Answer::new(
        response.status().code,
        lines.map(|line| (line.name.as_str().to_owned(), line.value.into_owned())),
    )
}
