//! What a template may look like, and its canonical form, by hand (S21, "Resource" among the words).

use serde_json::json;

use super::labels;
use crate::twin::template::{canonical, segments};

#[test]
fn a_template_is_kept_as_browsers_send_it() {
    for (written, kept) in [
        ("/", "/"),
        ("/hello", "/hello"),
        ("/hello/", "/hello/"),
        ("/a//b", "/a//b"),
        ("/items/{id}/{*rest}", "/items/{id}/{*rest}"),
        ("/\u{fc}", "/%C3%BC"),
        ("/%C3%BC", "/%C3%BC"),
        ("/%c3%bc", "/%C3%BC"),
        ("/\u{fc}/{id}", "/%C3%BC/{id}"),
        ("/a b", "/a%20b"),
        ("/a%20b", "/a%20b"),
        ("/%61", "/a"),
        ("/%40me", "/@me"),
        // Decoded once.
        ("/%2561", "/%2561"),
        ("/a%2Fb", "/a%2Fb"),
        ("/a%2fb", "/a%2Fb"),
        ("/a\\b", "/a%5Cb"),
        ("/a%5cb", "/a%5Cb"),
        ("/100%", "/100%25"),
        ("/100%25", "/100%25"),
        ("/%zz", "/%25zz"),
        ("/%ff", "/%FF"),
        ("/%00\t", "/%00%09"),
        ("/a%3Fb%23c", "/a%3Fb%23c"),
        ("/\"<a>^`", "/%22%3Ca%3E%5E%60"),
        ("/!$&'()+,;=:@[]|~-._", "/!$&'()+,;=:@[]|~-._"),
        ("/{{a}}", "/%7Ba%7D"),
        ("/%7Ba%7D", "/%7Ba%7D"),
        ("/%3Aid", "/:id"),
        ("/a:b", "/a:b"),
        ("/%2A", "/*"),
        ("/a%2A%2A", "/a**"),
        ("/%3Cid%3E", "/%3Cid%3E"),
        ("/%3cid>", "/%3Cid%3E"),
        ("/a<id>", "/a%3Cid%3E"),
        ("/...", "/..."),
        ("/.well-known", "/.well-known"),
        ("/a%2F..", "/a%2F.."),
    ] {
        assert_eq!(canonical(written).as_deref(), Some(kept), "{written}");
    }
}

#[test]
fn a_template_in_another_routers_way_is_invalid() {
    for bad in [
        "",
        "hello",
        "/a?b",
        "/a#b",
        "/.",
        "/..",
        "/a/./b",
        "/a/../b",
        "/%2e",
        "/%2E%2e/a",
        "/.%2e",
        "/:id",
        "/a/:id/b",
        "/:",
        "/<id>",
        "/a/<int:id>",
        "/<>",
        "/*",
        "/**",
        "/*rest",
        "/a*",
        "/a/*.txt",
        "/{id}*",
        "/{*rest}/a",
        "/{**rest}",
        "/{rest*}",
        "/{a:[0-9]+}",
        "/{}",
        "/{*}",
        "/a{id}",
        "/{id}a",
        "/{a",
        "/a}",
        "/{{a}",
    ] {
        assert_eq!(segments(bad), None, "{bad}");
        assert_eq!(labels(&json!({ "resources": { bad: {} } })), ["bad-template"], "{bad}");
        assert_eq!(labels(&json!({ "excluded": [bad] })), ["bad-template"], "{bad}");
    }
}

#[test]
fn two_spellings_of_a_template_are_one() {
    for (one, other, label) in [
        ("/\u{fc}", "/%C3%BC", "respelled-template"),
        ("/%c3%bc", "/%C3%BC", "respelled-template"),
        ("/a b/{id}", "/a%20b/{id}", "respelled-template"),
        ("/%78", "/x", "respelled-template"),
        ("/a\\b", "/a%5Cb", "respelled-template"),
        ("/a^b", "/a%5eb", "respelled-template"),
        ("/\u{fc}/{a}", "/%C3%BC/{b}", "conflicting-templates"),
    ] {
        assert_eq!(labels(&json!({ "resources": { one: {}, other: {} } })), [label], "{one}");
        assert_eq!(labels(&json!({ "excluded": [one, other] })), [label], "{one}");
        let both = json!({ "resources": { one: {} }, "excluded": [other] });
        let label = if label == "respelled-template" { "registered-and-excluded" } else { label };
        assert_eq!(labels(&both), [label], "{one}");
    }
    assert_eq!(labels(&json!({ "excluded": ["/\u{fc}", "/\u{fc}"] })), ["duplicate-template"]);
    for (one, other) in [("/a", "/a/"), ("/a//b", "/a/b"), ("/a%2Fb", "/a/b"), ("/A", "/a")] {
        assert!(labels(&json!({ "resources": { one: {}, other: {} } })).is_empty(), "{one}");
    }
}
