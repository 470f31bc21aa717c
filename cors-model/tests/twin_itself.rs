//! The twin itself, by rule: every expectation is worked out by hand from the semantics.

#[path = "twin/itself/origins.rs"]
mod origins;
#[path = "twin/itself/paths.rs"]
mod paths;
#[path = "twin/itself/routed.rs"]
mod routed;
#[path = "twin/itself/templates.rs"]
mod templates;
mod twin;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use twin::{AllowHeaders, Headers, Outcome, Request, Response};

fn no_suffix(_: &str) -> bool {
    false
}

fn suffix(name: &str) -> bool {
    name == "com" || name == "github.io"
}

fn labels(config: &Value) -> Vec<String> {
    let problems = twin::config_is_valid(config, &suffix).err().unwrap_or_default();
    problems.iter().map(|problem| twin::label_of(problem).to_string()).collect()
}

fn ask(config: &Value, method: &str, path: &str, headers: &[(&str, &str)], own: &[(&str, &str)]) -> Outcome {
    let lines = |list: &[(&str, &str)]| {
        list.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect::<Vec<_>>()
    };
    let request = Request { method: method.into(), path: path.into(), headers: lines(headers) };
    twin::decide(config, &request, &Response { status: 200, headers: lines(own) })
}

fn actual(config: &Value, method: &str, origin: &str, own: &[(&str, &str)]) -> Headers {
    match ask(config, method, "/r", &[("Origin", origin)], own) {
        Outcome::Actual { headers } => headers,
        other => panic!("{other:?}"),
    }
}

fn preflight(
    config: &Value,
    origin: &str,
    method: &str,
    names: &[&str],
) -> (u16, Option<&'static str>, Headers) {
    let mut lines = vec![("origin", origin), ("ACCESS-CONTROL-REQUEST-METHOD", method)];
    lines.extend(names.iter().map(|line| ("Access-Control-Request-Headers", *line)));
    match ask(config, "OPTIONS", "/r", &lines, &[]) {
        Outcome::Preflight { status, reason, headers } => (status, reason, headers),
        other => panic!("{other:?}"),
    }
}

fn reason(config: &Value, origin: &str, method: &str, names: &[&str]) -> Option<&'static str> {
    preflight(config, origin, method, names).1
}

fn methods(config: &Value, origin: &str, method: &str) -> Vec<String> {
    preflight(config, origin, method, &[]).2.allow_methods.unwrap().into_iter().collect()
}

fn allow_origin(config: &Value, method: &str, origin: &str) -> Option<String> {
    actual(config, method, origin, &[]).allow_origin.map(|bytes| String::from_utf8(bytes).unwrap())
}

/// One resource, `/r`, without routes.
fn one(origins: Value) -> Value {
    json!({ "resources": { "/r": { "origins": origins } } })
}

const A: &str = "https://a.example";

#[test]
fn s19_names() {
    for good in [
        "https://example.com",
        "http://localhost:3000",
        "https://a_b.-x.example",
        "https://example.com.",
        "https://example.com.:8443",
        "https://0x7g",
        "https://example.0a",
        "https://0x7f.example",
        "https://example.com:1",
        "https://example.com:65535",
        "https://example.com:80",
        "filesystem://a",
    ] {
        assert!(twin::origin_is_well_formed(good.as_bytes()), "{good}");
    }
    for bad in [
        "",
        "null",
        "*",
        "https://",
        "https://example.com/",
        "https://Example.com",
        "HTTPS://example.com",
        "https://example.com:",
        "https://example.com:443",
        "http://example.com:80",
        "https://example.com:0",
        "https://example.com:01",
        "https://example.com:65536",
        "https://example.com..",
        "https://.example.com",
        "https://.",
        "https://u@example.com",
        "https://evil.com/.example.com",
        "https://example.0",
        "https://example.0xff",
        "https://example.0x",
        "file://a",
        "https://b\u{fc}cher.example",
        "https://example.com, https://example.com",
    ] {
        assert!(!twin::origin_is_well_formed(bad.as_bytes()), "{bad}");
    }
    assert!(!twin::origin_is_well_formed(b"https://\xff.example"));
}

