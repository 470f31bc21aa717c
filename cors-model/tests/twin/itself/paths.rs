//! S24, by hand: which resource a path finds. Each resource is known by a number, its `max_age`.

use serde_json::{Value, json};

use crate::twin::{Outcome, Request, Response, Target, decide_at};

pub(super) const ORIGIN: &str = "https://a.example";

/// A resource that says no more than its number.
pub(super) fn number(age: u64) -> Value {
    json!({ "inherit": false, "origins": { ORIGIN: { "max_age": age } } })
}

/// The number of the resource, or `None` where the request passes through.
pub(super) fn find(config: &Value, target: Target<'_>, path: &str) -> Option<u64> {
    let lines = [("Origin", ORIGIN), ("Access-Control-Request-Method", "GET")];
    let headers = lines.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).to_vec();
    let request = Request { method: "OPTIONS".into(), path: path.into(), headers };
    match decide_at(config, target, &request, &Response { status: 200, headers: Vec::new() }) {
        Outcome::Preflight { reason: None, headers, .. } => Some(headers.max_age.unwrap()),
        Outcome::Pass => None,
        other => panic!("{path}: {other:?}"),
    }
}

fn check(config: &Value, rows: &[(&str, Option<u64>)]) {
    for (path, expected) in rows {
        assert_eq!(find(config, Target::Path, path), *expected, "{path} with {config}");
    }
}

#[test]
fn a_file_server_and_what_it_must_not_share() {
    let config = json!({
        "excluded": ["/static/private.txt"],
        "resources": {
            "/static/{*rest}": number(1), "/static/secret.txt": number(2), "/static/sub/{*rest}": number(3),
        },
    });
    check(
        &config,
        &[
            // To the letter, and plain.
            ("/static/secret.txt", Some(2)),
            ("/static/public.txt", Some(1)),
            ("/static/sub/a", Some(3)),
            ("/static/private.txt", None),
            ("/static/..a", Some(1)),
            ("/static/...", Some(1)),
            ("/static/secret.txt;x", Some(1)),
            ("/static/Secret.txt", Some(1)),
            ("/STATIC/public.txt", None),
            // Read, and found again.
            ("/static/a%20b.txt", Some(1)),
            ("/static/caf%C3%A9.txt", Some(1)),
            ("/static/caf\u{e9}.txt", Some(1)),
            ("/static/\"a\"", Some(1)),
            ("/static/x//y", Some(1)),
            ("/static/x/", Some(1)),
            ("/static/x/./y", Some(1)),
            ("/static/a%2Fb", Some(1)),
            ("/static/sub/a%20b", Some(3)),
            ("/static/sub//a", Some(3)),
            ("/static/sub/a%2fb/", Some(3)),
            ("/static/secret.txt%20", Some(1)),
            ("/static/secret.txt%00", Some(1)),
            ("/static/secret.txt%3Fx", Some(1)),
            // What is no escape stays.
            ("/static/100%", Some(1)),
            ("/static/%zz", Some(1)),
            ("/static/%7", Some(1)),
            // Decoded once, it is `%73ecret.txt`.
            ("/static/%2573ecret.txt", Some(1)),
            ("/static/sub%252fa", Some(1)),
            // In reading (b) nothing is found, which is no objection.
            ("/static/%2f", Some(1)),
            // Reading (a) finds another one.
            ("/static/%73ecret.txt", None),
            ("/static/secret%2Etxt", None),
            ("/static/%73%65%63%72%65%74%2e%74%78%74", None),
            ("/static//secret.txt", None),
            ("/static/./secret.txt", None),
            ("/static/%2e/secret.txt", None),
            ("/static/%2E//secret.txt", None),
            ("/static/secret.txt/", None),
            ("/static/secret.txt//", None),
            ("/static/secret.txt/.", None),
            ("/static//sub/a", None),
            ("/static/%73ub/a", None),
            // An exclusion.
            ("/static/%70rivate.txt", None),
            ("/static//private.txt", None),
            ("/static/private.txt/", None),
            // Reading (b) does.
            ("/static/sub%2fsecret.txt", None),
            ("/static/sub%2Fa", None),
            ("/static/sub\\a", None),
            ("/static/sub%5ca", None),
            ("/static/sub%5Ca", None),
            ("/static/%2fsecret.txt", None),
            ("/static/secret.txt%2f", None),
            ("/static/secret.txt\\", None),
            ("/static/.%2fsecret.txt", None),
            ("/static/private.txt%5C", None),
            // `..` in reading (b).
            ("/static/x/../secret.txt", None),
            ("/static/x/../public.txt", None),
            ("/static/%2e%2e/x", None),
            ("/static/.%2E/x", None),
            ("/static/x%2f..%2fy", None),
            ("/static/x\\..", None),
            ("/static/sub/..", None),
            // Nothing was found as sent.
            ("/static", None),
            ("/static/", None),
            ("/%73tatic/public.txt", None),
            ("//static/public.txt", None),
            // Found as sent, a catch-all, which is never empty, is not found in reading (a).
            ("/static//", None),
            ("/static/./", None),
        ],
    );
}

