//! All methods for one origin and path.

use std::collections::BTreeSet;
use std::fmt::Write;

use cors_model::{Cors, PageRequest, Step};
use serde_json::Value;

use crate::explain::assumptions::{Assumptions, missing};
use crate::explain::one;
use crate::text::{bad, bold, good, hanging};

const USUAL: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/// The usual methods, then those that the configuration names besides.
pub(crate) fn methods(cors: &Cors) -> Vec<String> {
    let mut named = BTreeSet::new();
    if let Ok(config) = serde_json::to_value(cors.config()) {
        collect(&config, &mut named);
    }
    let usual = USUAL.map(str::to_owned);
    // A method in another case than the usual one is the usual one, but for PATCH.
    named.retain(|name| {
        !USUAL.iter().any(|usual| usual.eq_ignore_ascii_case(name) && (*usual != "PATCH" || usual == name))
    });
    usual.into_iter().chain(named).collect()
}

/// The keys of `routes`, and the elements of `allow_methods`.
fn collect(value: &Value, named: &mut BTreeSet<String>) {
    match value {
        Value::Object(table) => {
            for (key, value) in table {
                match (key.as_str(), value) {
                    ("routes", Value::Object(routes)) => named.extend(routes.keys().cloned()),
                    ("allow_methods", Value::Array(list)) => {
                        named.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
                collect(value, named);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| collect(value, named)),
        _ => {}
    }
}

pub(crate) fn text(
    cors: &Cors,
    path: &str,
    requests: &[PageRequest],
    assumptions: &Assumptions<'_>,
) -> String {
    let Some(first) = requests.first() else { return String::new() };
    let mut text = one::title(path, first, assumptions);
    let width = requests.iter().map(|request| request.method().len()).max().unwrap_or(0).max("METHOD".len());
    let head = format!("{:<width$}  PREFLIGHT  REQUEST   RESPONSE", "METHOD");
    let _ = write!(text, "\n{}\n", bold(head));
    let mut steps: Vec<Step> = Vec::new();
    let mut unasked = BTreeSet::new();
    for request in requests {
        let exchange = assumptions.exchange(cors, path, request);
        unasked.extend(exchange.unasked().map(str::to_owned));
        let (preflight, sent) = match (exchange.preflight(), exchange.sent()) {
            (None, _) => ("none     ".into(), good("sent    ")),
            (Some(_), Ok(())) => (good("allowed  "), good("sent    ")),
            (Some(_), Err(_)) => (bad("refused  "), bad("not sent")),
        };
        let read = match (exchange.sent(), exchange.read()) {
            (_, Ok(())) => good("the page may read it"),
            (Ok(()), Err(_)) => bad("the page may not read it"),
            (Err(_), _) => "-".into(),
        };
        let _ = writeln!(text, "{:<width$}  {preflight}  {sent}  {read}", request.method());
        let decisive = exchange.preflight().filter(|_| exchange.sent().is_err());
        for step in decisive.unwrap_or(exchange.response()).steps() {
            // That each of them is a preflight stands in the table.
            let is_new = !steps.contains(step) && (step.rule() != "S6" || steps.is_empty());
            if is_new {
                steps.push(step.clone());
            }
        }
    }
    text.push('\n');
    for step in &steps {
        text.push_str(&hanging(&format!("{:<4} ", step.rule()), step.text()));
    }
    text.push_str(&missing(unasked.iter().map(String::as_str)));
    text
}