#[test]
fn s19_lengths() {
    let host = |sizes: &[usize]| sizes.iter().map(|n| "a".repeat(*n)).collect::<Vec<_>>().join(".");
    let good = |host: String| twin::origin_is_well_formed(format!("https://{host}").as_bytes());
    assert!(good(host(&[63])));
    assert!(!good(host(&[64])));
    // 63 * 3 + 61 and three dots: 253; the trailing dot is not counted.
    assert!(good(host(&[63, 63, 63, 61])));
    assert!(good(host(&[63, 63, 63, 61]) + "."));
    assert!(!good(host(&[63, 63, 63, 62])));
    // A base of 251 leaves room for one label of one byte.
    let base = |last| host(&[63, 63, 63, last]);
    assert!(labels(&one(json!({ format!("https://*.{}", base(59)): {} }))).is_empty());
    assert_eq!(labels(&one(json!({ format!("https://*.{}", base(60)): {} }))), ["base-too-long"]);
}

#[test]
fn s19_addresses() {
    for good in ["127.0.0.1", "0.0.0.0", "255.255.255.255", "[::1]", "[::]", "[1::]", "[::ffff:c000:201]"] {
        assert!(twin::origin_is_well_formed(format!("https://{good}").as_bytes()), "{good}");
    }
    for good in ["[2001:db8::1:0:0:1]", "[2001:db8:0:1:1:1:1:1]", "[1:2:3:4:5:6:7:8]", "[::1]:8443"] {
        assert!(twin::origin_is_well_formed(format!("https://{good}").as_bytes()), "{good}");
    }
    for bad in [
        "127.0.0.01",
        "127.1",
        "127.0.0.256",
        "127.0.0.1.",
        "1.2.3.4.5",
        "[::ffff:192.0.2.1]",
        "[0:0:0:0:0:0:0:1]",
        "[2001:db8:0:0:1::1]",
        "[2001:db8::1:1:1:1:1]",
        "[2001:DB8::1]",
        "[fe80::1%25eth0]",
        "[::1",
        "[::1]x",
        "::1",
        "[]",
    ] {
        assert!(!twin::origin_is_well_formed(format!("https://{bad}").as_bytes()), "{bad}");
    }
}

#[test]
fn s19_other_schemes() {
    for good in ["moz-extension://AbC", "app+x.1-://~a._-Z:8080", "ws://A", "ftp://a:22", "x://a:443"] {
        assert!(twin::origin_is_well_formed(good.as_bytes()), "{good}");
    }
    for bad in ["x://a/b", "1x://a", "X://a", "x://[::1]", "ws://a:80", "wss://a:443", "ftp://a:21"] {
        assert!(!twin::origin_is_well_formed(bad.as_bytes()), "{bad}");
    }
}

#[test]
fn patterns_match() {
    for (pattern, origin, expected) in [
        ("https://*.example.com", "https://a.example.com", true),
        ("https://*.example.com", "https://a.b.example.com", true),
        ("https://*.example.com", "https://example.com", false),
        ("https://*.example.com", "https://notexample.com", false),
        ("https://*.example.com", "https://a.example.com:8443", false),
        ("https://*.example.com", "http://a.example.com", false),
        ("https://*.example.com", "https://a.example.com.", false),
        ("https://*.example.com.", "https://a.example.com.", true),
        ("https://*.example.com", "https://evil.com/.example.com", false),
        ("https://*.example.com:*", "https://a.example.com:8443", true),
        ("https://*.example.com:*", "https://a.example.com", true),
        ("http://localhost:*", "http://localhost", true),
        ("http://localhost:*", "http://localhost:1", true),
        ("http://localhost:*", "http://localhost:80", false),
        ("http://localhost:*", "http://localhost.evil.com", false),
        ("moz-extension://*", "moz-extension://AbC:8080", true),
        ("moz-extension://*", "chrome-extension://abc", false),
        ("moz-extension://ABC", "moz-extension://abc", false),
        ("null", "null", true),
        ("null", "https://null", false),
        ("*", "anything", true),
    ] {
        assert_eq!(twin::pattern_matches(pattern, origin.as_bytes()), expected, "{pattern} {origin}");
    }
}

#[test]
fn s1_order_of_patterns() {
    let order = [
        "*",
        "moz-extension://*",
        "https://*.com:*",
        "https://*.com",
        "https://*.example.com:*",
        "https://*.example.com",
        "https://a.example.com:*",
        "https://a.example.com",
    ];
    for pair in order.windows(2) {
        assert!(twin::specificity(pair[0]) < twin::specificity(pair[1]), "{pair:?}");
    }
}

