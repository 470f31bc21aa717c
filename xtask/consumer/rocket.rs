use cors_rocket::CorsFairing;
use rocket::{get, http::Header, local::blocking::Client, routes};

#[get("/hello")]
fn hello() -> &'static str {
    "hello"
}

pub(crate) fn ask() -> crate::Answer {
    let quiet = rocket::Config { log_level: rocket::config::LogLevel::Off, ..Default::default() };
    let app = rocket::custom(quiet).mount("/", routes![hello]).attach(CorsFairing::new(crate::policy()?));
    let client = Client::untracked(app)?;
    let response = client.get("/hello").header(Header::new("Origin", crate::ORIGIN)).dispatch();
    Ok(response.headers().get_one("Access-Control-Allow-Origin").map(str::to_owned))
}
