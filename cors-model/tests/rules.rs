//! Each rule by its number, S1 to S19, as a reader of the rules would try it.

mod common;

use common::{A, B, actual, build, get, headers, preflight, raw_preflight, refused, response};
use cors_model::{
    Any, CorsConfig, CorsRequest, Decision, ErrorKind, Refusal, Resource, ResourceOptions, Risk, Route,
    Target, Verdict,
};

fn options() -> ResourceOptions {
    ResourceOptions::new()
}

/// Options that are told apart by their `max_age`.
fn marked(mark: u32) -> ResourceOptions {
    options().max_age(mark)
}

fn mark(cors: &cors_model::Cors, path: &str, origin: &str, method: &str) -> Option<String> {
    let lines = preflight(cors, path, origin, method, &[]).ok()?;
    lines.into_iter().find_map(|line| line.strip_prefix("access-control-max-age: ").map(str::to_owned))
}

#[test]
fn s1_the_most_specific_pattern_wins_wherever_it_stands() {
    let cors = build(
        CorsConfig::new().defaults([("https://x.b.example.com", marked(1)), ("*", marked(9))]).add(
            Resource::at("/r")
                .also("https://*.example.com", marked(4))
                .also("https://*.b.example.com:*", marked(3))
                .also("https://x.b.example.com:*", marked(2))
                .add(Route::on("GET").also("*", marked(8)).also("moz-extension://*", marked(7))),
        ),
    );
    for (origin, expected) in [
        ("https://x.b.example.com", "1"),
        ("https://x.b.example.com:8443", "2"),
        ("https://y.b.example.com", "3"),
        ("https://y.c.example.com", "4"),
        ("https://example.com", "8"),
        ("https://b.example.com", "4"),
        ("https://y.c.example.com:8443", "8"),
        ("moz-extension://2c127fa4", "7"),
    ] {
        assert_eq!(mark(&cors, "/r", origin, "GET").as_deref(), Some(expected), "{origin}");
    }
}

#[test]
fn s1_among_equals_route_then_resource_then_defaults() {
    let cors = build(
        CorsConfig::new().defaults([(A, marked(1)), (B, marked(1)), ("https://c.example", marked(1))]).add(
            Resource::at("/r")
                .also(A, marked(2))
                .also(B, marked(2))
                .add(Route::on("GET").also(A, marked(3)))
                .add(Route::on("PUT")),
        ),
    );
    assert_eq!(mark(&cors, "/r", A, "GET").as_deref(), Some("3"));
    assert_eq!(mark(&cors, "/r", A, "PUT").as_deref(), Some("2"));
    assert_eq!(mark(&cors, "/r", B, "GET").as_deref(), Some("2"));
    assert_eq!(mark(&cors, "/r", "https://c.example", "GET").as_deref(), Some("1"));
}

#[test]
fn s1_null_goes_past_a_star_with_credentials() {
    let cors = build(
        CorsConfig::new()
            .accept_risk(Risk::AnyOriginWithCredentials)
            .defaults([("*", options())])
            .add(Resource::at("/r").also("*", options().allow_credentials())),
    );
    let with_credentials = [
        "access-control-allow-credentials: true",
        "access-control-allow-origin: https://a.example",
        "vary: Origin",
    ];
    assert_eq!(get(&cors, "/r", A), with_credentials);
    for odd in ["null", "HTTPS://A.EXAMPLE", ""] {
        assert_eq!(get(&cors, "/r", odd), ["access-control-allow-origin: *", "vary: Origin"], "{odd}");
    }
}

#[test]
fn s1_a_look_alike_is_no_match() {
    let cors = build(
        CorsConfig::new()
            .defaults([(
                "https://foo.com https://bar.com https://*.example.com http://localhost:*",
                options(),
            )])
            .all_resources(),
    );
    for origin in [
        "https://barfoo.com",
        "https://foo.com.evil.com",
        "https://foobar.com",
        "https://oo.com",
        "http://foo.com",
        "https://foo.com:444",
        "https://example.com",
        "https://evilexample.com",
        "https://.example.com",
        "https://evil.com/.example.com",
        "https://a.example.com.",
        "https://a.example.com:1",
        "http://localhost.evil.com:80",
        "http://localhost:80",
    ] {
        assert_eq!(get(&cors, "/", origin), ["vary: Origin"], "{origin}");
    }
    let app = build(CorsConfig::new().defaults([("app://*.example", options())]).all_resources());
    assert_eq!(get(&app, "/", "app://.example"), ["vary: Origin"], "the label in front is never empty");
    assert_eq!(get(&app, "/", "app://a.example").len(), 2);
    for origin in ["https://foo.com", "https://a.example.com", "https://a.b.example.com", "http://localhost"]
    {
        assert_eq!(get(&cors, "/", origin)[0], format!("access-control-allow-origin: {origin}"));
    }
}

