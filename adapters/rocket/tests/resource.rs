//! The fairing around the routes of one resource.

mod common;

use common::{application, ask, launch};
use cors_rocket::CorsFairing;
use cors_test_support::{
    APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, assert_cors, different_resources, from_app,
    policy, preflight,
};
use rocket::http::Status;
use rocket::{delete, get, post, put, routes};

#[get("/items/<_id>")]
fn item(_id: u8) -> &'static str {
    "item"
}

#[put("/items/<_>", format = "text/plain")]
fn put_item() {}

#[delete("/items/<_>?force")]
fn delete_item() -> Status {
    Status::NoContent
}

#[get("/items/admin")]
fn admin() {}

#[post("/other/<_..>")]
fn other() {}

fn items(base: &str) -> CorsFairing {
    let policy = policy(&["/items/{id}"]).resource("/items/{id}").unwrap();
    CorsFairing::resource(policy, base, routes![item, put_item, delete_item])
}

fn for_the_stranger(routes: Vec<rocket::Route>) -> CorsFairing {
    CorsFairing::resource(different_resources(&[]).resource("/other").unwrap(), "/", routes)
}

#[test]
fn every_request_to_its_routes_is_one_to_the_resource() {
    let client = launch(application().attach(items("/deep")));
    assert_cors(&ask(&client, from_app("GET", "/deep/items/1")), 200, GRANTED);
    assert_cors(&ask(&client, from_app("HEAD", "/deep/items/1")), 200, GRANTED);
    // What rocket finds no route for: for the type of the parameter, the format, the query, the method.
    assert_cors(&ask(&client, from_app("GET", "/deep/items/one")), 422, GRANTED);
    assert_cors(&ask(&client, from_app("PUT", "/deep/items/1")), 404, NOT_SHARED);
    assert_cors(&ask(&client, from_app("DELETE", "/deep/items/1")), 404, NOT_SHARED);
    assert_cors(&ask(&client, from_app("POST", "/deep/items/1")), 404, GRANTED);
    assert_cors(&ask(&client, from_app("GET", "/items/1")), 404, UNTOUCHED);
}

#[test]
fn each_resource_answers_its_own_preflights() {
    let client = launch(application().attach(items("/")).attach(for_the_stranger(routes![other])));
    for (origin, path, status) in [
        (APP, "/items/1", 204),
        (STRANGER, "/items/1", 403),
        (STRANGER, "/other/a/b", 204),
        // rocket takes it to the same route.
        (STRANGER, "/other", 204),
        (APP, "/other/a", 403),
        (APP, "/nothing", 404),
    ] {
        assert_eq!(ask(&client, preflight(origin, "POST", path)).status, status, "{origin} {path}");
    }
}

#[test]
fn a_route_beside_the_resource_is_out_of_its_reach() {
    let app = || application().attach(items("/"));
    let client = launch(app().mount("/", routes![admin]));
    assert_cors(&ask(&client, from_app("GET", "/items/admin")), 200, UNTOUCHED);
    assert_cors(&ask(&client, preflight(APP, "GET", "/items/admin")), 404, UNTOUCHED);
    // Also where it has a policy itself.
    let client = launch(app().attach(for_the_stranger(routes![admin])));
    assert_cors(&ask(&client, from_app("GET", "/items/admin")), 200, NOT_SHARED);
    assert_cors(&ask(&client, preflight(APP, "GET", "/items/admin")), 403, REFUSED);
}

#[test]
fn a_policy_for_the_application_may_stand_beside_it() {
    #[get("/hello")]
    fn hello() {}
    let app = application().mount("/", routes![hello]).attach(CorsFairing::new(policy(&[])));
    let client = launch(app.attach(for_the_stranger(routes![other])));
    assert_cors(&ask(&client, from_app("GET", "/hello")), 200, GRANTED);
    assert_cors(&ask(&client, from_app("POST", "/other")), 200, NOT_SHARED);
}
