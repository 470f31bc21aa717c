//! The fairing around the application.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, VARY_PREFLIGHT, application,
    assert_cors, from_app, launch, policy, preflight, request,
};
use cors_rocket::{CorsConfig, CorsFairing, Resource, ResourceOptions, Risk};
use rocket::fairing::AdHoc;
use rocket::fs::FileServer;
use rocket::http::{Header, Method, Status};
use rocket::local::blocking::Client;
use rocket::request::{FromRequest, Outcome};
use rocket::response::{Redirect, Responder};
use rocket::shield::Shield;
use rocket::{Build, Request, Rocket, State, catch, catchers, get, options, post, put, routes};

#[get("/hello")]
fn hello() -> &'static str {
    "hello"
}

#[put("/hello")]
fn put_hello() -> &'static str {
    "hello"
}

#[get("/private")]
fn private() -> &'static str {
    "hello"
}

fn greeter() -> Rocket<Build> {
    application().mount("/", routes![hello, put_hello, private])
}

#[test]
fn a_resource_is_shared_with_its_origin_alone() {
    let client = launch(greeter().attach(CorsFairing::new(policy(&[]))));
    let stranger = [("origin", STRANGER)];
    let cases = [
        (from_app(&client, "GET", "/hello"), GRANTED),
        (from_app(&client, "PUT", "/hello?query=/private"), GRANTED),
        (request(&client, "GET", "/hello", &stranger), NOT_SHARED),
        (request(&client, "GET", "/hello", &[]), NOT_SHARED),
        (from_app(&client, "GET", "/private"), UNTOUCHED),
    ];
    for (request, expected) in cases {
        let response = request.dispatch();
        assert_cors(&response, 200, expected);
        assert_eq!(response.into_string().unwrap(), "hello");
    }
}

/// A guard that never lets anybody in, in one of three ways.
struct Guard<const STATUS: u16>;

#[rocket::async_trait]
impl<'r, const STATUS: u16> FromRequest<'r> for Guard<STATUS> {
    type Error = ();

    async fn from_request(_: &'r Request<'_>) -> Outcome<Self, ()> {
        match STATUS {
            404 => Outcome::Forward(Status::NotFound),
            1 => panic!("this guard panics, as the test wants it"),
            status => Outcome::Error((Status::new(status), ())),
        }
    }
}

#[get("/number/<_n>")]
fn number(_n: u8) {}

#[post("/json", format = "application/json")]
fn json() {}

#[get("/moved")]
fn moved() -> Redirect {
    Redirect::temporary("/hello")
}

#[get("/missing")]
fn missing() -> Option<()> {
    None
}

#[get("/error")]
fn error() -> Result<(), Status> {
    Err(Status::InternalServerError)
}

#[get("/teapot")]
fn teapot() -> Status {
    Status::ImATeapot
}

#[get("/login")]
fn login(_guard: Guard<401>) {}

#[get("/forward")]
fn forward(_guard: Guard<404>) {}

#[get("/panic")]
fn panics() {
    panic!("this handler panics, as the test wants it");
}

#[get("/guard-panic")]
fn guard_panics(_guard: Guard<1>) {}

#[derive(Responder)]
#[response(status = 200)]
struct Total(&'static str, Header<'static>);

#[get("/get-only")]
fn get_only() -> Total {
    Total("seven", Header::new("x-total", "7"))
}

fn whatever() -> Rocket<Build> {
    let templates = [
        "/number/{n}",
        "/json",
        "/moved",
        "/missing",
        "/error",
        "/teapot",
        "/login",
        "/forward",
        "/panic",
        "/guard-panic",
        "/get-only",
    ];
    let methods = ResourceOptions::new().allow_methods(["GET", "POST", "DELETE"]);
    let config = templates.iter().fold(CorsConfig::new().defaults([(APP, methods)]), |config, &template| {
        config.add(Resource::at(template))
    });
    let routes =
        routes![number, json, moved, missing, error, teapot, login, forward, panics, guard_panics, get_only];
    application().mount("/", routes).attach(CorsFairing::new(config.build().unwrap()))
}

const SHARED: &[&str] = &["access-control-allow-origin: https://app.example", "vary: Origin"];