#[test]
fn s1_at_one_base_a_label_pattern_comes_first() {
    let cors = build(
        CorsConfig::new()
            .defaults([("https://app-*-team.example.com", marked(1)), ("https://*.x.example.com", marked(9))])
            .add(
                Resource::at("/r")
                    .also("https://app-*-team.example.com:*", marked(2))
                    .also("https://app-one-*.example.com:*", marked(3))
                    .also("https://app-*.example.com", marked(4))
                    .also("https://*-one.example.com", marked(5))
                    .also("https://app-two.example.com", marked(6))
                    .also("https://*.example.com:*", marked(7))
                    .also("https://app-*.com", marked(8))
                    .also("app://A-*.Inner:8080", marked(10))
                    .add(Route::on("GET").also("https://*-team.example.com", marked(11)))
                    .add(Route::on("PUT")),
            ),
    );
    for (origin, expected) in [
        ("https://app-x-team.example.com", "1"),
        ("https://app-x-team.example.com:8443", "2"),
        // Nine fixed characters, before eight.
        ("https://app-one-x-team.example.com", "1"),
        ("https://app-one-x.example.com", "3"),
        ("https://app-one-x.example.com:1", "3"),
        ("https://app-x.example.com", "4"),
        // Four fixed characters each: the longer beginning.
        ("https://app-x-one.example.com", "4"),
        ("https://x-one.example.com", "5"),
        ("https://app-two.example.com", "6"),
        ("https://app-two.example.com:1", "7"),
        ("https://x-team.example.com", "11"),
        ("https://app.example.com", "7"),
        ("https://x.example.com", "7"),
        // The longest base decides before that.
        ("https://app-x.x.example.com", "9"),
        ("https://app-x.y.example.com", "7"),
        ("https://app-example.com", "8"),
        ("app://A-b.Inner:8080", "10"),
    ] {
        assert_eq!(mark(&cors, "/r", origin, "GET").as_deref(), Some(expected), "{origin}");
    }
    assert_eq!(
        mark(&cors, "/r", "https://x-team.example.com", "PUT").as_deref(),
        Some("7"),
        "the route of GET alone"
    );
    assert_eq!(mark(&cors, "/r", "app://A-b.Inner", "GET"), None);
}

#[test]
fn s1_a_look_alike_is_no_match_of_a_label_pattern() {
    let cors = build(
        CorsConfig::new()
            .defaults([(
                "https://app-*.example.com, https://*-team.example.com:8443, https://pre-*-post.example.com:*",
                options(),
            )])
            .all_resources(),
    );
    let label = |count: usize| format!("https://app-{}.example.com", "a".repeat(count));
    let punycode = "https://app-xn--bcher-kva.example.com";
    for origin in [
        "https://app-x.example.com",
        "https://app--.example.com",
        "https://app-a-b-c.example.com",
        "https://app-_0.example.com",
        punycode,
        &label(59),
        "https://x-team.example.com:8443",
        "https://app-team.example.com:8443",
        "https://pre-x-post.example.com",
        "https://pre---post.example.com:1",
    ] {
        assert_eq!(get(&cors, "/", origin)[0], format!("access-control-allow-origin: {origin}"));
    }
    for origin in [
        // Nothing in the place of the wildcard.
        "https://app-.example.com",
        "https://-team.example.com:8443",
        "https://pre-post.example.com",
        "https://pre--post.example.com",
        // No dot in it.
        "https://app-x.y.example.com",
        "https://app-.x.example.com",
        "https://x.app-y.example.com",
        "https://x.y-team.example.com:8443",
        "https://pre-x.y-post.example.com",
        // No hyphen beside it.
        "https://app.example.com",
        "https://appevil.example.com",
        "https://app_x.example.com",
        "https://xteam.example.com:8443",
        "https://prex-post.example.com",
        "https://pre-xpost.example.com",
        // More or less around what is fixed.
        "https://xapp-x.example.com",
        "https://x-app-x.example.com",
        "https://ap-x.example.com",
        "https://x-teams.example.com:8443",
        "https://x-team-x.example.com:8443",
        "https://xn--app-x-kva.example.com",
        // Longer than a label may be.
        &label(60),
        // Another port, scheme, base or case.
        "https://app-x.example.com:8443",
        "https://x-team.example.com",
        "https://x-team.example.com:844",
        "http://app-x.example.com",
        "https://app-x.example.com.",
        "https://app-x.example.co",
        "https://app-x.xexample.com",
        "https://app-x-example.com",
        "https://app-x.example.com.evil.com",
        "https://app-x.com",
        "https://App-x.example.com",
        "https://app-X.example.com",
        "https://app-x.Example.com",
        // Other characters.
        "https://app-*.example.com",
        "https://app-~.example.com",
        "https://app-/.example.com",
        "https://app-%78.example.com",
        "https://app-x,.example.com",
        "https://evil.com/app-x.example.com",
        "https://evil.com@app-x.example.com",
    ] {
        assert_eq!(get(&cors, "/", origin), ["vary: Origin"], "{origin}");
    }
}

#[test]
fn s1_an_empty_host_is_an_origin_of_schemes_other_than_http_and_https() {
    let cors = build(
        CorsConfig::new()
            .defaults([("app://", marked(1)), ("app://*", marked(2)), ("moz-extension://*", marked(3))])
            .defaults([("file://,capacitor://", marked(4))])
            .all_resources(),
    );
    for (origin, expected) in [
        ("app://", Some("1")),
        ("app://main", Some("2")),
        ("app://main:8080", Some("2")),
        ("moz-extension://", Some("3")),
        ("file://", Some("4")),
        ("capacitor://", Some("4")),
        ("capacitor://localhost", None),
        ("apps://", None),
    ] {
        assert_eq!(mark(&cors, "/", origin, "GET").as_deref(), expected, "{origin}");
    }
    for malformed in ["app://:8080", "app:///", "file:///", "file://host", "file://:80", "https://", "App://"]
    {
        assert_eq!(get(&cors, "/", malformed), ["vary: Origin"], "{malformed}");
    }
}

#[test]
fn s2_the_winner_supplies_all_options() {
    let cors = build(
        CorsConfig::new()
            .defaults([(A, options().allow_credentials().allow_headers(["X-A"]).expose_headers(["X-B"]))])
            .add(Resource::at("/r").also(A, options()))
            .add(Resource::at("/plain")),
    );
    assert_eq!(get(&cors, "/r", A), ["access-control-allow-origin: https://a.example", "vary: Origin"]);
    assert!(refused(&cors, "/r", A, "GET", &["x-a"]).contains("header"));
    assert_eq!(get(&cors, "/plain", A).len(), 4);
}