#[test]
fn what_follows_a_question_mark_or_a_hash_is_no_part_of_a_path() {
    let config = json!({ "resources": { "/a/{x}": number(1), "/a/b": number(2) } });
    check(
        &config,
        &[
            ("/a/b?x", Some(2)),
            ("/a/b?/../x", Some(2)),
            ("/a/c?%62", Some(1)),
            ("/a/c#/../b", Some(1)),
            ("/a/b#?", Some(2)),
            ("/a/?b", None),
            ("?/a/b", None),
            ("/a/%62?x", None),
        ],
    );
}

#[test]
fn one_parameter() {
    let mut config = json!({ "resources": { "/items/{id}": number(1) } });
    check(
        &config,
        &[
            ("/items/7", Some(1)),
            ("/items/%61dmin", Some(1)),
            ("/items/a%2Fb", Some(1)),
            ("/items/a%2fb", Some(1)),
            ("/items/a\\b", Some(1)),
            ("/items/a%5Cb", Some(1)),
            ("/items/7%2F", Some(1)),
            ("/items/%2F", Some(1)),
            ("/items/7/", None),
            ("/items//7", None),
            ("/items/.", None),
            ("/items/%2e", None),
            ("/items/..", None),
            ("/items/a%2F..", None),
        ],
    );
    config["resources"]["/items/admin"] = number(2);
    check(
        &config,
        &[
            ("/items/admin", Some(2)),
            ("/items/Admin", Some(1)),
            ("/items/admin%20", Some(1)),
            ("/items/%61dmin", None),
            ("/items/admin%2F", None),
            ("/items/%5cadmin", None),
            ("/items/a%2Fb", Some(1)),
        ],
    );
    // Another one, the same, an exclusion, or everything else, for which the defaults speak.
    config["resources"]["/items/{id}/{part}"] = number(3);
    check(&config, &[("/items/a%2Fb", None), ("/items/a%2F", Some(1)), ("/items/a/b", Some(3))]);
    config["resources"]["/items/{id}/{part}"] = number(1);
    check(&config, &[("/items/a%2Fb", Some(1)), ("/items/a%5Cb", Some(1)), ("/items/%61dmin", None)]);
    let mut excluding = json!({ "resources": { "/items/{id}": number(1) } });
    excluding["excluded"] = json!(["/items/{id}/{part}"]);
    check(&excluding, &[("/items/a%2Fb", None), ("/items/a%20b", Some(1))]);
    let mut all = json!({ "all_resources": true, "resources": { "/items/{id}": number(1) } });
    all["defaults"] = json!({ "origins": { ORIGIN: { "max_age": 9 } } });
    check(&all, &[("/items/a%2Fb", None), ("/items/a%20b", Some(1)), ("/items/a/b", Some(9))]);
}

