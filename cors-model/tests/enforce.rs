//! Enforcement (S28): what the conformance cases cannot ask over HTTP/1.1, and how it is written.

mod common;

use common::{A, B, build, headers};
use cors_model::{
    Cors, CorsConfig, CorsRequest, Decision, Enforce, Refusal, Reply, Resource, ResourceOptions, Route,
    Target, Verdict,
};
use http::HeaderMap;

const HOST: &str = "api.example";

fn options() -> ResourceOptions {
    ResourceOptions::new()
}

/// Two origins that may read, of which one has credentials. Nothing is enforced.
fn shared() -> CorsConfig {
    CorsConfig::new()
        .add(Resource::at("/r").also(A, options().allow_credentials()).also(B, options()))
        .add(Resource::at("/get").add(Route::on("GET").also(B, options())))
}

fn config(enforce: Enforce) -> CorsConfig {
    shared().enforce(enforce)
}

fn policy() -> Cors {
    build(config(Enforce::refuse()))
}

/// Why the request is refused, if enforcement does it.
fn refused(cors: &Cors, request: &CorsRequest<'_, HeaderMap>) -> Option<Refusal> {
    match cors.judge(request) {
        Verdict::Answer(Reply::Refused(_)) => cors.judge(request).refusal(),
        _ => None,
    }
}

/// With the host of the request's target, and its `Host` lines.
fn served(cors: &Cors, authority: Option<&str>, hosts: &[&str]) -> bool {
    let lines: Vec<_> = hosts.iter().map(|&host| ("host", host)).collect();
    let request = headers(&lines);
    refused(cors, &CorsRequest::new("/r", "GET", &request).authority(authority)) != Some(Refusal::Host)
}

/// From an origin, without cookies, at a path.
fn may_send(cors: &Cors, method: &str, path: &str, origin: &str) -> bool {
    let request = headers(&[("host", HOST), ("origin", origin)]);
    refused(cors, &CorsRequest::new(path, method, &request)).is_none()
}

#[test]
fn s28_0_the_host_of_the_target_comes_before_the_host_line() {
    let cors = build(config(Enforce::refuse().hosts([HOST])));
    for (authority, hosts, expected) in [
        (None, &[HOST][..], true),
        (None, &[], false),
        (None, &[HOST, HOST], false),
        (Some(HOST), &[], true),
        (Some("API.example:443"), &[], true),
        (Some(HOST), &["evil.example"], true),
        (Some(HOST), &[HOST, HOST], true),
        (Some("evil.example"), &[HOST], false),
        (Some(""), &[HOST], false),
        (Some("me@api.example"), &[HOST], false),
        (Some("api.example:"), &[HOST], false),
        (Some("api.example:8443"), &[HOST], false),
    ] {
        assert_eq!(served(&cors, authority, hosts), expected, "{authority:?} {hosts:?}");
    }
}

#[test]
fn s28_0_an_empty_list_of_hosts_serves_none() {
    let cors = build(config(Enforce::refuse().hosts([""; 0])));
    assert!(!served(&cors, Some(HOST), &[HOST]));
}

#[test]
fn s28_0_a_host_as_long_as_anybody_sends_is_only_not_in_the_list() {
    let longest = format!("{}.example.", ["a"; 122].join("."));
    assert_eq!(longest.len(), 252);
    let cors = build(config(Enforce::refuse().hosts([format!("{longest}:*")])));
    assert!(served(&cors, Some(&format!("{}:65535", longest.to_uppercase())), &[]));
    assert!(!served(&cors, Some(&"a".repeat(70_000)), &[]));
}

#[test]
fn s28_8_an_authority_is_the_host_that_an_origin_is_compared_with() {
    let cors = policy();
    let is_own = |authority, host, origin| {
        let request = headers(&[("host", host), ("origin", origin)]);
        refused(&cors, &CorsRequest::new("/elsewhere", "POST", &request).authority(authority)).is_none()
    };
    assert!(is_own(Some(HOST), "evil.example", "https://api.example"));
    assert!(is_own(Some("api.example:443"), HOST, "https://api.example"));
    assert!(is_own(Some("[::1]:3000"), "", "http://[::1]:3000"));
    assert!(is_own(Some("inner.app"), "", "app://inner.app"));
    assert!(!is_own(Some("evil.example"), HOST, "https://api.example"));
    assert!(!is_own(Some(""), HOST, "https://api.example"));
    assert!(!is_own(Some(""), "", "app://"));
    assert!(!is_own(Some(""), "", "file://"));
    assert!(!is_own(Some("api.example:0443"), "", "https://api.example"));
}

