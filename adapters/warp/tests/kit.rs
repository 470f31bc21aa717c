//! `cors_model::testing` finds mistakes that were built into applications on purpose.

use std::convert::Infallible;

use cors_model::testing::{Cause, Questions, Report};
use cors_warp::{Cors, CorsConfig, Resource, ResourceOptions, Route, default_replies, with_cors};
use warp::http::StatusCode;
use warp::test::{RequestBuilder, request};
use warp::{Filter, Rejection, Reply, path, reply};

const APP: &str = "https://app.example";

fn policy() -> Cors {
    let options =
        ResourceOptions::new().allow_credentials().allow_headers(["X-Id"]).expose_headers(["X-Total"]);
    let hello = Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT"));
    CorsConfig::new().defaults([(APP, options)]).add(hello).add(Resource::at("/notes/{id}")).build().unwrap()
}

fn hello() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync + 'static {
    path!("hello").and(warp::get().or(warp::put()).unify()).map(|| "hello")
}

fn note() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync + 'static {
    path!("notes" / u32).and(warp::get()).map(|_| "hello")
}

/// Both routes behind the policy.
fn app() -> impl Filter<Extract = (impl Reply,), Error = Infallible> + Clone + Send + Sync + 'static {
    with_cors(policy(), default_replies(hello().or(note())))
}

async fn report<F>(app: F) -> Report
where
    F: Filter + 'static,
    F::Extract: Reply + Send,
    F::Error: std::fmt::Debug,
{
    let questions = Questions::of(&policy()).path("/notes/{id}", "/notes/7");
    let mut report = questions.report();
    for question in questions.iter() {
        let asked = question.request();
        let sent = request().method(asked.method().as_str()).path(&asked.uri().to_string());
        let add = |sent: RequestBuilder, (name, value)| sent.header(name, value);
        let response = asked.headers().iter().fold(sent, add).reply(&app).await;
        report.add(question.check(&response));
    }
    report
}

#[track_caller]
fn assert_found(report: &Report, cause: Cause) {
    let is_named = report.failures().iter().any(|failure| failure.causes().contains(&cause));
    assert!(is_named, "{cause:?} is not named:\n{report}");
}

#[tokio::test]
async fn an_application_without_a_mistake_passes() {
    let report = report(app()).await;
    assert!(report.is_good(), "{report}");
}

#[tokio::test]
async fn authentication_outside_of_the_policy() {
    let sign_in = warp::any().map(|| reply::with_status("sign in", StatusCode::UNAUTHORIZED));
    let signed_in = warp::header::exact("authorization", "me").and(app());
    assert_found(&report(signed_in.or(sign_in)).await, Cause::Authentication);
}

#[tokio::test]
async fn a_route_outside_of_the_policy() {
    let rest = with_cors(policy(), default_replies(note()));
    assert_found(&report(hello().or(rest)).await, Cause::AddedBeforeRoutes);
}

#[tokio::test]
async fn a_header_of_the_application() {
    let app = app().map(|reply| reply::with_header(reply, "access-control-allow-origin", "*"));
    assert_found(&report(app).await, Cause::OwnHeader);
}

#[tokio::test]
async fn vary_is_replaced() {
    let app = app().map(|reply| reply::with_header(reply, "vary", "accept-encoding"));
    assert_found(&report(app).await, Cause::LostVary);
}
