//! Who asks: origins that a pattern matches, and some that only look like it.

use std::fmt;

use crate::config::ResourceOptions;
use crate::grammar::origin::{Origin, is_web};
use crate::grammar::pattern::{HostPattern, Pattern, PortPattern};

/// Whose page sends a request.
#[derive(Clone, Debug)]
pub(super) struct Asker<'a> {
    /// None for a request without an `Origin` line.
    pub(super) origin: Option<String>,
    pub(super) role: Role<'a>,
    /// A method at which the pattern counts, if it stands in a route.
    pub(super) method: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Role<'a> {
    Matching(&'a str, &'a ResourceOptions),
    Alike(&'a str),
    Foreign,
    Opaque,
    Nobody,
}

impl fmt::Display for Role<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matching(pattern, _) => write!(f, "from an origin that {pattern} matches"),
            Self::Alike(pattern) => write!(f, "from an origin that only looks like {pattern}"),
            Self::Foreign => f.write_str("from a foreign origin"),
            Self::Opaque => f.write_str("from the origin null"),
            Self::Nobody => f.write_str("without an origin"),
        }
    }
}

/// Those who ask at every resource.
pub(super) fn strangers() -> [Asker<'static>; 3] {
    let asker = |origin: Option<&str>, role| Asker { origin: origin.map(Into::into), role, method: None };
    [asker(Some(FOREIGN), Role::Foreign), asker(Some("null"), Role::Opaque), asker(None, Role::Nobody)]
}

/// Those who ask because of a pattern.
pub(super) fn of_pattern<'a>(
    text: &'a str,
    options: &'a ResourceOptions,
    method: Option<&'a str>,
) -> Vec<Asker<'a>> {
    let Ok(pattern) = Pattern::parse(text) else { return Vec::new() };
    let (matching, alike) = origins(pattern);
    let matching = matching.into_iter().map(|origin| (origin, Role::Matching(text, options)));
    let alike = alike.into_iter().map(|origin| (origin, Role::Alike(text)));
    let askers = matching.chain(alike).filter(|(origin, _)| origin == "null" || is_origin(origin));
    askers.map(|(origin, role)| Asker { origin: Some(origin), role, method }).collect()
}

/// What two patterns have in common for which the same questions are worth asking. Each source is of its own kind.
pub(super) fn kind(text: &str) -> Option<(&str, PortPattern)> {
    let fixed = PortPattern::Fixed(None);
    Some(match Pattern::parse(text).ok()? {
        Pattern::Null => ("null", fixed),
        Pattern::Any => ("any", fixed),
        Pattern::Source(_) => (text, fixed),
        Pattern::Scheme(_) => ("scheme", fixed),
        Pattern::Tuple { host, port, .. } => {
            let host = match host {
                HostPattern::Exact(_) => "exact",
                HostPattern::Under(_) => "subdomain",
                HostPattern::Label { .. } => "label",
            };
            (host, if port == PortPattern::Any { port } else { fixed })
        }
    })
}

pub(super) fn is_origin(text: &str) -> bool {
    Origin::parse(text.as_bytes()).is_some()
}

const FOREIGN: &str = "https://foreign.example";

/// Origins that the pattern matches, and look-alikes. Not all of them are origins that a browser can send.
fn origins(pattern: Pattern<'_>) -> (Vec<String>, Vec<String>) {
    let (scheme, host, port) = match pattern {
        Pattern::Null => return (vec!["null".into()], Vec::new()),
        Pattern::Any => return (vec![FOREIGN.into()], Vec::new()),
        // Only the source knows its origins.
        Pattern::Source(_) => return (Vec::new(), Vec::new()),
        Pattern::Scheme(scheme) => {
            return (vec![format!("{scheme}://kit")], vec![format!("{scheme}x://kit")]);
        }
        Pattern::Tuple { scheme, host, port } => (scheme, host, port),
    };
    let (hosts, alike) = hosts(host);
    let ports: &[String] = &match port {
        PortPattern::Fixed(None) => vec![String::new()],
        PortPattern::Fixed(Some(port)) => vec![format!(":{port}")],
        PortPattern::Any => vec![String::new(), ":3000".into()],
    };
    let with = |hosts: &[String], ports: &[String]| -> Vec<String> {
        let all = hosts.iter().flat_map(|host| ports.iter().map(move |port| (host, port)));
        all.map(|(host, port)| format!("{scheme}://{host}{port}")).collect()
    };
    let matching = with(&hosts, ports);
    let mut others = with(&alike, &ports[..1]);
    if port != PortPattern::Any {
        others.extend(with(&hosts[..1], &[":49152".into()]));
    }
    if is_web(scheme.as_bytes()) {
        let other = if scheme == "https" { "http" } else { "https" };
        others.push(format!("{other}://{}{}", hosts[0], ports[0]));
    }
    (matching, others)
}

/// Hosts that the pattern matches, one at least, and look-alikes.
fn hosts(host: HostPattern<'_>) -> (Vec<String>, Vec<String>) {
    match host {
        HostPattern::Exact(host) => {
            (vec![host.into()], vec![format!("not{host}"), format!("{host}.foreign.example")])
        }
        HostPattern::Under(base) => (
            vec![format!("x.{base}"), format!("y.x.{base}")],
            vec![base.into(), format!("not{base}"), format!("x.{base}.foreign.example")],
        ),
        HostPattern::Label { beginning, end, base } => {
            let label = format!("{beginning}x{end}");
            let unhyphened = format!("{}x{}", beginning.trim_end_matches('-'), end.trim_start_matches('-'));
            (
                vec![format!("{label}.{base}")],
                vec![
                    format!("{unhyphened}.{base}"),
                    format!("y.{label}.{base}"),
                    format!("{label}.{base}.foreign.example"),
                ],
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::origins::Origins;

    #[test]
    fn matching_origins_match_and_look_alikes_do_not() {
        for text in [
            "https://a.example",
            "http://localhost:*",
            "https://a.example:8443",
            "https://*.a.example",
            "https://*.a.example:*",
            "https://app-*.a.example",
            "https://*-team.a.example",
            "https://app-*-team.a.example:*",
            "http://127.0.0.1:*",
            "http://[::1]:3000",
            "app://inner",
            "app://",
            "moz-extension://*",
            "file://",
            "null",
            "*",
        ] {
            let pattern = Pattern::parse(text).unwrap();
            let mut origins = Origins::default();
            let id = origins.insert(text, pattern);
            let options = ResourceOptions::new();
            let askers = of_pattern(text, &options, None);
            assert!(matches!(askers[0].role, Role::Matching(..)), "{text}");
            for asker in askers {
                let origin = asker.origin.unwrap();
                let found = origins.visit(origin.as_bytes(), |other, _| Some(other));
                let is_match = matches!(asker.role, Role::Matching(..));
                assert_eq!(found == Some(id), is_match, "{text}: {origin}");
            }
        }
    }
}