const WHATEVER: [(&str, &str, u16); 12] = [
    ("GET", "/number/7", 200),
    ("GET", "/number/seven", 422),
    ("POST", "/json", 404),
    ("GET", "/moved", 307),
    ("GET", "/missing", 404),
    ("GET", "/error", 500),
    ("GET", "/teapot", 418),
    ("GET", "/login", 401),
    ("GET", "/forward", 404),
    ("GET", "/panic", 500),
    ("GET", "/guard-panic", 500),
    // rocket has no 405.
    ("DELETE", "/get-only", 404),
];

#[test]
fn whatever_the_application_answers_is_decorated() {
    let client = launch(whatever());
    for (method, path, status) in WHATEVER {
        assert_cors(&from_app(&client, method, path).dispatch(), status, SHARED);
    }
    // The router knows neither, and the policy neither.
    assert_cors(&from_app(&client, "GET", "/nothing").dispatch(), 404, UNTOUCHED);
}

#[test]
fn so_is_what_catchers_make_of_it() {
    #[catch(default)]
    fn catcher(status: Status, _: &Request<'_>) -> (Status, String) {
        (status, format!("caught {}", status.code))
    }
    #[catch(404)]
    fn not_found() -> Total {
        Total("caught", Header::new("access-control-allow-origin", "*"))
    }
    #[catch(418)]
    fn panicking() {
        panic!("this catcher panics, as the test wants it");
    }
    let client = launch(whatever().register("/", catchers![catcher, not_found, panicking]));
    for (method, path, status) in WHATEVER {
        let expected = match status {
            404 => 200,
            418 => 500,
            status => status,
        };
        let response = from_app(&client, method, path).dispatch();
        assert_cors(&response, expected, SHARED);
        if status == 401 {
            assert_eq!(response.into_string().unwrap(), "caught 401");
        }
    }
}

/// rocket has made it a GET by the time that there is a response.
#[test]
fn a_head_request_is_judged_as_one() {
    let client = launch(whatever());
    let head = from_app(&client, "HEAD", "/get-only").dispatch();
    assert_cors(&head, 200, SHARED);
    assert_eq!(head.headers().get_one("x-total"), Some("7"));
    assert!(head.into_bytes().unwrap_or_default().is_empty());

    let head = cors_rocket::Route::on("HEAD").only([]);
    let hello = Resource::at("/hello").add(cors_rocket::Route::on("GET")).add(head);
    let cors = CorsConfig::new().defaults([(APP, ResourceOptions::new())]).add(hello).build().unwrap();
    let client = launch(greeter().attach(CorsFairing::new(cors)));
    assert_cors(&from_app(&client, "GET", "/hello").dispatch(), 200, SHARED);
    assert_cors(&from_app(&client, "HEAD", "/hello").dispatch(), 200, NOT_SHARED);
}

#[test]
fn a_preflight_is_answered_before_the_application() {
    #[options("/hello")]
    fn own(asked: &State<Arc<AtomicUsize>>) -> &'static str {
        asked.fetch_add(1, Ordering::Relaxed);
        "own options"
    }
    let asked = Arc::new(AtomicUsize::new(0));
    let app = greeter().mount("/", routes![own]).manage(asked.clone());
    let client = launch(app.attach(CorsFairing::new(policy(&[]))));

    let allowed = preflight(&client, APP, "PUT", "/hello").dispatch();
    assert_cors(&allowed, 204, ALLOWED);
    assert_eq!(allowed.content_type(), None);
    assert!(allowed.into_bytes().unwrap_or_default().is_empty());

    let refused = preflight(&client, STRANGER, "PUT", "/hello").dispatch();
    assert_cors(&refused, 403, REFUSED);
    assert_eq!(refused.headers().get_one("content-type"), Some("text/plain; charset=utf-8"));
    assert_eq!(refused.into_string().unwrap(), "CORS preflight refused: the origin is not allowed.");
    assert_eq!(asked.load(Ordering::Relaxed), 0);

    // Without both header lines it is not a preflight.
    let method = [("access-control-request-method", "PUT")];
    for request in [
        request(&client, "OPTIONS", "/hello", &[]),
        request(&client, "OPTIONS", "/hello", &method),
        from_app(&client, "OPTIONS", "/hello"),
    ] {
        let response = request.dispatch();
        assert_cors(&response, 200, NOT_SHARED);
        assert_eq!(response.into_string().unwrap(), "own options");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 3);
}

