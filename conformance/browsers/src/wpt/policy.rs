//! From the header lines that a handler of WPT would write to a configuration of ours.

use serde_json::{Map, Value, json};

/// The path that every policy is for: the conformance server's, which answers with any method.
pub(super) const PATH: &str = "/hello";

/// A header line.
pub(super) type Line = (String, String);

/// What a handler grants, in its preflight's answer and in its response together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Policy {
    origins: Vec<String>,
    credentials: bool,
    methods: Option<String>,
    headers: Option<String>,
    expose: Option<String>,
    max_age: Option<String>,
    /// The status of a preflight's answer, where it matters.
    pub(super) status: Option<u16>,
}

impl Policy {
    /// Takes the lines of CORS out of others. `ECHO` as an origin is whatever asks.
    pub(super) fn take(lines: &mut Vec<Line>) -> Self {
        let mut policy = Self::default();
        lines.retain(|(name, value)| {
            let join = |old: &mut Option<String>| {
                *old = Some(old.take().map_or_else(String::new, |old| old + ",") + value);
            };
            match name.to_ascii_lowercase().as_str() {
                "access-control-allow-origin" => policy.origins.push(value.clone()),
                "access-control-allow-credentials" => policy.credentials = value == "true",
                "access-control-allow-methods" => join(&mut policy.methods),
                "access-control-allow-headers" => join(&mut policy.headers),
                "access-control-expose-headers" => join(&mut policy.expose),
                "access-control-max-age" => join(&mut policy.max_age),
                _ => return true,
            }
            false
        });
        policy
    }

    /// In JSON. Whether it is one that the library takes is for the library to say.
    pub(super) fn config(&self) -> String {
        let mut options = Map::new();
        let mut set =
            |name: &str, value: Option<Value>| value.map(|value| options.insert(name.into(), value));
        set("allow_credentials", self.credentials.then(|| true.into()));
        set("allow_methods", self.methods.as_deref().map(methods));
        set("allow_headers", self.headers.as_deref().map(names));
        set("expose_headers", self.expose.as_deref().map(names));
        let seconds = self.max_age.as_deref().and_then(|text| text.trim().parse::<i64>().ok());
        set("max_age", seconds.map(Value::from));

        let origins: Map<_, _> = self.key().map(|key| (key, Value::Object(options))).into_iter().collect();
        let mut config = json!({ "resources": { PATH: { "origins": origins } } });
        config["accept_risks"] = json!([
            "any-origin-with-credentials",
            "insecure-origin-with-credentials",
            "null-origin",
            "public-suffix-subdomains-with-credentials"
        ]);
        if let Some(status) = self.status {
            config["preflight_status"] = status.into();
        }
        config.to_string()
    }

    /// The one origin as a pattern. A handler's value is no pattern: what would be one, or several, stands for none.
    fn key(&self) -> Option<String> {
        let [origin] = &self.origins[..] else { return None };
        let origin = origin.trim_matches([' ', '\t']);
        match origin {
            ECHO if self.credentials => Some("* null".into()),
            ECHO | "*" => Some("*".into()),
            _ if origin.contains(['*', ' ', '\t']) => None,
            _ => Some(origin.into()),
        }
    }
}

/// Stands for the request's own origin.
pub(super) const ECHO: &str = "{origin}";

/// The configuration where nothing is granted.
pub(super) fn nothing() -> String {
    Policy::default().config()
}

fn elements(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).filter(|element| !element.is_empty()).collect()
}

/// Browsers let GET, HEAD and POST pass whatever the list says; the library has them listed. `put` is a method that no browser
/// asks for, and a configuration takes it for PUT: it is left out.
fn methods(text: &str) -> Value {
    const NORMALISED: [&str; 6] = ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT"];
    let elements = elements(text);
    if elements.contains(&"*") {
        return "*".into();
    }
    let mut list = NORMALISED[..3].to_vec();
    for method in elements {
        let other_case = NORMALISED.iter().any(|name| name.eq_ignore_ascii_case(method) && *name != method);
        if !other_case && !list.contains(&method) {
            list.push(method);
        }
    }
    json!(list)
}

fn names(text: &str) -> Value {
    let mut list: Vec<_> = elements(text).into_iter().map(str::to_ascii_lowercase).collect();
    if list.iter().any(|name| name == "*") {
        return "*".into();
    }
    list.sort();
    list.dedup();
    json!(list)
}

#[cfg(test)]
mod tests {
    use cors_conformance::config::{Format, Source};

    use super::*;

    fn policy(lines: &[(&str, &str)]) -> Policy {
        let mut lines = lines.iter().map(|&(name, value)| (name.into(), value.into())).collect();
        Policy::take(&mut lines)
    }

    fn origins(lines: &[(&str, &str)]) -> Value {
        let config: Value = serde_json::from_str(&policy(lines).config()).unwrap();
        config["resources"][PATH]["origins"].clone()
    }

    #[test]
    fn lines_become_one_entry() {
        let text = policy(&[
            ("access-control-allow-origin", " http://a.localhost:1\t"),
            ("Access-Control-Allow-Credentials", "true"),
            ("Access-Control-Allow-Methods", "PUT, put,,chicken"),
            ("Access-Control-Allow-Headers", "X-One"),
            ("Access-Control-Allow-Headers", "x-two , x-one"),
            ("Access-Control-Expose-Headers", "*"),
            ("Access-Control-Max-Age", "60"),
        ])
        .config();
        let config: Value = serde_json::from_str(&text).unwrap();
        let expected = json!({
            "allow_credentials": true,
            "allow_methods": ["GET", "HEAD", "POST", "PUT", "chicken"],
            "allow_headers": ["x-one", "x-two"],
            "expose_headers": "*",
            "max_age": 60,
        });
        assert_eq!(config["resources"][PATH]["origins"]["http://a.localhost:1"], expected);
        Source { text, format: Format::Json }.build().unwrap();
        Source { text: nothing(), format: Format::Json }.build().unwrap();
    }

    #[test]
    fn an_origin_is_a_value_and_no_pattern() {
        let of = |origin| origins(&[("Access-Control-Allow-Origin", origin)]);
        assert_eq!(of(ECHO), json!({ "*": {} }));
        for none in ["http://*.localhost", "* null", "**"] {
            assert_eq!(of(none), json!({}), "{none}");
        }
        let twice = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Origin", "*")];
        assert_eq!(origins(&twice), json!({}));
    }

    #[test]
    fn other_lines_stay() {
        let mut lines =
            vec![("Vary".to_owned(), "x".to_owned()), ("access-control-max-age".into(), "1".into())];
        Policy::take(&mut lines);
        assert_eq!(lines.len(), 1);
    }
}
