//! What the filters allocate, checked against the bare application, and the answer to a preflight against the layer's.

use std::convert::Infallible;
use std::str::FromStr;

use cors_test_support::allocations::{Class, actual, count, policy, preflights};
use cors_test_support::{Answer, Ask, from_app};
use cors_warp::{CorsLayer, FromBytes, default_replies, resource, with_cors};
use futures_util::FutureExt;
use tower::{Layer, Service};
use warp::http::{HeaderMap, Request, Response};
use warp::{Filter, Rejection, any, path};

/// Leaves room in the response's map, so that its growth is not counted.
fn with_room() -> warp::reply::Response {
    let mut response = warp::reply::Response::new("hello".into());
    *response.headers_mut() = HeaderMap::with_capacity(24);
    response
}

/// Any segment, without a copy.
struct Segment;

impl FromStr for Segment {
    type Err = Infallible;

    fn from_str(_: &str) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

fn bare() -> impl Filter<Extract = (warp::reply::Response,), Error = Rejection> + Clone + Send + Sync {
    path!(Segment).map(|_| with_room())
}

/// A request as a browser sends it: a dozen header lines, one of a name that `http` does not know, and one field twice.
fn from_browser(ask: &Ask) -> Request<String> {
    let mut request = ask.http();
    let lines = [
        ("host", "api.example"),
        ("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"),
        ("accept", "*/*"),
        ("accept-language", "en-US,en;q=0.5"),
        ("accept-encoding", "gzip, deflate, br, zstd"),
        ("referer", "https://app.example/"),
        ("connection", "keep-alive"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-mode", "cors"),
        ("cookie", "a=b"),
        ("cookie", "c=d"),
    ];
    for (name, value) in lines {
        request.headers_mut().append(name, value.parse().unwrap());
    }
    request
}

/// Allocations of one call, without those that make the request, and the lines of the response.
fn run<S, B>(mut app: S, ask: &Ask) -> (u64, usize)
where
    S: Service<Request<String>, Response = Response<B>, Error = Infallible>,
{
    // The place that a thread keeps for verdicts is made once.
    app.call(ask.http()).now_or_never().unwrap().unwrap();
    let request = from_browser(ask);
    // The first clone of a fresh buffer allocates. A server's values are parts of one that is shared already.
    drop(request.headers().clone());
    let (allocations, response) = count(|| app.call(request).now_or_never().unwrap().unwrap());
    (allocations, Answer::head(&response).cors_lines().len())
}

/// Every class of actual request, and a method that `http` keeps in a box.
fn classes() -> Vec<Class> {
    let ask = from_app("VERSION-CONTROL-AND-MORE", "/hello");
    let mut classes = actual();
    classes.push(Class { name: "a long method", ask, lines: 1 });
    classes
}

#[test]
fn around_an_application_nothing() {
    for class in classes() {
        let (alone, _) = run(warp::service(bare()), &class.ask);
        let layer = CorsLayer::new(policy()).make_body(FromBytes).layer(warp::service(bare()));
        assert_eq!(run(layer, &class.ask), (alone, class.lines), "{}, layer", class.name);
        let filter = warp::service(with_cors(policy(), default_replies(bare())));
        assert_eq!(run(filter, &class.ask), (alone, class.lines), "{}, filter", class.name);
    }
}

/// That the path matches is told by a rejection, and warp boxes that.
#[test]
fn around_a_resource_one() {
    let routes = || default_replies(bare());
    for class in classes() {
        let hello = policy().resource("/hello").unwrap();
        let branch = warp::service(resource(hello, path!(Segment), routes()));
        let alone = run(warp::service(routes()), &class.ask).0;
        assert_eq!(run(branch, &class.ask).0, alone + 1, "{}", class.name);
    }
}

#[test]
fn an_answer_to_a_preflight_costs_what_the_layers_does() {
    let empty = || any().map(warp::reply);
    for class in preflights() {
        let layer = CorsLayer::new(policy()).make_body(FromBytes).layer(warp::service(empty()));
        let (layer, lines) = run(layer, &class.ask);
        assert_eq!(lines, class.lines, "{}", class.name);
        // What warp itself makes of any request.
        let warps = run(warp::service(empty()), &class.ask).0;
        let filter = warp::service(with_cors(policy(), any().map(with_room)));
        assert_eq!(run(filter, &class.ask), (warps + layer, class.lines), "{}", class.name);
    }
}
