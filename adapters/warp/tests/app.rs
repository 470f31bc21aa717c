//! The filter around a whole application, and the layer around its service: each is asked, and they must not differ.

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use common::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, UNTOUCHED, VARY_PREFLIGHT, ask, ask_both,
    assert_cors, from_app, policy, preflight, request, routes,
};
use cors_warp::{CorsConfig, Resource, ResourceOptions, Route, default_replies, with_cors};
use warp::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use warp::http::{Response, StatusCode};
use warp::path::FullPath;
use warp::{Filter, Rejection, Reply, any, path, reject};

#[tokio::test]
async fn a_resource_is_shared_with_its_origin_alone() {
    let app = routes(path!("hello").or(path!("private")).unify().map(|| "hello"));
    let stranger = [("origin", STRANGER)];
    let cases = [
        (from_app("GET", "/hello"), GRANTED),
        (from_app("PUT", "/hello?query"), GRANTED),
        (from_app("HEAD", "/hello"), GRANTED),
        (request("GET", "/hello", &stranger), NOT_SHARED),
        (request("GET", "/hello", &[]), NOT_SHARED),
        (from_app("PURGE", "/hello"), NOT_SHARED),
        (from_app("GET", "/private"), UNTOUCHED),
    ];
    for (request, expected) in cases {
        let response = ask_both(&policy(&[]), &app, request).await;
        assert_cors(&response, 200, expected);
        assert_eq!(response.text, "hello");
    }
}

#[derive(Debug)]
struct Failed;

impl reject::Reject for Failed {}

#[tokio::test]
async fn whatever_the_application_answers_is_decorated() {
    let templates =
        ["/number/{n}", "/json", "/query", "/moved", "/missing", "/not-routed", "/error", "/get-only"];
    let methods = ResourceOptions::new().allow_methods(["GET", "POST", "DELETE"]);
    let config = templates.iter().fold(CorsConfig::new().defaults([(APP, methods)]), |config, &template| {
        config.add(Resource::at(template))
    });
    let cors = config.build().unwrap();
    let app = routes(path!("number" / u8).map(|n: u8| n.to_string()))
        .or(routes(path!("json").and(warp::post()).and(warp::body::json()).map(|n: u8| n.to_string())))
        .or(routes(path!("query").and(warp::query()).map(|pairs: Vec<(String, u8)>| pairs.len().to_string())))
        .or(routes(path!("moved").map(|| warp::redirect::temporary(warp::http::Uri::from_static("/hello")))))
        .or(routes(path!("missing").map(|| StatusCode::NOT_FOUND)))
        .or(routes(path!("error").and_then(|| async { Err::<StatusCode, _>(reject::custom(Failed)) })))
        .or(routes(path!("get-only").and(warp::get()).map(|| "seven")));
    let app = routes(app);
    let granted = ["access-control-allow-origin: https://app.example", "vary: Origin"];
    let cases = [
        ("GET", "/number/7", 200),
        ("GET", "/number/seven", 404),
        ("POST", "/json", 400),
        ("GET", "/json", 405),
        ("GET", "/query?n=seven", 400),
        ("GET", "/moved", 307),
        ("GET", "/missing", 404),
        ("GET", "/not-routed", 404),
        ("GET", "/error", 500),
        ("DELETE", "/get-only", 405),
    ];
    for (method, path, status) in cases {
        let response = ask_both(&cors, &app, from_app(method, path)).await;
        assert_cors(&response, status, &granted);
    }
    // warp derives no HEAD from GET. Its 405 is GET's to share.
    assert_cors(&ask_both(&cors, &app, from_app("HEAD", "/get-only")).await, 405, &granted);
    // Neither the routes nor the policy know it.
    assert_cors(&ask_both(&cors, &app, from_app("GET", "/nothing")).await, 404, UNTOUCHED);
}

