//! S27 and S30 as other programs see them: each event is a line of JSON in a file.
#![cfg(unix)]

use std::fs;

use common::places;
use cors_conformance::subject::Attach;
use serde_json::{Value, json};

mod common;

struct Server(common::Server);

impl Server {
    fn start(adapter: &str, attach: Attach, config: &str, second: Option<&str>) -> Self {
        Self(common::Server::start(adapter, attach, config, |files| {
            let Some(second) = second else { return Vec::new() };
            fs::write(files.join("second.toml"), second).unwrap();
            vec!["--report-only".into(), files.join("second.toml").into()]
        }))
    }

    /// Sends a request, and returns the events that it caused, with the members that the contract names.
    fn events(&self, request: &str, lines: &[&str]) -> Vec<Value> {
        let before = self.0.events().len();
        self.0.send(request, lines);
        let named = ["event", "reason", "origin", "method", "path"];
        let short =
            |event: &Value| named.into_iter().map(|name| (name.to_owned(), event[name].clone())).collect();
        self.0.events()[before..].iter().map(short).collect()
    }
}

fn event(event: &str, reason: Option<&str>, origin: Option<&str>, method: &str, path: &str) -> Value {
    json!({ "event": event, "reason": reason, "origin": origin, "method": method, "path": path })
}

const EVIL: &str = "https://evil.example";
const GOOD: &str = "https://a.example";

#[test]
fn what_is_refused_or_not_shared_is_an_event() {
    let config = "[resources.'/hello'.origins.'https://a.example']\nallow_methods = ['GET']\n";
    for (adapter, attach) in places() {
        let server = Server::start(adapter, attach, config, None);
        let of = |request, lines: &[&str]| server.events(request, lines);
        let preflight = |origin: &str, method: &str, headers: &str| {
            let lines = [
                format!("Origin: {origin}"),
                format!("Access-Control-Request-Method: {method}"),
                format!("Access-Control-Request-Headers: {headers}"),
            ];
            of("OPTIONS /hello?x=y", &lines.each_ref().map(String::as_str))
        };
        let refused =
            |reason, origin, method| [event("refused", Some(reason), Some(origin), method, "/hello")];
        assert_eq!(preflight(EVIL, "GET", "x-a"), refused("origin", EVIL, "GET"), "{adapter} {attach}");
        assert_eq!(preflight(GOOD, "PUT", ""), refused("method", GOOD, "PUT"), "{adapter} {attach}");
        assert_eq!(preflight(GOOD, "GET", "x-a"), refused("header", GOOD, "GET"), "{adapter} {attach}");
        assert_eq!(preflight(GOOD, "GET", "x a"), refused("malformed", GOOD, "GET"), "{adapter} {attach}");
        let not_shared =
            |reason, origin, method| [event("not-shared", Some(reason), Some(origin), method, "/hello")];
        let evil = format!("Origin: {EVIL}");
        let good = format!("Origin: {GOOD}");
        assert_eq!(of("GET /hello?x=y", &[&evil]), not_shared("origin", EVIL, "GET"), "{adapter} {attach}");
        assert_eq!(of("PUT /hello", &[&good]), not_shared("method", GOOD, "PUT"), "{adapter} {attach}");
        let malformed = not_shared("malformed", "https://a.example/", "GET");
        assert_eq!(of("GET /hello", &["Origin: https://a.example/"]), malformed, "{adapter} {attach}");
        let quiet: [(&str, &[&str]); 6] = [
            ("GET /hello", &[&good]),
            ("GET /hello", &[]),
            ("GET /hello", &[&evil, "Sec-Fetch-Site: same-origin"]),
            ("GET /hello", &[&evil, "Host: evil.example"]),
            ("GET /other", &[&evil]),
            ("OPTIONS /other", &[&evil, "Access-Control-Request-Method: GET"]),
        ];
        for (request, lines) in quiet {
            assert_eq!(of(request, lines), [Value::Null; 0], "{adapter} {attach}: {request} {lines:?}");
        }
    }
}

#[test]
fn what_enforcement_does_is_an_event() {
    for (mode, name) in [("refuse", "enforced"), ("report", "would-enforce")] {
        let config = format!(
            "[enforce]\nmode = '{mode}'\nhosts = ['own.example']\n[resources.'/hello'.origins.'{GOOD}']\n"
        );
        for (adapter, attach) in places() {
            let server = Server::start(adapter, attach, &config, None);
            let host = server.events("GET /hello", &["Host: other.example"]);
            assert_eq!(host, [event(name, Some("host"), None, "GET", "/hello")], "{adapter} {attach}");
            let evil = format!("Origin: {EVIL}");
            let site = server.events("POST /hello", &["Host: own.example", &evil]);
            assert_eq!(
                site[0],
                event(name, Some("cross-site"), Some(EVIL), "POST", "/hello"),
                "{adapter} {attach}"
            );
            // Where it goes on, the response is not shared, as ever.
            let others =
                (mode == "report").then(|| event("not-shared", Some("origin"), Some(EVIL), "POST", "/hello"));
            assert_eq!(site[1..], *others.as_slice(), "{adapter} {attach}");
        }
    }
}

#[test]
fn a_second_policy_only_reports() {
    let first = format!("[resources.'/hello'.origins.'{GOOD}']\n[resources.'/other'.origins.'{GOOD}']\n");
    let second = format!(
        "[resources.'/hello'.origins.'https://b.example']\n[resources.'/other'.origins.'{GOOD}']\nallow_credentials = true\n"
    );
    for (adapter, attach) in places() {
        let server = Server::start(adapter, attach, &first, Some(&second));
        let good = format!("Origin: {GOOD}");
        let lost = server.events("GET /hello", &[&good]);
        assert_eq!(lost.len(), 1, "{adapter} {attach}: {lost:?}");
        assert_eq!((&lost[0]["event"], &lost[0]["origin"]), (&json!("would-lose"), &json!(GOOD)));
        let gained = server.events("GET /hello", &["Origin: https://b.example"]);
        let events: Vec<_> = gained.iter().map(|event| event["event"].as_str().unwrap()).collect();
        assert!(
            events.contains(&"would-gain") && events.contains(&"not-shared"),
            "{adapter} {attach}: {events:?}"
        );
        let credentials = server.events("GET /other", &[&good]);
        assert_eq!(credentials.len(), 1, "{adapter} {attach}: {credentials:?}");
        assert_eq!(credentials[0]["event"], "would-gain", "{adapter} {attach}");
        assert_eq!(server.events("GET /hello", &[]), [Value::Null; 0], "{adapter} {attach}");
    }
}
