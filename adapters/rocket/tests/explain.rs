//! `explain` says what the fairing does, of a request as a request guard has it.

use cors_rocket::{Cors, CorsConfig, CorsFairing, Refusal, ResourceOptions, explain};
use cors_test_support::{assert_explained, explained_lines};
use rocket::http::Header;
use rocket::local::blocking::{Client, LocalRequest};
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, get, routes};

const A: &str = "https://a.example";

fn policy() -> Cors {
    let options = ResourceOptions::new().allow_headers(["x-a"]).expose_headers(["x-total"]);
    CorsConfig::new().defaults([(A, options)]).all_resources().build().unwrap()
}

/// The lines that the policy writes, as they are explained.
struct Explained(String);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Explained {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let explanation = explain(request.rocket().state().unwrap(), request);
        Outcome::Success(Self(explained_lines(explanation.headers())))
    }
}

#[get("/x")]
fn x(explained: Explained) -> String {
    explained.0
}

fn with<'c>(request: LocalRequest<'c>, name: &'static str, value: &'static str) -> LocalRequest<'c> {
    request.header(Header::new(name, value))
}

#[test]
fn a_guard_explains_the_answer_that_the_page_gets() {
    let app = rocket::build().manage(policy()).mount("/", routes![x]).attach(CorsFairing::new(policy()));
    let client = Client::untracked(app).unwrap();
    for origin in [A, "https://b.example"] {
        let response = with(client.get("/x?y"), "origin", origin).dispatch();
        let sent = response.headers().iter().map(|line| (line.name.to_string(), line.value.to_string()));
        let sent: Vec<_> = sent.collect();
        assert_explained(&response.into_string().unwrap(), sent);
    }
}

#[test]
fn preflights_are_seen() {
    let (client, cors) = (Client::untracked(rocket::build()).unwrap(), policy());
    let preflight = |headers| {
        let request = with(client.options("/x"), "origin", A);
        let request = with(request, "access-control-request-method", "GET");
        let request = with(request, "access-control-request-headers", headers);
        explain(&cors, request.inner()).verdict().refusal()
    };
    assert_eq!(preflight("x-a"), None);
    assert_eq!(preflight("x-b"), Some(Refusal::Header));
}