#[test]
fn the_application_answers_a_preflight_for_what_is_no_resource() {
    #[options("/private")]
    fn own() -> &'static str {
        "own options"
    }
    let client = launch(greeter().mount("/", routes![own]).attach(CorsFairing::new(policy(&[]))));
    let response = preflight(&client, APP, "PUT", "/private").dispatch();
    assert_cors(&response, 200, UNTOUCHED);
    assert_eq!(response.into_string().unwrap(), "own options");
    assert_cors(&preflight(&client, APP, "PUT", "/nothing").dispatch(), 404, UNTOUCHED);
}

#[test]
fn the_status_of_preflights_and_the_details_of_a_refusal_are_configured() {
    let config = CorsConfig::new().defaults([(APP, ResourceOptions::new())]).all_resources();
    let cors = config.preflight_status(200).diagnostics().build().unwrap();
    let client = launch(application().attach(CorsFairing::new(cors)));
    let plain = [("origin", APP), ("access-control-request-method", "GET")];
    assert_eq!(request(&client, "OPTIONS", "/", &plain).dispatch().status().code, 200);
    let refused = preflight(&client, APP, "PATCH", "/").dispatch().into_string().unwrap();
    assert!(refused.contains("PATCH"), "{refused}");
}

#[test]
fn what_a_handler_sets_itself_is_replaced_or_taken_away() {
    struct Own;

    impl<'r> Responder<'r, 'static> for Own {
        fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
            rocket::Response::build()
                .raw_header("Access-Control-Allow-Origin", "https://handler.example")
                .raw_header("access-control-allow-credentials", "true")
                .raw_header_adjoin("access-control-allow-methods", "PATCH")
                .raw_header_adjoin("access-control-allow-methods", "POST")
                .raw_header_adjoin("vary", "accept-encoding")
                .raw_header_adjoin("vary", "origin")
                .raw_header("x-total", "1")
                .ok()
        }
    }
    #[get("/hello")]
    fn own() -> Own {
        Own
    }
    let client = launch(application().mount("/", routes![own]).attach(CorsFairing::new(policy(&[]))));
    let mut granted = GRANTED.to_vec();
    granted[3] = "vary: accept-encoding";
    granted.push("vary: origin");
    assert_cors(&from_app(&client, "GET", "/hello").dispatch(), 200, &granted);
    let response = request(&client, "GET", "/hello", &[("origin", STRANGER)]).dispatch();
    assert_cors(&response, 200, &granted[3..]);
    assert_eq!(response.headers().get_one("x-total"), Some("1"));
}

#[test]
fn with_credentials_a_star_exposes_each_name_once_also_what_rocket_adds() {
    #[get("/hello")]
    fn cookies(jar: &rocket::http::CookieJar<'_>) -> Total {
        jar.add(("a", "1"));
        jar.add(("b", "2"));
        Total("hello", Header::new("X-Total", "7"))
    }
    let options = ResourceOptions::new().allow_credentials().expose_headers(cors_rocket::Any);
    let cors = CorsConfig::new().add(Resource::at("/hello").also(APP, options)).build().unwrap();
    let app = application().mount("/", routes![cookies]).attach(CorsFairing::new(cors));
    let exposed = |app| {
        let client = launch(app);
        let response = from_app(&client, "GET", "/hello").dispatch();
        response.headers().get_one("access-control-expose-headers").unwrap().to_owned()
    };
    let late = AdHoc::on_response("late", |_, response| {
        Box::pin(async move {
            response.adjoin_raw_header("x-late", "1");
            response.adjoin_raw_header("x-late", "2");
        })
    });
    // What is attached later is seen as well, and a second policy does not write once more.
    let app = app.attach(CorsFairing::new(policy(&[]))).attach(Shield::new()).attach(late);
    assert_eq!(exposed(app), "x-total, server, x-late");
}

