//! What the filters allocate, checked against the bare application, and the answer to a preflight against the layer's.

mod common;

use std::convert::Infallible;
use std::str::FromStr;

use allocation_counter::measure;
use common::{APP, STRANGER, cors_lines, from_app, policy, preflight, request};
use cors_warp::{
    Cors, CorsLayer, FromBytes, Resource, ResourceOptions, default_replies, resource, with_cors,
};
use futures_util::FutureExt;
use tower::{Layer, Service};
use warp::http::{HeaderMap, Request};
use warp::reply::Response;
use warp::{Filter, Rejection, any, path};

fn cors() -> Cors {
    let plain = Resource::at("/plain").only([(APP, ResourceOptions::new())]);
    let open = Resource::at("/open").only([("*", ResourceOptions::new())]);
    policy(&[]).config().clone().add(plain).add(open).build().unwrap()
}

/// Leaves room in the response's map, so that its growth is not counted.
fn with_room() -> Response {
    let mut response = Response::new("hello".into());
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

fn bare() -> impl Filter<Extract = (Response,), Error = Rejection> + Clone + Send + Sync {
    path!(Segment).map(|_| with_room())
}

/// A request as a browser sends it: a dozen header lines, one of a name that `http` does not know, and one field twice.
fn from_browser(mut request: Request<String>) -> Request<String> {
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

type Class = (&'static str, &'static dyn Fn() -> Request<String>, usize);

/// Every class of actual request, and how many lines it must get, lest nothing be measured.
const ACTUAL: [Class; 8] = [
    ("pass", &|| from_app("GET", "/private"), 0),
    ("no Origin", &|| request("GET", "/hello", &[]), 1),
    ("granted", &|| from_app("GET", "/hello"), 4),
    ("granted without credentials", &|| from_app("GET", "/plain"), 2),
    ("granted to everybody", &|| from_app("GET", "/open"), 1),
    ("refused", &|| request("GET", "/hello", &[("origin", STRANGER)]), 1),
    ("refused for two origins", &|| request("GET", "/hello", &[("origin", APP), ("origin", APP)]), 1),
    ("a long method", &|| from_app("VERSION-CONTROL-AND-MORE", "/hello"), 1),
];

const PREFLIGHTS: [Class; 4] = [
    ("preflight allowed", &|| preflight(APP, "PUT", "/hello"), 6),
    ("preflight refused", &|| preflight(STRANGER, "PUT", "/hello"), 1),
    ("preflight refused for its method", &|| preflight(APP, "PATCH", "/hello"), 1),
    ("preflight refused for a header", &|| preflight(APP, "GET", "/plain"), 1),
];

/// Allocations of one call, without those that make the request, and the lines of the response.
fn run<S, B>(mut app: S, request: &dyn Fn() -> Request<String>) -> (u64, usize)
where
    S: Service<Request<String>, Response = warp::http::Response<B>, Error = Infallible>,
{
    // The place that a thread keeps for verdicts is made once.
    app.call(request()).now_or_never().unwrap().unwrap();
    let request = from_browser(request());
    // The first clone of a fresh buffer allocates. A server's values are parts of one that is shared already.
    drop(request.headers().clone());
    let mut response = None;
    let counted = measure(|| response = Some(app.call(request).now_or_never().unwrap()));
    (counted.count_total, cors_lines(response.unwrap().unwrap().headers()).len())
}

#[test]
fn around_an_application_nothing() {
    for (class, request, expected) in ACTUAL {
        let (alone, _) = run(warp::service(bare()), request);
        let layer = CorsLayer::new(cors()).make_body(FromBytes).layer(warp::service(bare()));
        assert_eq!(run(layer, request), (alone, expected), "{class}, layer");
        let filter = warp::service(with_cors(cors(), default_replies(bare())));
        assert_eq!(run(filter, request), (alone, expected), "{class}, filter");
    }
}

/// That the path matches is told by a rejection, and warp boxes that.
#[test]
fn around_a_resource_one() {
    let routes = || default_replies(bare());
    for (class, request, _) in ACTUAL {
        let policy = cors().resource("/hello").unwrap();
        let branch = warp::service(resource(policy, path!(Segment), routes()));
        let alone = run(warp::service(routes()), request).0;
        assert_eq!(run(branch, request).0, alone + 1, "{class}");
    }
}

#[test]
fn an_answer_to_a_preflight_costs_what_the_layers_does() {
    let empty = || any().map(warp::reply);
    for (class, request, expected) in PREFLIGHTS {
        let (layer, lines) =
            run(CorsLayer::new(cors()).make_body(FromBytes).layer(warp::service(empty())), request);
        assert_eq!(lines, expected, "{class}");
        // What warp itself makes of any request.
        let warps = run(warp::service(empty()), request).0;
        let filter = warp::service(with_cors(cors(), any().map(with_room)));
        assert_eq!(run(filter, request), (warps + layer, expected), "{class}");
    }
}

/// The counter counts.
#[test]
fn an_allocation_is_seen() {
    let empty = || any().map(warp::reply);
    let boxes = any().map(|| {
        std::hint::black_box(Box::new([0_u8; 64]));
        warp::reply()
    });
    let request: &dyn Fn() -> Request<String> = &|| from_app("GET", "/hello");
    assert_eq!(run(warp::service(boxes), request).0 - run(warp::service(empty()), request).0, 1);
}
