//! What the fairing allocates beyond the bare application. rocket boxes the future of each fairing, makes an entry in the
//! request's cache, and keeps a list of values for each header name; the texts themselves are borrowed.

mod common;

use common::{application, head, launch, request};
use cors_rocket::CorsFairing;
use cors_test_support::allocations::{Class, actual, count, policy, preflights};
use cors_test_support::{APP, Ask, preflight};
use rocket::local::blocking::Client;
use rocket::{Build, Rocket, get, routes};

#[get("/<_>")]
fn hello() -> &'static str {
    "hello"
}

fn bare() -> Rocket<Build> {
    application().mount("/", routes![hello])
}

/// Allocations of one request, without those that make it, and its lines.
fn measured(client: &Client, ask: &Ask) -> (u64, usize) {
    // What is made once is made.
    drop(request(client, ask).dispatch());
    let request = request(client, ask);
    let (allocations, response) = count(|| request.dispatch());
    (allocations, head(&response).cors_lines().len())
}

/// What a class may cost: 4 for two fairings and the cache, one for each line, the rest where rocket's map grows and for
/// the handler of a preflight.
fn allowed(class: &Class) -> u64 {
    let growth = if class.lines > 3 || class.ask.method == "OPTIONS" { 2 } else { 0 };
    // The list of methods is put together for a preflight at a resource with routes (S9).
    let list = u64::from(class.name == "preflight allowed");
    4 + class.lines as u64 + growth + list
}

#[test]
fn beyond_the_bare_application() {
    let (bare, ours) = (launch(bare()), launch(bare().attach(CorsFairing::by_path_alone(policy()))));
    let little =
        Class { name: "preflight with little to say", ask: preflight(APP, "GET", "/open"), lines: 3 };
    let mut worse = Vec::new();
    for class in actual().into_iter().chain(preflights()).chain([little]) {
        let (alone, _) = measured(&bare, &class.ask);
        let (with, lines) = measured(&ours, &class.ask);
        assert_eq!(lines, class.lines, "{}", class.name);
        let allowed = alone + allowed(&class);
        if with > allowed {
            worse.push(format!("{}: {with}, allowed are {allowed}", class.name));
        }
    }
    assert!(worse.is_empty(), "{worse:#?}");
}
