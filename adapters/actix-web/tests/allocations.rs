//! What the middleware allocates, checked against the bare application. actix keeps the maps of earlier responses, so both
//! are measured when they are warm.

mod common;

use actix_http::Request;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, HttpResponse, web};
use allocation_counter::measure;
use common::{APP, STRANGER, cors_lines, from_app, policy, preflight, request};
use cors_actix_web::{Cors, CorsMiddleware, Resource, ResourceOptions, Route};
use futures_util::FutureExt;

/// The names of the header lines that the application's responses have.
const NAMES: [&str; 8] = ["x-0", "x-1", "x-2", "x-3", "x-4", "x-5", "x-6", "x-7"];

/// Answers with as many header lines as the path says.
async fn lines(path: web::Path<(String, usize)>) -> HttpResponse {
    let mut response = HttpResponse::Ok().body("hello");
    for name in &NAMES[..path.1] {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
    }
    response
}

fn cors() -> Cors {
    let config = policy(&[]).config().clone();
    let plain = Resource::at("/plain/{n}").only([(APP, ResourceOptions::new())]);
    let open = Resource::at("/open/{n}").only([("*", ResourceOptions::new())]);
    let items = Resource::at("/items/{n}").add(Route::on("GET")).add(Route::on("PUT"));
    config.add(plain).add(open).add(items).build().unwrap()
}

type Make = Box<dyn Fn() -> TestRequest>;

/// Every class of request, and how many lines it must get, lest nothing be measured.
fn classes(lines: usize) -> Vec<(&'static str, Make, usize)> {
    let actual = |method: &'static str, name: &str, origin: &'static str| {
        let path = format!("/{name}/{lines}");
        let lines = if origin.is_empty() { vec![] } else { vec![("origin", origin)] };
        Box::new(move || request(method, &path, &lines)) as Make
    };
    let asks = |origin: &'static str, method: &'static str, name: &str| {
        let path = format!("/{name}/{lines}");
        Box::new(move || preflight(origin, method, &path)) as Make
    };
    vec![
        ("pass", actual("GET", "private", APP), 0),
        ("no Origin", actual("GET", "items", ""), 1),
        ("granted", actual("GET", "items", APP), 4),
        ("granted without credentials", actual("GET", "plain", APP), 2),
        ("granted to everybody", actual("GET", "open", APP), 1),
        ("refused", actual("GET", "items", STRANGER), 1),
        ("refused for its method", actual("DELETE", "items", APP), 1),
        ("preflight allowed", asks(APP, "PUT", "items"), 6),
        ("preflight refused", asks(STRANGER, "PUT", "items"), 1),
        ("preflight refused for its method", asks(APP, "PATCH", "items"), 1),
        ("preflight refused for a header", asks(APP, "GET", "plain"), 1),
    ]
}

async fn lines_of_an_item(path: web::Path<usize>) -> HttpResponse {
    lines(web::Path::from((String::new(), *path))).await
}

/// Allocations of one call, without those that make the request, and its lines of the protocol.
fn measured<B: MessageBody>(
    app: &impl Service<Request, Response = ServiceResponse<B>, Error = Error>,
    request: Request,
) -> (u64, usize) {
    // A server's request has its values in one shared buffer. Those made of text come to that with their first clone.
    request.head().headers().iter().for_each(|(_, value)| drop(value.clone()));
    let mut response = None;
    let counted = measure(|| response = Some(app.call(request).now_or_never().unwrap().unwrap()));
    (counted.count_total, cors_lines(response.unwrap().headers()).len())
}

fn assert_no_more<B: MessageBody, C: MessageBody>(
    class: &str,
    expected: usize,
    request: impl Fn() -> Request,
    bare: &impl Service<Request, Response = ServiceResponse<B>, Error = Error>,
    ours: &impl Service<Request, Response = ServiceResponse<C>, Error = Error>,
) {
    let _warm = (measured(bare, request()), measured(ours, request()));
    let (alone, _) = measured(bare, request());
    let (with, written) = measured(ours, request());
    assert_eq!(written, expected, "{class}");
    assert!(with <= alone, "{class}: {with}, alone {alone}");
}

#[actix_web::test]
async fn never_more_than_the_bare_application() {
    let app = || App::new().service(web::resource("/{name}/{lines}").to(lines));
    let bare = init_service(app()).await;
    let ours = init_service(app().wrap(CorsMiddleware::new(cors()))).await;
    for lines in 0..=NAMES.len() {
        for (class, request, expected) in classes(lines) {
            assert_no_more(class, expected, || request().to_request(), &bare, &ours);
        }
    }
}

#[actix_web::test]
async fn nor_around_a_resource() {
    let resource = || web::resource("/items/{lines}").to(lines_of_an_item);
    let bare = init_service(App::new().service(resource())).await;
    let items = CorsMiddleware::resource(cors().resource("/items/{n}").unwrap());
    let ours = init_service(App::new().service(resource().wrap(items))).await;
    for (class, request, expected) in classes(4) {
        if request().to_request().path().starts_with("/items/") {
            assert_no_more(class, expected, || request().to_request(), &bare, &ours);
        }
    }
}

/// The counter counts.
#[actix_web::test]
async fn an_allocation_is_seen() {
    let boxes = async || {
        std::hint::black_box(Box::new([0_u8; 64]));
        "hello"
    };
    let bare = init_service(App::new().service(web::resource("/").get(async || "hello"))).await;
    let more = init_service(App::new().service(web::resource("/").get(boxes))).await;
    let request = || from_app("GET", "/").to_request();
    let _warm = (measured(&bare, request()), measured(&more, request()));
    assert_eq!(measured(&more, request()).0, measured(&bare, request()).0 + 1);
}