/// `/items/`, `//items` and `/%69tems` are `/items` for rocket. Here no spelling leads past a resource, nor to one whose template it is not.
#[test]
fn a_path_that_rocket_spells_otherwise() {
    #[get("/<_..>")]
    fn any() {}
    let config = CorsConfig::new()
        .defaults([(APP, ResourceOptions::new())])
        .add(Resource::at("/items"))
        .add(Resource::at("/caf\u{e9}"))
        .add(Resource::at("/one/{id}"))
        .add(Resource::at("/files/{*rest}"))
        .exclude("/files/private");
    let all = config.clone().all_resources().exclude("/one/{id}/parts");
    let launch = |config: CorsConfig| {
        let fairing = CorsFairing::by_path_alone(config.build().unwrap());
        launch(application().mount("/", routes![any]).attach(fairing))
    };
    let client = launch(config);
    for (path, expected) in [
        ("/items", SHARED),
        ("/caf%C3%A9", SHARED),
        ("/one/a%2Fb", SHARED),
        ("/files/a//b/", SHARED),
        ("/%69tems", UNTOUCHED),
        ("/items/", UNTOUCHED),
        ("//items", UNTOUCHED),
        ("/one/1/", UNTOUCHED),
        ("/files//", UNTOUCHED),
        ("/files/private", UNTOUCHED),
        ("/files/private/", UNTOUCHED),
        ("/files//private", UNTOUCHED),
        ("/files/%70rivate", UNTOUCHED),
        ("//", UNTOUCHED),
    ] {
        assert_cors(&from_app(&client, "GET", path).dispatch(), 200, expected);
    }
    let client = launch(all);
    assert_cors(&from_app(&client, "GET", "/other/").dispatch(), 200, SHARED);
    assert_cors(&from_app(&client, "GET", "/files/private/").dispatch(), 200, UNTOUCHED);
    assert_cors(&from_app(&client, "GET", "/one/a%2Fb/parts").dispatch(), 200, UNTOUCHED);
}

/// What an earlier fairing makes of a request is what is routed.
#[test]
fn a_request_is_judged_as_it_is_routed() {
    let rewrite = AdHoc::on_request("rewrite", |request, _| {
        Box::pin(async move {
            if request.uri().path() == "/old" {
                request.set_uri(rocket::http::uri::Origin::parse("/hello").unwrap());
            }
        })
    });
    // Attached after ours.
    let client = launch(greeter().attach(CorsFairing::new(policy(&[]))).attach(rewrite));
    assert_cors(&from_app(&client, "GET", "/old").dispatch(), 200, GRANTED);
}

/// By a form's field, a POST can be another method for rocket.
#[test]
fn a_method_that_a_form_names_is_the_one_that_runs() {
    let client = launch(greeter().attach(CorsFairing::new(policy(&[]))));
    let form =
        from_app(&client, "POST", "/hello").header(rocket::http::ContentType::Form).body("_method=put");
    assert_cors(&form.dispatch(), 200, GRANTED);
}

#[test]
fn of_two_policies_the_first_that_knows_the_path_decides() {
    let options = ResourceOptions::new();
    let other = CorsConfig::new()
        .add(Resource::at("/hello").also("*", options.clone()))
        .add(Resource::at("/private").also("*", options))
        .build()
        .unwrap();
    let client = launch(greeter().attach(CorsFairing::new(policy(&[]))).attach(CorsFairing::new(other)));
    assert_cors(&from_app(&client, "GET", "/hello").dispatch(), 200, GRANTED);
    assert_cors(&preflight(&client, APP, "PUT", "/hello").dispatch(), 204, ALLOWED);
    assert_cors(&from_app(&client, "GET", "/private").dispatch(), 200, &["access-control-allow-origin: *"]);
    let ask = [("origin", STRANGER), ("access-control-request-method", "GET")];
    let lines =
        ["access-control-allow-methods: GET, HEAD, POST", "access-control-allow-origin: *", VARY_PREFLIGHT];
    assert_cors(&request(&client, "OPTIONS", "/private", &ask).dispatch(), 204, &lines);
}

#[test]
fn files_are_shared_by_a_catch_all() {
    let cors = CorsConfig::new()
        .add(Resource::at("/files/{*rest}").also("null", ResourceOptions::new()))
        .accept_risk(Risk::NullOrigin)
        .build()
        .unwrap();
    let files = FileServer::from(env!("CARGO_MANIFEST_DIR"));
    let client: Client = launch(application().mount("/files", files).attach(CorsFairing::new(cors)));
    let lines = ["access-control-allow-origin: null", "vary: Origin"];
    let response =
        client.req(Method::Get, "/files/Cargo.toml").header(Header::new("origin", "null")).dispatch();
    assert_cors(&response, 200, &lines);
}
