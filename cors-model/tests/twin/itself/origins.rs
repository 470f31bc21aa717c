//! Label patterns and empty hosts, by hand (S1, S19, S21, S22).

use serde_json::json;

use super::{labels, one};
use crate::twin::{origin_is_well_formed, pattern_matches, patterns, specificity};

#[test]
fn a_label_pattern_stands_for_characters_of_its_label() {
    let app = "https://app-*.example.com";
    let team = "https://*-team.example.com";
    let both = "https://app-*-team.example.com";
    for (pattern, origin, expected) in [
        (app, "https://app-1.example.com", true),
        (app, "https://app-git-feature.example.com", true),
        (app, "https://app--.example.com", true),
        (app, "https://app-xn--p1ai.example.com", true),
        (app, "https://app-.example.com", false),
        (app, "https://app.example.com", false),
        (app, "https://app1.example.com", false),
        (app, "https://appevil.example.com", false),
        (app, "https://xapp-1.example.com", false),
        (app, "https://x.app-1.example.com", false),
        (app, "https://app-1.x.example.com", false),
        (app, "https://app-1.evil.com", false),
        (app, "https://app-1.example.com.evil.com", false),
        (app, "https://app-1xexample.com", false),
        (app, "https://app-1.example.com.", false),
        (app, "https://app-1.example.com:8443", false),
        (app, "http://app-1.example.com", false),
        (app, "https://App-1.example.com", false),
        (app, "https://app-*.example.com", false),
        (team, "https://x-team.example.com", true),
        (team, "https://x-y-team.example.com", true),
        (team, "https://-team.example.com", false),
        (team, "https://team.example.com", false),
        (team, "https://xteam.example.com", false),
        (team, "https://x-teams.example.com", false),
        (team, "https://x.y-team.example.com", false),
        (both, "https://app-1-team.example.com", true),
        (both, "https://app-a-team-team.example.com", true),
        (both, "https://app---team.example.com", true),
        (both, "https://app--team.example.com", false),
        (both, "https://app-team.example.com", false),
        (both, "https://app-1.x-team.example.com", false),
        ("https://app-*.example.com:*", "https://app-1.example.com:8443", true),
        ("https://app-*.example.com:*", "https://app-1.example.com", true),
        ("https://app-*.example.com:8443", "https://app-1.example.com:8443", true),
        ("https://app-*.example.com:8443", "https://app-1.example.com", false),
        ("https://app-*.com", "https://app-1.com", true),
        ("https://app-*.com.", "https://app-1.com.", true),
        ("http://app-*.localhost:*", "http://app-1.localhost:3000", true),
        ("x://App-*.local", "x://App-Z.local", true),
        ("x://App-*.local", "x://app-Z.local", false),
    ] {
        assert_eq!(pattern_matches(pattern, origin.as_bytes()), expected, "{pattern} {origin}");
    }
    // A label has 63 bytes at most.
    let long = |n: usize| format!("https://app-{}.example.com", "a".repeat(n - 4));
    assert!(pattern_matches(app, long(63).as_bytes()));
    assert!(!pattern_matches(app, long(64).as_bytes()));
}

#[test]
fn s1_order_with_label_patterns() {
    let order = [
        "*",
        "app://*",
        "https://*.com",
        "https://a-long-beginning-*.com",
        "https://*.example.com:*",
        "https://*.example.com",
        "https://app-*.example.com:*",
        "https://app-*.example.com",
        // As many fixed characters, then the longer beginning.
        "https://*-team.example.com",
        "https://app1-*.example.com",
        "https://app-*-team.example.com:*",
        "https://app-*-team.example.com",
        "https://*.b.example.com",
        "https://app-1.example.com:*",
        "https://app-1.example.com",
    ];
    for pair in order.windows(2) {
        assert!(specificity(pair[0]) < specificity(pair[1]), "{pair:?}");
    }
    assert!(specificity("app://*") < specificity("app://"));
    assert!(specificity("*") < specificity("file://"));
}

#[test]
fn s19_empty_hosts() {
    for good in ["app://", "moz-extension://", "file://", "ws://", "x+y.1-://"] {
        assert!(origin_is_well_formed(good.as_bytes()), "{good}");
    }
    for bad in [
        "https://",
        "http://",
        "app://:80",
        "app:///",
        "app:",
        "app:/",
        "://",
        "file:///",
        "file://a",
        "file://:1",
        "file://localhost",
        "App://",
    ] {
        assert!(!origin_is_well_formed(bad.as_bytes()), "{bad}");
    }
    for (pattern, origin, expected) in [
        ("moz-extension://*", "moz-extension://", true),
        ("app://*", "app://", true),
        ("app://*", "app://main:80", true),
        ("app://*", "apps://", false),
        ("app://", "app://", true),
        ("app://", "app://main", false),
        ("file://", "file://", true),
        ("file://", "null", false),
        ("null", "file://", false),
        ("*", "file://", true),
    ] {
        assert_eq!(pattern_matches(pattern, origin.as_bytes()), expected, "{pattern} {origin}");
    }
}

