//! `explain` says what the fairing does, of a request as a request guard has it.

mod common;

use common::{ask, request};
use cors_rocket::{Cors, CorsConfig, CorsFairing, Refusal, ResourceOptions, explain};
use cors_test_support::{assert_explained, explained_lines, plain, preflight};
use rocket::local::blocking::Client;
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

#[test]
fn a_guard_explains_the_answer_that_the_page_gets() {
    let app = rocket::build().manage(policy()).mount("/", routes![x]).attach(CorsFairing::new(policy()));
    let client = Client::untracked(app).unwrap();
    for origin in [A, "https://b.example"] {
        assert_explained(&ask(&client, plain("GET", "/x?y").line("origin", origin)));
    }
}

#[test]
fn preflights_are_seen() {
    let (client, cors) = (Client::untracked(rocket::build()).unwrap(), policy());
    let asks = |name| {
        let ask = preflight(A, "GET", "/x").line("access-control-request-headers", name);
        explain(&cors, request(&client, &ask).inner()).verdict().refusal()
    };
    assert_eq!(asks("x-a"), None);
    assert_eq!(asks("x-b"), Some(Refusal::Header));
}
