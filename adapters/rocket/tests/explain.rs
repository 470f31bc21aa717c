//! `explain` says what the fairing does, of a request as a request guard has it.

use cors_rocket::{Cors, CorsConfig, CorsFairing, Refusal, ResourceOptions, explain};
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
struct Explained(Vec<String>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Explained {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, ()> {
        let explanation = explain(request.rocket().state().unwrap(), request);
        let line = |(name, value): (_, &_)| format!("{name}: {value:?}");
        Outcome::Success(Self(explanation.headers().iter().map(line).collect()))
    }
}

#[get("/x")]
fn x(explained: Explained) -> String {
    explained.0.join("\n")
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
        let mut sent: Vec<_> = (response.headers().iter())
            .filter(|line| line.name().as_str().starts_with("access-control-") || line.name() == "vary")
            .map(|line| format!("{}: {:?}", line.name().as_str().to_lowercase(), line.value()))
            .collect();
        let body = response.into_string().unwrap();
        let mut explained: Vec<_> = body.lines().map(str::to_owned).collect();
        sent.sort();
        explained.sort();
        assert_eq!(explained, sent, "{origin}");
        assert!(sent.contains(&"vary: \"Origin\"".to_owned()), "{sent:?}");
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
