//! The fairing around the application.

mod common;

use std::net::SocketAddr;
use std::sync::mpsc;
use std::thread;

use common::{application, ask, head, launch, request};
use cors_rocket::{Any, CorsConfig, CorsFairing, Resource, ResourceOptions};
use cors_test_support::wire::{self, Chunks};
use cors_test_support::{
    ALLOWED, APP, GRANTED, NOT_SHARED, STRANGER, UNTOUCHED, assert_cors, from_app, from_stranger, policy,
    preflight, preflight_with_header,
};
use rocket::fairing::AdHoc;
use rocket::http::{ContentType, Header, Status};
use rocket::request::{FromRequest, Outcome};
use rocket::response::Responder;
use rocket::response::stream::TextStream;
use rocket::shield::Shield;
use rocket::{Build, Request, Rocket, State, catch, catchers, get, post, put, routes};

#[get("/hello")]
fn hello() -> &'static str {
    "hello"
}

#[put("/hello")]
fn put_hello() -> &'static str {
    "hello"
}

#[get("/other")]
fn other() -> &'static str {
    "hello"
}

fn greeter() -> Rocket<Build> {
    application().mount("/", routes![hello, put_hello, other])
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

#[get("/missing")]
fn missing() -> Option<()> {
    None
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
struct Own(&'static str, Header<'static>);

#[test]
fn what_catchers_make_of_an_error_is_decorated() {
    #[catch(default)]
    fn catcher(status: Status, _: &Request<'_>) -> (Status, String) {
        (status, format!("caught {}", status.code))
    }
    #[catch(404)]
    fn not_found() -> Own {
        Own("caught", Header::new("access-control-allow-origin", "*"))
    }
    #[catch(418)]
    fn panicking() {
        panic!("this catcher panics, as the test wants it");
    }
    let cases = [
        ("GET", "/number/7", 200, ""),
        ("GET", "/number/seven", 422, "caught 422"),
        ("POST", "/json", 200, "caught"),
        ("GET", "/missing", 200, "caught"),
        ("GET", "/login", 401, "caught 401"),
        ("GET", "/forward", 200, "caught"),
        ("GET", "/panic", 500, "caught 500"),
        ("GET", "/guard-panic", 500, "caught 500"),
        // rocket has no 405.
        ("POST", "/missing", 200, "caught"),
    ];
    let templates =
        ["/number/{n}", "/json", "/missing", "/teapot", "/login", "/forward", "/panic", "/guard-panic"];
    let routes = routes![hello, number, json, missing, teapot, login, forward, panics, guard_panics];
    let app = application().mount("/", routes).register("/", catchers![catcher, not_found, panicking]);
    let client = launch(app.attach(CorsFairing::new(policy(&templates))));
    for (method, path, status, text) in cases {
        let answer = ask(&client, from_app(method, path));
        assert_cors(&answer, status, GRANTED);
        assert_eq!(answer.text, text);
    }
    assert_cors(&ask(&client, from_app("GET", "/teapot")), 500, GRANTED);
}

/// rocket has a map of its own, in which a name may have several lines.
#[test]
fn all_lines_that_a_handler_sets_are_replaced_or_removed() {
    struct Lines;

    impl<'r> Responder<'r, 'static> for Lines {
        fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
            rocket::Response::build()
                .raw_header_adjoin("Access-Control-Allow-Origin", "https://handler.example")
                .raw_header_adjoin("access-control-allow-origin", "https://other.example")
                .raw_header_adjoin("access-control-allow-methods", "PATCH")
                .raw_header_adjoin("access-control-allow-methods", "POST")
                .raw_header_adjoin("vary", "accept-encoding")
                .raw_header_adjoin("vary", "origin")
                .ok()
        }
    }
    #[get("/hello")]
    fn own() -> Lines {
        Lines
    }
    let client = launch(application().mount("/", routes![own]).attach(CorsFairing::new(policy(&[]))));
    let vary = ["vary: accept-encoding", "vary: origin"];
    assert_cors(&ask(&client, from_app("GET", "/hello")), 200, &[&GRANTED[..3], &vary].concat());
    assert_cors(&ask(&client, from_stranger("GET", "/hello")), 200, &vary);
}

