//! One origin for each pattern of two configurations.

use std::collections::HashSet;

use crate::config::{CorsConfig, OriginMap};
use crate::grammar::pattern::{HostPattern, Pattern, PortPattern, source_name};
use crate::policy::origins::Origins;

/// Each pattern with an origin of which it is the most specific pattern, if there is one. Beside `*` there is always `null`, which it
/// matches without credentials alone.
pub(super) fn representatives(configs: [&CorsConfig; 2]) -> Vec<(String, String)> {
    let texts =
        configs.into_iter().flat_map(CorsConfig::maps).flat_map(OriginMap::patterns).map(|(text, _)| text);
    let mut seen = HashSet::new();
    let mut texts: Vec<_> = texts.filter(|&text| seen.insert(text)).collect();
    if seen.contains("*") && seen.insert("null") {
        texts.push("null");
    }
    let mut origins = Origins::default();
    let mut parsed = Vec::new();
    for text in texts {
        if let Ok(pattern) = Pattern::parse(text) {
            parsed.push((text, pattern, origins.insert(text, pattern)));
        }
    }
    let origin = |&(text, pattern, id): &(&str, Pattern<'_>, u32)| {
        // A source has only the origin that stands for it.
        let counts = |other| other == id || source_name(origins.text(other)).is_none();
        let is_its_own = |origin: &String| {
            origins.visit(origin.as_bytes(), |other, _| counts(other).then_some(other)) == Some(id)
        };
        // No other pattern takes two of the candidates, unless it takes all.
        let mut candidates = (0..=parsed.len()).map(|number| candidate(text, pattern, number));
        let origin = candidates.find(is_its_own).unwrap_or_else(|| candidate(text, pattern, 0));
        (text.to_owned(), origin)
    };
    parsed.iter().map(origin).collect()
}

/// An origin that the pattern matches, another one for each number.
fn candidate(text: &str, pattern: Pattern<'_>, number: usize) -> String {
    let label = label(number);
    match pattern {
        Pattern::Null => text.into(),
        Pattern::Any if number == 0 => "https://foreign.example".into(),
        Pattern::Any => format!("https://foreign.example{number}"),
        Pattern::Source(name) => format!("https://{name}.example{}", "x".repeat(number)),
        Pattern::Scheme(scheme) => format!("{scheme}://{label}"),
        Pattern::Tuple { scheme, host, port } => {
            let host = match host {
                HostPattern::Exact(host) => host.into(),
                HostPattern::Under(base) => format!("{label}.{base}"),
                HostPattern::Label { beginning, end, base } => format!("{beginning}{label}{end}.{base}"),
            };
            match port {
                PortPattern::Fixed(Some(port)) => format!("{scheme}://{host}:{port}"),
                PortPattern::Any if number > 0 => format!("{scheme}://{host}:{}", 8_000 + number),
                PortPattern::Fixed(None) | PortPattern::Any => format!("{scheme}://{host}"),
            }
        }
    }
}

/// `x`, `y` and so on: as short as possible, since a label and a host have a longest length.
fn label(mut number: usize) -> String {
    const LETTERS: &[u8; 26] = b"xyzabcdefghijklmnopqrstuvw";
    let mut label = String::new();
    loop {
        label.push(LETTERS[number % LETTERS.len()].into());
        number /= LETTERS.len();
        if number == 0 {
            return label;
        }
        number -= 1;
    }
}
