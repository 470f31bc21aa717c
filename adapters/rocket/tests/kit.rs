//! `cors_model::testing` finds mistakes that were built into applications on purpose.

use cors_model::testing::{Cause, Report};
use cors_rocket::CorsFairing;
use cors_test_support::kit::{Mistake, assert_each_is_named, other_policy, policy, questions};
use rocket::config::LogLevel;
use rocket::fairing::AdHoc;
use rocket::http::uri::Origin;
use rocket::http::{Header, Method, Status};
use rocket::local::blocking::Client;
use rocket::response::Redirect;
use rocket::{Build, Config, Response, Rocket, get, put, routes};

#[get("/hello")]
fn hello() -> &'static str {
    "hello"
}

#[put("/hello")]
fn change() -> &'static str {
    "hello"
}

#[get("/notes/<_id>")]
fn note(_id: u32) -> &'static str {
    "hello"
}

#[get("/status")]
fn status() -> &'static str {
    "hello"
}

#[get("/sign-in")]
fn sign_in() -> Status {
    Status::Unauthorized
}

#[get("/moved")]
fn moved() -> Redirect {
    Redirect::permanent("https://api.example/hello")
}

fn bare() -> Rocket<Build> {
    rocket::custom(Config { log_level: LogLevel::Off, ..Config::default() })
}

fn without_policy() -> Rocket<Build> {
    let app = bare().mount("/", routes![hello, change, note, sign_in, moved]);
    app.mount("/", routes![status]).mount("/api", routes![status])
}

/// `/missing` has no route, so the templates cannot be checked against the routes.
fn application() -> Rocket<Build> {
    without_policy().attach(CorsFairing::by_path_alone(policy()))
}

fn report(app: Rocket<Build>) -> Report {
    let (client, questions) = (Client::untracked(app).unwrap(), questions());
    let mut report = questions.report();
    for question in questions.iter() {
        let request = question.request();
        let mut sent = client.req(request.method().as_str().parse().unwrap(), request.uri().to_string());
        for (name, value) in request.headers() {
            sent.add_header(Header::new(name.to_string(), value.to_str().unwrap().to_owned()));
        }
        let response = sent.dispatch();
        let lines = response.headers().iter().map(|line| (line.name().to_string(), line.value().to_owned()));
        report.add(question.check_lines(response.status().code, lines));
    }
    report
}

#[test]
fn an_application_without_a_mistake_passes() {
    let report = report(application());
    assert!(report.is_good(), "{report}");
    assert_eq!(report.skipped(), [""; 0]);
}

#[test]
fn each_mistake_is_named() {
    let mistakes: [Mistake; 10] = [
        ("a fairing leads to sign-in", Cause::Authentication, report(rewritten(|_| "/sign-in".into()))),
        ("a fairing leads to a redirect", Cause::Redirect, report(rewritten(|_| "/moved".into()))),
        ("the policy is around other routes", Cause::AddedBeforeRoutes, report(around_other_routes())),
        ("a fairing cuts a prefix", Cause::CutPrefix, report(cut_prefix())),
        ("the policy is around each resource", Cause::Fallback, report(around_each_resource())),
        ("a late fairing replaces the response", Cause::OutsideError, report(error_outside())),
        ("a late fairing appends a header", Cause::SecondPolicy, report(second_policy())),
        ("a late fairing sets a header", Cause::OwnHeader, report(own_header())),
        ("a late fairing replaces Vary", Cause::LostVary, report(lost_vary())),
        ("another policy serves", Cause::OtherPolicy, report(another_policy())),
    ];
    let impossible = [
        (Cause::AroundHandler, "nothing in rocket wraps a handler"),
        (Cause::OwnOptions, "the fairing's route for preflights comes before all others"),
    ];
    assert_each_is_named(&mistakes, &impossible);
}

/// A fairing that leads each request to another route, before the policy sees it.
fn rewritten(to: fn(&str) -> String) -> Rocket<Build> {
    application().attach(AdHoc::on_request("rewrite", move |request, _| {
        Box::pin(async move {
            let path = to(request.uri().path().as_str());
            request.set_uri(Origin::parse_owned(path).unwrap());
            request.set_method(Method::Get);
        })
    }))
}

fn cut_prefix() -> Rocket<Build> {
    rewritten(|path| path.strip_prefix("/api").unwrap_or(path).into())
}

fn around_other_routes() -> Rocket<Build> {
    let notes = policy().resource("/notes/{id}").unwrap();
    let app = bare().mount("/", routes![hello, change]);
    app.attach(CorsFairing::resource(notes, "/", routes![note]))
}

fn around_each_resource() -> Rocket<Build> {
    let hello_only = policy().resource("/hello").unwrap();
    bare().attach(CorsFairing::resource(hello_only, "/", routes![hello, change]))
}

/// A fairing that is attached while rocket ignites comes behind the policy.
fn behind(change: fn(&mut Response<'_>)) -> Rocket<Build> {
    let late = AdHoc::on_ignite("late", move |rocket| async move {
        rocket.attach(AdHoc::on_ignite("later", move |rocket| async move {
            rocket.attach(AdHoc::on_response("latest", move |_, response| {
                Box::pin(async move { change(response) })
            }))
        }))
    });
    application().attach(late)
}

fn error_outside() -> Rocket<Build> {
    behind(|response| *response = Response::build().status(Status::ServiceUnavailable).finalize())
}

fn second_policy() -> Rocket<Build> {
    behind(|response| response.adjoin_header(Header::new("Access-Control-Allow-Origin", "*")))
}

fn own_header() -> Rocket<Build> {
    behind(|response| {
        response.set_header(Header::new("Access-Control-Allow-Origin", "*"));
    })
}

fn lost_vary() -> Rocket<Build> {
    behind(|response| {
        response.set_header(Header::new("Vary", "Accept-Encoding"));
    })
}

fn another_policy() -> Rocket<Build> {
    without_policy().attach(CorsFairing::by_path_alone(other_policy()))
}