#[test]
fn s3_inherit_false_cuts_off_the_levels_above() {
    let cors = build(
        CorsConfig::new().defaults([(A, options())]).add(Resource::at("/cut").only([(B, options())])).add(
            Resource::at("/r")
                .also(B, options())
                .add(Route::on("GET").only([("https://c.example", options())]))
                .add(Route::on("PUT")),
        ),
    );
    assert_eq!(get(&cors, "/cut", A), ["vary: Origin"]);
    assert_eq!(get(&cors, "/cut", B).len(), 2);
    assert_eq!(get(&cors, "/r", A), ["vary: Origin"]);
    assert_eq!(get(&cors, "/r", B), ["vary: Origin"]);
    assert_eq!(get(&cors, "/r", "https://c.example").len(), 2);
    assert_eq!(preflight(&cors, "/r", A, "PUT", &[]).unwrap()[0], "access-control-allow-methods: PUT");
}

#[test]
fn s4_what_enables_a_method() {
    let cors = build(
        CorsConfig::new()
            .defaults([(A, options())])
            .add(Resource::at("/none"))
            .add(Resource::at("/routes").add(Route::on("put")))
            .add(Resource::at("/listed").also(A, options().allow_methods(["delete", "Patch", "GET"])))
            .add(Resource::at("/empty").also(A, options().allow_methods([""; 0])))
            .add(Resource::at("/any").also(A, options().allow_methods(Any)))
            .add(Resource::at("/get").add(Route::on("GET"))),
    );
    let enabled = |path, method| {
        let shared = response(&cors, method, path, Some(A), &[]).len() == 2;
        let allowed = preflight(&cors, path, A, method, &[]).is_ok();
        assert_eq!(shared, allowed, "{method} {path}");
        shared
    };
    for (path, yes, no) in [
        ("/none", &["GET", "HEAD", "POST"][..], &["PUT", "get", "OPTIONS"][..]),
        ("/routes", &["PUT"], &["GET", "HEAD", "POST", "put"]),
        ("/listed", &["DELETE", "Patch", "GET", "HEAD"], &["PATCH", "patch", "delete", "POST"]),
        ("/empty", &[], &["GET", "HEAD", "POST"]),
        ("/any", &["GET", "CHICKEN", "patch"], &[]),
        ("/get", &["GET", "HEAD"], &["POST"]),
    ] {
        assert!(yes.iter().all(|method| enabled(path, method)), "{path}");
        assert!(!no.iter().any(|method| enabled(path, method)), "{path}");
    }
}

#[test]
fn s4_head_takes_the_options_of_get_unless_it_has_its_own() {
    let cors = build(
        CorsConfig::new()
            .add(Resource::at("/shared").add(Route::on("GET").also(A, marked(1))))
            .add(
                Resource::at("/own")
                    .add(Route::on("GET").also(A, marked(1)))
                    .add(Route::on("HEAD").also(A, marked(2))),
            )
            .add(
                Resource::at("/cut")
                    .also(A, options().allow_methods(["HEAD"]))
                    .add(Route::on("GET").only([(B, options())])),
            ),
    );
    assert_eq!(mark(&cors, "/shared", A, "HEAD").as_deref(), Some("1"));
    assert_eq!(mark(&cors, "/own", A, "HEAD").as_deref(), Some("2"));
    assert!(refused(&cors, "/cut", A, "HEAD", &[]).contains("origin"));
    assert_eq!(
        preflight(&cors, "/shared", A, "HEAD", &[]).unwrap()[0],
        "access-control-allow-methods: GET, HEAD"
    );
}

#[test]
fn s4_allow_methods_of_a_route_has_no_effect() {
    let cors =
        build(CorsConfig::new().add(
            Resource::at("/r").add(Route::on("PUT").also(A, options().allow_methods(["DELETE", "GET"]))),
        ));
    assert!(refused(&cors, "/r", A, "DELETE", &[]).contains("origin"));
    assert_eq!(preflight(&cors, "/r", A, "PUT", &[]).unwrap()[0], "access-control-allow-methods: PUT");
}

#[test]
fn s6_only_a_resource_is_answered() {
    let cors = build(
        CorsConfig::new()
            .defaults([(A, options())])
            .add(Resource::at("/items/{id}"))
            .exclude("/items/admin")
            .exclude("/static/{*rest}"),
    );
    let request = headers(&[("origin", A), ("access-control-request-method", "GET")]);
    for (path, resource) in [
        ("/items/1", true),
        ("/items/admin", false),
        ("/items/", false),
        ("/other", false),
        ("/items/1/", false),
    ] {
        let passed = matches!(cors.judge(&CorsRequest::new(path, "OPTIONS", &request)), Verdict::Pass);
        assert_eq!(passed, !resource, "{path}");
        assert_eq!(get(&cors, path, A).is_empty(), !resource, "{path}");
    }
}

#[test]
fn s6_all_resources_leaves_out_what_is_excluded() {
    let cors = build(
        CorsConfig::new()
            .defaults([(A, options())])
            .add(Resource::at("/strict").only([]))
            .exclude("/internal/{*rest}")
            .all_resources(),
    );
    assert_eq!(get(&cors, "/anything/at/all", A).len(), 2);
    assert_eq!(get(&cors, "/strict", A), ["vary: Origin"]);
    assert_eq!(get(&cors, "/internal/x", A), [""; 0]);
    assert_eq!(get(&cors, "/internal/", A).len(), 2);
}