#[test]
fn s1_specific_in_defaults_beats_star_on_the_route() {
    let config = json!({
        "defaults": { "origins": { A: { "max_age": 1 } } },
        "resources": { "/r": { "routes": { "GET": { "origins": { "*": { "max_age": 2 } } } } } },
    });
    assert_eq!(preflight(&config, A, "GET", &[]).2.max_age, Some(1));
    assert_eq!(preflight(&config, "https://b.example", "GET", &[]).2.max_age, Some(2));
}

#[test]
fn s1_level_among_equals_and_s2_whole_options() {
    let config = json!({
        "defaults": { "origins": { A: { "max_age": 1, "allow_credentials": true } } },
        "resources": { "/r": {
            "origins": { A: { "max_age": 2 } },
            "routes": { "GET": { "origins": { A: {} } }, "PUT": {} },
        } },
    });
    let get = preflight(&config, A, "GET", &[]).2;
    assert_eq!((get.max_age, get.allow_credentials), (None, false));
    let put = preflight(&config, A, "PUT", &[]).2;
    assert_eq!((put.max_age, put.allow_credentials), (Some(2), false));
}

#[test]
fn s1_null_and_malformed_pass_by_a_star_with_credentials() {
    let config = json!({
        "defaults": { "origins": { "*": {} } },
        "resources": { "/r": { "origins": { "*": { "allow_credentials": true } } } },
    });
    let mine = actual(&config, "GET", A, &[]);
    assert_eq!((mine.allow_origin, mine.allow_credentials), (Some(A.as_bytes().to_vec()), true));
    for odd in ["null", "", "https://A.example"] {
        let headers = actual(&config, "GET", odd, &[]);
        assert_eq!((headers.allow_origin, headers.allow_credentials), (Some(b"*".to_vec()), false), "{odd}");
    }
    let alone = one(json!({ "*": { "allow_credentials": true } }));
    assert_eq!(allow_origin(&alone, "GET", "null"), None);
    let named = one(json!({ "null": { "allow_credentials": true }, "*": {} }));
    let headers = actual(&named, "GET", "null", &[]);
    assert_eq!((headers.allow_origin, headers.allow_credentials), (Some(b"null".to_vec()), true));
}

#[test]
fn s3_inherit() {
    let config = json!({
        "defaults": { "origins": { A: {} } },
        "resources": { "/r": {
            "inherit": false,
            "origins": { "https://b.example": {} },
            "routes": { "GET": {}, "PUT": { "inherit": false, "origins": { "https://c.example": {} } } },
        } },
    });
    assert_eq!(reason(&config, A, "GET", &[]), Some("origin"));
    assert_eq!(reason(&config, "https://b.example", "GET", &[]), None);
    assert_eq!(reason(&config, "https://b.example", "PUT", &[]), Some("origin"));
    assert_eq!(reason(&config, "https://c.example", "PUT", &[]), None);
    assert_eq!(reason(&config, "https://c.example", "GET", &[]), Some("origin"));
}

#[test]
fn s4_without_routes() {
    let unset = one(json!({ A: {} }));
    for (method, enabled) in [("GET", true), ("HEAD", true), ("POST", true), ("PUT", false), ("get", false)] {
        assert_eq!(allow_origin(&unset, method, A).is_some(), enabled, "{method}");
    }
    let empty = one(json!({ A: { "allow_methods": [] } }));
    assert_eq!(reason(&empty, A, "GET", &[]), Some("method"));
    let head = one(json!({ A: { "allow_methods": ["head"] } }));
    assert_eq!(reason(&head, A, "HEAD", &[]), None);
    assert_eq!(reason(&head, A, "GET", &[]), Some("method"));
    let get = one(json!({ A: { "allow_methods": ["gEt", "patch"] } }));
    assert_eq!(reason(&get, A, "HEAD", &[]), None);
    assert_eq!(reason(&get, A, "patch", &[]), None);
    assert_eq!(reason(&get, A, "PATCH", &[]), Some("method"));
    let any = one(json!({ A: { "allow_methods": "*" } }));
    assert_eq!(reason(&any, A, "anything", &[]), None);
}

