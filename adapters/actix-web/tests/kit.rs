//! `cors_model::testing` finds mistakes that were built into applications on purpose.

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, Uri};
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, Error, HttpResponse, HttpResponseBuilder, web};
use cors_actix_web::CorsMiddleware;
use cors_model::testing::{Cause, Report};
use cors_test_support::kit::{Mistake, assert_each_is_named, other_policy, policy, questions};

fn middleware() -> CorsMiddleware {
    CorsMiddleware::new(policy())
}

async fn hello() -> &'static str {
    "hello"
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource("/hello").get(hello).put(hello))
        .service(web::resource("/notes/{id}").get(hello))
        .service(web::resource("/api/status").get(hello));
}

/// What the kit finds in an application.
async fn report<T, B>(app: App<T>) -> Report
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    report_of(init_service(app).await).await
}

async fn report_of<S, B>(app: S) -> Report
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
{
    let questions = questions();
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

#[actix_web::test]
async fn an_application_without_a_mistake_passes() {
    let report = report(App::new().configure(routes).wrap(middleware())).await;
    assert!(report.is_good(), "{report}");
    assert_eq!(report.skipped(), [""; 0]);
}

#[actix_web::test]
async fn each_mistake_is_named() {
    let mistakes: [Mistake; 12] = [
        ("sign-in is wrapped after the policy", Cause::Authentication, sign_in_outside().await),
        ("a redirect is wrapped after the policy", Cause::Redirect, redirect_outside().await),
        ("the policy is around another scope", Cause::AddedBeforeRoutes, around_another_scope().await),
        ("the policy is around a handler", Cause::AroundHandler, around_handlers().await),
        ("a handler for OPTIONS is outside", Cause::OwnOptions, own_options().await),
        ("a prefix is cut outside", Cause::CutPrefix, cut_prefix().await),
        ("the policy is around each resource", Cause::Fallback, around_each_resource().await),
        ("a rate limit is outside", Cause::OutsideError, limit_outside().await),
        ("a header is appended outside", Cause::SecondPolicy, behind(second_policy).await),
        ("a header is set outside", Cause::OwnHeader, behind(own_header).await),
        ("Vary is replaced outside", Cause::LostVary, behind(lost_vary).await),
        ("another policy serves", Cause::OtherPolicy, another_policy().await),
    ];
    assert_each_is_named(&mistakes, &[]);
}

/// The application, and outside of its policy a middleware that answers everything.
async fn behind_answer(answer: fn() -> HttpResponseBuilder) -> Report {
    let app = App::new().configure(routes).wrap(middleware());
    report(app.wrap_fn(move |request: ServiceRequest, _| async move { Ok(request.into_response(answer())) }))
        .await
}

async fn sign_in_outside() -> Report {
    behind_answer(HttpResponse::Unauthorized).await
}

async fn redirect_outside() -> Report {
    behind_answer(HttpResponse::PermanentRedirect).await
}

async fn limit_outside() -> Report {
    behind_answer(HttpResponse::TooManyRequests).await
}

async fn around_another_scope() -> Report {
    let scope = web::scope("/notes").wrap(middleware()).route("/{id}", web::get().to(hello));
    report(App::new().service(web::resource("/hello").get(hello).put(hello)).service(scope)).await
}

async fn around_handlers() -> Report {
    let [get, put] = [web::get(), web::put()].map(|route| route.to(hello).wrap(middleware()));
    report(App::new().service(web::resource("/hello").route(get).route(put))).await
}

async fn own_options() -> Report {
    let [get, put] = [web::get(), web::put()].map(|route| route.to(hello).wrap(middleware()));
    let options = web::method(Method::OPTIONS).to(hello);
    report(App::new().service(web::resource("/hello").route(get).route(put).route(options))).await
}

async fn cut_prefix() -> Report {
    let app = App::new().service(web::resource("/status").get(hello)).wrap(middleware());
    let app = app.wrap_fn(|mut request: ServiceRequest, service| {
        let path = request.path();
        let path: Uri = path.strip_prefix("/api").unwrap_or(path).parse().unwrap();
        request.match_info_mut().get_mut().update(&path);
        request.head_mut().uri = path;
        service.call(request)
    });
    report(app).await
}

async fn around_each_resource() -> Report {
    report(App::new().service(web::resource("/hello").get(hello).put(hello).wrap(middleware()))).await
}

/// The application, and outside of its policy a middleware that changes the headers of each response.
async fn behind(change: fn(&mut HeaderMap)) -> Report {
    let app = App::new().configure(routes).wrap(middleware());
    let app = app.wrap_fn(move |request, service| {
        let response = service.call(request);
        async move {
            let mut response = response.await?;
            change(response.headers_mut());
            Ok(response)
        }
    });
    report(app).await
}

const ALLOW_ORIGIN: HeaderName = HeaderName::from_static("access-control-allow-origin");

fn second_policy(headers: &mut HeaderMap) {
    headers.append(ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

fn own_header(headers: &mut HeaderMap) {
    headers.insert(ALLOW_ORIGIN, HeaderValue::from_static("*"));
}

fn lost_vary(headers: &mut HeaderMap) {
    headers.insert(HeaderName::from_static("vary"), HeaderValue::from_static("accept-encoding"));
}

async fn another_policy() -> Report {
    report(App::new().configure(routes).wrap(CorsMiddleware::new(other_policy()))).await
}
