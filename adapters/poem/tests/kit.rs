//! `cors_model::testing` finds mistakes that were built into applications on purpose.

use cors_model::testing::{Cause, Questions, Report};
use cors_poem::{Cors, CorsConfig, CorsMiddleware, Resource, ResourceOptions, Route};
use poem::http::StatusCode;
use poem::middleware::SetHeader;
use poem::test::TestClient;
use poem::{Endpoint, EndpointExt, IntoResponse, get, handler};

const APP: &str = "https://app.example";

fn policy() -> Cors {
    let options =
        ResourceOptions::new().allow_credentials().allow_headers(["X-Id"]).expose_headers(["X-Total"]);
    let resource = Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT"));
    CorsConfig::new()
        .defaults([(APP, options)])
        .add(resource)
        .add(Resource::at("/notes/{id}"))
        .build()
        .unwrap()
}

fn middleware() -> CorsMiddleware {
    CorsMiddleware::new(policy())
}

#[handler]
async fn hello() -> &'static str {
    "hello"
}

fn routes() -> poem::Route {
    poem::Route::new().at("/hello", get(hello).put(hello)).at("/notes/:id", get(hello))
}

async fn report(app: impl Endpoint) -> Report {
    let questions = Questions::of(&policy()).path("/notes/{id}", "/notes/7");
    let (client, mut report) = (TestClient::new(app), questions.report());
    for question in questions.iter() {
        let request = question.request();
        let sent = client.request(request.method().clone(), request.uri().to_string());
        let sent = request.headers().iter().fold(sent, |sent, (name, value)| sent.header(name, value));
        let response = sent.send().await.0;
        report.add(question.check_lines(response.status().as_u16(), response.headers()));
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
    let report = report(routes().with(middleware())).await;
    assert!(report.is_good(), "{report}");
}

#[tokio::test]
async fn authentication_outside_of_the_policy() {
    let app = routes().with(middleware());
    let app = app.around(|_, _| async { Ok(StatusCode::UNAUTHORIZED.into_response()) });
    assert_found(&report(app).await, Cause::Authentication);
}

#[tokio::test]
async fn a_route_outside_of_the_policy() {
    let app = poem::Route::new()
        .at("/hello", get(hello).put(hello))
        .at("/notes/:id", get(hello).with(middleware()));
    assert_found(&report(app).await, Cause::AddedBeforeRoutes);
}

#[tokio::test]
async fn a_policy_around_a_handler() {
    let app = poem::Route::new().at("/hello", get(hello.with(middleware())).put(hello.with(middleware())));
    assert_found(&report(app).await, Cause::AroundHandler);
}

#[tokio::test]
async fn a_header_of_the_application() {
    let share = SetHeader::new().overriding("access-control-allow-origin", "*");
    assert_found(&report(routes().with(middleware()).with(share)).await, Cause::OwnHeader);
}

#[tokio::test]
async fn a_second_policy() {
    let share = SetHeader::new().appending("access-control-allow-origin", "*");
    assert_found(&report(routes().with(middleware()).with(share)).await, Cause::SecondPolicy);
}

#[tokio::test]
async fn vary_is_replaced() {
    let replace = SetHeader::new().overriding("vary", "accept-encoding");
    assert_found(&report(routes().with(middleware()).with(replace)).await, Cause::LostVary);
}