#[test]
fn s4_with_routes() {
    let config = json!({
        "defaults": { "origins": { A: { "allow_methods": ["DELETE"] } } },
        "resources": { "/r": { "routes": { "put": { "origins": { A: { "allow_methods": ["PATCH"] } } } } } },
    });
    assert_eq!(reason(&config, A, "PUT", &[]), None);
    assert_eq!(reason(&config, A, "DELETE", &[]), None);
    assert_eq!(reason(&config, A, "PATCH", &[]), Some("method"));
    assert_eq!(reason(&config, A, "GET", &[]), Some("method"));
    // A method that is not enabled gets nothing on the response either.
    assert_eq!(allow_origin(&config, "GET", A), None);
}

#[test]
fn s4_head_takes_the_options_of_get() {
    let config = json!({ "resources": { "/r": { "routes": {
        "GET": { "origins": { A: { "max_age": 7 } } },
        "PUT": { "origins": { A: {} } },
    } } } });
    let (_, reason, headers) = preflight(&config, A, "HEAD", &[]);
    assert_eq!((reason, headers.max_age), (None, Some(7)));
    let own = json!({ "resources": { "/r": { "routes": { "GET": { "origins": { A: {} } }, "HEAD": {} } } } });
    assert_eq!(allow_origin(&own, "HEAD", A), None);
}

#[test]
fn templates() {
    let config = json!({
        "defaults": { "origins": { "*": {} } },
        "excluded": ["/items/admin", "/files/{*rest}"],
        "resources": {
            "/items/{id}": {}, "/items/{id}/edit": {}, "/files/open": {}, "/{a}/x": {}, "/a/{b}": {}, "/t/": {},
        },
    });
    for (path, is_resource) in [
        ("/items/7", true),
        ("/items/7?x=/y", true),
        ("/items/admin", false),
        ("/items/admin/edit", true),
        ("/items/", false),
        ("/items/7/", false),
        ("/items//edit", false),
        ("/files/open", true),
        ("/files/x", false),
        ("/files/", false),
        ("/b/x", true),
        ("//x", false),
        ("/a/x", true),
        ("/t/", true),
        ("/t", false),
    ] {
        let outcome = ask(&config, "GET", path, &[("Origin", A)], &[]);
        assert_eq!(outcome != Outcome::Pass, is_resource, "{path}");
    }
}

#[test]
fn templates_choose_segment_by_segment() {
    let entry = |age: u64| json!({ "origins": { A: { "max_age": age } } });
    let config = json!({ "resources": {
        "/{a}/x": entry(1), "/a/{b}": entry(2), "/{*rest}": entry(3), "/a/{*rest}": entry(4),
    } });
    for (path, age) in [("/a/x", 2), ("/b/x", 1), ("/b/y", 3), ("/a/x/y", 4), ("/b/", 3)] {
        let lines = [("Origin", A), ("Access-Control-Request-Method", "GET")];
        let Outcome::Preflight { headers, .. } = ask(&config, "OPTIONS", path, &lines, &[]) else {
            panic!("{path}")
        };
        assert_eq!(headers.max_age, Some(age), "{path}");
    }
}

#[test]
fn all_resources_are_governed_by_the_defaults() {
    let config = json!({
        "all_resources": true,
        "excluded": ["/no"],
        "defaults": { "origins": { A: {} } },
        "resources": { "/r": { "inherit": false } },
    });
    assert_ne!(ask(&config, "GET", "/anywhere/", &[], &[]), Outcome::Pass);
    assert_eq!(ask(&config, "GET", "/no", &[("Origin", A)], &[]), Outcome::Pass);
    assert_eq!(allow_origin(&config, "GET", A), None);
}

#[test]
fn s6_what_a_preflight_is() {
    let config = one(json!({ A: { "allow_methods": ["OPTIONS"] } }));
    let asked = ("Access-Control-Request-Method", "GET");
    assert!(matches!(
        ask(&config, "OPTIONS", "/r", &[("Origin", ""), asked], &[]),
        Outcome::Preflight { .. }
    ));
    assert!(matches!(ask(&config, "OPTIONS", "/r", &[("Origin", A)], &[]), Outcome::Actual { .. }));
    assert!(matches!(ask(&config, "OPTIONS", "/r", &[asked], &[]), Outcome::Actual { .. }));
    assert!(matches!(ask(&config, "options", "/r", &[("Origin", A), asked], &[]), Outcome::Actual { .. }));
    assert_eq!(ask(&config, "OPTIONS", "/other", &[("Origin", A), asked], &[]), Outcome::Pass);
    assert_eq!(allow_origin(&config, "OPTIONS", A).as_deref(), Some(A));
}

