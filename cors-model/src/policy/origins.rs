//! All origin patterns of a configuration, numbered, and the way from a request's origin to those that match it.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use crate::grammar::origin::Origin;
use crate::grammar::pattern::{HostPattern, MAX_BASE, Pattern, PortPattern, before_port};
use crate::grammar::token::position;
use crate::policy::labels::Labels;
use crate::policy::number;
use crate::policy::sources::SourceId;

/// The number of a pattern.
pub(crate) type PatternId = u32;

/// What a request's `Origin` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginKind {
    WellFormed,
    Null,
    Malformed,
}

/// How a pattern was found for an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It matches.
    Named,
    /// It is `*`: whether it matches depends on credentials, too.
    Any(OriginKind),
    /// It is a source, which may not have been asked.
    Source(SourceId),
}

/// Exact origins are found by their bytes. For a subdomain its base domains are looked up, the longest one first, and in front of the
/// longest one the label that stands there.
#[derive(Default)]
pub(crate) struct Origins {
    /// The texts of the patterns, by number.
    texts: Vec<String>,
    exact: HashMap<Vec<u8>, PatternId>,
    any_port: HashMap<Vec<u8>, PatternId>,
    schemes: HashMap<Vec<u8>, Root>,
    null: Option<PatternId>,
    /// The number of `*`.
    pub(crate) any: Option<PatternId>,
    /// In the order of their names: the place of each is its [`SourceId`].
    sources: BTreeMap<String, PatternId>,
}

/// The patterns of one scheme with a wildcard in the host.
#[derive(Default)]
struct Root {
    whole: Option<PatternId>,
    /// By base domain.
    under: HashMap<Vec<u8>, Ports>,
    labels: HashMap<Vec<u8>, Labels<Ports>>,
}

/// The patterns that differ in their port alone.
type Ports = HashMap<PortPattern, PatternId>;

impl Origins {
    /// Numbers a pattern. The same pattern gets the same number.
    pub(crate) fn insert(&mut self, text: &str, pattern: Pattern<'_>) -> PatternId {
        let new = number(self.texts.len());
        let id = match pattern {
            Pattern::Null => *self.null.get_or_insert(new),
            Pattern::Any => *self.any.get_or_insert(new),
            Pattern::Source(name) => *self.sources.entry(name.into()).or_insert(new),
            Pattern::Scheme(scheme) => *self.root(scheme).whole.get_or_insert(new),
            Pattern::Tuple { host: HostPattern::Exact(_), port: PortPattern::Fixed(_), .. } => {
                *self.exact.entry(text.into()).or_insert(new)
            }
            Pattern::Tuple { host: HostPattern::Exact(_), port: PortPattern::Any, .. } => {
                *self.any_port.entry(text.strip_suffix(":*").unwrap_or(text).into()).or_insert(new)
            }
            Pattern::Tuple { scheme, host: HostPattern::Under(base), port } => {
                *self.root(scheme).under.entry(base.into()).or_default().entry(port).or_insert(new)
            }
            Pattern::Tuple { scheme, host: HostPattern::Label { beginning, end, base }, port } => {
                let labels = self.root(scheme).labels.entry(base.into()).or_default();
                *labels.entry(beginning, end).entry(port).or_insert(new)
            }
        };
        if id == new {
            self.texts.push(text.into());
        }
        id
    }

    fn root(&mut self, scheme: &str) -> &mut Root {
        self.schemes.entry(scheme.into()).or_default()
    }

    pub(crate) fn text(&self, id: PatternId) -> &str {
        &self.texts[id as usize]
    }

    /// Shows the patterns that match an origin, the most specific one first (S1), until `visit` has an answer.
    pub(crate) fn visit<T>(
        &self,
        text: &[u8],
        mut visit: impl FnMut(PatternId, Found) -> Option<T>,
    ) -> Option<T> {
        let exact = self.exact.get(text).and_then(|&id| visit(id, Found::Named));
        if exact.is_some() || self.exact.len() == self.texts.len() {
            return exact;
        }
        let (kind, origin) = OriginKind::of(text);
        let named = match (kind, origin) {
            (OriginKind::Null, _) => self.null.and_then(|id| visit(id, Found::Named)),
            (_, Some(origin)) => {
                let found = self.visit_wildcards(text, &origin, |id| visit(id, Found::Named));
                let mut sources = self.sources.values().enumerate();
                found.or_else(|| sources.find_map(|(source, &id)| visit(id, Found::Source(source))))
            }
            (_, None) => None,
        };
        named.or_else(|| visit(self.any?, Found::Any(kind)))
    }