#[test]
fn s28_5_connect_and_a_handshake_count_as_get() {
    let cors = policy();
    assert!(may_send(&cors, "CONNECT", "/get", B));
    assert!(!may_send(&cors, "CONNECT", "/get", A));
    assert!(!may_send(&cors, "CONNECT", "/elsewhere", B));
    let handshake = |method, origin| {
        let request = headers(&[("host", HOST), ("origin", origin), ("upgrade", "x, WebSocket")]);
        refused(&cors, &CorsRequest::new("/get", method, &request)).is_none()
    };
    assert!(handshake("GET", B) && handshake("OPTIONS", B));
    assert!(!handshake("GET", A) && !handshake("HEAD", A) && !handshake("OPTIONS", A));
    // No handshake has another method.
    assert!(!handshake("POST", B));
    // A target without a path is no resource.
    assert!(!may_send(&cors, "CONNECT", "api.example:443", B));
    assert!(!may_send(&cors, "CONNECT", "*", B));
}

#[test]
fn s28_3_methods_are_case_sensitive_and_unknown_ones_are_not_safe() {
    let cors = policy();
    for method in ["GET", "HEAD", "OPTIONS"] {
        assert!(may_send(&cors, method, "/r", "https://evil.example"), "{method}");
    }
    for method in
        ["get", "Head", "options", "POST", "PUT", "PATCH", "DELETE", "QUERY", "TRACE", "BREW", "*", ""]
    {
        assert!(!may_send(&cors, method, "/r", "https://evil.example"), "{method}");
    }
}

#[test]
fn s28_holds_at_one_resource_and_whatever_router_found_it() {
    let cors = policy();
    let key = cors.resource("/r").and_then(|resource| resource.key()).expect("a resource");
    let request = headers(&[("host", HOST), ("origin", "https://evil.example")]);
    let at = |path, target| refused(&cors, &CorsRequest::new(path, "POST", &request).target(target));
    assert_eq!(at("/anything", Target::Resource(key)), Some(Refusal::CrossSite));
    assert_eq!(at("/r", Target::Routed(Some("/r"))), Some(Refusal::CrossSite));
    assert_eq!(at("/r", Target::Routed(None)), Some(Refusal::CrossSite));
    let friend = headers(&[("host", HOST), ("origin", B)]);
    let at = |path, target| refused(&cors, &CorsRequest::new(path, "POST", &friend).target(target));
    assert_eq!(at("/anything", Target::Resource(key)), None);
    assert_eq!(at("/r", Target::Routed(Some("/r"))), None);
    assert_eq!(at("/r", Target::Routed(None)), Some(Refusal::CrossSite));
    // The key of another policy finds nothing, so nothing holds there.
    let other = policy();
    let request = CorsRequest::new("/r", "POST", &request).target(Target::Resource(key));
    assert!(matches!(other.judge(&request), Verdict::Pass));
}