#[tokio::test]
async fn a_preflight_is_answered_before_the_application() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let app = routes(any().map(move || {
        count.fetch_add(1, Ordering::Relaxed);
        "own options"
    }));
    let cors = policy(&[]);

    let allowed = ask_both(&cors, &app, preflight(APP, "PUT", "/hello")).await;
    assert_cors(&allowed, 204, ALLOWED);
    assert!(!allowed.headers.contains_key(CONTENT_TYPE));
    assert_eq!(allowed.text, "");

    let refused = ask_both(&cors, &app, preflight(STRANGER, "PUT", "/hello")).await;
    assert_cors(&refused, 403, REFUSED);
    assert_eq!(refused.headers[CONTENT_TYPE], "text/plain; charset=utf-8");
    assert_eq!(refused.text, "CORS preflight refused: the origin is not allowed.");
    assert_eq!(asked.load(Ordering::Relaxed), 0);

    // Without both header lines it is not a preflight, and what is no resource is left to the application.
    let method = [("access-control-request-method", "PUT")];
    for (request, expected) in [
        (request("OPTIONS", "/hello", &[]), NOT_SHARED),
        (request("OPTIONS", "/hello", &method), NOT_SHARED),
        (from_app("OPTIONS", "/hello"), NOT_SHARED),
        (preflight(APP, "PUT", "/private"), UNTOUCHED),
    ] {
        let response = ask_both(&cors, &app, request).await;
        assert_cors(&response, 200, expected);
        assert_eq!(response.text, "own options");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 2 * 4);
}

/// The filters of warp that read one header see its first line alone.
#[tokio::test]
async fn every_line_of_a_header_counts() {
    let app = routes(any().map(|| "hello"));
    let cors = policy(&[]);
    for other in [APP, STRANGER] {
        for lines in [[APP, other], [other, APP]] {
            let lines = lines.map(|origin| ("origin", origin));
            assert_cors(&ask_both(&cors, &app, request("GET", "/hello", &lines)).await, 200, NOT_SHARED);
            let method = [lines[0], lines[1], ("access-control-request-method", "PUT")];
            assert_cors(&ask_both(&cors, &app, request("OPTIONS", "/hello", &method)).await, 403, REFUSED);
        }
    }
    let two_methods = [("access-control-request-method", "PUT"); 2];
    let lines = [("origin", APP), two_methods[0], two_methods[1]];
    assert_cors(&ask_both(&cors, &app, request("OPTIONS", "/hello", &lines)).await, 403, REFUSED);
    for (second, status) in [("X-Requested-With", 204), ("x-other", 403)] {
        let headers = [
            ("access-control-request-headers", "x-requested-with"),
            ("access-control-request-headers", second),
        ];
        let lines = [("origin", APP), two_methods[0], headers[0], headers[1]];
        assert_eq!(ask_both(&cors, &app, request("OPTIONS", "/hello", &lines)).await.status, status);
    }
}

#[tokio::test]
async fn a_plain_options_request_is_shared_where_its_method_is_enabled() {
    let options = Route::on("OPTIONS").also(APP, ResourceOptions::new());
    let cors = CorsConfig::new().add(Resource::at("/hello").add(options)).build().unwrap();
    let app = routes(path!("hello").and(warp::options()).map(|| "hello"));
    let response = ask_both(&cors, &app, from_app("OPTIONS", "/hello")).await;
    assert_cors(&response, 200, &["access-control-allow-origin: https://app.example", "vary: Origin"]);
    assert_eq!(response.text, "hello");
}

#[tokio::test]
async fn the_status_of_preflights_and_the_details_of_a_refusal_are_configured() {
    let cors = CorsConfig::new()
        .defaults([(APP, ResourceOptions::new())])
        .all_resources()
        .preflight_status(200)
        .diagnostics()
        .build()
        .unwrap();
    let app = routes(path!("hello").map(|| "hello"));
    let plain = [("origin", APP), ("access-control-request-method", "GET")];
    assert_eq!(ask_both(&cors, &app, request("OPTIONS", "/", &plain)).await.status, 200);
    let refused = ask_both(&cors, &app, preflight(APP, "PATCH", "/")).await.text;
    assert!(refused.contains("PATCH"), "{refused}");
}