#[test]
fn s7_order_of_checks() {
    let config = one(json!({ A: {} }));
    let other = "https://b.example";
    assert_eq!(reason(&config, other, "PUT", &["x y"]), Some("malformed"));
    assert_eq!(reason(&config, other, "", &["x-a"]), Some("malformed"));
    assert_eq!(reason(&config, "https://A.example", "PUT", &["x-a"]), Some("malformed"));
    assert_eq!(reason(&config, other, "PUT", &["x-a"]), Some("origin"));
    assert_eq!(reason(&config, "null", "PUT", &["x-a"]), Some("origin"));
    assert_eq!(reason(&config, A, "PUT", &["x-a"]), Some("method"));
    assert_eq!(reason(&config, A, "POST", &["x-a"]), Some("header"));
    assert_eq!(reason(&config, A, "POST", &[]), None);
}

#[test]
fn s8_success() {
    let config = json!({
        "preflight_status": 200,
        "resources": { "/r": { "origins": { A: { "allow_credentials": true, "max_age": 0 } } } },
    });
    let expected = Headers {
        allow_origin: Some(A.as_bytes().to_vec()),
        allow_credentials: true,
        allow_methods: Some(BTreeSet::from(["GET".to_string(), "POST".to_string()])),
        allow_methods_optional: BTreeSet::from(["HEAD".to_string()]),
        max_age: Some(0),
        vary_added: ["origin", "access-control-request-method", "access-control-request-headers"]
            .map(String::from)
            .to_vec(),
        vary: ["origin", "access-control-request-method", "access-control-request-headers"]
            .map(String::from)
            .to_vec(),
        ..Headers::default()
    };
    assert_eq!(preflight(&config, A, "POST", &[]), (200, None, expected));
}

#[test]
fn s9_the_methods_of_the_same_entry() {
    let config = json!({
        "defaults": { "origins": { A: { "allow_methods": ["DELETE"] } } },
        "resources": { "/r": { "routes": {
            "GET": {}, "PUT": {}, "PATCH": { "origins": { A: {} } },
        } } },
    });
    assert_eq!(methods(&config, A, "GET"), ["DELETE", "GET", "PUT"]);
    assert_eq!(methods(&config, A, "DELETE"), ["DELETE", "GET", "PUT"]);
    assert_eq!(methods(&config, A, "PATCH"), ["PATCH"]);
    assert_eq!(methods(&config, A, "HEAD"), ["DELETE", "GET", "HEAD", "PUT"]);
    assert_eq!(
        preflight(&config, A, "PUT", &[]).2.allow_methods_optional,
        BTreeSet::from(["HEAD".to_string()])
    );
    assert!(preflight(&config, A, "PATCH", &[]).2.allow_methods_optional.is_empty());
}

#[test]
fn s9_star() {
    let open = json!({ A: { "allow_methods": "*" } });
    let all = json!({ "resources": { "/r": { "origins": open, "routes": { "GET": {}, "PUT": {} } } } });
    assert_eq!(methods(&all, A, "BREW"), ["*"]);
    let split = json!({ "resources": { "/r": {
        "origins": open, "routes": { "GET": {}, "PUT": { "origins": { A: {} } } },
    } } });
    assert_eq!(methods(&split, A, "BREW"), ["BREW", "GET"]);
    assert_eq!(methods(&split, A, "PUT"), ["PUT"]);
    let mut credentials = all.clone();
    credentials["resources"]["/r"]["origins"][A]["allow_credentials"] = json!(true);
    assert_eq!(methods(&credentials, A, "BREW"), ["BREW", "GET", "PUT"]);
    // On a route it has no effect.
    let route = json!({ "resources": { "/r": { "routes": { "PUT": { "origins": open } } } } });
    assert_eq!(methods(&route, A, "PUT"), ["PUT"]);
}

