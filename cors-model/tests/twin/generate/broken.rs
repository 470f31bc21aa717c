//! Configurations with exactly one fault (S21, S22).

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::super::valid::RISKS;
use super::config;

#[derive(Clone, Debug)]
enum Fault {
    /// A key and a value at the top.
    Top(&'static str, Value),
    /// Further keys in one level, with empty options.
    Keys(Vec<String>),
    /// A further entry with these options in one level.
    Options(Value),
    /// Routes of one further resource.
    Routes(Vec<&'static str>),
    Resources(Vec<&'static str>),
    Excluded(Vec<&'static str>),
    /// An unknown key beside `origins` in one level.
    Unknown(&'static str),
    /// An unknown key beside `origins` in the defaults, which elsewhere is known.
    UnknownInDefaults(&'static str),
    UnknownInRoute(&'static str),
    /// A pattern that needs this risk, which is no longer accepted.
    Risk(&'static str, &'static str, bool),
}

const BAD_ORIGINS: &[&str] = &[
    "https://broken.example/",
    "https://broken.example/path",
    "https://broken.example?q",
    "https://user@broken.example",
    "https://user:pw@broken.example",
    "HTTPS://broken.example",
    "https://Broken.example",
    "https://broken.example:443",
    "http://broken.example:80",
    "https://broken.example:0",
    "https://broken.example:065",
    "https://broken.example:65536",
    "https://broken.example:",
    "https://b\u{fc}cher.example",
    "https://*.b\u{fc}cher.example",
    "https://127.1",
    "https://127.0.0.01",
    "https://127.0.0.1.",
    "https://0x7f000001",
    "https://[0:0:0:0:0:0:0:1]",
    "https://[::ffff:192.0.2.1]",
    "https://[2001:DB8::1]",
    "https://[::1",
    "https://*.[::1]",
    "https://*.127.0.0.1",
    "https://*.*.example.com",
    "https://a.*.example.com",
    "https://*example.com",
    "https://example.*",
    "https://a*.example.com",
    "https://*",
    "http://*",
    "https://*:8443",
    "https://*:*",
    "https://*.",
    "https://*.Example.com",
    "https://broken.example:8*",
    "https://broken.example:**",
    "*.example.com",
    "*://example.com",
    "broken.example",
    "https://",
    "https://.example.com",
    "https://a..example.com",
    "https://example.com..",
    "https://app*.broken.example",
    "https://*team.broken.example",
    "https://app-*team.broken.example",
    "https://app*-team.broken.example",
    "https://app-*-*.broken.example",
    "https://app-**-team.broken.example",
    "https://app_*.broken.example",
    "https://App-*.broken.example",
    "https://app-*",
    "https://app-*:8443",
    "https://app-*.",
    "https://a.app-*.broken.example",
    "https://app-*.*.broken.example",
    "https://app-*.127.0.0.1",
    "https://app-*.1",
    "https://app-*.broken.example:443",
    "https://app-*.broken.example/",
    "https://app-*.b\u{fc}cher.example",
    "file://*",
    "file://broken",
    "file:///",
    "file://:8080",
    "file://a-*.broken",
    "app://:8080",
    "app://:*",
    "app://*.",
    "app://a*.broken",
    "moz-extension://a b/",
    "moz-extension://a*",
    "moz-extension://[::1]",
    "Moz-Extension://*",
    "1x://a",
    "Null",
    "NULL",
    "**",
    "ws://broken.example:80",
    "ftp://broken.example:21",
];

fn faults() -> Vec<(&'static str, Fault)> {
    let long = format!("{}.{}.{}", "a".repeat(63), "b".repeat(63), "c".repeat(63));
    let keys = |keys: &[&str]| Fault::Keys(keys.iter().map(|key| key.to_string()).collect());
    let mut all = vec![
        ("empty-key", keys(&[""])),
        ("empty-key", keys(&[" \t\r\n "])),
        ("empty-key", keys(&[" ,, ,"])),
        ("duplicate-pattern", keys(&["https://twice.example,https://twice.example"])),
        ("duplicate-pattern", keys(&["https://twice.example https://twice.example"])),
        (
            "duplicate-pattern",
            keys(&["https://twice.example", "https://twice.example https://broken.example"]),
        ),
        ("duplicate-pattern", keys(&["https://twice.example ", "https://twice.example"])),
        ("base-too-long", Fault::Keys(vec![format!("https://*.{long}.{}", "d".repeat(60))])),
        ("base-too-long", Fault::Keys(vec![format!("https://*.{long}.{}.:*", "d".repeat(61))])),
        ("base-too-long", Fault::Keys(vec![format!("https://app-*.{long}.{}", "d".repeat(60))])),
        ("max-age", Fault::Options(json!({ "max_age": 2_147_483_648u64 }))),
        ("max-age", Fault::Options(json!({ "max_age": -1 }))),
        ("unknown-key", Fault::Options(json!({ "allow_origin": "*" }))),
        ("unknown-key", Fault::Options(json!({ "Max_Age": 1 }))),
        ("unknown-key", Fault::Options(json!({ "inherit": false }))),
        ("unknown-key", Fault::Top("origins", json!({}))),
        ("unknown-key", Fault::Top("", json!(1))),
        ("unknown-key", Fault::Top("inherit", json!(false))),
        ("unknown-key", Fault::Unknown("allow_methods")),
        ("unknown-key", Fault::Unknown("origin")),
        ("unknown-key", Fault::UnknownInDefaults("inherit")),
        ("unknown-key", Fault::UnknownInDefaults("routes")),
        ("unknown-key", Fault::UnknownInRoute("routes")),
        ("preflight-status", Fault::Top("preflight_status", json!(199))),
        ("preflight-status", Fault::Top("preflight_status", json!(300))),
        ("preflight-status", Fault::Top("preflight_status", json!(0))),
        ("duplicate-route", Fault::Routes(vec!["GET", "get"])),
        ("duplicate-route", Fault::Routes(vec!["dELETE", "Delete"])),
        ("bad-template", Fault::Resources(vec!["broken"])),
        ("bad-template", Fault::Resources(vec![""])),
        ("bad-template", Fault::Resources(vec!["/broken/{"])),
        ("bad-template", Fault::Resources(vec!["/broken/{id"])),
        ("bad-template", Fault::Resources(vec!["/broken/{}"])),
        ("bad-template", Fault::Resources(vec!["/broken/{*}"])),
        ("bad-template", Fault::Resources(vec!["/broken/{*rest}/x"])),
        ("bad-template", Fault::Excluded(vec!["/broken/{*rest}/x"])),
        ("bad-template", Fault::Excluded(vec!["broken"])),
        ("bad-template", Fault::Resources(vec!["/broken/:id"])),
        ("bad-template", Fault::Resources(vec!["/broken/<id>"])),
        ("bad-template", Fault::Resources(vec!["/broken/*"])),
        ("bad-template", Fault::Resources(vec!["/broken/**"])),
        ("bad-template", Fault::Resources(vec!["/broken/*rest"])),
        ("bad-template", Fault::Resources(vec!["/broken/a*b"])),
        ("bad-template", Fault::Resources(vec!["/broken/{*rest*}"])),
        ("bad-template", Fault::Resources(vec!["/broken/."])),
        ("bad-template", Fault::Resources(vec!["/broken/../x"])),
        ("bad-template", Fault::Resources(vec!["/broken/%2e/x"])),
        ("bad-template", Fault::Resources(vec!["/broken/.%2E"])),
        ("bad-template", Fault::Resources(vec!["/broken?x"])),
        ("bad-template", Fault::Resources(vec!["/broken#x"])),
        ("bad-template", Fault::Excluded(vec!["/broken/:id"])),
        ("bad-template", Fault::Excluded(vec!["/broken/*"])),
        ("bad-template", Fault::Excluded(vec!["/broken/<id>/x"])),
        ("respelled-template", Fault::Resources(vec!["/broken/\u{fc}", "/broken/%C3%BC"])),
        ("respelled-template", Fault::Resources(vec!["/broken/%c3%bc", "/broken/%C3%BC"])),
        ("respelled-template", Fault::Resources(vec!["/broken/a b/{id}", "/broken/a%20b/{id}"])),
        ("respelled-template", Fault::Resources(vec!["/broken/x", "/broken/%78"])),
        ("respelled-template", Fault::Excluded(vec!["/broken/a^b", "/broken/a%5eb"])),
        ("conflicting-templates", Fault::Resources(vec!["/broken/{a}", "/broken/{b}"])),
        ("conflicting-templates", Fault::Resources(vec!["/broken/\u{fc}/{a}", "/broken/%C3%BC/{b}"])),
        ("conflicting-templates", Fault::Resources(vec!["/broken/{*a}", "/broken/{*b}"])),
        ("duplicate-template", Fault::Excluded(vec!["/broken/x", "/broken/x"])),
    ];
    all.extend(BAD_ORIGINS.iter().map(|text| ("bad-origin", Fault::Keys(vec![text.to_string()]))));
    for between in [" ", ",", " , "] {
        all.extend(
            BAD_ORIGINS.iter().map(|text| {
                ("bad-origin", Fault::Keys(vec![format!("https://broken.example{between}{text}")]))
            }),
        );
    }
    for method in ["", "G T", "GET,PUT", "M\u{e9}", "GET\n", "G/T"] {
        all.push(("bad-method", Fault::Options(json!({ "allow_methods": ["GET", method] }))));
        all.push(("bad-method", Fault::Routes(vec![method])));
    }
    for method in ["CONNECT", "TRACE", "TRACK", "trace", "Track", "cOnNeCt"] {
        all.push(("forbidden-method", Fault::Options(json!({ "allow_methods": [method] }))));
        all.push(("forbidden-method", Fault::Routes(vec!["GET", method])));
    }
    for list in ["allow_methods", "allow_headers", "expose_headers"] {
        all.push(("star-in-list", Fault::Options(json!({ list: ["*"] }))));
        all.push(("star-in-list", Fault::Options(json!({ list: ["X-A", "*", "X-B"] }))));
    }
    all.push(("star-in-name", Fault::Options(json!({ "allow_methods": ["GET", "PROP*"] }))));
    all.push(("star-in-name", Fault::Routes(vec!["GET", "PROP*"])));
    all.push(("star-in-name", Fault::Options(json!({ "allow_headers": ["X-A", "x-amz-*"] }))));
    all.push(("star-in-name", Fault::Options(json!({ "expose_headers": ["*-a"] }))));
    for list in ["allow_headers", "expose_headers"] {
        for name in ["", "X A", "X-A:", "X-A, X-B", "X-\u{fc}", " X-A", "X-A\r\n"] {
            all.push(("bad-header-name", Fault::Options(json!({ list: ["X-B", name] }))));
        }
    }
    for name in [
        "Accept-Charset",
        "Accept-Encoding",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Method",
        "Connection",
        "Content-Length",
        "Cookie",
        "Cookie2",
        "Date",
        "DNT",
        "Expect",
        "Host",
        "Keep-Alive",
        "ORIGIN",
        "referer",
        "Set-Cookie",
        "te",
        "Trailer",
        "Transfer-Encoding",
        "Upgrade",
        "Via",
        "Proxy-Anything",
        "proxy-",
        "Sec-Fetch-Mode",
        "SEC-X",
    ] {
        all.push(("forbidden-request-header", Fault::Options(json!({ "allow_headers": ["X-A", name] }))));
    }
    for name in ["Set-Cookie", "set-cookie2", "SET-COOKIE"] {
        all.push(("forbidden-response-header", Fault::Options(json!({ "expose_headers": [name, "X-A"] }))));
    }
    for risk in ["", "any-origin", "Null-Origin", "null-origin "] {
        all.push(("unknown-risk", Fault::Top("accept_risks", json!(risk))));
    }
    for (label, risk, pattern, credentials) in [
        ("risk:any-origin-with-credentials", RISKS[0], "*", true),
        ("risk:whole-scheme-with-credentials", RISKS[1], "moz-extension://*", true),
        ("risk:insecure-origin-with-credentials", RISKS[2], "http://broken.example", true),
        ("risk:insecure-origin-with-credentials", RISKS[2], "http://*.broken.example:*", true),
        ("risk:insecure-origin-with-credentials", RISKS[2], "http://128.0.0.1", true),
        ("risk:insecure-origin-with-credentials", RISKS[2], "http://[::2]:8080", true),
        ("risk:insecure-origin-with-credentials", RISKS[2], "http://notlocalhost", true),
        ("risk:insecure-origin-with-credentials", RISKS[2], "http://127.0.0.1.example.com", true),
        ("risk:public-suffix-subdomains-with-credentials", RISKS[3], "https://*.com", true),
        ("risk:public-suffix-subdomains-with-credentials", RISKS[3], "https://*.com.:8443", true),
        ("risk:public-suffix-subdomains-with-credentials", RISKS[3], "https://*.github.io:*", true),
        ("risk:public-suffix-subdomains-with-credentials", RISKS[3], "https://*.github.io.", true),
        ("risk:public-suffix-subdomains-with-credentials", RISKS[3], "https://*.unlisted-tld", true),
        ("risk:insecure-origin-with-credentials", RISKS[2], "http://app-*.broken.example", true),
        ("risk:public-suffix-subdomains-with-credentials", RISKS[3], "https://app-*-team.github.io", true),
        ("risk:public-suffix-subdomains-with-credentials", RISKS[3], "https://*-team.com.", true),
        ("risk:file-origin-with-credentials", RISKS[4], "file://", true),
        ("risk:null-origin", RISKS[5], "null", false),
        ("risk:null-origin", RISKS[5], "null", true),
    ] {
        all.push((label, Fault::Risk(risk, pattern, credentials)));
    }
    // The rare kinds as often as the common ones, nearly.
    let once = all.clone();
    for (label, fault) in once {
        if !["bad-origin", "bad-header-name", "forbidden-request-header"].contains(&label) {
            all.extend(vec![(label, fault); 3]);
        }
    }
    all
}

/// A configuration with one violation of S21 or S22, and the label of its problem. Where a risk is missing, other
/// entries of the configuration may need it, too: the label is the same.
pub fn broken_config() -> impl Strategy<Value = (Value, &'static str)> {
    let mut all: Vec<(&'static str, Option<Fault>)> =
        faults().into_iter().map(|(label, fault)| (label, Some(fault))).collect();
    all.extend(vec![("registered-and-excluded", None); 6]);
    (config(), select(all), 0usize..3).prop_map(|(mut config, (label, fault), place)| {
        match fault {
            Some(fault) => break_it(&mut config, fault, place),
            None => {
                add_excluded(&mut config, ["/broken/{id}", "/broken/%5e", "/broken/\u{fc}/{id}"][place]);
                config["resources"][["/broken/{id}", "/broken/^", "/broken/%C3%BC/{id}"][place]] = json!({});
            }
        }
        (config, label)
    })
}

fn break_it(config: &mut Value, fault: Fault, place: usize) {
    match fault {
        Fault::Top("accept_risks", risk) => config["accept_risks"].as_array_mut().unwrap().push(risk),
        Fault::Top(key, value) => config[key] = value,
        Fault::Keys(keys) => {
            for key in keys {
                level_at(config, place)["origins"][key] = json!({});
            }
        }
        Fault::Options(options) => level_at(config, place)["origins"]["https://broken.example"] = options,
        Fault::Routes(names) => {
            for name in names {
                config["resources"]["/broken"]["routes"][name] = json!({});
            }
        }
        Fault::Resources(templates) => {
            for template in templates {
                config["resources"][template] = json!({});
            }
        }
        Fault::Excluded(templates) => templates.iter().for_each(|template| add_excluded(config, template)),
        Fault::Unknown(key) => level_at(config, place)[key] = json!({}),
        Fault::UnknownInDefaults(key) => level_at(config, 0)[key] = json!({}),
        Fault::UnknownInRoute(key) => level_at(config, 2)[key] = json!({}),
        Fault::Risk(risk, pattern, credentials) => {
            config["accept_risks"].as_array_mut().unwrap().retain(|name| name != risk);
            // Not the defaults, where the pattern may be already.
            let place = if place == 0 { 1 } else { place };
            level_at(config, place)["origins"][pattern] = json!({ "allow_credentials": credentials });
        }
    }
}

/// The defaults, a resource of its own, or a route of that.
fn level_at(config: &mut Value, place: usize) -> &mut Value {
    match place {
        0 => &mut config["defaults"],
        1 => &mut config["resources"]["/broken"],
        _ => &mut config["resources"]["/broken"]["routes"]["GET"],
    }
}

fn add_excluded(config: &mut Value, template: &str) {
    config["excluded"].as_array_mut().unwrap().push(json!(template));
}

/// What no `Value` can hold: JSON texts with a repeated key (S21), each with the label of its problem.
pub const REPEATED_KEYS: &[(&str, &str)] = &[
    ("duplicate-template", r#"{"resources":{"/a":{},"/b":{},"/a":{}}}"#),
    ("duplicate-route", r#"{"resources":{"/a":{"routes":{"GET":{},"GET":{}}}}}"#),
    ("duplicate-pattern", r#"{"defaults":{"origins":{"https://a.example":{},"https://a.example":{}}}}"#),
    (
        "duplicate-pattern",
        r#"{"resources":{"/a":{"origins":{"https://a.example":{},"https://a.example":{}}}}}"#,
    ),
    (
        "duplicate-pattern",
        r#"{"resources":{"/a":{"routes":{"GET":{"origins":{"https://a.example":{},"https://a.example":{}}}}}}}"#,
    ),
];
