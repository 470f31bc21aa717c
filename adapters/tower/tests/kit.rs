//! `cors_model::testing` finds mistakes that were built into applications on purpose.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use cors_model::testing::{Cause, Report};
use cors_test_support::kit::{Mistake, assert_each_is_named, other_policy, policy, questions};
use cors_tower::CorsLayer;
use tower::{ServiceBuilder, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;

fn layer() -> CorsLayer {
    CorsLayer::new(policy())
}

async fn hello() -> &'static str {
    "hello"
}

fn routes() -> Router {
    let rest = Router::new().route("/notes/{id}", get(hello)).route("/api/status", get(hello));
    rest.route("/hello", get(hello).put(hello))
}

fn application() -> Router {
    routes().layer(layer())
}

async fn report(app: Router) -> Report {
    let questions = questions();
    let mut report = questions.report();
    for question in questions.iter() {
        let request = question.request().map(|()| Body::empty());
        let response = app.clone().oneshot(request).await.unwrap();
        report.add(question.check(&response));
    }
    report
}

#[tokio::test]
async fn an_application_without_a_mistake_passes() {
    let report = report(application()).await;
    assert!(report.is_good(), "{report}");
    assert!(report.asked() > 50);
    assert_eq!(report.skipped(), [""; 0]);
}

#[tokio::test]
async fn a_header_that_the_application_writes_inside_of_the_policy_does_no_harm() {
    let report = report(routes().layer(map_response(share)).layer(layer())).await;
    assert!(report.is_good(), "{report}");
}

#[tokio::test]
async fn each_mistake_is_named() {
    let mistakes: [Mistake; 13] = [
        ("sign-in is added after the policy", Cause::Authentication, report(sign_in_outside()).await),
        ("a redirect is added after the policy", Cause::Redirect, report(redirect_outside()).await),
        ("there is no policy", Cause::AddedBeforeRoutes, report(routes()).await),
        ("the policy is added before the routes", Cause::AddedBeforeRoutes, report(before_routes()).await),
        ("the policy is around a handler", Cause::AroundHandler, report(around_handlers()).await),
        ("a handler for OPTIONS is outside", Cause::OwnOptions, report(own_options()).await),
        ("a prefix is cut outside", Cause::CutPrefix, report(cut_prefix()).await),
        ("the policy is a route layer", Cause::Fallback, report(routes().route_layer(layer())).await),
        ("panics are caught outside", Cause::OutsideError, report(panic_outside()).await),
        ("a header is appended outside", Cause::SecondPolicy, report(second_policy()).await),
        ("a header is set outside", Cause::OwnHeader, report(own_header()).await),
        ("Vary is replaced outside", Cause::LostVary, report(lost_vary()).await),
        ("another policy serves", Cause::OtherPolicy, report(another_policy()).await),
    ];
    assert_each_is_named(&mistakes, &[]);
}

fn sign_in_outside() -> Router {
    async fn sign_in(request: Request, next: Next) -> Response {
        match request.headers().contains_key(header::AUTHORIZATION) {
            true => next.run(request).await,
            false => StatusCode::UNAUTHORIZED.into_response(),
        }
    }
    application().layer(from_fn(sign_in))
}

fn redirect_outside() -> Router {
    async fn to_https(request: Request, _: Next) -> Redirect {
        Redirect::permanent(&format!("https://api.example{}", request.uri()))
    }
    application().layer(from_fn(to_https))
}

fn before_routes() -> Router {
    Router::new().layer(layer()).merge(routes())
}

fn around_handlers() -> Router {
    let handler = || hello.layer(layer());
    Router::new().route("/hello", get(handler()).put(handler()))
}

fn own_options() -> Router {
    let handler = || hello.layer(layer());
    Router::new().route("/hello", get(handler()).put(handler()).options(|| async { "GET, PUT" }))
}

fn cut_prefix() -> Router {
    let cut = |mut request: Request| {
        let path = request.uri().path();
        *request.uri_mut() = path.strip_prefix("/api").unwrap_or(path).parse().unwrap();
        request
    };
    let app = Router::new().route("/status", get(hello)).layer(layer());
    Router::new().fallback_service(ServiceBuilder::new().map_request(cut).service(app))
}

fn panic_outside() -> Router {
    async fn broken() -> &'static str {
        panic!("on purpose")
    }
    Router::new().route("/hello", get(broken)).layer(layer()).layer(CatchPanicLayer::new())
}

fn second_policy() -> Router {
    async fn share_too(mut response: Response) -> Response {
        response.headers_mut().append(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response
    }
    application().layer(map_response(share_too))
}

async fn share(mut response: Response) -> Response {
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn own_header() -> Router {
    application().layer(map_response(share))
}

fn lost_vary() -> Router {
    async fn compress(mut response: Response) -> Response {
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
    application().layer(map_response(compress))
}

fn another_policy() -> Router {
    routes().layer(CorsLayer::new(other_policy()))
}

#[tokio::test]
async fn a_failure_prints_what_was_sent_what_came_and_why() {
    let app = application().layer(from_fn(|_: Request, _: Next| async { StatusCode::UNAUTHORIZED }));
    let report = report(app).await;
    assert_eq!(
        report.failures()[1].to_string(),
        "OPTIONS /hello
  origin: https://app.example
  access-control-request-method: GET
asks at /hello, from an origin that https://app.example matches
got 401, without Access-Control headers
  allow: GET,HEAD,PUT
expected 204
  access-control-allow-credentials: true
  access-control-allow-methods: GET, PUT, HEAD
  access-control-allow-origin: https://app.example
  access-control-max-age: 600
  vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers
wrong: the status, access-control-allow-origin, access-control-allow-credentials, access-control-allow-methods, \
         access-control-max-age, vary
usual causes:
  - Authentication runs before the policy. A preflight never has credentials: put the policy outside of authentication. \
         In axum and poem add it after the authentication; in actix-web wrap it last; in warp put `with_cors` around the filter \
         that signs in; in rocket sign in with a guard and not with a fairing.
"
    );
    assert!(report.to_string().ends_with("more failures have the same usual causes\n"));
}
