//! The fairing around the routes of one resource.

mod common;

use common::{
    APP, REFUSED, STRANGER, UNTOUCHED, VARY_PREFLIGHT, application, assert_cors, from_app, launch, preflight,
    request,
};
use cors_rocket::{Cors, CorsConfig, CorsFairing, Resource, ResourceOptions, ResourcePolicy, Route};
use rocket::http::Status;
use rocket::{catch, catchers, delete, get, post, put, routes};

const PARTNER: &str = "https://partner.example";
const TO_APP: &str = "access-control-allow-origin: https://app.example";
const TO_PARTNER: &str = "access-control-allow-origin: https://partner.example";

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

fn cors() -> Cors {
    let own = ResourceOptions::new().allow_headers(["x-requested-with"]);
    CorsConfig::new()
        .defaults([(APP, own.clone())])
        .add(
            Resource::at("/items/{id}")
                .add(Route::on("GET"))
                .add(Route::on("PUT"))
                .add(Route::on("DELETE").only([(PARTNER, own.clone())])),
        )
        .add(Resource::at("/other").only([(PARTNER, own)]))
        .all_resources()
        .build()
        .unwrap()
}

fn on(template: &str) -> ResourcePolicy {
    cors().resource(template).unwrap()
}

fn items(base: &str) -> CorsFairing {
    CorsFairing::resource(on("/items/{id}"), base, routes![item, put_item, delete_item])
}

#[test]
fn every_request_to_its_routes_is_one_to_the_resource() {
    let client = launch(application().attach(items("/deep")));
    let shared = [TO_APP, "vary: Origin"];
    assert_cors(&from_app(&client, "GET", "/deep/items/1").dispatch(), 200, &shared);
    assert_cors(&from_app(&client, "HEAD", "/deep/items/1").dispatch(), 200, &shared);
    // What rocket finds no route for, and what a catcher makes of it.
    assert_cors(&from_app(&client, "GET", "/deep/items/one").dispatch(), 422, &shared);
    assert_cors(&from_app(&client, "PUT", "/deep/items/1").dispatch(), 404, &shared);
    assert_cors(&from_app(&client, "DELETE", "/deep/items/1").dispatch(), 404, &shared[1..]);
    assert_cors(&from_app(&client, "PATCH", "/deep/items/1").dispatch(), 404, &shared[1..]);
    let partner = [("origin", PARTNER)];
    let response = request(&client, "DELETE", "/deep/items/1?force", &partner).dispatch();
    assert_cors(&response, 204, &[TO_PARTNER, "vary: Origin"]);
    assert_cors(&from_app(&client, "GET", "/items/1").dispatch(), 404, UNTOUCHED);
}

#[test]
fn catchers_are_decorated() {
    #[catch(422)]
    fn catcher() -> &'static str {
        "caught"
    }
    let client = launch(application().register("/", catchers![catcher]).attach(items("/")));
    let response = from_app(&client, "GET", "/items/one").dispatch();
    assert_cors(&response, 422, &[TO_APP, "vary: Origin"]);
    assert_eq!(response.into_string().unwrap(), "caught");
}

#[test]
fn each_resource_answers_its_own_preflights() {
    let client = launch(application().attach(items("/")).attach(CorsFairing::resource(
        on("/other"),
        "/",
        routes![other],
    )));
    let headers = "access-control-allow-headers: x-requested-with";
    let answer = |methods, origin| [headers, methods, origin, VARY_PREFLIGHT];
    let methods = "access-control-allow-methods: GET, PUT, HEAD";
    assert_cors(&preflight(&client, APP, "PUT", "/items/1").dispatch(), 204, &answer(methods, TO_APP));
    let methods = "access-control-allow-methods: DELETE";
    let response = preflight(&client, PARTNER, "DELETE", "/items/1").dispatch();
    assert_cors(&response, 204, &answer(methods, TO_PARTNER));
    assert_cors(&preflight(&client, PARTNER, "PUT", "/items/1").dispatch(), 403, REFUSED);
    let methods = "access-control-allow-methods: GET, HEAD, POST";
    for path in ["/other/a/b", "/other"] {
        let response = preflight(&client, PARTNER, "POST", path).dispatch();
        assert_cors(&response, 204, &answer(methods, TO_PARTNER));
    }
    assert_cors(&preflight(&client, STRANGER, "POST", "/other/a").dispatch(), 403, REFUSED);
    assert_cors(&preflight(&client, APP, "POST", "/nothing").dispatch(), 404, UNTOUCHED);
}

#[test]
fn a_route_beside_the_resource_is_out_of_its_reach() {
    let app = || application().attach(items("/"));
    let client = launch(app().mount("/", routes![admin]));
    assert_cors(&from_app(&client, "GET", "/items/admin").dispatch(), 200, UNTOUCHED);
    assert_cors(&preflight(&client, APP, "GET", "/items/admin").dispatch(), 404, UNTOUCHED);
    // Also where it has a policy itself.
    let client = launch(app().attach(CorsFairing::resource(on("/other"), "/", routes![admin])));
    assert_cors(&from_app(&client, "GET", "/items/admin").dispatch(), 200, &["vary: Origin"]);
    assert_cors(&preflight(&client, APP, "GET", "/items/admin").dispatch(), 403, REFUSED);
}

#[test]
fn a_policy_for_the_application_may_stand_beside_it() {
    #[get("/hello")]
    fn hello() {}
    let cors =
        CorsConfig::new().add(Resource::at("/hello").also("*", ResourceOptions::new())).build().unwrap();
    let app = application().mount("/", routes![hello]).attach(CorsFairing::new(cors)).attach(items("/"));
    let client = launch(app);
    assert_cors(&from_app(&client, "GET", "/hello").dispatch(), 200, &["access-control-allow-origin: *"]);
    assert_cors(&from_app(&client, "GET", "/items/1").dispatch(), 200, &[TO_APP, "vary: Origin"]);
}