#[test]
fn s6_a_plain_options_request_reaches_the_application() {
    let cors = build(CorsConfig::new().add(Resource::at("/r").also(A, options().allow_methods(["OPTIONS"]))));
    for lines in [&[("origin", A)][..], &[("access-control-request-method", "PUT")], &[]] {
        let verdict = cors.judge(&CorsRequest::new("/r", "OPTIONS", &headers(lines)));
        assert!(matches!(verdict, Verdict::Actual(_)), "{lines:?}");
    }
    assert_eq!(response(&cors, "OPTIONS", "/r", Some(A), &[]).len(), 2);
    let verdict = cors.judge(&CorsRequest::new(
        "/r",
        "options",
        &headers(&[("origin", A), ("access-control-request-method", "PUT")]),
    ));
    assert!(matches!(verdict, Verdict::Actual(_)));
}

#[test]
fn s7_the_first_failure_is_the_reason_and_malformed_comes_first() {
    let cors = build(CorsConfig::new().add(Resource::at("/r").also(A, options().allow_methods(["PUT"]))));
    assert!(refused(&cors, "/r", B, "DELETE", &["x-a"]).contains("origin"));
    assert!(refused(&cors, "/r", A, "DELETE", &["x-a"]).contains("method"));
    assert!(refused(&cors, "/r", A, "PUT", &["x-a"]).contains("header"));
    assert!(refused(&cors, "/r", B, "DELETE", &["x-a, x b"]).contains("malformed"));
    assert!(refused(&cors, "/r", "https://a.example/", "PUT", &[]).contains("malformed"));
}

#[test]
fn s8_a_successful_preflight_has_all_that_is_configured() {
    let everything = options()
        .allow_credentials()
        .allow_methods(["PUT", "GET"])
        .allow_headers(["X-B", "x-a", "X-b"])
        .expose_headers(["X-Never-On-A-Preflight"])
        .max_age(0);
    let cors = build(CorsConfig::new().preflight_status(200).add(Resource::at("/r").also(A, everything)));
    assert_eq!(
        preflight(&cors, "/r", A, "PUT", &["x-a"]).unwrap(),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-headers: x-b, x-a",
            "access-control-allow-methods: PUT, GET, HEAD",
            "access-control-allow-origin: https://a.example",
            "access-control-max-age: 0",
        ]
    );
    assert_eq!(
        preflight(&cors, "/r", A, "PUT", &[]).unwrap(),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-methods: PUT, GET, HEAD",
            "access-control-allow-origin: https://a.example",
            "access-control-max-age: 0",
        ]
    );
    let request = headers(&[("origin", A), ("access-control-request-method", "PUT")]);
    let Verdict::Answer(verdict) = cors.judge(&CorsRequest::new("/r", "OPTIONS", &request)) else { panic!() };
    assert_eq!(cors.answer(verdict, &request, &mut http::HeaderMap::new()).status, 200);
}

fn methods(cors: &cors_model::Cors, path: &str, origin: &str, method: &str) -> String {
    let lines = preflight(cors, path, origin, method, &[]).unwrap();
    let line = lines.iter().find_map(|line| line.strip_prefix("access-control-allow-methods: "));
    line.unwrap_or_else(|| panic!("{lines:?}")).to_owned()
}

#[test]
fn s9_lists_the_methods_that_pick_the_same_entry() {
    let cors = build(
        CorsConfig::new().defaults([("https://*.example.com", options()), (A, options())]).add(
            Resource::at("/r")
                .add(Route::on("GET").also("https://x.example.com", options()))
                .add(Route::on("PUT").also("https://*.example.com", options()))
                .add(Route::on("DELETE").also("*", options()))
                .add(Route::on("POST").only([(A, options())])),
        ),
    );
    assert_eq!(methods(&cors, "/r", A, "GET"), "GET, PUT, DELETE, HEAD");
    assert_eq!(methods(&cors, "/r", A, "POST"), "POST");
    assert_eq!(methods(&cors, "/r", "https://x.example.com", "DELETE"), "DELETE");
    assert_eq!(methods(&cors, "/r", "https://x.example.com", "GET"), "GET, HEAD");
    assert_eq!(methods(&cors, "/r", "https://y.example.com", "GET"), "GET, DELETE, HEAD");
    assert_eq!(methods(&cors, "/r", "https://y.example.com", "PUT"), "PUT");
    assert_eq!(methods(&cors, "/r", "https://other.example", "DELETE"), "DELETE");
}

#[test]
fn s9_equal_options_have_the_methods_of_each_resource() {
    let full = || options().allow_credentials().allow_headers(["x-a"]).max_age(1);
    let routed = Resource::at("/routed").add(Route::on("PUT")).add(Route::on("GET").also(B, full()));
    let cors =
        build(CorsConfig::new().defaults([(A, full()), (B, full())]).add(Resource::at("/plain")).add(routed));
    let answered = |path, origin, method| preflight(&cors, path, origin, method, &["x-a"]).unwrap();
    let expected = |origin: &str, methods: &str| {
        vec![
            "access-control-allow-credentials: true".to_owned(),
            "access-control-allow-headers: x-a".into(),
            format!("access-control-allow-methods: {methods}"),
            format!("access-control-allow-origin: {origin}"),
            "access-control-max-age: 1".into(),
        ]
    };
    assert_eq!(answered("/plain", A, "GET"), expected(A, "GET, HEAD, POST"));
    assert_eq!(answered("/routed", A, "PUT"), expected(A, "PUT, GET, HEAD"));
    assert_eq!(answered("/routed", B, "PUT"), expected(B, "PUT"));
    assert_eq!(answered("/routed", B, "GET"), expected(B, "GET, HEAD"));
}

#[test]
fn s9_lists_what_allow_methods_enables_beside_the_routes() {
    let listed = options().allow_methods(["PUT", "patch", "GET"]);
    let cors = build(CorsConfig::new().add(
        Resource::at("/r").also(A, listed).add(Route::on("PUT").also(A, options())).add(Route::on("DELETE")),
    ));
    assert_eq!(methods(&cors, "/r", A, "patch"), "DELETE, patch, GET, HEAD");
    assert_eq!(methods(&cors, "/r", A, "PUT"), "PUT");
}

