//! rocket: its local client, and one route for each method.

use std::io::Cursor;

use cors_rocket::CorsFairing;
use rocket::config::LogLevel;
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Header, Method, Status};
use rocket::local::blocking::{Client, LocalRequest};
use rocket::outcome::Outcome;
use rocket::route::{BoxFuture, Handler};
use rocket::{Build, Config, Data, Request, Response, Rocket, Route};
use rocket_cors::{AllowedHeaders, AllowedOrigins, Cors, CorsOptions};

use super::{Answer, Application, Around, Framework};
use crate::scenario::{Ask, EXPOSED, HEADERS, MAX_AGE, METHODS, Others};

pub(super) const FRAMEWORK: Framework = Framework { name: "rocket", peer: "rocket_cors", application };

fn application(around: Around<'_>) -> Option<Box<dyn Application>> {
    let app = match around {
        Around::Floor => bare(empty),
        Around::Hand(answer) if answer.is_preflight => bare(Preflight(answer)),
        Around::Hand(answer) => bare(empty).attach(Hand(answer)),
        Around::Ours(cors) => bare(empty).attach(CorsFairing::by_path_alone(cors.clone())),
        Around::Peer(others) => bare(empty).attach(peer(others)),
    };
    Some(Box::new(Local(Client::untracked(app).expect("it launches"))))
}

/// OPTIONS has a route, too: without one rocket would make a page for its 404 first.
fn bare(options: impl Handler) -> Rocket<Build> {
    let config = Config { log_level: LogLevel::Off, port: 0, ..Config::debug_default() };
    let routes = [Method::Get, Method::Put].map(|method| Route::new(method, "/<path..>", empty));
    rocket::custom(config).mount("/", routes).mount("/", [Route::new(Method::Options, "/<path..>", options)])
}

fn empty<'r>(_: &'r Request<'_>, _: Data<'r>) -> BoxFuture<'r> {
    Outcome::Success(Response::new()).pin()
}

fn peer(others: &Others) -> Cors {
    let allowed_origins = match others {
        Others::These(origins) => AllowedOrigins::some_exact(origins),
        Others::Subdomains => AllowedOrigins::some_regex(&[r"^https://([^./:]+[.])+example\.com$"]),
    };
    let options = CorsOptions {
        allowed_origins,
        allowed_methods: METHODS.iter().filter_map(|name| name.parse().ok()).collect(),
        allowed_headers: AllowedHeaders::some(&HEADERS),
        allow_credentials: true,
        expose_headers: [EXPOSED.to_owned()].into(),
        max_age: Some(MAX_AGE as usize),
        ..CorsOptions::default()
    };
    options.to_cors().expect("the policies of scenarios are right")
}

/// The whole answer to a preflight, by hand.
#[derive(Clone)]
struct Preflight(&'static Answer);

#[rocket::async_trait]
impl Handler for Preflight {
    async fn handle<'r>(&self, _: &'r Request<'_>, _: Data<'r>) -> rocket::route::Outcome<'r> {
        let mut response = Response::new();
        response.set_status(Status::new(self.0.status));
        if !self.0.body.is_empty() {
            response.set_sized_body(self.0.body.len(), Cursor::new(self.0.body));
        }
        put(self.0, &mut response);
        Outcome::Success(response)
    }
}

/// The fairing by hand.
struct Hand(&'static Answer);

#[rocket::async_trait]
impl Fairing for Hand {
    fn info(&self) -> Info {
        Info { name: "by hand", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, _: &'r Request<'_>, response: &mut Response<'r>) {
        put(self.0, response);
    }
}

fn put(answer: &'static Answer, response: &mut Response<'_>) {
    for &(name, value) in &answer.lines {
        response.set_header(Header::new(name, value));
    }
}

struct Local(Client);

impl Application for Local {
    fn requests<'a>(&'a self, ask: &Ask, count: usize) -> Box<dyn FnOnce() + 'a> {
        let requests: Vec<_> = (0..count).map(|_| request(&self.0, ask)).collect();
        Box::new(move || {
            for request in requests {
                drop(request.dispatch());
            }
        })
    }

    fn answer(&self, ask: &Ask) -> (u16, Vec<(String, String)>, String) {
        let response = request(&self.0, ask).dispatch();
        let line =
            |header: Header<'_>| (header.name.as_str().to_ascii_lowercase(), header.value.into_owned());
        let lines = response.headers().iter().map(line).collect();
        (response.status().code, lines, response.into_string().unwrap_or_default())
    }
}

fn request<'c>(client: &'c Client, ask: &Ask) -> LocalRequest<'c> {
    let request = client.req(ask.method.parse::<Method>().expect("it is one"), ask.path.clone());
    let header = |(name, value): &(&'static str, String)| Header::new(*name, value.clone());
    ask.lines.iter().fold(request, |request, line| request.header(header(line)))
}
