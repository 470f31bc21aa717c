//! `cors_model::testing` finds mistakes that were built into applications on purpose.

use cors_model::testing::{Cause, Questions, Report};
use cors_rocket::{Cors, CorsConfig, CorsFairing, Resource, ResourceOptions, Route};
use rocket::config::LogLevel;
use rocket::fairing::AdHoc;
use rocket::http::Header;
use rocket::local::blocking::Client;
use rocket::{Build, Config, Rocket, get, put, routes};

const APP: &str = "https://app.example";

fn policy() -> Cors {
    let options =
        ResourceOptions::new().allow_credentials().allow_headers(["X-Id"]).expose_headers(["X-Total"]);
    let hello = Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT"));
    CorsConfig::new().defaults([(APP, options)]).add(hello).add(Resource::at("/notes/{id}")).build().unwrap()
}

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

fn app() -> Rocket<Build> {
    let config = Config { log_level: LogLevel::Off, ..Config::default() };
    rocket::custom(config).mount("/", routes![hello, change, note])
}

fn report(app: Rocket<Build>) -> Report {
    let questions = Questions::of(&policy()).path("/notes/{id}", "/notes/7");
    let (client, mut report) = (Client::untracked(app).unwrap(), questions.report());
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

#[track_caller]
fn assert_found(report: &Report, cause: Cause) {
    let is_named = report.failures().iter().any(|failure| failure.causes().contains(&cause));
    assert!(is_named, "{cause:?} is not named:\n{report}");
}

/// A fairing that was attached later sees the response later.
fn report_behind(header: Header<'static>) -> Report {
    let change = AdHoc::on_response("change", move |_, response| {
        let header = header.clone();
        Box::pin(async move {
            response.set_header(header);
        })
    });
    report(app().attach(CorsFairing::new(policy())).attach(change))
}

#[test]
fn an_application_without_a_mistake_passes() {
    let report = report(app().attach(CorsFairing::new(policy())));
    assert!(report.is_good(), "{report}");
}

#[test]
fn a_fairing_that_is_not_attached() {
    assert_found(&report(app()), Cause::AddedBeforeRoutes);
}

#[test]
fn a_header_of_another_fairing() {
    assert_found(&report_behind(Header::new("Access-Control-Allow-Origin", "*")), Cause::SecondPolicy);
}

#[test]
fn vary_is_replaced() {
    assert_found(&report_behind(Header::new("Vary", "Accept-Encoding")), Cause::LostVary);
}

#[test]
fn another_policy_serves() {
    let hello = Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT"));
    let other = CorsConfig::new().defaults([(APP, ResourceOptions::new())]).add(hello).build().unwrap();
    assert_found(&report(app().attach(CorsFairing::new(other))), Cause::OtherPolicy);
}