#[test]
fn s9_any_method_is_a_star_only_where_no_route_differs() {
    let any = || options().allow_methods(Any);
    let cors = build(
        CorsConfig::new()
            .add(Resource::at("/open").also("*", any()))
            .add(Resource::at("/same").also(A, any()).add(Route::on("GET")))
            .add(
                Resource::at("/differs")
                    .also(A, any())
                    .add(Route::on("GET"))
                    .add(Route::on("PUT").also(A, options())),
            )
            .add(Resource::at("/alone").also(A, any()).add(Route::on("PUT").also(A, options())))
            .add(Resource::at("/cookies").also(A, any().allow_credentials()).add(Route::on("GET"))),
    );
    assert_eq!(methods(&cors, "/open", A, "CHICKEN"), "*");
    assert_eq!(methods(&cors, "/same", A, "CHICKEN"), "*");
    assert_eq!(methods(&cors, "/differs", A, "CHICKEN"), "GET, HEAD, CHICKEN");
    assert_eq!(methods(&cors, "/differs", A, "GET"), "GET, HEAD");
    assert_eq!(methods(&cors, "/differs", A, "PUT"), "PUT");
    assert_eq!(methods(&cors, "/alone", A, "CHICKEN"), "CHICKEN");
    assert_eq!(methods(&cors, "/cookies", A, "CHICKEN"), "GET, HEAD, CHICKEN");
    assert_eq!(methods(&cors, "/open", A, "*"), "*");
    assert!(refused(&cors, "/differs", A, "*", &[]).contains("method"));
    assert!(refused(&cors, "/cookies", A, "*", &[]).contains("method"));
}

#[test]
fn s9_a_route_with_a_star_for_credentials_does_not_come_first_for_null() {
    let cors = build(
        CorsConfig::new().accept_risk(Risk::AnyOriginWithCredentials).add(
            Resource::at("/r")
                .also("*", options())
                .add(Route::on("GET"))
                .add(Route::on("PUT").also("*", options().allow_credentials())),
        ),
    );
    assert_eq!(methods(&cors, "/r", A, "GET"), "GET, HEAD");
    assert_eq!(methods(&cors, "/r", "null", "GET"), "GET, PUT, HEAD");
    assert_eq!(methods(&cors, "/r", "null", "PUT"), "GET, PUT, HEAD");
}

#[test]
fn s9_each_of_many_routes_is_told_apart() {
    let resource = (0..70).fold(Resource::at("/r").also(A, options()), |resource, at| {
        let route = Route::on(format!("M{at}"));
        resource.add(if at == 69 { route.also(A, options()) } else { route })
    });
    let cors = build(CorsConfig::new().add(resource));
    let all_others: Vec<_> = (0..69).map(|at| format!("M{at}")).collect();
    assert_eq!(methods(&cors, "/r", A, "M65"), all_others.join(", "));
    assert_eq!(methods(&cors, "/r", A, "M69"), "M69");
}

fn allowed_headers(cors: &cors_model::Cors, path: &str, lines: &[&str]) -> Result<Option<String>, String> {
    let found = preflight(cors, path, A, "GET", lines).map_err(|(body, _)| body)?;
    Ok(found.iter().find_map(|line| line.strip_prefix("access-control-allow-headers: ")).map(str::to_owned))
}

#[test]
fn s10_requested_headers_are_read_widely_and_answered_as_configured() {
    let listed = options().allow_headers(["X-Two", "Content-Type", "x-one"]);
    let cors = build(
        CorsConfig::new()
            .accept_risk(Risk::AnyOriginWithCredentials)
            .add(Resource::at("/listed").also(A, listed))
            .add(Resource::at("/none").also(A, options()))
            .add(Resource::at("/any").also(A, options().allow_headers(Any)))
            .add(Resource::at("/cookies").also(A, options().allow_headers(Any).allow_credentials())),
    );
    let list = Ok(Some("x-two, content-type, x-one".to_owned()));
    for lines in [
        &["x-one"][..],
        &["X-ONE,x-two"],
        &["x-one,x-one,x-one"],
        &[" ,x-one ,\t, content-type,"],
        &["x-one", "x-two"],
        &["", "x-one"],
    ] {
        assert_eq!(allowed_headers(&cors, "/listed", lines), list, "{lines:?}");
    }
    for lines in [&[""][..], &[" , ,"], &["", ""], &[]] {
        assert_eq!(allowed_headers(&cors, "/listed", lines), Ok(None), "{lines:?}");
        assert_eq!(allowed_headers(&cors, "/cookies", lines), Ok(None), "{lines:?}");
    }
    for lines in [&["x-one,x-three"][..], &["x-one", "x-three"], &["accept"]] {
        let refusal = allowed_headers(&cors, "/listed", lines).unwrap_err();
        assert_eq!(refusal, Refusal::Header.sentence(), "{lines:?}");
    }
    for lines in [&["x-one x-two"][..], &["x-one,\"x\""], &["x-one", "x:"], &["x-one,x;"]] {
        for path in ["/listed", "/any", "/cookies", "/none"] {
            let refusal = allowed_headers(&cors, path, lines).unwrap_err();
            assert_eq!(refusal, Refusal::Malformed.sentence(), "{lines:?}");
        }
    }
    assert!(allowed_headers(&cors, "/none", &["x-one"]).is_err());
    // These differ by the one bit that tells the cases of a letter apart.
    let tilde = build(
        CorsConfig::new().add(Resource::at("/r").also(A, options().allow_headers(["x-^", "x-\u{60}"]))),
    );
    assert_eq!(allowed_headers(&tilde, "/r", &["X-^"]), Ok(Some("x-^, x-`".into())));
    assert!(allowed_headers(&tilde, "/r", &["x-~"]).is_err());
    assert_eq!(allowed_headers(&cors, "/any", &["x-z"]), Ok(Some("*,authorization".into())));
    assert_eq!(allowed_headers(&cors, "/any", &["authorization"]), Ok(Some("*,authorization".into())));
    assert_eq!(allowed_headers(&cors, "/cookies", &["X-Z, x-y"]), Ok(Some("X-Z, x-y".into())));
    assert_eq!(allowed_headers(&cors, "/cookies", &["X-Z, x-y", "x-z"]), Ok(Some("X-Z, x-y, x-z".into())));
}