#[test]
fn s21_label_patterns_and_empty_hosts() {
    for good in [
        "https://app-*.example.com",
        "https://*-team.example.com:8443",
        "https://app-*-team.example.com:*",
        "https://a-b_-*.example.com",
        "https://-*.example.com",
        "https://xn--*.example.com",
        "https://app-*.com.",
        "http://app-*.localhost",
        "x://App-*.local",
        "app://",
        "app://*",
        "file://",
    ] {
        assert!(labels(&one(json!({ good: {} }))).is_empty(), "{good}");
    }
    for bad in [
        "https://app*.example.com",
        "https://*app.example.com",
        "https://app-*team.example.com",
        "https://app*-team.example.com",
        "https://app_*.example.com",
        "https://app-*-*.example.com",
        "https://app-**.example.com",
        "https://*-*.example.com",
        "https://App-*.example.com",
        "https://app-*.Example.com",
        "https://app-*",
        "https://app-*.",
        "https://app-*:8443",
        "https://a.app-*.example.com",
        "https://app-*.b-*.com",
        "https://app-*.*.com",
        "https://*.app-*.com",
        "https://app-*.127.0.0.1",
        "https://app-*.[::1]",
        "https://app-*.1",
        "https://app-*.example.com:443",
        "https://app-*.example.com/",
        "https://app-*.b\u{fc}cher.example",
        "file://*",
        "file://app-*.a",
        "file://:*",
        "app://:*",
        "app://:80",
        "app://*.",
        "app://*:*",
        "app://a*.b",
    ] {
        assert_eq!(labels(&one(json!({ bad: {} }))), ["bad-origin"], "{bad}");
    }
    // A label with something fixed of 62 bytes leaves room for one character.
    let fixed = |n: usize| one(json!({ format!("https://{}-*.example.com", "a".repeat(n - 1)): {} }));
    assert!(labels(&fixed(62)).is_empty());
    assert_eq!(labels(&fixed(63)), ["bad-origin"]);
    let other_scheme = |n: usize| one(json!({ format!("app://{}-*.example", "a".repeat(n - 1)): {} }));
    assert!(labels(&other_scheme(62)).is_empty());
    assert_eq!(labels(&other_scheme(63)), ["bad-origin"]);
    let base = ["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(60)].join(".");
    assert_eq!(labels(&one(json!({ format!("https://app-*.{base}"): {} }))), ["base-too-long"]);
}

#[test]
fn s21_keys_with_commas() {
    for (key, several) in [
        ("https://a.example,https://b.example", 2),
        (" ,https://a.example ,, \t https://b.example,\r\n", 2),
        ("https://a.example", 1),
        ("*,null", 2),
    ] {
        assert_eq!(patterns(key).len(), several, "{key}");
    }
    assert_eq!(labels(&one(json!({ " , ,": {} }))), ["empty-key"]);
    assert_eq!(labels(&one(json!({ "https://a.example,https://a.example": {} }))), ["duplicate-pattern"]);
    assert_eq!(
        labels(&one(json!({ "https://a.example,": {}, "https://a.example": {} }))),
        ["duplicate-pattern"]
    );
    assert_eq!(labels(&one(json!({ "https://a.example/,https://b.example": {} }))), ["bad-origin"]);
    assert!(labels(&one(json!({ "https://a.example,\nhttps://b.example": {} }))).is_empty());
}

#[test]
fn s21_names_with_a_star() {
    for options in [
        json!({ "allow_methods": ["PROP*"] }),
        json!({ "allow_headers": ["x-amz-*"] }),
        json!({ "expose_headers": ["X-*"] }),
        json!({ "allow_headers": ["X-A", "**"] }),
    ] {
        assert_eq!(labels(&one(json!({ "https://a.example": options }))), ["star-in-name"], "{options}");
    }
    assert_eq!(labels(&json!({ "resources": { "/r": { "routes": { "P*": {} } } } })), ["star-in-name"]);
    assert_eq!(labels(&json!({ "resources": { "/r": { "routes": { "*": {} } } } })), ["star-in-name"]);
}

#[test]
fn s22_dangers_of_label_patterns_and_files() {
    let suffixes = "public-suffix-subdomains-with-credentials";
    let insecure = "insecure-origin-with-credentials";
    for (pattern, risks) in [
        ("https://app-*.example.com", vec![]),
        ("https://app-*-team.github.io", vec![suffixes]),
        ("https://app-*.github.io.", vec![suffixes]),
        ("https://app-*.com", vec![suffixes]),
        ("https://app-*.unlisted:*", vec![suffixes]),
        ("https://app-*.me.github.io", vec![]),
        ("http://app-*.example.com", vec![insecure]),
        ("http://app-*.com", vec![insecure, suffixes]),
        ("http://app-*.localhost:*", vec![]),
        ("http://app-*.my.localhost", vec![]),
        ("file://", vec!["file-origin-with-credentials"]),
        ("app://", vec![]),
        ("app://*", vec!["whole-scheme-with-credentials"]),
    ] {
        let mut config = one(json!({ pattern: { "allow_credentials": true } }));
        let expected: Vec<String> = risks.iter().map(|risk| format!("risk:{risk}")).collect();
        assert_eq!(labels(&config), expected, "{pattern}");
        assert!(labels(&one(json!({ pattern: {} }))).is_empty(), "{pattern}");
        config["accept_risks"] = json!(risks);
        assert!(labels(&config).is_empty(), "{pattern}");
    }
}
