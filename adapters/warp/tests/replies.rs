//! What stands in for a rejection, beside what warp makes of it.

mod common;

use common::{Routes, routes, send};
use cors_test_support::{Answer, plain};
use cors_warp::default_replies;
use warp::http::{Request, StatusCode};
use warp::reject::{self, MethodNotAllowed, Reject};
use warp::{Filter, Rejection, any};

#[derive(Debug)]
struct Mine;

impl Reject for Mine {}

fn mine() -> Routes {
    routes(any().and_then(|| async { Err::<StatusCode, _>(reject::custom(Mine)) }))
}

fn post(lines: &[(&'static str, &'static str)], body: &str) -> Request<String> {
    lines
        .iter()
        .fold(plain("POST", "/"), |ask, &(name, value)| ask.line(name, value))
        .http::<()>()
        .map(|()| body.into())
}

async fn ask_warp(routes: &Routes, request: &Request<String>) -> Answer {
    send(warp::service(routes.clone()), request.clone()).await
}

async fn ask_ours(routes: &Routes, request: &Request<String>) -> Answer {
    send(warp::service(default_replies(routes.clone())), request.clone()).await
}

/// Of every kind that can be named, and of those that nobody but the application knows.
#[tokio::test]
async fn a_single_rejection_has_the_reply_of_warp() {
    let get: Request<String> = plain("GET", "/").http();
    let cases = [
        (404, routes(warp::path("elsewhere").map(|| "")), get.clone()),
        (405, routes(warp::post().map(|| "")), get.clone()),
        (400, routes(warp::header::<u8>("x").map(|_| "")), get.clone()),
        (400, routes(warp::header::<u8>("x").map(|_| "")), plain("GET", "/").line("x", "no").http()),
        (400, routes(warp::cookie::<u8>("x").map(|_| "")), get.clone()),
        (400, routes(warp::query::<Vec<(String, u8)>>().map(|_| "")), plain("GET", "/?a=b").http()),
        (400, routes(warp::body::json::<u8>().map(|_| "")), post(&[], "no")),
        (400, routes(warp::body::form::<Vec<(String, u8)>>().map(|_| "")), post(&[], "a=b")),
        (411, routes(warp::body::content_length_limit(1).map(|| "")), get.clone()),
        (413, routes(warp::body::content_length_limit(1).map(|| "")), post(&[("content-length", "2")], "ab")),
        (415, routes(warp::body::json::<u8>().map(|_| "")), post(&[("content-type", "text/plain")], "1")),
        (
            403,
            routes(any().map(|| "").with(warp::cors().allow_origin("https://a.example"))),
            plain("GET", "/").line("origin", "https://b.example").http(),
        ),
        (500, routes(warp::ext::get::<u8>().map(|_| "")), get.clone()),
        (500, mine(), get.clone()),
    ];
    for (status, routes, request) in cases {
        let warps = ask_warp(&routes, &request).await;
        assert_eq!(warps.status, status);
        assert_eq!(ask_ours(&routes, &request).await, warps);
    }
}

/// Those that warp keeps private.
#[tokio::test]
async fn a_rejection_without_a_name_has_the_status_of_warp() {
    let get = plain("GET", "/").line("connection", "keep-alive").http();
    let twice = warp::body::bytes().and(warp::body::bytes()).map(|_, _| "");
    let cases = [
        (500, routes(warp::fs::file("Cargo.toml/nothing")), "Unhandled rejection: FileOpenError"),
        (500, routes(twice), "Unhandled rejection: BodyConsumedMultipleTimes"),
        (400, routes(warp::ws().map(|_| "")), "Bad Request"),
    ];
    for (status, routes, text) in cases {
        let (warps, ours) = (ask_warp(&routes, &get).await, ask_ours(&routes, &get).await);
        assert_eq!((warps.status, ours.status, &*ours.text), (status, status, text));
        assert_eq!(ours.headers, warps.headers);
    }
}

/// In a chain of branches several have rejected by the end. Which of them counts is warp's to say.
#[tokio::test]
async fn of_several_rejections_the_same_one_counts() {
    let not_get = || routes(warp::post().map(|| ""));
    let no_header = || routes(warp::header::<u8>("x").map(|_| ""));
    let no_json = || routes(warp::body::json::<u8>().map(|_| ""));
    let elsewhere = || routes(warp::path("elsewhere").map(|| ""));
    let text = post(&[("content-type", "text/plain")], "1");
    let get: Request<String> = plain("GET", "/").http();
    let cases = [
        (405, vec![elsewhere(), not_get(), elsewhere()], &get),
        (405, vec![not_get(), not_get()], &get),
        (400, vec![not_get(), no_header()], &get),
        (400, vec![no_header(), not_get()], &get),
        (415, vec![no_json(), no_header()], &text),
        (415, vec![no_header(), no_json()], &text),
        (500, vec![not_get(), mine(), elsewhere()], &get),
        (500, vec![mine(), no_header(), no_json()], &text),
    ];
    for (status, branches, request) in cases {
        let all = branches.into_iter().reduce(|one, other| routes(one.or(other).unify())).unwrap();
        let (warps, ours) = (ask_warp(&all, request).await, ask_ours(&all, request).await);
        assert_eq!((warps.status, ours.status), (status, status));
        match status {
            500 => assert!(ours.text.contains("Mine") && warps.text.contains("Mine")),
            _ => assert_eq!(ours, warps),
        }
    }
}

#[tokio::test]
async fn a_recover_inside_comes_first() {
    let mine = |rejection: Rejection| async {
        match rejection.find::<MethodNotAllowed>() {
            Some(_) => Ok(StatusCode::IM_A_TEAPOT),
            None => Err(rejection),
        }
    };
    let hello = routes(warp::path!("hello").and(warp::post()).map(|| "hello").recover(mine));
    for (path, status) in [("/hello", 418), ("/nothing", 404)] {
        assert_eq!(ask_ours(&hello, &plain("GET", path).http()).await.status, status);
    }
    assert_eq!(ask_ours(&hello, &plain("POST", "/hello").http()).await.text, "hello");
}
