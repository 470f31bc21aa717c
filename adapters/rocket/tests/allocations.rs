//! What the fairing allocates beyond the bare application. rocket boxes the future of each fairing, makes an entry in the
//! request's cache, and keeps a list of values for each header name; the texts themselves are borrowed.

mod common;

use allocation_counter::measure;
use common::{APP, STRANGER, application, cors_lines, from_app, launch, policy, preflight, request};
use cors_rocket::{CorsFairing, Resource, ResourceOptions};
use rocket::local::blocking::{Client, LocalRequest};
use rocket::{Build, Rocket, get, routes};

#[get("/hello")]
fn hello() -> &'static str {
    "hello"
}

#[get("/private")]
fn private() -> &'static str {
    "private"
}

#[get("/open")]
fn open() -> &'static str {
    "open"
}

fn bare() -> Rocket<Build> {
    application().mount("/", routes![hello, private, open])
}

/// Allocations of one request, without those that make it.
fn allocations(client: &Client, request: &dyn Fn(&Client) -> LocalRequest<'_>) -> i64 {
    // What is made once is made.
    drop(request(client).dispatch());
    let request = request(client);
    let mut response = None;
    let counted = measure(|| response = Some(request.dispatch()));
    drop(response);
    counted.count_total.try_into().unwrap()
}

type Class = (&'static str, &'static dyn Fn(&Client) -> LocalRequest<'_>, usize, i64);

/// Every class of request, how many lines it must get, lest nothing be measured, and what it may cost: 4 for two fairings and
/// the cache, one for each line, the rest where rocket's map grows and for the handler of a preflight.
const CLASSES: [Class; 8] = [
    ("pass", &|client| from_app(client, "GET", "/private"), 0, 4),
    ("no Origin", &|client| request(client, "GET", "/hello", &[]), 1, 5),
    ("granted", &|client| from_app(client, "GET", "/hello"), 4, 10),
    ("granted to everybody", &|client| from_app(client, "GET", "/open"), 1, 5),
    ("refused", &|client| request(client, "GET", "/hello", &[("origin", STRANGER)]), 1, 5),
    ("preflight allowed", &|client| preflight(client, APP, "PUT", "/hello"), 6, 12),
    ("preflight with little to say", &|client| request(client, "OPTIONS", "/open", &ASK), 3, 9),
    ("preflight refused", &|client| preflight(client, STRANGER, "PUT", "/hello"), 1, 7),
];

const ASK: [(&str, &str); 2] = [("origin", APP), ("access-control-request-method", "GET")];

#[test]
fn beyond_the_bare_application() {
    let open = Resource::at("/open").only([("*", ResourceOptions::new())]);
    let cors = policy(&[]).config().clone().add(open).build().unwrap();
    let (bare, ours) = (launch(bare()), launch(bare().attach(CorsFairing::new(cors))));
    let mut worse = Vec::new();
    for (class, request, lines, allowed) in CLASSES {
        assert_eq!(cors_lines(request(&ours).dispatch().headers()).len(), lines, "{class}");
        let cost = allocations(&ours, request) - allocations(&bare, request);
        if cost > allowed {
            worse.push(format!("{class}: {cost}, allowed are {allowed}"));
        }
    }
    assert!(worse.is_empty(), "{worse:#?}");
}