#[tokio::test]
async fn what_a_handler_sets_itself_is_replaced_or_taken_away() {
    let own = || {
        Response::builder()
            .header("access-control-allow-origin", "https://handler.example")
            .header("access-control-allow-credentials", "true")
            .header("access-control-allow-methods", "PATCH")
            .header("vary", "accept-encoding")
            .header("vary", "origin")
            .header("x-total", "1")
            .body("")
    };
    let app = routes(path!("hello").map(own));
    let mut granted = GRANTED.to_vec();
    granted[3] = "vary: accept-encoding";
    granted.push("vary: origin");
    assert_cors(&ask_both(&policy(&[]), &app, from_app("GET", "/hello")).await, 200, &granted);
    let response = ask_both(&policy(&[]), &app, request("GET", "/hello", &[("origin", STRANGER)])).await;
    assert_cors(&response, 200, &granted[3..]);
    assert_eq!(response.headers["x-total"], "1");
}

#[tokio::test]
async fn a_filter_that_cuts_short_is_decorated_only_inside() {
    #[derive(Debug)]
    struct LogIn;
    impl reject::Reject for LogIn {}
    let login = || {
        warp::header::headers_cloned()
            .and_then(|headers: warp::http::HeaderMap| async move {
                headers.contains_key(AUTHORIZATION).then_some(()).ok_or_else(|| reject::custom(LogIn))
            })
            .untuple_one()
    };
    let log_in = |rejection: Rejection| async move {
        rejection.find::<LogIn>().map(|_| StatusCode::UNAUTHORIZED).ok_or(rejection)
    };
    let hello = || path!("hello").map(|| "hello");

    let inside = routes(login().and(hello()).recover(log_in));
    assert_cors(&ask_both(&policy(&[]), &inside, from_app("GET", "/hello")).await, 401, GRANTED);
    assert_cors(&ask_both(&policy(&[]), &inside, preflight(APP, "PUT", "/hello")).await, 204, ALLOWED);

    // The wrong order: a browser sends no credentials with a preflight, so nothing gets through.
    let outside = login().and(with_cors(policy(&[]), default_replies(hello()))).recover(log_in);
    let outside = warp::service(outside);
    assert_cors(&ask(outside.clone(), from_app("GET", "/hello")).await, 401, UNTOUCHED);
    assert_cors(&ask(outside, preflight(APP, "PUT", "/hello")).await, 401, UNTOUCHED);
}

#[tokio::test]
async fn the_path_is_the_whole_one_and_not_decoded() {
    let app = routes(path("api").and(path!(String).map(|text: String| text)));
    let cors = policy(&["/api/{name}", "/api/a b"]);
    assert_cors(&ask_both(&cors, &app, from_app("GET", "/api/one")).await, 200, GRANTED);
    // Two segments, were it decoded.
    assert_cors(&ask_both(&cors, &app, from_app("GET", "/api/one%2Ftwo")).await, 200, GRANTED);
    // warp takes it for the same path; the policy does not.
    assert_cors(&ask_both(&cors, &app, from_app("GET", "/api/one/")).await, 200, UNTOUCHED);

    let nested = path("api").and(with_cors(cors, default_replies(path!("one").map(|| "one"))));
    assert_cors(&ask(warp::service(nested), from_app("GET", "/api/one")).await, 200, GRANTED);
}

#[tokio::test]
async fn a_template_covers_what_is_not_excluded() {
    let cors =
        || CorsConfig::new().defaults([("*", ResourceOptions::new())]).add(Resource::at("/items/{id}"));
    let everybody = ["access-control-allow-origin: *"];
    let item = routes(path!("items" / u32).map(|_| "item"));
    let app = routes(item.or(path!("items" / "admin").and(warp::get()).map(|| "admin")));
    let covered = cors().build().unwrap();
    assert_cors(&ask_both(&covered, &app, from_app("GET", "/items/admin")).await, 200, &everybody);

    let excluded = cors().exclude("/items/admin").build().unwrap();
    assert_cors(&ask_both(&excluded, &app, from_app("GET", "/items/1")).await, 200, &everybody);
    assert_cors(&ask_both(&excluded, &app, from_app("GET", "/items/admin")).await, 200, UNTOUCHED);
    assert_cors(&ask_both(&excluded, &app, preflight(APP, "GET", "/items/admin")).await, 405, UNTOUCHED);
}