#[test]
fn names_with_a_scope() {
    let mut config = json!({ "resources": { "/{package}": number(1), "/{scope}/{package}": number(1) } });
    let kept = [("/@scope%2fname", Some(1)), ("/%40scope/name", Some(1)), ("/@scope\\name", Some(1))];
    check(&config, &kept);
    config["resources"]["/{scope}/{package}"] = number(2);
    check(&config, &[("/@scope/name", Some(2)), ("/%40scope/name", Some(2)), ("/@scope%2fname", None)]);
    // Over-encoded, a fixed segment is not found as sent.
    check(&json!({ "resources": { "/@me": number(1) } }), &[("/@me", Some(1)), ("/%40me", None)]);
    let config = json!({ "resources": { "/@me": number(1), "/{user}": number(2) } });
    check(&config, &[("/@me", Some(1)), ("/%40me", None), ("/%40you", Some(2))]);
}

#[test]
fn all_resources() {
    let config = json!({
        "all_resources": true,
        "defaults": { "origins": { ORIGIN: { "max_age": 9 } } },
        "excluded": ["/private"],
        "resources": { "/strict": number(2) },
    });
    check(
        &config,
        &[
            ("/", Some(9)),
            ("/anything", Some(9)),
            ("/a%20b", Some(9)),
            ("/a//b", Some(9)),
            ("//", Some(9)),
            ("/a/b/", Some(9)),
            ("/./a", Some(9)),
            ("/%2e/a", Some(9)),
            ("/a%2fb", Some(9)),
            ("/a\\b", Some(9)),
            ("/a%5cb/", Some(9)),
            ("/%2573", Some(9)),
            ("/\u{fc}%ff%00", Some(9)),
            ("/strict", Some(2)),
            ("/Strict", Some(9)),
            ("/strict%20", Some(9)),
            ("/strict/x", Some(9)),
            ("/private/x", Some(9)),
            ("//strict", None),
            ("/strict/", None),
            ("/strict//", None),
            ("/%73trict", None),
            ("/./strict", None),
            ("/strict/%2E", None),
            ("/strict%2f", None),
            ("/strict%5C", None),
            ("/\\strict", None),
            ("/%2Fstrict", None),
            ("/private", None),
            ("/private/", None),
            ("/%70rivate", None),
            ("//private", None),
            ("/a/..", None),
            ("/%2e%2E/a", None),
            ("/a%2f..", None),
            ("/a\\..\\b", None),
            ("/..%5Ca", None),
            // No path at all.
            ("*", None),
            ("", None),
            ("example.com:443", None),
            ("strict", None),
        ],
    );
}

#[test]
fn all_other_paths_equal_a_resource_that_says_nothing() {
    let paths = ["/open", "/open/", "//open", "/%6Fpen", "/open%2f"];
    for (resource, shared) in [
        (json!({}), true),
        (json!({ "inherit": true, "origins": {}, "routes": {} }), true),
        (json!({ "origins": { ORIGIN: { "max_age": 9 } } }), false),
        (json!({ "routes": { "GET": {} } }), false),
    ] {
        let config = json!({
            "all_resources": true,
            "defaults": { "origins": { ORIGIN: { "max_age": 9 } } },
            "resources": { "/open": resource },
        });
        for path in paths {
            let expected = if shared || path == "/open" { Some(9) } else { None };
            assert_eq!(find(&config, Target::Path, path), expected, "{path} with {config}");
        }
    }
}