#[test]
fn s11_a_refusal_repeats_nothing_and_diagnostics_are_bounded_and_escaped() {
    let config = CorsConfig::new().add(Resource::at("/r").also(A, options().allow_headers(["x-allowed"])));
    let quiet = build(config.clone());
    assert_eq!(refused(&quiet, "/r", "https://evil.example", "GET", &[]), Refusal::Origin.sentence());
    let telling = build(config.diagnostics());
    let told = refused(&telling, "/r", "https://evil.example", "GET", &[]);
    assert!(told.contains("https://evil.example") && told.contains(A), "{told}");
    let two = Resource::at("/r").also(format!("{A},,{B}"), options());
    let told =
        refused(&build(CorsConfig::new().diagnostics().add(two)), "/r", "https://evil.example", "GET", &[]);
    assert!(told.ends_with(&format!(": {A} {B}")), "{told}");
    let told = refused(&telling, "/r", A, "DELETE", &[]);
    assert!(told.contains("DELETE") && told.contains("GET, HEAD, POST"), "{told}");
    let told = refused(&telling, "/r", A, "GET", &["x-nope"]);
    assert!(told.contains("x-nope") && told.contains("x-allowed"), "{told}");
    let mut request = headers(&[("access-control-request-method", "GET")]);
    let mut odd = b"a\tb\xff".to_vec();
    odd.resize(5000, b'z');
    request.insert("origin", http::HeaderValue::from_bytes(&odd).unwrap());
    let (told, _) = raw_preflight(&telling, "/r", &request).unwrap_err();
    assert!(told.contains(r"a\x09b\xFFzzz"), "{told}");
    assert_eq!(told.len(), 1024);
    assert!(told.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
}

#[test]
fn s13_s14_what_an_actual_response_gets() {
    let cors = build(
        CorsConfig::new()
            .defaults([(A, options().allow_credentials().expose_headers(["X-One", "ETag", "x-one"]))])
            .add(Resource::at("/named"))
            .add(Resource::at("/open").also("*", options().expose_headers(Any))),
    );
    assert_eq!(
        get(&cors, "/named", A),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-origin: https://a.example",
            "access-control-expose-headers: x-one, etag",
            "vary: Origin",
        ]
    );
    assert_eq!(get(&cors, "/named", B), ["vary: Origin"]);
    assert_eq!(response(&cors, "GET", "/named", None, &[]), ["vary: Origin"]);
    assert_eq!(
        get(&cors, "/open", B),
        ["access-control-allow-origin: *", "access-control-expose-headers: *", "vary: Origin"]
    );
}

#[test]
fn s15_a_star_with_credentials_lists_what_the_response_has() {
    let cors = build(
        CorsConfig::new().add(Resource::at("/r").also(A, options().allow_credentials().expose_headers(Any))),
    );
    let own = [
        ("x-two", "2"),
        ("content-type", "text/plain"),
        ("set-cookie", "a=b"),
        ("x-one", "1"),
        ("x-two", "again"),
        ("connection", "close"),
        ("access-control-allow-origin", "https://own.example"),
        ("vary", "Accept"),
    ];
    let lines = response(&cors, "GET", "/r", Some(A), &own);
    assert!(lines.contains(&"access-control-expose-headers: x-two, x-one, vary".into()), "{lines:?}");
    let lines = response(&cors, "GET", "/r", Some(A), &[("content-type", "text/plain")]);
    assert!(!lines.iter().any(|line| line.contains("expose")), "{lines:?}");
}

#[test]
fn s17_the_policy_owns_the_headers() {
    let own = [
        ("access-control-allow-origin", "https://own.example"),
        ("access-control-allow-origin", "https://twice.example"),
        ("access-control-allow-credentials", "true"),
        ("access-control-expose-headers", "x-own"),
        ("access-control-allow-methods", "*"),
        ("access-control-allow-headers", "*"),
        ("access-control-max-age", "1"),
    ];
    let cors = build(CorsConfig::new().add(Resource::at("/r").also(A, options())));
    let shared = ["access-control-allow-origin: https://a.example", "vary: Origin"];
    assert_eq!(response(&cors, "GET", "/r", Some(A), &own), shared);
    assert_eq!(response(&cors, "GET", "/r", Some(B), &own), ["vary: Origin"]);
    assert_eq!(response(&cors, "PUT", "/r", Some(A), &own), ["vary: Origin"]);
    assert_eq!(response(&cors, "GET", "/r", None, &own), ["vary: Origin"]);
    assert_eq!(response(&cors, "GET", "/no-resource", Some(A), &own).len(), own.len());
}

#[test]
fn s18_vary_is_kept_joined_and_never_repeated() {
    let cors = build(CorsConfig::new().add(Resource::at("/r").also(A, options())));
    for (own, expected) in [
        (&["Accept-Encoding"][..], &["vary: Accept-Encoding, Origin"][..]),
        (&["Accept-Encoding", "Accept-Language"], &["vary: Accept-Encoding, Accept-Language, Origin"]),
        (&["origin"], &["vary: origin"]),
        (&["Accept, ORIGIN"], &["vary: Accept, ORIGIN"]),
        (&["Origin", "Accept", "origin"], &["vary: Accept, Origin"]),
        (&["*"], &["vary: *"]),
        (&["Accept, *"], &["vary: Accept, *"]),
        (&[""], &["vary: Origin"]),
    ] {
        let own: Vec<_> = own.iter().map(|line| ("vary", *line)).collect();
        assert_eq!(response(&cors, "GET", "/r", None, &own), expected, "{own:?}");
    }
}