#[test]
fn s28_a_refusal_has_the_headers_of_a_response_there() {
    let cors = build(
        config(Enforce::refuse().hosts([HOST]))
            .defaults([(A, options().allow_credentials().allow_timing().expose_headers(cors_model::Any))])
            .add(Resource::at("/any").only([("*", options().allow_timing())])),
    );
    let lines = |method: &str, path: &str, lines: &[(&'static str, &str)]| {
        let request = headers(lines);
        let Decision::Answer(reply) = cors.decide(&CorsRequest::new(path, method, &request)) else {
            panic!("not refused")
        };
        let mut written = HeaderMap::new();
        let answer = cors.answer(reply, &request, &mut written);
        let lines = written.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
        let mut lines: Vec<_> = lines.collect();
        lines.sort();
        (answer.status.as_u16(), String::from_utf8(answer.body.to_vec()).unwrap(), lines.join("\n"))
    };
    let (host, site) = (Refusal::Host.sentence().to_owned(), Refusal::CrossSite.sentence().to_owned());
    let plain = "cache-control: no-store\ncontent-type: text/plain; charset=utf-8";
    let from_a = "access-control-allow-credentials: true\naccess-control-allow-origin: https://a.example\n";
    assert_eq!(
        lines("GET", "/r", &[("host", "evil.example"), ("origin", A)]),
        (403, host.clone(), format!("{from_a}{plain}\nvary: Origin"))
    );
    assert_eq!(
        lines("OPTIONS", "/r", &[("origin", A), ("access-control-request-method", "GET")]),
        (
            403,
            host.clone(),
            format!("{plain}\nvary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
        )
    );
    assert_eq!(lines("GET", "/elsewhere", &[("origin", A)]), (403, host, plain.into()));
    assert_eq!(
        lines("POST", "/any", &[("host", HOST), ("origin", B), ("cookie", "a=b")]),
        (403, site, format!("access-control-allow-origin: *\n{plain}"))
    );
}

#[test]
fn s28_a_report_changes_no_verdict() {
    let reporting = build(config(Enforce::report().hosts([HOST])));
    let off = build(shared());
    for lines in [
        &[("origin", "https://evil.example")][..],
        &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("cookie", "a=b")],
        &[("host", "evil.example"), ("origin", A), ("access-control-request-method", "POST")],
        &[],
    ] {
        let request = headers(lines);
        for method in ["GET", "POST", "OPTIONS"] {
            for path in ["/r", "/get", "/elsewhere"] {
                let request = CorsRequest::new(path, method, &request);
                assert_eq!(
                    verdict(&reporting, &request),
                    verdict(&off, &request),
                    "{method} {path} {lines:?}"
                );
            }
        }
    }
    let request = headers(&[("host", HOST), ("origin", "https://evil.example")]);
    let explained = reporting.explain(&CorsRequest::new("/r", "POST", &request)).to_string();
    assert!(explained.contains("it would be refused, but the mode is `report`"), "{explained}");
}

/// What it comes to, without the number of the policy.
fn verdict(cors: &Cors, request: &CorsRequest<'_, HeaderMap>) -> String {
    let explanation = cors.explain(request);
    let kind = match explanation.verdict() {
        Verdict::Pass => "pass",
        Verdict::Answer(Reply::Preflight(_)) => "preflight",
        Verdict::Answer(_) => "refused",
        Verdict::Actual(_) => "actual",
    };
    format!("{kind} {:?} {:?}", explanation.verdict().refusal(), explanation.headers())
}

#[test]
fn s28_exemptions_are_found_by_every_reading_of_a_path() {
    let cors = build(CorsConfig::new().add(Resource::at("/r").also(A, options())).enforce(
        Enforce::refuse().exempt([
            "POST /hooks/{id}",
            "/a b",
            "/hooks/{id}/test",
            "put /one",
            "/one/x",
            "POST /one",
            "POST /one",
        ]),
    ));
    for (method, path, expected) in [
        ("POST", "/hooks/7", true),
        ("POST", "/hooks/7?x=/../y", true),
        ("POST", "/hooks/%37", true),
        ("PUT", "/hooks/7", false),
        ("POST", "/hooks/7/", false),
        ("POST", "/hooks/7/test", true),
        ("PUT", "/hooks/7/test", true),
        ("POST", "/hooks/7%2Ftest", false),
        ("POST", "/hooks/7\\test", false),
        ("POST", "/hooks//7", false),
        // Nothing is found if the slash separates, which objects here.
        ("POST", "/hooks/a%2Fb", false),
        ("POST", "/hooks/a\\b", false),
        ("POST", "/hooks/../r", false),
        ("POST", "/hooks/x%2F..%2Fr", false),
        ("POST", "/hooks/%2e", false),
        ("POST", "/a%20b", true),
        ("PUT", "/one", true),
        ("POST", "/one", true),
        ("PATCH", "/one", false),
        ("post", "/one", false),
        ("PATCH", "/one/x", true),
        ("CONNECT", "*", false),
    ] {
        assert_eq!(may_send(&cors, method, path, "https://evil.example"), expected, "{method} {path}");
    }
}

#[test]
fn s28_is_off_unless_it_is_asked_for() {
    let cors = build(shared());
    assert!(may_send(&cors, "POST", "/r", "https://evil.example"));
    assert!(may_send(&cors, "POST", "/elsewhere", "https://evil.example"));
}

#[cfg(feature = "serde")]
mod in_a_file {
    use super::*;

    fn read(toml: &str) -> CorsConfig {
        toml::from_str(toml).unwrap_or_else(|error| panic!("{toml}: {error}"))
    }

    #[test]
    fn s28_a_file_says_what_the_builder_says_and_comes_back_the_same() {
        for (toml, enforce) in [
            ("[enforce]", Enforce::refuse()),
            ("[enforce]\nmode = \"refuse\"", Enforce::refuse()),
            ("[enforce]\nmode = \"report\"\nhosts = []", Enforce::report().hosts([""; 0])),
            (
                "[enforce]\nhosts = [\"api.example\", \"LOCALHOST:*\"]\nexempt = [\"POST /hooks/{id}\", \"/a b\"]",
                Enforce::refuse()
                    .hosts(["api.example"])
                    .hosts(["LOCALHOST:*"])
                    .exempt(["POST /hooks/{id}", "/a b"]),
            ),
        ] {
            let written = build(CorsConfig::new().enforce(enforce));
            assert_eq!(build(read(toml)), written, "{toml}");
            let saved = toml::to_string(written.config()).unwrap();
            assert_eq!(build(read(&saved)), written, "{saved}");
            let saved = serde_json::to_string(written.config()).unwrap();
            assert_eq!(build(serde_json::from_str(&saved).unwrap()), written, "{saved}");
        }
        let without = build(CorsConfig::new());
        assert_ne!(build(read("[enforce]")), without);
        assert!(!toml::to_string(without.config()).unwrap().contains("enforce"));
    }
}

#[test]
fn s21_a_host_in_unicode_gets_its_punycode_or_how_to_find_it() {
    let errors = config(Enforce::refuse().hosts(["b\u{fc}cher.example:8443"])).build().unwrap_err();
    let help = if cfg!(feature = "idna") {
        "write xn--bcher-kva.example:8443"
    } else {
        "copy what `location.host` shows"
    };
    assert!(errors.to_string().contains(help), "{errors}");
}