#[test]
fn equal_resources_are_one_however_they_are_written() {
    let with = |one: Value, other: Value| json!({ "resources": { "/{*rest}": one, "/a": other } });
    let entry = |options: Value| json!({ "inherit": false, "origins": { ORIGIN: options } });
    let path = [("//a", Some(1))];
    let one = entry(json!({ "max_age": 1 }));
    check(&with(one.clone(), one.clone()), &path);
    let mut spaced = json!({ "inherit": false });
    spaced["origins"][format!(" {ORIGIN}, ")] =
        json!({ "max_age": 1, "allow_credentials": false, "allow_headers": [] });
    check(&with(one.clone(), spaced), &path);
    for other in [
        entry(json!({ "max_age": 2 })),
        entry(json!({ "max_age": 1, "allow_credentials": true })),
        entry(json!({ "max_age": 1, "allow_methods": [] })),
        json!({ "origins": { ORIGIN: { "max_age": 1 } } }),
        json!({ "inherit": false, "origins": { ORIGIN: { "max_age": 1 }, "https://b.example": {} } }),
        json!({ "inherit": false, "origins": { ORIGIN: { "max_age": 1 } }, "routes": { "GET": {} } }),
    ] {
        check(&with(one.clone(), other), &[("//a", None)]);
    }
    let route = |name: &str| {
        let mut resource = one.clone();
        resource["routes"][name] = json!({});
        resource
    };
    check(&with(route("GET"), route("get")), &path);
    check(&with(route("GET"), route("PUT")), &[("//a", None)]);
}

#[test]
fn several_templates_with_one_form() {
    let mut config = json!({ "resources": {
        "/items/{id}": number(1), "/items/{id}/": number(2), "/hello": number(3), "/hello/": number(4),
    } });
    check(
        &config,
        &[
            ("/items/7", Some(1)),
            ("/items/7/", Some(2)),
            ("/items/a%20b", Some(1)),
            ("/items/a%20b/", Some(2)),
            ("/items//7", None),
            ("/hello", Some(3)),
            ("/hello/", Some(4)),
            ("/hello//", None),
        ],
    );
    config["resources"]["/{*rest}"] = number(5);
    check(&config, &[("//hello", None), ("/items//7", None), ("/hello", Some(3)), ("/hello/x", Some(5))]);
    // It found neither, and is equal to one of them alone.
    config["resources"]["/{*rest}"] = number(3);
    check(&config, &[("//hello", None), ("/%68ello/", None)]);
    let mut config = json!({ "resources": { "/a//b": number(1), "/a/b": number(2), "/{*rest}": number(3) } });
    check(&config, &[("/a//b", Some(1)), ("/a/b", Some(2)), ("/a/./b", None), ("/a///b", None)]);
    config["resources"] = json!({ "/a%2Fb": number(1), "/a/b": number(2), "/{x}": number(3) });
    check(
        &config,
        &[
            ("/a%2Fb", Some(1)),
            ("/a/b", Some(2)),
            // The case of the digits counts.
            ("/a%2fb", None),
            ("/%61%2Fb", None),
            ("/a%5Cb", None),
            ("/a%2Fc", Some(3)),
        ],
    );
    // To the letter, nothing is read.
    config["resources"] = json!({ "/a%2F..": number(1), "/{x}": number(2) });
    check(&config, &[("/a%2F..", Some(1)), ("/a%2f..", None), ("/b%2F..", None)]);
}

#[test]
fn a_slash_at_the_end_of_a_template_alone() {
    let mut config = json!({
        "all_resources": true,
        "defaults": { "origins": { ORIGIN: { "max_age": 9 } } },
        "resources": { "/hello/": number(1), "/items/{id}/": number(2) },
    });
    check(
        &config,
        &[
            ("/hello/", Some(1)),
            ("/hello", None),
            ("/items/7/", Some(2)),
            ("/items/7", None),
            ("/items/7//", None),
            ("/items", Some(9)),
            ("/hello/x", Some(9)),
        ],
    );
    config["resources"]["/hello/"] = json!({});
    check(&config, &[("/hello", Some(9)), ("//hello", Some(9)), ("/hello/", Some(9))]);
    // Nothing but the slash: no other template is there to be found.
    let alone = json!({ "resources": { "/hello/": number(1) } });
    check(&alone, &[("/hello/", Some(1)), ("/hello", None), ("//hello/", None)]);
}
