//! `cors_model::testing` finds mistakes that were built into applications on purpose.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::handler::Handler;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, map_response};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use cors_model::testing::{Cause, Questions, Report};
use cors_tower::{Cors, CorsConfig, CorsLayer, Resource, ResourceOptions, Route};
use tower::{Service, ServiceBuilder, ServiceExt};
use tower_http::catch_panic::CatchPanicLayer;

const APP: &str = "https://app.example";

/// `/missing` has no route in the application, so that its answer is the router's own 404.
fn policy() -> Cors {
    let options =
        ResourceOptions::new().allow_credentials().allow_headers(["X-Id"]).expose_headers(["X-Total"]);
    let hello = Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT"));
    let config = CorsConfig::new().defaults([(APP, options.max_age(600))]).add(hello);
    config.add(Resource::at("/notes/{id}")).add(Resource::at("/missing")).build().unwrap()
}

fn layer() -> CorsLayer {
    CorsLayer::new(policy())
}

async fn hello() -> &'static str {
    "hello"
}

fn routes() -> Router {
    Router::new().route("/hello", get(hello).put(hello)).route("/notes/{id}", get(hello))
}

async fn report<S>(app: S) -> Report
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone,
{
    let questions = Questions::of(&policy()).path("/notes/{id}", "/notes/7");
    let mut report = questions.report();
    for question in questions.iter() {
        let request = question.request().map(|()| Body::empty());
        let response = app.clone().oneshot(request).await.unwrap();
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
    let report = report(routes().layer(layer())).await;
    assert!(report.is_good(), "{report}");
    assert!(report.asked() > 50);
    assert_eq!(report.skipped(), [""; 0]);
}

#[tokio::test]
async fn an_application_without_a_policy_fails() {
    let report = report(routes()).await;
    assert_found(&report, Cause::AddedBeforeRoutes);
}

#[tokio::test]
async fn authentication_outside_of_the_policy() {
    async fn sign_in(request: Request, next: Next) -> Response {
        match request.headers().contains_key(header::AUTHORIZATION) {
            true => next.run(request).await,
            false => StatusCode::UNAUTHORIZED.into_response(),
        }
    }
    let report = report(routes().layer(layer()).layer(from_fn(sign_in))).await;
    assert_found(&report, Cause::Authentication);
}

#[tokio::test]
async fn a_layer_before_the_routes() {
    let app = Router::new().layer(layer()).merge(routes());
    assert_found(&report(app).await, Cause::AddedBeforeRoutes);
}

#[tokio::test]
async fn a_layer_around_a_handler() {
    let handler = || hello.layer(layer());
    let app = Router::new().route("/hello", get(handler()).put(handler()));
    assert_found(&report(app).await, Cause::AroundHandler);
}

#[tokio::test]
async fn a_handler_for_options() {
    let handler = || hello.layer(layer());
    let app = Router::new().route("/hello", get(handler()).put(handler()).options(|| async { "GET, PUT" }));
    assert_found(&report(app).await, Cause::OwnOptions);
}

#[tokio::test]
async fn a_prefix_that_was_cut() {
    let behind_api = |mut request: Request| {
        *request.uri_mut() = format!("/v1{}", request.uri()).parse().unwrap();
        request
    };
    let app = Router::new().nest("/v1", routes());
    let app = ServiceBuilder::new().map_request(behind_api).layer(layer()).service(app);
    assert_found(&report(app).await, Cause::CutPrefix);
}

#[tokio::test]
async fn a_layer_around_the_routes_alone() {
    assert_found(&report(routes().route_layer(layer())).await, Cause::Fallback);
}

#[tokio::test]
async fn a_redirect_outside_of_the_policy() {
    async fn to_https(request: Request) -> Redirect {
        Redirect::permanent(&format!("https://api.example{}", request.uri()))
    }
    let app = routes().layer(layer()).layer(from_fn(|request, _: Next| to_https(request)));
    assert_found(&report(app).await, Cause::Redirect);
}

#[tokio::test]
async fn panics_are_caught_outside_of_the_policy() {
    async fn broken() -> &'static str {
        panic!("on purpose")
    }
    let app = Router::new().route("/hello", get(broken)).layer(layer()).layer(CatchPanicLayer::new());
    assert_found(&report(app).await, Cause::OutsideError);
}

#[tokio::test]
async fn a_second_policy() {
    async fn share(mut response: Response) -> Response {
        response.headers_mut().append(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response
    }
    let app = routes().layer(layer()).layer(map_response(share));
    assert_found(&report(app).await, Cause::SecondPolicy);
}

#[tokio::test]
async fn a_header_of_the_application() {
    async fn share(mut response: Response) -> Response {
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        response
    }
    // Inside of the policy it does no harm.
    let good = report(routes().layer(map_response(share)).layer(layer())).await;
    assert!(good.is_good(), "{good}");
    let app = routes().layer(layer()).layer(map_response(share));
    assert_found(&report(app).await, Cause::OwnHeader);
}

#[tokio::test]
async fn vary_is_replaced() {
    async fn compress(mut response: Response) -> Response {
        response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        response
    }
    let app = routes().layer(layer()).layer(map_response(compress));
    assert_found(&report(app).await, Cause::LostVary);
}

#[tokio::test]
async fn another_policy_serves() {
    let options = ResourceOptions::new().allow_methods(["GET", "PUT"]);
    let config = CorsConfig::new().defaults([(APP, options)]).add(Resource::at("/hello"));
    let app = routes().layer(CorsLayer::new(config.build().unwrap()));
    assert_found(&report(app).await, Cause::OtherPolicy);
}

#[tokio::test]
async fn a_failure_prints_what_was_sent_what_came_and_why() {
    let app = routes().layer(layer());
    let app = app.layer(from_fn(|_: Request, _: Next| async { StatusCode::UNAUTHORIZED }));
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
         In axum add it after the authentication layer; in actix-web wrap it last.
"
    );
    assert!(report.to_string().ends_with("more failures have the same usual causes\n"));
}