    /// Those with a wildcard in front of a host, or in the place of a port or a host.
    fn visit_wildcards<T>(
        &self,
        text: &[u8],
        origin: &Origin<'_>,
        mut visit: impl FnMut(PatternId) -> Option<T>,
    ) -> Option<T> {
        let any_port = self.any_port.get(before_port(text, origin)).and_then(|&id| visit(id));
        if any_port.is_some() {
            return any_port;
        }
        let root = self.schemes.get(origin.scheme)?;
        let mut visit_ports = |ports: &Ports| {
            let same = ports.get(&PortPattern::Fixed(origin.port)).and_then(|&id| visit(id));
            same.or_else(|| visit(*ports.get(&PortPattern::Any)?))
        };
        // No base is longer than that behind the first label.
        let labels = root.labels_of(origin.host);
        let in_labels = labels.and_then(|(label, labels)| labels.find_map(label, &mut visit_ports));
        let in_hosts = in_labels.or_else(|| root.under_bases_of(origin.host).find_map(visit_ports));
        in_hosts.or_else(|| root.whole.and_then(visit))
    }
}

impl OriginKind {
    /// And its parts, if it is well-formed.
    pub(crate) fn of(text: &[u8]) -> (Self, Option<Origin<'_>>) {
        match Origin::parse(text) {
            Some(origin) => (Self::WellFormed, Some(origin)),
            None if text == b"null" => (Self::Null, None),
            None => (Self::Malformed, None),
        }
    }
}

impl Root {
    /// The first label of a host, and the label patterns in front of the others.
    fn labels_of<'h>(&self, host: &'h [u8]) -> Option<(&'h [u8], &Labels<Ports>)> {
        let dot = position(host, b'.')?;
        Some((&host[..dot], self.labels.get(&host[dot + 1..])?))
    }

    /// For the bases that leave something in front of them in a host, the longest one first.
    fn under_bases_of(&self, host: &[u8]) -> impl Iterator<Item = &Ports> {
        // Not the dot with which a host begins.
        let dots = host.iter().enumerate().skip(1).filter(|(_, byte)| **byte == b'.');
        // A base may have a dot at its end.
        let bases = dots.map(|(dot, _)| &host[dot + 1..]).filter(|base| base.len() <= MAX_BASE + 1);
        bases.filter_map(|base| self.under.get(base))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An origin that a pattern matches, and that no other pattern is likely to match.
    fn an_origin_of(pattern: &str) -> String {
        if pattern == "*" {
            return "https://another.invalid".into();
        }
        let pattern = pattern.strip_suffix(":*").unwrap_or(pattern);
        let with = |text: &str| pattern.replacen('*', text, 1);
        // Without a hyphen, which a label pattern could match. One character is left for it in a label or a domain of full length.
        let origin = Some(with("another")).filter(|origin| Origin::parse(origin.as_bytes()).is_some());
        origin.unwrap_or_else(|| with("x"))
    }

    #[test]
    fn every_pattern_matches_its_origin_and_no_wider_one_comes_first() {
        let label = "a".repeat(61);
        let base = format!("{}.b", ["a".repeat(61).as_str(); 4].join("."));
        let long = [
            format!("https://{label}-*.example"),
            format!("https://*.{base}aa"),
            format!("https://a-*.{base}:*"),
        ];
        let short = [
            "https://a.example",
            "https://b.example:*",
            "https://*.a.example",
            "https://*.a.example:8443",
            "https://app-*.a.example",
            "https://*-team.a.example:*",
            "https://any-*.a.example",
            "https://app-*-team.a.example",
            "moz-extension://*",
            "app://*.inner:*",
            "app://",
            "file://",
            "null",
            "*",
        ];
        let all: Vec<&str> = short.into_iter().chain(long.iter().map(String::as_str)).collect();
        let mut origins = Origins::default();
        for text in &all {
            origins.insert(text, Pattern::parse(text).expect(text));
        }
        for text in all {
            let origin = an_origin_of(text);
            let first = origins.visit(origin.as_bytes(), |id, _| Some(id));
            assert_eq!(first.map(|id| origins.text(id)), Some(text), "{origin}");
        }
    }
}