#[test]
fn s10_a_list() {
    let config = one(json!({ A: { "allow_headers": ["X-B", "x-a", "X-b"] } }));
    let list = Some(AllowHeaders::List(vec!["x-b".into(), "x-a".into()]));
    for lines in [vec!["X-A"], vec!["x-a", "x-b"], vec!["", "\t, x-a ,,x-a,X-B , "]] {
        let (status, reason, headers) = preflight(&config, A, "GET", &lines);
        assert_eq!((status, reason, headers.allow_headers), (204, None, list.clone()), "{lines:?}");
    }
    for lines in [vec![], vec![""], vec![" , ,", ""]] {
        let (_, reason, headers) = preflight(&config, A, "GET", &lines);
        assert_eq!((reason, headers.allow_headers), (None, None), "{lines:?}");
    }
    assert_eq!(reason(&config, A, "GET", &["x-a", "x-c"]), Some("header"));
    assert_eq!(reason(&config, A, "GET", &["accept"]), Some("header"));
    assert_eq!(reason(&config, A, "GET", &["x-c, x:a"]), Some("malformed"));
}

#[test]
fn s10_star() {
    let open = one(json!({ A: { "allow_headers": "*" } }));
    let expected = AllowHeaders::List(vec!["*".into(), "authorization".into()]);
    assert_eq!(preflight(&open, A, "GET", &["X-Any"]).2.allow_headers, Some(expected));
    assert_eq!(preflight(&open, A, "GET", &[","]).2.allow_headers, None);
    let credentials = one(json!({ A: { "allow_headers": "*", "allow_credentials": true } }));
    let expected = AllowHeaders::AskedFor(BTreeSet::from(["x-any".to_string(), "x-b".to_string()]));
    assert_eq!(preflight(&credentials, A, "GET", &["X-Any, x-b", "X-B"]).2.allow_headers, Some(expected));
}

#[test]
fn s11_refusal() {
    let config = one(json!({ A: { "max_age": 1 } }));
    let (status, reason, headers) = preflight(&config, "https://b.example", "GET", &[]);
    assert_eq!((status, reason, headers.vary.len()), (403, Some("origin"), 3));
    assert_eq!(
        headers,
        Headers { vary: headers.vary.clone(), vary_added: headers.vary.clone(), ..Headers::default() }
    );
}

#[test]
fn s13_exposed_as_configured() {
    let config = one(
        json!({ A: { "expose_headers": ["X-B", "ETag", "etag"] }, "https://b.example": { "expose_headers": [] } }),
    );
    assert_eq!(actual(&config, "GET", A, &[]).expose_headers, Some(vec!["x-b".into(), "etag".into()]));
    assert_eq!(actual(&config, "GET", "https://b.example", &[]).expose_headers, None);
    assert_eq!(actual(&config, "PUT", A, &[]).expose_headers, None);
}

#[test]
fn s14_star_is_literal_only_without_credentials() {
    let config = one(json!({ "* https://a.example": {}, "moz-extension://*": {} }));
    assert_eq!(allow_origin(&config, "GET", A).as_deref(), Some(A));
    assert_eq!(allow_origin(&config, "GET", "https://b.example").as_deref(), Some("*"));
    assert_eq!(allow_origin(&config, "GET", "moz-extension://x").as_deref(), Some("moz-extension://x"));
}

#[test]
fn s15_expose_star() {
    let own = [
        ("X-Two", ""),
        ("Set-Cookie", ""),
        ("ETag", ""),
        ("x-two", ""),
        ("Content-Type", ""),
        ("Vary", "Accept"),
        ("Access-Control-Max-Age", "1"),
        ("TE", ""),
    ];
    let credentials = one(json!({ A: { "expose_headers": "*", "allow_credentials": true } }));
    let names = actual(&credentials, "GET", A, &own).expose_headers;
    assert_eq!(names, Some(vec!["x-two".into(), "etag".into(), "vary".into()]));
    assert_eq!(actual(&credentials, "GET", A, &own[1..2]).expose_headers, None);
    let open = one(json!({ A: { "expose_headers": "*" } }));
    assert_eq!(actual(&open, "GET", A, &[]).expose_headers, Some(vec!["*".into()]));
}