#[test]
fn with_credentials_a_star_exposes_each_name_once_also_what_rocket_adds() {
    #[get("/hello")]
    fn cookies(jar: &rocket::http::CookieJar<'_>) -> Own {
        jar.add(("a", "1"));
        jar.add(("b", "2"));
        Own("hello", Header::new("X-Total", "7"))
    }
    let options = ResourceOptions::new().allow_credentials().expose_headers(Any);
    let cors = CorsConfig::new().defaults([(APP, options)]).add(Resource::at("/hello")).build().unwrap();
    let late = AdHoc::on_response("late", |_, response| {
        Box::pin(async move {
            response.adjoin_raw_header("x-late", "1");
            response.adjoin_raw_header("x-late", "2");
        })
    });
    // What is attached later is seen as well, and a second policy does not write once more.
    let app = application().mount("/", routes![cookies]).attach(CorsFairing::new(cors));
    let client = launch(app.attach(CorsFairing::new(policy(&[]))).attach(Shield::new()).attach(late));
    let answer = ask(&client, from_app("GET", "/hello"));
    assert_eq!(answer.value("access-control-expose-headers"), Some("x-total, server, x-late"));
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
    assert_cors(&ask(&client, from_app("GET", "/old")), 200, GRANTED);
}

/// By a form's field, a POST can be another method for rocket.
#[test]
fn a_method_that_a_form_names_is_the_one_that_runs() {
    let client = launch(greeter().attach(CorsFairing::new(policy(&[]))));
    let form = request(&client, &from_app("POST", "/hello")).header(ContentType::Form).body("_method=put");
    assert_cors(&head(&form.dispatch()), 200, GRANTED);
}

#[test]
fn of_two_policies_the_first_that_knows_the_path_decides() {
    let defaults = CorsConfig::new().defaults([(STRANGER, ResourceOptions::new())]);
    let second = defaults.add(Resource::at("/hello")).add(Resource::at("/other")).build().unwrap();
    let client = launch(greeter().attach(CorsFairing::new(policy(&[]))).attach(CorsFairing::new(second)));
    assert_cors(&ask(&client, from_app("GET", "/hello")), 200, GRANTED);
    assert_cors(&ask(&client, from_stranger("GET", "/hello")), 200, NOT_SHARED);
    assert_cors(&ask(&client, preflight_with_header(APP, "PUT", "/hello")), 204, ALLOWED);
    assert_cors(&ask(&client, from_app("GET", "/other")), 200, NOT_SHARED);
    assert_eq!(ask(&client, preflight(STRANGER, "GET", "/other")).status, 204);
}

/// An application in a thread of its own, until the process ends.
fn serve(rocket: Rocket<Build>) -> SocketAddr {
    let (sender, receiver) = mpsc::channel();
    let told = AdHoc::on_liftoff("told", move |rocket| {
        sender.send(SocketAddr::new(rocket.config().address, rocket.config().port)).unwrap();
        Box::pin(async {})
    });
    let rocket = rocket.attach(CorsFairing::new(policy(&[]))).attach(told);
    thread::spawn(|| drop(rocket::execute(rocket.launch()).unwrap()));
    receiver.recv().unwrap()
}

#[test]
fn a_stream_is_passed_on_as_it_comes() {
    #[get("/hello")]
    fn stream(chunks: &State<Chunks>) -> TextStream<Chunks> {
        TextStream::from(chunks.inner().clone())
    }
    let (sender, chunks) = wire::chunks();
    wire::assert_streams(serve(application().mount("/", routes![stream]).manage(chunks)), sender);
}

/// rocket answers a method that it does not know by itself.
#[test]
fn no_fairing_sees_an_unknown_method() {
    let (answer, _) = wire::send(serve(greeter()), &from_app("PURGE", "/hello")).unwrap();
    assert_cors(&answer, 400, UNTOUCHED);
}
