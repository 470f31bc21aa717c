//! `cors_model::testing` finds mistakes that were built into applications on purpose.

use cors_model::testing::{Cause, Report};
use cors_poem::CorsMiddleware;
use cors_test_support::kit::{Mistake, assert_each_is_named, other_policy, policy, questions};
use poem::http::{StatusCode, Uri, header};
use poem::middleware::{CatchPanic, SetHeader};
use poem::test::TestClient;
use poem::web::Redirect;
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Result, get, handler};

fn middleware() -> CorsMiddleware {
    CorsMiddleware::new(policy())
}

#[handler]
async fn hello() -> &'static str {
    "hello"
}

fn routes() -> poem::Route {
    poem::Route::new()
        .at("/hello", get(hello).put(hello))
        .at("/notes/:id", get(hello))
        .at("/api/status", get(hello))
}

fn application() -> impl Endpoint {
    routes().with(middleware())
}

async fn report(app: impl Endpoint) -> Report {
    let (client, questions) = (TestClient::new(app), questions());
    let mut report = questions.report();
    for question in questions.iter() {
        let request = question.request();
        let sent = client.request(request.method().clone(), request.uri().to_string());
        let sent = request.headers().iter().fold(sent, |sent, (name, value)| sent.header(name, value));
        let response = sent.send().await.0;
        report.add(question.check_lines(response.status().as_u16(), response.headers()));
    }
    report
}

#[tokio::test]
async fn an_application_without_a_mistake_passes() {
    let report = report(application()).await;
    assert!(report.is_good(), "{report}");
    assert_eq!(report.skipped(), [""; 0]);
}

#[tokio::test]
async fn a_header_that_the_application_writes_inside_of_the_policy_does_no_harm() {
    let share = SetHeader::new().overriding("access-control-allow-origin", "*");
    let report = report(routes().with(share).with(middleware())).await;
    assert!(report.is_good(), "{report}");
}

#[tokio::test]
async fn each_mistake_is_named() {
    let mistakes: [Mistake; 12] = [
        ("sign-in is added after the policy", Cause::Authentication, report(sign_in_outside()).await),
        ("a redirect is added after the policy", Cause::Redirect, report(redirect_outside()).await),
        ("one route has no policy", Cause::AddedBeforeRoutes, report(one_route_without()).await),
        ("the policy is around a handler", Cause::AroundHandler, report(around_handlers()).await),
        ("a handler for OPTIONS is outside", Cause::OwnOptions, report(own_options()).await),
        ("a prefix is cut outside", Cause::CutPrefix, report(cut_prefix()).await),
        ("the policy is around each route", Cause::Fallback, report(around_each_route()).await),
        ("panics are caught outside", Cause::OutsideError, report(panic_outside()).await),
        ("a header is appended outside", Cause::SecondPolicy, report(second_policy()).await),
        ("a header is set outside", Cause::OwnHeader, report(own_header()).await),
        ("Vary is replaced outside", Cause::LostVary, report(lost_vary()).await),
        ("another policy serves", Cause::OtherPolicy, report(another_policy()).await),
    ];
    assert_each_is_named(&mistakes, &[]);
}

fn sign_in_outside() -> impl Endpoint {
    async fn sign_in(request: Request) -> Result<Request> {
        match request.headers().contains_key(header::AUTHORIZATION) {
            true => Ok(request),
            false => Err(StatusCode::UNAUTHORIZED.into()),
        }
    }
    application().before(sign_in).map_to_response()
}

fn redirect_outside() -> impl Endpoint {
    application().around(|_, request| async move {
        Ok(Redirect::permanent(format!("https://api.example{}", request.uri())).into_response())
    })
}

fn one_route_without() -> impl Endpoint {
    poem::Route::new().at("/hello", get(hello).put(hello)).at("/notes/:id", get(hello).with(middleware()))
}

fn around_handlers() -> impl Endpoint {
    poem::Route::new().at("/hello", get(hello.with(middleware())).put(hello.with(middleware())))
}

fn own_options() -> impl Endpoint {
    let handlers = get(hello.with(middleware())).put(hello.with(middleware()));
    poem::Route::new().at("/hello", handlers.options(hello))
}

fn cut_prefix() -> impl Endpoint {
    let app = poem::Route::new().at("/status", get(hello)).with(middleware());
    app.before(|mut request: Request| async {
        let path = request.uri().path();
        *request.uri_mut() = Uri::try_from(path.strip_prefix("/api").unwrap_or(path)).unwrap();
        Ok(request)
    })
}

fn around_each_route() -> impl Endpoint {
    poem::Route::new().at("/hello", get(hello).put(hello).with(middleware()))
}

fn panic_outside() -> impl Endpoint {
    #[handler]
    fn broken() -> Response {
        panic!("on purpose")
    }
    poem::Route::new().at("/hello", get(broken)).with(middleware()).with(CatchPanic::new())
}

fn second_policy() -> impl Endpoint {
    application().with(SetHeader::new().appending("access-control-allow-origin", "*"))
}

fn own_header() -> impl Endpoint {
    application().with(SetHeader::new().overriding("access-control-allow-origin", "*"))
}

fn lost_vary() -> impl Endpoint {
    application().with(SetHeader::new().overriding("vary", "accept-encoding"))
}

fn another_policy() -> impl Endpoint {
    routes().with(CorsMiddleware::new(other_policy()))
}
