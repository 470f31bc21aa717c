//! The host over HTTP/2, where it stands in the target alone: for enforcement and for origin sources. Rocket shows it as the
//! request's host.

mod common;

use common::{application, launch};
use cors_model::{Answering, Asked, Keeping};
use cors_rocket::{CorsConfig, CorsFairing, Enforce, OriginSource, ResourceOptions, SourceAnswer};
use cors_test_support::APP;
use rocket::http::Header;
use rocket::http::uri::{Authority, Host};
use rocket::local::blocking::Client;
use rocket::{post, routes};

#[post("/hello")]
fn hello() -> &'static str {
    "hello"
}

fn client(enforce: Enforce) -> Client {
    serving(CorsConfig::new().enforce(enforce))
}

fn serving(config: CorsConfig) -> Client {
    let cors = config.build().unwrap();
    launch(application().mount("/", routes![hello]).attach(CorsFairing::new(cors)))
}

/// The status of a POST with this host of the target, and these header lines.
fn status(client: &Client, host: Option<&'static str>, lines: &[(&'static str, &'static str)]) -> u16 {
    let mut request = client.post("/hello");
    if let Some(host) = host {
        request.inner_mut().set_host(Host::from(Authority::parse(host).unwrap()));
    }
    let request =
        lines.iter().fold(request, |request, &(name, value)| request.header(Header::new(name, value)));
    request.dispatch().status().code
}

#[test]
fn a_host_of_the_list_is_served() {
    let client = client(Enforce::refuse().hosts(["api.example", "[::1]:3000"]));
    for (host, lines, expected) in [
        (Some("api.example"), &[][..], 200),
        (Some("API.example:443"), &[], 200),
        (Some("[::1]:3000"), &[], 200),
        (Some("evil.example"), &[], 403),
        (Some("api.example"), &[("host", "evil.example")], 403),
        (None, &[("host", "api.example")], 200),
        (None, &[("host", "api.example"), ("host", "api.example")], 403),
        (None, &[], 403),
    ] {
        assert_eq!(status(&client, host, lines), expected, "{host:?} {lines:?}");
    }
}

#[test]
fn a_page_of_the_same_host_may_act() {
    let client = client(Enforce::refuse());
    for (host, origin, expected) in [
        ("api.example", "https://api.example", 200),
        ("api.example:8443", "https://api.example:8443", 200),
        ("api.example", "https://evil.example", 403),
        ("api.example", "https://api.example:8443", 403),
    ] {
        assert_eq!(status(&client, Some(host), &[("origin", origin)]), expected, "{host} {origin}");
    }
}

/// Knows the host of the request, and takes a while.
struct ByHost;

impl OriginSource for ByHost {
    fn ask(&self, asked: &Asked<'_>, _: &Keeping) -> Answering {
        let belongs = asked.host() == Some("api.example");
        Answering::Later(Box::pin(async move {
            rocket::tokio::task::yield_now().await;
            SourceAnswer::from(belongs)
        }))
    }
}

#[test]
fn a_source_that_is_awaited_sees_it() {
    let config = CorsConfig::new().source("by-host", ByHost);
    let config = config.defaults([("@by-host", ResourceOptions::new())]).all_resources();
    let client = serving(config.enforce(Enforce::refuse()));
    for (host, expected) in [("api.example", 200), ("other.example", 403)] {
        assert_eq!(status(&client, Some(host), &[("origin", APP)]), expected, "{host}");
    }
}
