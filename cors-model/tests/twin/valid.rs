//! What a configuration may not say (S20 to S22), as labels. Advice (S23) is not among them.

use serde_json::Value;

use super::enforce;
use super::origin::{Host, Pattern, is_below_public_suffix, is_insecure, parse_pattern, patterns};
use super::template::{canonical, segments};
use super::{is_token, members, method_name, strings};

pub const RISKS: [&str; 6] = [
    "any-origin-with-credentials",
    "whole-scheme-with-credentials",
    "insecure-origin-with-credentials",
    "public-suffix-subdomains-with-credentials",
    "file-origin-with-credentials",
    "null-origin",
];

const FORBIDDEN_METHODS: [&str; 3] = ["CONNECT", "TRACE", "TRACK"];
const FORBIDDEN_REQUEST_HEADERS: [&str; 21] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// The label of one problem of [`config_is_valid`]: what stands before the place.
pub fn label_of(problem: &str) -> &str {
    problem.split('@').next().unwrap_or("")
}

/// Every problem as `label@place`, or none. A needed but not accepted risk is `risk:NAME`.
pub fn config_is_valid(config: &Value, is_public_suffix: &dyn Fn(&str) -> bool) -> Result<(), Vec<String>> {
    let accepted = strings(&config["accept_risks"]);
    let mut check = Check { problems: Vec::new(), accepted, is_public_suffix };
    check.top(config);
    if check.problems.is_empty() { Ok(()) } else { Err(check.problems) }
}

struct Check<'a> {
    problems: Vec<String>,
    accepted: Vec<String>,
    is_public_suffix: &'a dyn Fn(&str) -> bool,
}

impl Check<'_> {
    fn problem(&mut self, label: &str, place: &str) {
        self.problems.push(format!("{label}@{place}"));
    }

    fn keys(&mut self, value: &Value, known: &[&str], place: &str) {
        for (key, _) in members(value) {
            if !known.contains(&key) {
                self.problem("unknown-key", &format!("{place}.{key}"));
            }
        }
    }

    fn top(&mut self, config: &Value) {
        let known = [
            "accept_risks",
            "preflight_status",
            "all_resources",
            "excluded",
            "diagnostics",
            "defaults",
            "resources",
            "enforce",
        ];
        self.keys(config, &known, "");
        self.problems.extend(enforce::faults(&config["enforce"]));
        for risk in strings(&config["accept_risks"]) {
            if !RISKS.contains(&risk.as_str()) {
                self.problem("unknown-risk", &risk);
            }
        }
        if let Some(status) = config["preflight_status"].as_i64() {
            if !(200..=299).contains(&status) {
                self.problem("preflight-status", "");
            }
        }
        self.templates(config);
        self.keys(&config["defaults"], &["origins"], "defaults");
        self.level(&config["defaults"], "defaults");
        for (template, resource) in members(&config["resources"]) {
            let place = format!("resources.{template}");
            self.keys(resource, &["origins", "routes", "inherit"], &place);
            self.level(resource, &place);
            let mut seen: Vec<String> = Vec::new();
            for (method, route) in members(&resource["routes"]) {
                let place = format!("{place}.routes.{method}");
                self.method(method, &place);
                if seen.contains(&method_name(method)) {
                    self.problem("duplicate-route", &place);
                }
                seen.push(method_name(method));
                self.keys(route, &["origins", "inherit"], &place);
                self.level(route, &place);
            }
        }
    }

    /// Templates: parsed, none twice, none both registered and excluded, no two for the same paths.
    fn templates(&mut self, config: &Value) {
        let mut all: Vec<(String, &str)> = Vec::new();
        for (template, _) in members(&config["resources"]) {
            all.push((template.to_string(), "resources"));
        }
        for template in strings(&config["excluded"]) {
            all.push((template, "excluded"));
        }
        for (i, (template, list)) in all.iter().enumerate() {
            let Some(shape) = segments(template) else {
                self.problem("bad-template", template);
                continue;
            };
            for (other, other_list) in &all[..i] {
                let same = canonical(template) == canonical(other);
                if same && list == other_list {
                    let label = if template == other { "duplicate-template" } else { "respelled-template" };
                    self.problem(label, template);
                } else if same {
                    self.problem("registered-and-excluded", template);
                } else if segments(other).as_ref() == Some(&shape) {
                    self.problem("conflicting-templates", template);
                }
            }
        }
    }

    fn level(&mut self, level: &Value, place: &str) {
        let mut seen: Vec<String> = Vec::new();
        for (key, options) in members(&level["origins"]) {
            let place = format!("{place}.origins.{key}");
            if patterns(key).is_empty() {
                self.problem("empty-key", &place);
            }
            for text in patterns(key) {
                if seen.contains(&text) {
                    self.problem("duplicate-pattern", &place);
                }
                seen.push(text.clone());
                match parse_pattern(&text) {
                    Ok(pattern) => self.risks(&pattern, options["allow_credentials"] == true, &place),
                    Err(label) => self.problem(label, &place),
                }
            }
            self.options(options, &place);
        }
    }

    fn risks(&mut self, pattern: &Pattern, credentials: bool, place: &str) {
        let scheme_alone = matches!(pattern, Pattern::Named { host: Host::Scheme, .. });
        let file = matches!(pattern, Pattern::Named { scheme, .. } if scheme == "file");
        let needed = [
            credentials && *pattern == Pattern::Any,
            credentials && scheme_alone,
            credentials && is_insecure(pattern),
            credentials && is_below_public_suffix(pattern, self.is_public_suffix),
            credentials && file,
            *pattern == Pattern::Null,
        ];
        for (risk, needed) in RISKS.iter().zip(needed) {
            if needed && !self.accepted.iter().any(|name| name == risk) {
                self.problem(&format!("risk:{risk}"), place);
            }
        }
    }

    fn method(&mut self, name: &str, place: &str) {
        if name.contains('*') && is_token(name.as_bytes()) {
            self.problem("star-in-name", place);
        } else if !is_token(name.as_bytes()) {
            self.problem("bad-method", place);
        }
        if FORBIDDEN_METHODS.iter().any(|forbidden| name.eq_ignore_ascii_case(forbidden)) {
            self.problem("forbidden-method", place);
        }
    }

    fn options(&mut self, options: &Value, place: &str) {
        let known = ["allow_credentials", "allow_methods", "allow_headers", "expose_headers", "max_age"];
        self.keys(options, &known, place);
        for list in ["allow_methods", "allow_headers", "expose_headers"] {
            for name in strings(&options[list]) {
                if name == "*" {
                    self.problem("star-in-list", place);
                } else if list == "allow_methods" {
                    self.method(&name, place);
                } else if !is_token(name.as_bytes()) {
                    self.problem("bad-header-name", place);
                } else if name.contains('*') {
                    self.problem("star-in-name", place);
                } else {
                    self.header(list, &name.to_ascii_lowercase(), place);
                }
            }
        }
        let max_age = &options["max_age"];
        if max_age.is_number() && max_age.as_u64().is_none_or(|seconds| seconds > 2_147_483_647) {
            self.problem("max-age", place);
        }
    }

    fn header(&mut self, list: &str, name: &str, place: &str) {
        if list == "allow_headers" {
            let prefixed = name.starts_with("proxy-") || name.starts_with("sec-");
            if prefixed || FORBIDDEN_REQUEST_HEADERS.contains(&name) {
                self.problem("forbidden-request-header", place);
            }
        } else if name == "set-cookie" || name == "set-cookie2" {
            self.problem("forbidden-response-header", place);
        }
    }
}
