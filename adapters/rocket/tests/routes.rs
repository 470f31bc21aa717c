//! The policy among the application's routes, when rocket ignites.

mod common;

use common::{application, ask, launch};
use cors_rocket::{CorsConfig, CorsFairing, Resource, ResourceOptions};
use cors_test_support::{APP, TO_APP, UNTOUCHED, assert_cors, from_app, preflight};
use rocket::error::ErrorKind;
use rocket::fairing::AdHoc;
use rocket::local::blocking::Client;
use rocket::{Build, Rocket, delete, get, post, routes};

#[get("/items/<_id>")]
fn item(_id: &str) {}

#[get("/items/admin")]
fn admin() {}

#[delete("/items/admin")]
fn delete_admin() {}

#[post("/items/<_id>", rank = 2)]
fn post_item(_id: &str) {}

#[get("/files/<_..>")]
fn files() {}

#[get("/<_one>", rank = 5)]
fn one(_one: &str) {}

const SHARED: &[&str] = &[TO_APP, "vary: Origin"];

fn config(templates: &[&str]) -> CorsConfig {
    let config = CorsConfig::new().defaults([(APP, ResourceOptions::new())]);
    templates.iter().fold(config, |config, &template| config.add(Resource::at(template)))
}

fn fairing(templates: &[&str]) -> CorsFairing {
    CorsFairing::new(config(templates).build().unwrap())
}

#[test]
fn no_template_reaches_a_route_that_is_not_registered() {
    let app = || application().mount("/", routes![item, post_item, admin]);
    let client = launch(app().attach(fairing(&["/items/{id}"])));
    assert_cors(&ask(&client, from_app("GET", "/items/1")), 200, SHARED);
    assert_cors(&ask(&client, from_app("GET", "/items/admin")), 200, UNTOUCHED);
    assert_cors(&ask(&client, preflight(APP, "GET", "/items/admin")), 404, UNTOUCHED);

    let client = launch(app().attach(fairing(&["/items/{id}", "/items/admin"])));
    assert_cors(&ask(&client, from_app("GET", "/items/admin")), 200, SHARED);
    let all = config(&["/items/{id}"]).all_resources().build().unwrap();
    let client = launch(app().attach(CorsFairing::new(all)));
    assert_cors(&ask(&client, from_app("GET", "/items/admin")), 200, SHARED);
    let excluded = config(&["/items/{id}"]).exclude("/items/admin").build().unwrap();
    let client = launch(app().attach(CorsFairing::new(excluded)));
    assert_cors(&ask(&client, from_app("GET", "/items/admin")), 200, UNTOUCHED);

    let by_path_alone = CorsFairing::by_path_alone(config(&["/items/{id}", "/no-route"]).build().unwrap());
    let client = launch(app().attach(by_path_alone));
    assert_cors(&ask(&client, from_app("GET", "/items/admin")), 200, SHARED);
    assert_cors(&ask(&client, from_app("GET", "/no-route")), 404, SHARED);
}

/// A policy's paths have no methods, so it is the whole path.
#[test]
fn a_route_counts_whatever_its_method() {
    let app = application().mount("/", routes![item, delete_admin]).attach(fairing(&["/items/{id}"]));
    assert_cors(&ask(&launch(app), from_app("GET", "/items/admin")), 200, UNTOUCHED);
}

/// rocket takes `/files` to `/files/<_..>`.
#[test]
fn a_rest_that_may_be_empty_is_a_route_as_well() {
    let app = || application().mount("/", routes![files, one]);
    let client = launch(app().attach(fairing(&["/{one}"])));
    assert_cors(&ask(&client, from_app("GET", "/else")), 200, SHARED);
    assert_cors(&ask(&client, from_app("GET", "/files")), 200, UNTOUCHED);
    let client = launch(app().attach(fairing(&["/files", "/files/{*rest}"])));
    assert_cors(&ask(&client, from_app("GET", "/files")), 200, SHARED);
    assert_cors(&ask(&client, from_app("GET", "/files/a")), 200, SHARED);
}

/// Mounted by a fairing that ignites later.
#[test]
fn routes_of_later_fairings_are_seen() {
    let stage = AdHoc::on_ignite("stage", |rocket| async { rocket.mount("/", routes![item, admin]) });
    let client = launch(application().attach(fairing(&["/items/{id}"])).attach(stage));
    assert_cors(&ask(&client, from_app("GET", "/items/1")), 200, SHARED);
    assert_cors(&ask(&client, from_app("GET", "/items/admin")), 200, UNTOUCHED);
}

fn refuses_to_launch(rocket: Rocket<Build>) {
    let Err(error) = Client::untracked(rocket) else { panic!("it launches") };
    assert!(matches!(error.kind(), ErrorKind::FailedFairings(_)), "{error}");
}

#[test]
fn rocket_does_not_launch_with_a_template_that_no_route_has() {
    refuses_to_launch(
        application().mount("/", routes![item]).attach(fairing(&["/items/{id}", "/item/{id}"])),
    );
    refuses_to_launch(application().mount("/api", routes![item]).attach(fairing(&["/items/{id}"])));
    refuses_to_launch(application().mount("/", routes![files]).attach(fairing(&["/files/{one}"])));
    launch(application().mount("/api", routes![item]).attach(fairing(&["/api/items/{other}"])));
}
