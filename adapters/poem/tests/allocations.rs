//! What the middleware allocates, checked against one that somebody wrote by hand and that only puts the same
//! header lines on the response.

mod common;

use allocation_counter::measure;
use common::{APP, STRANGER, cors_lines, from_app, policy, preflight, request};
use cors_poem::{CorsMiddleware, Resource, ResourceOptions};
use futures_util::FutureExt;
use poem::endpoint::make_sync;
use poem::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN,
};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, EndpointExt, Middleware, Request, Response, Result, Route, get};

/// The names of the header lines that the application's responses have.
const NAMES: [&str; 16] = [
    "x-0", "x-1", "x-2", "x-3", "x-4", "x-5", "x-6", "x-7", "x-8", "x-9", "x-10", "x-11", "x-12", "x-13",
    "x-14", "x-15",
];

/// Answers with so many header lines, one inserted after the other.
fn application(lines: usize) -> impl Endpoint<Output = Response> {
    make_sync(move |_| {
        let mut response = Response::default();
        response.set_body("hello");
        for name in &NAMES[..lines] {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
        }
        response
    })
}

/// Knows beforehand which lines to write, and the whole answer to a preflight.
struct ByHand<E> {
    inner: E,
    answer: Option<(StatusCode, &'static str)>,
    lines: HeaderMap,
}

impl<E: Endpoint> Endpoint for ByHand<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let origin = request.headers().get(ORIGIN).cloned();
        let mut response = match self.answer {
            Some((status, text)) => {
                let mut response = Response::default();
                response.set_status(status);
                if !text.is_empty() {
                    response.set_body(text);
                }
                response
            }
            None => self.inner.get_response(request).await,
        };
        for (name, value) in &self.lines {
            let echo = name == ACCESS_CONTROL_ALLOW_ORIGIN && value != "*";
            let value = origin.clone().filter(|_| echo).unwrap_or_else(|| value.clone());
            response.headers_mut().insert(name.clone(), value);
        }
        Ok(response)
    }
}

fn run(app: &impl Endpoint, request: Request) -> Response {
    app.get_response(request).now_or_never().unwrap()
}

/// Allocations of one call, without those that make the request.
fn allocations(app: &impl Endpoint, request: &dyn Fn() -> Request) -> u64 {
    let request = request();
    // The first clone of a fresh buffer allocates. A server's values are parts of one that is shared already.
    drop(request.headers().clone());
    let mut response = None;
    let counted = measure(|| response = Some(run(app, request)));
    drop(response);
    counted.count_total
}

fn middleware() -> CorsMiddleware {
    let plain = Resource::at("/plain").only([(APP, ResourceOptions::new())]);
    let open = Resource::at("/open").only([("*", ResourceOptions::new())]);
    CorsMiddleware::new(policy(&[]).config().clone().add(plain).add(open).build().unwrap())
}

type Class = (&'static str, &'static dyn Fn() -> Request, usize);

/// Every class of request, and how many lines it must get, lest nothing be measured.
const CLASSES: [Class; 11] = [
    ("pass", &|| from_app("GET", "/private"), 0),
    ("no Origin", &|| request("GET", "/hello", &[]), 1),
    ("granted", &|| from_app("GET", "/hello"), 4),
    ("granted without credentials", &|| from_app("GET", "/plain"), 2),
    ("granted to everybody", &|| from_app("GET", "/open"), 1),
    ("refused", &|| request("GET", "/hello", &[("origin", STRANGER)]), 1),
    ("refused for its method", &|| from_app("DELETE", "/hello"), 1),
    ("preflight allowed", &|| preflight(APP, "PUT", "/hello"), 6),
    ("preflight refused", &|| preflight(STRANGER, "PUT", "/hello"), 1),
    ("preflight refused for its method", &|| preflight(APP, "PATCH", "/hello"), 1),
    ("preflight refused for a header", &|| preflight(APP, "GET", "/plain"), 1),
];

#[test]
fn never_more_than_by_hand() {
    let mut worse = Vec::new();
    for (class, request, expected) in CLASSES {
        for lines in 0..=NAMES.len() {
            let ours = middleware().transform(application(lines));
            let mut response = run(&ours, request());
            assert_eq!(cors_lines(response.headers()).len(), expected, "{class}");

            let is_preflight = request().method() == Method::OPTIONS;
            for name in &NAMES[..lines] {
                response.headers_mut().remove(*name);
            }
            let text = if response.headers().contains_key(CONTENT_TYPE) { "refused" } else { "" };
            let answer = is_preflight.then_some((response.status(), text));
            let hand = ByHand { inner: application(lines), answer, lines: response.headers().clone() };
            let alone = if is_preflight { 0 } else { allocations(&application(lines), request) };
            let ours = allocations(&ours, request) - alone;
            let hand = allocations(&hand, request) - alone;
            if ours > hand {
                worse.push(format!("{class}, a response of {lines} lines: {ours}, by hand {hand}"));
            }
        }
    }
    assert!(worse.is_empty(), "{worse:#?}");
}

fn with_room() -> impl Endpoint<Output = Response> {
    make_sync(|_| {
        let mut response = Response::default();
        response.set_body("hello");
        *response.headers_mut() = HeaderMap::with_capacity(24);
        response
    })
}

/// With room in the response's map there is nothing left to allocate.
#[test]
fn nothing_but_the_growth_of_the_map() {
    let bare = || {
        let methods = || get(with_room()).delete(with_room());
        Route::new()
            .at("/private", methods())
            .at("/hello", methods())
            .at("/plain", methods())
            .at("/open", methods())
    };
    let ours = bare().with(middleware());
    for (class, request, expected) in CLASSES.into_iter().take(7) {
        let response = run(&ours, request());
        assert_eq!((response.status().as_u16(), cors_lines(response.headers()).len()), (200, expected));
        assert_eq!(allocations(&ours, request), allocations(&bare(), request), "{class}");
    }
}

/// The same on the methods of a route.
#[test]
fn nothing_but_the_growth_of_the_map_around_a_resource() {
    let bare = || get(with_room()).delete(with_room());
    let ours = bare().with(CorsMiddleware::resource(policy(&[]).resource("/hello").unwrap()));
    for (class, request, _) in CLASSES.into_iter().take(7) {
        assert_eq!(allocations(&ours, request), allocations(&bare(), request), "{class}");
    }
}

/// The counter counts.
#[test]
fn an_allocation_is_seen() {
    let boxes = make_sync(|_| {
        std::hint::black_box(Box::new([0_u8; 64]));
    });
    let empty = make_sync(|_| ());
    let request: &dyn Fn() -> Request = &|| from_app("GET", "/hello");
    assert_eq!(allocations(&boxes, request) - allocations(&empty, request), 1);
}
