//! What the middleware allocates, checked against one that somebody wrote by hand and that only puts the same
//! header lines on the response.

mod common;

use common::request;
use cors_poem::CorsMiddleware;
use cors_test_support::allocations::{NAMES, actual, count, policy, preflights, write_by_hand};
use cors_test_support::{Answer, Ask};
use futures_util::FutureExt;
use poem::endpoint::make_sync;
use poem::http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, EndpointExt, Middleware, Request, Response, Result, Route, get};

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
        write_by_hand(&self.lines, origin.as_ref(), response.headers_mut());
        Ok(response)
    }
}

fn run(app: &impl Endpoint, request: Request) -> Response {
    app.get_response(request).now_or_never().unwrap()
}

/// Allocations of one call, without those that make the request.
fn allocations(app: &impl Endpoint, ask: &Ask) -> u64 {
    let request = request(ask);
    // The first clone of a fresh buffer allocates. A server's values are parts of one that is shared already.
    drop(request.headers().clone());
    count(|| run(app, request)).0
}

fn lines(response: &Response) -> usize {
    Answer::new(200, response.headers()).cors_lines().len()
}

#[test]
fn never_more_than_by_hand() {
    let mut worse = Vec::new();
    for class in actual().into_iter().chain(preflights()) {
        for number in 0..=NAMES.len() {
            let ours = CorsMiddleware::new(policy()).transform(application(number));
            let mut response = run(&ours, request(&class.ask));
            assert_eq!(lines(&response), class.lines, "{}", class.name);

            let is_preflight = class.ask.method == Method::OPTIONS.as_str();
            for name in &NAMES[..number] {
                response.headers_mut().remove(*name);
            }
            let text = if response.headers().contains_key(CONTENT_TYPE) { "refused" } else { "" };
            let answer = is_preflight.then_some((response.status(), text));
            let hand = ByHand { inner: application(number), answer, lines: response.headers().clone() };
            let alone = if is_preflight { 0 } else { allocations(&application(number), &class.ask) };
            let ours = allocations(&ours, &class.ask) - alone;
            let hand = allocations(&hand, &class.ask) - alone;
            // The list of methods is put together for a preflight at a resource with routes (S9).
            let list = u64::from(class.name == "preflight allowed");
            if ours > hand + list {
                worse.push(format!("{}, a response of {number} lines: {ours}, by hand {hand}", class.name));
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
        let paths = ["/private", "/hello", "/plain", "/open"];
        paths.iter().fold(Route::new(), |route, path| route.at(path, methods()))
    };
    let ours = bare().with(CorsMiddleware::new(policy()));
    for class in actual() {
        let response = run(&ours, request(&class.ask));
        assert_eq!((response.status(), lines(&response)), (StatusCode::OK, class.lines), "{}", class.name);
        assert_eq!(allocations(&ours, &class.ask), allocations(&bare(), &class.ask), "{}", class.name);
    }
}

/// The same on the methods of a route.
#[test]
fn nothing_but_the_growth_of_the_map_around_a_resource() {
    let bare = || get(with_room()).delete(with_room());
    let ours = bare().with(CorsMiddleware::resource(policy().resource("/hello").unwrap()));
    for class in actual() {
        assert_eq!(allocations(&ours, &class.ask), allocations(&bare(), &class.ask), "{}", class.name);
    }
}
