//! `cors_model::testing` finds mistakes that were built into applications on purpose.

use std::convert::Infallible;

use cors_model::testing::{Cause, Report};
use cors_test_support::kit::{Mistake, assert_each_is_named, other_policy, policy, questions};
use cors_warp::{Cors, default_replies, resource, with_cors};
use tower::{ServiceBuilder, ServiceExt};
use warp::http::{HeaderValue, Request, StatusCode, Uri};
use warp::reply::Response;
use warp::test::{RequestBuilder, request};
use warp::{Filter, Rejection, Reply, path, reply};

fn hello() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync + 'static {
    path!("hello").and(warp::get().or(warp::put()).unify()).map(|| "hello")
}

fn note() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync + 'static {
    path!("notes" / u32).and(warp::get()).map(|_| "hello")
}

fn status() -> impl Filter<Extract = (impl Reply,), Error = Rejection> + Clone + Send + Sync + 'static {
    path!("api" / "status").and(warp::get()).map(|| "hello")
}

/// All routes behind a policy.
fn behind(
    cors: Cors,
) -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static {
    with_cors(cors, default_replies(hello().or(note()).or(status())))
}

fn application() -> impl Filter<Extract = (Response,), Error = Infallible> + Clone + Send + Sync + 'static {
    behind(policy())
}

async fn report<F>(app: F) -> Report
where
    F: Filter + 'static,
    F::Extract: Reply + Send,
    F::Error: std::fmt::Debug,
{
    let questions = questions();
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

#[tokio::test]
async fn an_application_without_a_mistake_passes() {
    let report = report(application()).await;
    assert!(report.is_good(), "{report}");
    assert_eq!(report.skipped(), [""; 0]);
}

#[tokio::test]
async fn each_mistake_is_named() {
    let mistakes: [Mistake; 12] = [
        ("sign-in is outside of `with_cors`", Cause::Authentication, sign_in_outside().await),
        ("a redirect is outside of `with_cors`", Cause::Redirect, redirect_outside().await),
        ("one branch has no policy", Cause::AddedBeforeRoutes, one_branch_without().await),
        ("the policy is behind the method", Cause::AroundHandler, behind_the_method().await),
        ("a branch for OPTIONS comes first", Cause::OwnOptions, own_options().await),
        ("a layer outside cuts a prefix", Cause::CutPrefix, cut_prefix().await),
        ("the policy is around one resource", Cause::Fallback, around_one_resource().await),
        ("a size limit is outside", Cause::OutsideError, limit_outside().await),
        ("a header is appended outside", Cause::SecondPolicy, second_policy().await),
        ("a header is set outside", Cause::OwnHeader, own_header().await),
        ("Vary is replaced outside", Cause::LostVary, lost_vary().await),
        ("another policy serves", Cause::OtherPolicy, another_policy().await),
    ];
    assert_each_is_named(&mistakes, &[]);
}

async fn sign_in_outside() -> Report {
    let sign_in = warp::any().map(|| reply::with_status("sign in", StatusCode::UNAUTHORIZED));
    report(warp::header::exact("authorization", "me").and(application()).or(sign_in)).await
}

async fn redirect_outside() -> Report {
    let redirect = warp::any().map(|| warp::redirect::permanent(Uri::from_static("https://api.example/")));
    report(warp::header::exact("x-forwarded-proto", "https").and(application()).or(redirect)).await
}

async fn one_branch_without() -> Report {
    report(hello().or(with_cors(policy(), default_replies(note())))).await
}

async fn behind_the_method() -> Report {
    report(warp::get().or(warp::put()).unify().and(application())).await
}

async fn own_options() -> Report {
    report(warp::options().map(|| "GET, PUT").or(application())).await
}

async fn cut_prefix() -> Report {
    let status = path!("status").and(warp::get()).map(|| "hello");
    let app = warp::service(with_cors(policy(), default_replies(status)));
    let cut = |mut request: Request<String>| {
        let path = request.uri().path();
        *request.uri_mut() = path.strip_prefix("/api").unwrap_or(path).parse().unwrap();
        request
    };
    let app = ServiceBuilder::new().map_request(cut).service(app);
    let questions = questions();
    let mut report = questions.report();
    for question in questions.iter() {
        let request = question.request().map(|()| String::new());
        report.add(question.check(&app.clone().oneshot(request).await.unwrap()));
    }
    report
}

async fn around_one_resource() -> Report {
    let hello_only = policy().resource("/hello").unwrap();
    report(resource(hello_only, path!("hello"), default_replies(hello()))).await
}

async fn limit_outside() -> Report {
    report(warp::body::content_length_limit(1024).and(application())).await
}

async fn second_policy() -> Report {
    report(application().map(|mut response: Response| {
        response.headers_mut().append("access-control-allow-origin", HeaderValue::from_static("*"));
        response
    }))
    .await
}

async fn own_header() -> Report {
    report(application().map(|reply| reply::with_header(reply, "access-control-allow-origin", "*"))).await
}

async fn lost_vary() -> Report {
    report(application().map(|reply| reply::with_header(reply, "vary", "accept-encoding"))).await
}

async fn another_policy() -> Report {
    report(behind(other_policy())).await
}