#[test]
fn s18_the_constant_case_is_the_same_for_all_and_does_not_vary() {
    let open = || options().expose_headers(["x-a"]);
    let cors = build(
        CorsConfig::new()
            .accept_risk(Risk::AnyOriginWithCredentials)
            .defaults([("*", options().allow_credentials())])
            .add(Resource::at("/open").also("*", open()).add(Route::on("PUT").also(A, options())))
            .add(Resource::at("/methods").also("*", open()))
            .add(Resource::at("/named").also("* https://a.example", open())),
    );
    let constant = ["access-control-allow-origin: *", "access-control-expose-headers: x-a"];
    let varying = ["access-control-allow-origin: *", "access-control-expose-headers: x-a", "vary: Origin"];
    for origin in [None, Some(A), Some("null"), Some("no origin")] {
        assert_eq!(response(&cors, "GET", "/methods", origin, &[]), constant, "{origin:?}");
        assert_eq!(response(&cors, "PATCH", "/methods", origin, &[]), ["vary: Origin"], "{origin:?}");
    }
    assert_eq!(response(&cors, "GET", "/methods", None, &[("vary", "Accept")])[2], "vary: Accept");
    // A route that names an origin varies; its siblings do not matter.
    assert_eq!(response(&cors, "PUT", "/open", Some(B), &[]), varying);
    assert_eq!(response(&cors, "PUT", "/open", None, &[]), ["vary: Origin"]);
    assert_eq!(response(&cors, "GET", "/named", Some(B), &[]), varying);
}

#[test]
fn s19_malformed_input_matches_an_open_star_only() {
    let named = build(CorsConfig::new().add(Resource::at("/r").also(A, options())));
    let open =
        build(CorsConfig::new().defaults([(A, options())]).add(Resource::at("/r").also("*", options())));
    for origin in ["", "https://a.example/", "HTTPS://a.example", "https://a.example, https://a.example", "x"]
    {
        assert_eq!(get(&named, "/r", origin), ["vary: Origin"], "{origin}");
        assert_eq!(get(&open, "/r", origin), ["access-control-allow-origin: *", "vary: Origin"], "{origin}");
        assert_eq!(refused(&named, "/r", origin, "GET", &[]), Refusal::Malformed.sentence(), "{origin}");
        assert!(
            preflight(&open, "/r", origin, "GET", &[])
                .unwrap()
                .contains(&"access-control-allow-origin: *".into())
        );
    }
    let two = headers(&[("origin", A), ("origin", A)]);
    assert_eq!(actual(&named, "GET", "/r", &two, &[]), ["vary: Origin"]);
    assert_eq!(actual(&open, "GET", "/r", &two, &[])[0], "access-control-allow-origin: *");
    for method in [&b""[..], b"PUT, GET", b"P UT", b"PUT\xff"] {
        let mut request = headers(&[("origin", A)]);
        let value = http::HeaderValue::from_bytes(method).unwrap();
        request.insert("access-control-request-method", value);
        let (body, _) = raw_preflight(&open, "/r", &request).unwrap_err();
        assert_eq!(body, Refusal::Malformed.sentence(), "{method:?}");
    }
    let two = headers(&[
        ("origin", A),
        ("access-control-request-method", "GET"),
        ("access-control-request-method", "GET"),
    ]);
    assert_eq!(raw_preflight(&named, "/r", &two).unwrap_err().0, Refusal::Malformed.sentence());
}

#[test]
fn a_router_that_knows_the_template_still_keeps_what_is_excluded_or_strict() {
    let config = CorsConfig::new()
        .defaults([(A, options())])
        .add(Resource::at("/items/{id}"))
        .add(Resource::at("/admin/{*rest}").only([]))
        .exclude("/items/admin");
    let request = headers(&[("origin", A)]);
    let judge = |cors: &cors_model::Cors, template, path| {
        let verdict = cors.judge(&CorsRequest::new(path, "GET", &request).target(Target::Routed(template)));
        match verdict {
            Verdict::Pass => "pass",
            verdict if verdict.refusal().is_none() => "shared",
            _ => "refused",
        }
    };
    let named = build(config.clone());
    assert_eq!(judge(&named, Some("/items/{id}"), "/items/1"), "shared");
    assert_eq!(judge(&named, Some("/items/{id}"), "/items/admin"), "pass");
    assert_eq!(judge(&named, None, "/admin/users"), "pass");
    assert_eq!(judge(&named, Some("/{a}/{b}"), "/admin/users"), "pass");
    let all = build(config.all_resources());
    assert_eq!(judge(&all, Some("/{a}/{b}"), "/other/users"), "shared");
    assert_eq!(judge(&all, None, "/other/users"), "shared");
    for template in [None, Some("/{*all}"), Some("/{a}/{b}")] {
        assert_eq!(judge(&all, template, "/admin/users"), "refused", "{template:?}");
        assert_eq!(judge(&all, template, "/items/admin"), "pass", "{template:?}");
    }
}

