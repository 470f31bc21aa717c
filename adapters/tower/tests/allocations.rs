//! What the layer allocates, checked against a middleware that somebody wrote by hand and that only puts the same
//! header lines on the response.

use std::convert::Infallible;
use std::future::{Ready, ready};

use bytes::Bytes;
use cors_test_support::Answer;
use cors_test_support::allocations::{NAMES, actual, count, policy, preflights, write_by_hand};
use cors_tower::{CorsLayer, KnownBody, MakeBody};
use futures_util::FutureExt;
use http::header::{HeaderMap, HeaderName, HeaderValue, ORIGIN};
use http::{Request, Response};
use http_body_util::Full;
use tower::{Layer, Service, service_fn};

type Body = Full<Bytes>;
type Outcome = Result<Response<Body>, Infallible>;

/// Answers with so many header lines, one inserted after the other.
fn application(
    lines: usize,
) -> impl Service<Request<()>, Response = Response<Body>, Error = Infallible, Future = Ready<Outcome>> + Clone
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

impl<S: Service<Request<()>, Future = Ready<Outcome>>> ByHand<S> {
    fn call(&mut self, request: Request<()>) -> Outcome {
        let origin = request.headers().get(ORIGIN).cloned();
        let mut response = match &self.answer {
            Some(answer) => Response::new(answer.body().clone()),
            None => self.inner.call(request).into_inner()?,
        };
        write_by_hand(&self.lines, origin.as_ref(), response.headers_mut());
        Ok(response)
    }
}

/// Allocations of one call, without those that make the request.
fn allocations(request: &Request<()>, call: impl FnOnce(Request<()>) -> Outcome) -> u64 {
    let request = request.clone();
    count(|| call(request)).0
}

fn layer() -> CorsLayer<impl MakeBody<Body> + Clone> {
    CorsLayer::new(policy()).make_body(Full::new)
}

#[test]
fn never_more_than_by_hand() {
    let mut worse = Vec::new();
    for class in actual().into_iter().chain(preflights()) {
        let request = class.ask.http();
        for lines in 0..=NAMES.len() {
            let mut bare = application(lines);
            let mut ours = layer().layer(bare.clone());
            let mut response = ours.call(request.clone()).now_or_never().unwrap().unwrap();
            assert_eq!(Answer::head(&response).cors_lines().len(), class.lines, "{}", class.name);

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
            // The list of methods is put together for a preflight at a resource with routes (S9).
            let list = u64::from(class.name == "preflight allowed");
            if ours > hand + list {
                worse.push(format!("{}, a response of {lines} lines: {ours}, by hand {hand}", class.name));
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
    for class in actual() {
        let request = class.ask.http();
        let alone = allocations(&request, |request| bare.call(request).into_inner());
        let response = ours.call(request.clone()).now_or_never().unwrap().unwrap();
        assert_eq!(Answer::head(&response).cors_lines().len(), class.lines, "{}", class.name);
        let ours = allocations(&request, |request| ours.call(request).now_or_never().unwrap());
        assert_eq!(ours, alone, "{}", class.name);
    }
}

/// A clone of the service, which axum makes for each request, is cheap: it allocates nothing.
#[test]
fn a_clone_allocates_nothing() {
    let service = layer().layer(application(0));
    assert_eq!(count(|| drop(service.clone())).0, 0);
}

/// Finding out the type of a body allocates nothing, not even where the text was made for this refusal.
#[test]
fn a_known_body_costs_no_more_than_its_conversion() {
    let text = || Bytes::from("refused".repeat(10).into_bytes());
    let counted = |make: &dyn Fn(Bytes)| {
        let text = text();
        count(|| make(text)).0
    };
    assert_eq!(counted(&|text| drop::<Bytes>(KnownBody.text(text))), 0);
    let by_hand = counted(&|text| drop(axum::body::Body::from(text)));
    assert_eq!(counted(&|text| drop::<axum::body::Body>(KnownBody.text(text))), by_hand);
}