#[test]
fn s18_vary() {
    let config = one(json!({ A: {} }));
    let vary = |lines: &[&str]| {
        let own: Vec<(&str, &str)> = lines.iter().map(|line| ("vary", *line)).collect();
        actual(&config, "GET", A, &own).vary.join(",")
    };
    assert_eq!(vary(&[]), "origin");
    assert_eq!(vary(&["Accept-Encoding", "Accept-Language"]), "accept-encoding,accept-language,origin");
    assert_eq!(vary(&["Origin, Accept"]), "origin,accept");
    assert_eq!(vary(&["Origin", "ORIGIN"]), "origin");
    assert_eq!(vary(&["*"]), "*");
    assert_eq!(actual(&config, "GET", "https://b.example", &[]).vary_added, ["origin"]);
    assert_eq!(actual(&config, "PUT", A, &[]).vary_added, ["origin"]);
    let Outcome::Actual { headers } = ask(&config, "GET", "/r", &[], &[]) else { panic!() };
    assert_eq!((headers.allow_origin, headers.vary_added), (None, vec!["origin".to_string()]));
}

#[test]
fn s18_the_constant_case() {
    let without_origin = |config: &Value, method: &str| {
        let Outcome::Actual { headers } = ask(config, method, "/r", &[], &[("Vary", "Accept")]) else {
            panic!()
        };
        (headers.allow_origin.is_some(), headers.expose_headers.is_some(), headers.vary.join(","))
    };
    let constant = (true, true, "accept".to_string());
    let varying = (false, false, "accept,origin".to_string());
    let mut config = json!({
        "defaults": { "origins": { "*": { "allow_credentials": true } } },
        "resources": { "/r": { "origins": { "*": { "expose_headers": ["x"] } } } },
    });
    // The `*` of the defaults can never win here.
    assert_eq!(without_origin(&config, "GET"), constant);
    assert_eq!(without_origin(&config, "PUT"), varying);
    config["resources"]["/r"]["routes"] = json!({ "PUT": { "origins": { A: {} } }, "POST": {} });
    assert_eq!(without_origin(&config, "PUT"), varying);
    assert_eq!(without_origin(&config, "POST"), constant);
    assert_eq!(without_origin(&one(json!({ "* null": { "expose_headers": ["x"] } })), "GET"), varying);
    assert_eq!(without_origin(&one(json!({})), "GET"), varying);
}

#[test]
fn s19_malformed_input() {
    let config = one(json!({ "*": {}, A: { "allow_credentials": true } }));
    let asked = ("Access-Control-Request-Method", "GET");
    let twice = [("Origin", A), ("origin", A), asked];
    let Outcome::Preflight { reason, headers, .. } = ask(&config, "OPTIONS", "/r", &twice, &[]) else {
        panic!()
    };
    assert_eq!((reason, headers.allow_origin), (None, Some(b"*".to_vec())));
    let Outcome::Preflight { reason, .. } =
        ask(&config, "OPTIONS", "/r", &[("Origin", A), asked, asked], &[])
    else {
        panic!()
    };
    assert_eq!(reason, Some("malformed"));
    assert_eq!(allow_origin(&config, "GET", "https://a.example/").as_deref(), Some("*"));
}

#[test]
fn s21_violations() {
    let entry = |options: Value| one(json!({ A: options }));
    for (config, label) in [
        (json!({ "defaults": { "inherit": true } }), "unknown-key"),
        (json!({ "accept_risks": ["x"] }), "unknown-risk"),
        (json!({ "preflight_status": 300 }), "preflight-status"),
        (json!({ "resources": { "/a": { "routes": { "get": {}, "GET": {} } } } }), "duplicate-route"),
        (json!({ "resources": { "/a": { "routes": { "trace": {} } } } }), "forbidden-method"),
        (json!({ "resources": { "/a": {} }, "excluded": ["/a"] }), "registered-and-excluded"),
        (json!({ "resources": { "/{a}": {}, "/{b}": {} } }), "conflicting-templates"),
        (json!({ "resources": { "a": {} } }), "bad-template"),
        (json!({ "resources": { "/{a:b}": {} } }), "bad-template"),
        (json!({ "excluded": ["/a", "/a"] }), "duplicate-template"),
        (one(json!({ "https://a.example/": {} })), "bad-origin"),
        (one(json!({ "https://*": {} })), "bad-origin"),
        (one(json!({ " ": {} })), "empty-key"),
        (one(json!({ "* null *": {} })), "duplicate-pattern"),
        (entry(json!({ "allow_methods": ["G T"] })), "bad-method"),
        (entry(json!({ "allow_methods": ["*"] })), "star-in-list"),
        (entry(json!({ "allow_headers": ["Sec-Anything"] })), "forbidden-request-header"),
        (entry(json!({ "allow_headers": ["x:"] })), "bad-header-name"),
        (entry(json!({ "expose_headers": ["set-cookie"] })), "forbidden-response-header"),
        (entry(json!({ "max_age": -1 })), "max-age"),
    ] {
        let mut config = config;
        if config["accept_risks"].is_null() {
            config["accept_risks"] = json!(["null-origin"]);
        }
        assert_eq!(labels(&config), [label], "{config}");
    }
    assert!(labels(&entry(json!({ "max_age": 2147483647, "allow_methods": ["PATCH", "patch"] }))).is_empty());
}

