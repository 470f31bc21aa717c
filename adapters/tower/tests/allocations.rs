//! What the layer allocates, checked against a middleware that somebody wrote by hand and that only puts the same
//! header lines on the response.

mod common;

use std::convert::Infallible;
use std::future::{Ready, ready};

use allocation_counter::measure;
use bytes::Bytes;
use common::{APP, STRANGER, cors_lines, from_app, policy, preflight, request};
use cors_tower::{CorsLayer, KnownBody, MakeBody, Resource, ResourceOptions};
use futures_util::FutureExt;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, Service, service_fn};

type Body = Full<Bytes>;
type Answer = Result<Response<Body>, Infallible>;

/// The names of the header lines that the application's responses have.
const NAMES: [&str; 16] = [
    "x-0", "x-1", "x-2", "x-3", "x-4", "x-5", "x-6", "x-7", "x-8", "x-9", "x-10", "x-11", "x-12", "x-13",
    "x-14", "x-15",
];

/// Answers with so many header lines, one inserted after the other.
fn application(
    lines: usize,
) -> impl Service<Request<()>, Response = Response<Body>, Error = Infallible, Future = Ready<Answer>> + Clone
{
    service_fn(move |_| {
        let mut response = Response::new(Body::from("hello"));
        for name in &NAMES[..lines] {
            response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from_static("1"));
        }
        ready(Ok(response))
    })
}

/// Knows beforehand which lines to write, and the whole answer to a preflight.
struct ByHand<S> {
    inner: S,
    answer: Option<Response<Body>>,
    lines: HeaderMap,
}

impl<S: Service<Request<()>, Future = Ready<Answer>>> ByHand<S> {
    fn call(&mut self, request: Request<()>) -> Answer {
        let origin = request.headers().get(ORIGIN).cloned();
        let mut response = match &self.answer {
            Some(answer) => Response::new(answer.body().clone()),
            None => self.inner.call(request).into_inner()?,
        };
        for (name, value) in &self.lines {
            let echo = name == ACCESS_CONTROL_ALLOW_ORIGIN && value != "*";
            let value = origin.clone().filter(|_| echo).unwrap_or_else(|| value.clone());
            response.headers_mut().insert(name.clone(), value);
        }
        Ok(response)
    }
}

/// Allocations of one call, without those that make the request.
fn allocations(request: &Request<()>, call: impl FnOnce(Request<()>) -> Answer) -> u64 {
    let request = request.clone();
    let mut response = None;
    let counted = measure(|| response = Some(call(request)));
    drop(response);
    counted.count_total
}

fn layer() -> CorsLayer<impl MakeBody<Body> + Clone> {
    let plain = Resource::at("/plain").only([(APP, ResourceOptions::new())]);
    let open = Resource::at("/open").only([("*", ResourceOptions::new())]);
    CorsLayer::new(policy(&[]).config().clone().add(plain).add(open).build().unwrap()).make_body(Full::new)
}

/// Every class of request, and how many lines it must get, lest nothing be measured.
fn classes() -> [(&'static str, Request<()>, usize); 11] {
    let stranger = [("origin", STRANGER)];
    let asks = [("origin", APP), ("access-control-request-method", "PATCH")];
    [
        ("pass", from_app("GET", "/private"), 0),
        ("no Origin", request("GET", "/hello", &[]), 1),
        ("granted", from_app("GET", "/hello"), 4),
        ("granted without credentials", from_app("GET", "/plain"), 2),
        ("granted to everybody", from_app("GET", "/open"), 1),
        ("refused", request("GET", "/hello", &stranger), 1),
        ("refused for its method", from_app("DELETE", "/hello"), 1),
        ("preflight allowed", preflight(APP, "PUT", "/hello"), 6),
        ("preflight refused", preflight(STRANGER, "PUT", "/hello"), 1),
        ("preflight refused for its method", request("OPTIONS", "/hello", &asks), 1),
        ("preflight refused for a header", preflight(APP, "GET", "/plain"), 1),
    ]
}

#[test]
fn never_more_than_by_hand() {
    let mut worse = Vec::new();
    for (class, request, expected) in classes() {
        for lines in 0..=NAMES.len() {
            let mut bare = application(lines);
            let mut ours = layer().layer(bare.clone());
            let mut response = ours.call(request.clone()).now_or_never().unwrap().unwrap();
            assert_eq!(cors_lines(response.headers()).len(), expected, "{class}");

            let is_preflight = request.method() == "OPTIONS";
            for name in &NAMES[..lines] {
                response.headers_mut().remove(*name);
            }
            let lines_by_hand = response.headers().clone();
            let answer = is_preflight.then_some(response);
            let mut hand = ByHand { inner: bare.clone(), answer, lines: lines_by_hand };
            let alone = if is_preflight {
                0
            } else {
                allocations(&request, |request| bare.call(request).into_inner())
            };
            let ours = allocations(&request, |request| ours.call(request).now_or_never().unwrap()) - alone;
            let hand = allocations(&request, |request| hand.call(request)) - alone;
            if ours > hand {
                worse.push(format!("{class}, a response of {lines} lines: {ours}, by hand {hand}"));
            }
        }
    }
    assert!(worse.is_empty(), "{worse:#?}");
}

/// With room in the response's map there is nothing left to allocate.
#[test]
fn nothing_but_the_growth_of_the_map() {
    let mut bare = service_fn(|_: Request<()>| {
        let mut response = Response::new(Body::from("hello"));
        *response.headers_mut() = HeaderMap::with_capacity(24);
        ready(Ok::<_, Infallible>(response))
    });
    let mut ours = layer().layer(bare);
    for (class, request, expected) in classes().into_iter().take(7) {
        let alone = allocations(&request, |request| bare.call(request).into_inner());
        let response = ours.call(request.clone()).now_or_never().unwrap().unwrap();
        assert_eq!((response.status().as_u16(), cors_lines(response.headers()).len()), (200, expected));
        let ours = allocations(&request, |request| ours.call(request).now_or_never().unwrap());
        assert_eq!(ours, alone, "{class}");
    }
}

/// A clone of the service, which axum makes for each request, is cheap: it allocates nothing.
#[test]
fn a_clone_allocates_nothing() {
    let service = layer().layer(application(0));
    assert_eq!(measure(|| drop(service.clone())).count_total, 0);
}

/// Finding out the type of a body allocates nothing, not even where the text was made for this refusal.
#[test]
fn a_known_body_costs_no_more_than_its_conversion() {
    let text = || Bytes::from("refused".repeat(10).into_bytes());
    let counted = |make: &dyn Fn(Bytes)| {
        let text = text();
        measure(|| make(text)).count_total
    };
    assert_eq!(counted(&|text| drop::<Bytes>(KnownBody.text(text))), 0);
    let by_hand = counted(&|text| drop(axum::body::Body::from(text)));
    assert_eq!(counted(&|text| drop::<axum::body::Body>(KnownBody.text(text))), by_hand);
}

/// The counter counts.
#[test]
fn an_allocation_is_seen() {
    let boxes = |_: Request<()>| {
        std::hint::black_box(Box::new([0_u8; 64]));
        Ok(Response::new(Body::default()))
    };
    assert_eq!(allocations(&from_app("GET", "/hello"), boxes), 1);
}
