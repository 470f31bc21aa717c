//! The host over HTTP/2, where it stands in the target alone: for enforcement and for origin sources.

mod common;

use common::send;
use cors_model::{Answering, Asked, Keeping};
use cors_test_support::{APP, Answer};
use cors_warp::{
    CorsConfig, Enforce, OriginSource, ResourceOptions, SourceAnswer, default_replies, with_cors,
};
use warp::Filter;
use warp::http::Request;

/// The status of a POST to a target with these header lines.
async fn status(enforce: Enforce, target: &str, lines: &[(&str, &str)]) -> u16 {
    answer(CorsConfig::new().enforce(enforce), target, lines).await.status
}

async fn answer(config: CorsConfig, target: &str, lines: &[(&str, &str)]) -> Answer {
    let cors = config.build().unwrap();
    let app = warp::service(with_cors(cors, default_replies(warp::path!("hello").map(|| "hello"))));
    let request = Request::post(target);
    let request = lines.iter().fold(request, |request, &(name, value)| request.header(name, value));
    send(app, request.body(String::new()).unwrap()).await
}

#[tokio::test]
async fn a_host_of_the_list_is_served() {
    let enforce = || Enforce::refuse().hosts(["api.example", "localhost:*"]);
    for (target, lines, expected) in [
        ("https://api.example/hello", &[][..], 200),
        ("https://API.example:443/hello", &[], 200),
        ("http://localhost:3000/hello", &[], 200),
        ("https://evil.example/hello", &[], 403),
        ("https://evil.example/hello", &[("host", "")], 403),
        ("https://api.example/hello", &[("host", "api.example")], 200),
        ("/hello", &[("host", "api.example")], 200),
        ("/hello", &[("host", "evil.example")], 403),
        ("/hello", &[("host", "api.example"), ("host", "api.example")], 403),
        ("/hello", &[], 403),
    ] {
        assert_eq!(status(enforce(), target, lines).await, expected, "{target} {lines:?}");
    }
}

#[tokio::test]
async fn a_page_of_the_same_host_may_act() {
    for (target, origin, expected) in [
        ("https://api.example/hello", "https://api.example", 200),
        ("https://api.example:8443/hello", "https://api.example:8443", 200),
        ("https://api.example/hello", "https://evil.example", 403),
        ("https://api.example/hello", "https://api.example:8443", 403),
    ] {
        let status = status(Enforce::refuse(), target, &[("origin", origin)]).await;
        assert_eq!(status, expected, "{target} {origin}");
    }
}

/// The next request on the same thread does not see the host of the last one.
#[tokio::test]
async fn nothing_is_left_for_the_next_request() {
    let enforce = || Enforce::refuse().hosts(["api.example"]);
    assert_eq!(status(enforce(), "https://api.example/hello", &[]).await, 200);
    assert_eq!(status(enforce(), "/hello", &[]).await, 403);
}

/// Knows the host of the request, and takes a while.
struct ByHost;

impl OriginSource for ByHost {
    fn ask(&self, asked: &Asked<'_>, _: &Keeping) -> Answering {
        let belongs = asked.host() == Some("api.example");
        Answering::Later(Box::pin(async move {
            tokio::task::yield_now().await;
            SourceAnswer::from(belongs)
        }))
    }
}

#[tokio::test]
async fn a_source_that_is_awaited_sees_it() {
    for (host, shared) in [("api.example", true), ("other.example", false)] {
        let config = CorsConfig::new()
            .source("by-host", ByHost)
            .defaults([("@by-host", ResourceOptions::new())])
            .all_resources()
            .enforce(Enforce::refuse().hosts(["api.example", "other.example"]));
        let answer = answer(config, &format!("https://{host}/hello"), &[("origin", APP)]).await;
        let expected = if shared { 200 } else { 403 };
        assert_eq!(answer.status, expected, "{host}");
        assert_eq!(answer.cors_lines().iter().any(|line| line.contains(APP)), shared, "{host}");
    }
}