#[test]
fn a_verdict_is_good_for_its_own_policy_only() {
    let own = build(CorsConfig::new().add(Resource::at("/r").also(A, options().allow_credentials())));
    let other = build(CorsConfig::new());
    let request = headers(&[("origin", A), ("access-control-request-method", "GET")]);
    let Verdict::Actual(actual) = own.judge(&CorsRequest::new("/r", "GET", &request)) else { panic!() };
    let mut written = http::HeaderMap::new();
    other.decorate(actual, &request, &mut written);
    assert_eq!(written.len(), 1, "{written:?}");
    // The origin to send back is missing: nothing is granted, and never `*`.
    own.decorate(actual, &http::HeaderMap::new(), &mut written);
    assert_eq!(written.keys().map(|name| name.as_str()).collect::<Vec<_>>(), ["vary"]);
    let Verdict::Answer(preflight) = own.judge(&CorsRequest::new("/r", "OPTIONS", &request)) else {
        panic!()
    };
    assert_eq!(other.answer(preflight, &request, &mut http::HeaderMap::new()).status, 403);
    let key = own.resource("/r").unwrap().key().unwrap();
    assert!(matches!(
        other.judge(&CorsRequest::new("/", "GET", &request).target(Target::Resource(key))),
        Verdict::Pass
    ));
}

#[test]
fn a_router_that_knows_the_template_cannot_be_shadowed() {
    let cors = build(
        CorsConfig::new()
            .defaults([(A, options())])
            .add(Resource::at("/items/{id}"))
            .add(Resource::at("/hello")),
    );
    let request = headers(&[("origin", A)]);
    let judge = |template, path| {
        cors.judge(&CorsRequest::new(path, "GET", &request).target(Target::Routed(template)))
    };
    assert!(matches!(judge(Some("/items/{name}"), "/items/1"), Verdict::Actual(_)));
    assert!(matches!(judge(Some("/hello"), "/hello"), Verdict::Actual(_)));
    assert!(matches!(judge(Some("/items/admin"), "/items/admin"), Verdict::Pass));
    assert!(matches!(judge(None, "/items/1"), Verdict::Pass));
    let hello = cors.resource("/hello").expect("registered");
    assert!(matches!(
        cors.judge(&CorsRequest::new("/", "GET", &request).target(Target::Resource(hello.key().unwrap()))),
        Verdict::Actual(_)
    ));
    assert!(cors.resource("/items/{other}").is_some() && cors.resource("/items/1").is_none());
}

#[test]
fn a_route_beside_a_template_is_out_of_its_reach() {
    let config = CorsConfig::new()
        .defaults([(A, options())])
        .add(Resource::at("/items/{id}"))
        .add(Resource::at("/hello"))
        .exclude("/items/secret");
    let request = headers(&[("origin", A)]);
    let routes = ["/items/{name}", "/items/admin", "/items/admin", "/items/secret", "/{x}", "/{y}", "/hello"];
    let shared = |cors: &cors_model::Cors, path| {
        !matches!(cors.judge(&CorsRequest::new(path, "GET", &request)), Verdict::Pass)
    };
    let cors = build(config.clone());
    assert!(shared(&cors, "/items/admin"));
    let beside = cors.beside(&routes).unwrap();
    assert!(shared(&beside, "/items/1") && shared(&beside, "/hello"));
    assert!(!shared(&beside, "/items/admin") && !shared(&beside, "/items/secret"));
    let kinds = |routes: &[&str]| {
        let errors = cors.beside(routes).unwrap_err();
        errors.iter().map(|error| (error.kind(), error.to_string())).collect::<Vec<_>>()
    };
    let [(kind, text)] = &kinds(&["/hello", "/items", "/items/{*id}"])[..] else { panic!() };
    assert_eq!(*kind, ErrorKind::WithoutRoute);
    assert!(text.contains("/items/{id}") && text.contains("matches no route"), "{text}");
    let [(kind, _)] = &kinds(&["/hello", "/items/{id}", "/a{b}"])[..] else { panic!() };
    assert_eq!(*kind, ErrorKind::InvalidTemplate);
    let all = build(config.all_resources()).beside(&routes).unwrap();
    assert!(shared(&all, "/items/admin") && shared(&all, "/x"));
}

#[test]
fn a_resource_goes_to_the_paths_of_its_routes() {
    let config = CorsConfig::new()
        .defaults([(A, options())])
        .add(Resource::at("/hello"))
        .add(Resource::at("/items").add(Route::on("PUT").also(B, options())))
        .exclude("/private")
        .all_resources();
    let policy = build(config).resource("/items").unwrap();
    let at =
        |templates: &[&str]| policy.clone().at(templates.iter().map(|&template| template.into()).collect());
    let attached = at(&["/api/{id}", "/api/{name}", "/private"]).unwrap();
    let cors = attached.policy();
    let shared = |path, origin, method| {
        let verdict = cors.judge(&CorsRequest::new(path, method, &headers(&[("origin", origin)])));
        matches!(verdict, Verdict::Actual(_)) && verdict.refusal().is_none()
    };
    assert!(shared("/api/1", B, "PUT") && shared("/api/1", A, "PUT") && shared("/private", B, "PUT"));
    for (path, origin, method) in
        [("/api/1", B, "GET"), ("/items", A, "PUT"), ("/hello", A, "GET"), ("/else", A, "GET")]
    {
        assert!(!shared(path, origin, method), "{path}");
    }
    assert!(at(&["/a{b}"]).is_err());
}

#[test]
fn a_decoration_grants_to_one_response_only() {
    let options = options().allow_credentials().expose_headers(["x-a"]);
    let cors = build(CorsConfig::new().add(Resource::at("/r").also(A, options)));
    let decision = cors.decide(&CorsRequest::new("/r", "GET", &headers(&[("origin", A)])));
    let Decision::Actual(mut decoration) = decision else { panic!("{decision:?}") };
    let mut written = http::HeaderMap::new();
    decoration.write(&mut written);
    assert_eq!(written.len(), 4, "{written:?}");
    decoration.write(&mut written);
    assert_eq!(written.keys().map(|name| name.as_str()).collect::<Vec<_>>(), ["vary"]);
}