#[tokio::test]
async fn a_template_stands_for_what_the_table_says() {
    let cors = policy(&["/", "/items/{id}", "/files/{*rest}"]);
    let app = routes(path::end().map(|| "end"))
        .or(path!("items" / u32).map(|n: u32| n.to_string()))
        .or(path("files").and(path::tail()).map(|tail: path::Tail| tail.as_str().to_owned()));
    let app = routes(app);
    for path in ["/", "/items/7", "/files/a", "/files/a/b"] {
        assert_cors(&ask_both(&cors, &app, from_app("GET", path)).await, 200, GRANTED);
    }
    for path in ["/items/7/", "/files", "/files/"] {
        assert_cors(&ask_both(&cors, &app, from_app("GET", path)).await, 200, UNTOUCHED);
    }
}

#[tokio::test]
async fn all_resources_are_also_those_that_no_filter_knows() {
    let config = CorsConfig::new().defaults([("*", ResourceOptions::new())]).all_resources();
    let cors = config.exclude("/private").build().unwrap();
    let app = routes(path!("hello").map(|| "hello"));
    for (path, status) in [("/hello", 200), ("/nothing", 404)] {
        let response = ask_both(&cors, &app, request("GET", path, &[])).await;
        assert_cors(&response, status, &["access-control-allow-origin: *"]);
        let lines = [("origin", STRANGER), ("access-control-request-method", "POST")];
        let answer = ask_both(&cors, &app, request("OPTIONS", path, &lines)).await;
        let allowed = ["access-control-allow-methods: GET, HEAD, POST", "access-control-allow-origin: *"];
        assert_cors(&answer, 204, &[allowed[0], allowed[1], VARY_PREFLIGHT]);
    }
    assert_cors(&ask_both(&cors, &app, from_app("GET", "/private")).await, 404, UNTOUCHED);
}

#[tokio::test]
async fn of_two_filters_the_outer_one_decides() {
    let inner = CorsConfig::new().defaults([(STRANGER, ResourceOptions::new())]).all_resources();
    let inner = with_cors(inner.build().unwrap(), default_replies(path!("hello").map(|| "hello")));
    let app = warp::service(with_cors(policy(&[]), inner));
    assert_cors(&ask(app.clone(), from_app("GET", "/hello")).await, 200, GRANTED);
    assert_cors(&ask(app.clone(), preflight(APP, "PUT", "/hello")).await, 204, ALLOWED);
    let from_stranger = request("GET", "/hello", &[("origin", STRANGER)]);
    assert_cors(&ask(app, from_stranger).await, 200, NOT_SHARED);
}

#[tokio::test]
async fn a_wrapper_is_one_for_with_as_well() {
    let cors = policy(&[]);
    let hello = default_replies(path!("hello").map(|| "hello"));
    let app = hello.with(warp::wrap_fn(move |app| with_cors(cors.clone(), app)));
    assert_cors(&ask(warp::service(app), from_app("GET", "/hello")).await, 200, GRANTED);
}

/// A verdict stays with its request while others run on the same thread.
#[tokio::test]
async fn requests_that_run_at_once_keep_their_verdicts() {
    let wait = any().and(path::full()).then(|path: FullPath| async move {
        for _ in 0..path.as_str().len() {
            tokio::task::yield_now().await;
        }
        HeaderValue::from_static("done").as_bytes().to_vec().into_response()
    });
    let app = with_cors(policy(&["/longer-than-the-others"]), wait);
    let ask = |request| ask(warp::service(app.clone()), request);
    let (granted, refused, passed, answered, longest) = tokio::join!(
        ask(from_app("GET", "/hello")),
        ask(request("GET", "/hello", &[("origin", STRANGER)])),
        ask(from_app("GET", "/private")),
        ask(preflight(APP, "PUT", "/hello")),
        ask(from_app("GET", "/longer-than-the-others")),
    );
    assert_cors(&granted, 200, GRANTED);
    assert_cors(&refused, 200, NOT_SHARED);
    assert_cors(&passed, 200, UNTOUCHED);
    assert_cors(&answered, 204, ALLOWED);
    assert_cors(&longest, 200, GRANTED);
}
