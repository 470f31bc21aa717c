//! `cors_model::testing` finds mistakes that were built into applications on purpose.

use actix_http::Request;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, Error, HttpResponse, web};
use cors_actix_web::{Cors, CorsConfig, CorsMiddleware, Resource, ResourceOptions, Route};
use cors_model::testing::{Cause, Questions, Report};

const APP: &str = "https://app.example";

fn policy() -> Cors {
    let options =
        ResourceOptions::new().allow_credentials().allow_headers(["X-Id"]).expose_headers(["X-Total"]);
    let hello = Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT"));
    CorsConfig::new().defaults([(APP, options)]).add(hello).add(Resource::at("/notes/{id}")).build().unwrap()
}

fn middleware() -> CorsMiddleware {
    CorsMiddleware::new(policy())
}

fn routes(config: &mut web::ServiceConfig) {
    let hello = || async { "hello" };
    config
        .service(web::resource("/hello").get(hello).put(hello))
        .service(web::resource("/notes/{id}").get(hello));
}

async fn report<S, B>(app: S) -> Report
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
{
    let questions = Questions::of(&policy()).path("/notes/{id}", "/notes/7");
    let mut report = questions.report();
    for question in questions.iter() {
        let request = question.request();
        let method = request.method().as_str().parse().unwrap();
        let sent = TestRequest::with_uri(&request.uri().to_string()).method(method);
        let lines = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let sent = lines.fold(sent, TestRequest::append_header);
        let response = call_service(&app, sent.to_request()).await;
        report.add(question.check_lines(response.status().as_u16(), response.headers()));
    }
    report
}

#[track_caller]
fn assert_found(report: &Report, cause: Cause) {
    let is_named = report.failures().iter().any(|failure| failure.causes().contains(&cause));
    assert!(is_named, "{cause:?} is not named:\n{report}");
}

/// The application, and outside of its policy a middleware that changes the headers of each response.
async fn report_behind(change: fn(&mut HeaderMap)) -> Report {
    let app = App::new().configure(routes).wrap(middleware());
    let app = app.wrap_fn(move |request, service| {
        let response = service.call(request);
        async move {
            let mut response = response.await?;
            change(response.headers_mut());
            Ok(response)
        }
    });
    report(init_service(app).await).await
}

#[actix_web::test]
async fn an_application_without_a_mistake_passes() {
    let report = report(init_service(App::new().configure(routes).wrap(middleware())).await).await;
    assert!(report.is_good(), "{report}");
}

#[actix_web::test]
async fn authentication_outside_of_the_policy() {
    let app = App::new().configure(routes).wrap(middleware());
    let app = app.wrap_fn(|request: ServiceRequest, _| async {
        Ok(request.into_response(HttpResponse::Unauthorized()))
    });
    assert_found(&report(init_service(app).await).await, Cause::Authentication);
}

#[actix_web::test]
async fn a_resource_outside_of_the_scope_with_the_policy() {
    let hello = || async { "hello" };
    let app = App::new().service(web::resource("/hello").get(hello).put(hello));
    let scope = web::scope("/notes").wrap(middleware()).route("/{id}", web::get().to(hello));
    assert_found(&report(init_service(app.service(scope)).await).await, Cause::AddedBeforeRoutes);
}

#[actix_web::test]
async fn a_header_of_the_application() {
    let share = |headers: &mut HeaderMap| {
        headers.insert(HeaderName::from_static("access-control-allow-origin"), HeaderValue::from_static("*"));
    };
    assert_found(&report_behind(share).await, Cause::OwnHeader);
}

#[actix_web::test]
async fn a_second_policy() {
    let share = |headers: &mut HeaderMap| {
        headers.append(HeaderName::from_static("access-control-allow-origin"), HeaderValue::from_static("*"));
    };
    assert_found(&report_behind(share).await, Cause::SecondPolicy);
}

#[actix_web::test]
async fn vary_is_replaced() {
    let replace = |headers: &mut HeaderMap| {
        headers.insert(HeaderName::from_static("vary"), HeaderValue::from_static("accept-encoding"));
    };
    assert_found(&report_behind(replace).await, Cause::LostVary);
}