#[test]
fn s22_dangers() {
    for (pattern, credentials, risks) in [
        ("*", true, vec!["any-origin-with-credentials"]),
        ("*", false, vec![]),
        ("x://*", true, vec!["whole-scheme-with-credentials"]),
        ("x://a", true, vec![]),
        ("null", false, vec!["null-origin"]),
        ("http://a.example", true, vec!["insecure-origin-with-credentials"]),
        ("http://a.example", false, vec![]),
        ("http://127.9.9.9:*", true, vec![]),
        ("http://[::1]", true, vec![]),
        ("http://localhost.", true, vec![]),
        ("http://*.localhost:*", true, vec![]),
        ("http://127.0.0.1.example", true, vec!["insecure-origin-with-credentials"]),
        ("https://*.github.io.", true, vec!["public-suffix-subdomains-with-credentials"]),
        ("https://*.unlisted", true, vec!["public-suffix-subdomains-with-credentials"]),
        ("https://*.me.github.io", true, vec![]),
        ("https://github.io", true, vec![]),
        (
            "http://*.com",
            true,
            vec!["insecure-origin-with-credentials", "public-suffix-subdomains-with-credentials"],
        ),
    ] {
        let mut config = one(json!({ pattern: { "allow_credentials": credentials } }));
        let expected: Vec<String> = risks.iter().map(|risk| format!("risk:{risk}")).collect();
        assert_eq!(labels(&config), expected, "{pattern}");
        config["accept_risks"] = json!(risks);
        assert!(labels(&config).is_empty(), "{pattern}");
    }
}

#[test]
fn the_generator_reaches_every_outcome() {
    let mut runner = TestRunner::deterministic();
    let strategy = twin::generate::scenario();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..1500 {
        let (config, request, response) = strategy.new_tree(&mut runner).unwrap().current();
        assert_eq!(twin::config_is_valid(&config, &no_suffix), Ok(()), "{config}");
        let name = match twin::decide(&config, &request, &response) {
            Outcome::Pass => "pass".to_string(),
            Outcome::Preflight { reason: Some(reason), .. } => format!("refused for {reason}"),
            Outcome::Preflight { headers, .. } => {
                let star = headers.allow_methods == Some(BTreeSet::from(["*".to_string()]));
                match headers.allow_headers {
                    Some(AllowHeaders::AskedFor(_)) => "preflight, headers as asked for".to_string(),
                    Some(_) => "preflight, listed headers".to_string(),
                    None if star => "preflight, every method".to_string(),
                    None => "preflight".to_string(),
                }
            }
            Outcome::Actual { headers } => {
                let origin = headers.allow_origin.is_some();
                format!("actual, {origin}, {}, {}", headers.allow_credentials, headers.vary_added.is_empty())
            }
        };
        *seen.entry(name).or_default() += 1;
    }
    assert_eq!(seen.len(), 15, "{seen:#?}");
    assert!(seen.values().all(|count| *count >= 5), "{seen:#?}");
}

proptest! {
    #![proptest_config(Config { cases: 600, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_broken_configuration_has_its_label_and_no_other((config, label) in twin::generate::broken_config()) {
        let mut found = labels(&config);
        prop_assert_eq!(found.len() == 1 || label.starts_with("risk:"), true, "{:?}", found);
        found.dedup();
        prop_assert_eq!(found, [label]);
    }

    #[test]
    fn an_origin_text_can_be_a_header_value(text in twin::generate::origin_text()) {
        prop_assert!(text.iter().all(|b| *b == b'\t' || (*b >= 0x20 && *b != 0x7f)));
        for pattern in ["https://*.example.com", "http://localhost:*", "moz-extension://*"] {
            prop_assert!(!twin::pattern_matches(pattern, &text) || twin::origin_is_well_formed(&text));
        }
    }
}
