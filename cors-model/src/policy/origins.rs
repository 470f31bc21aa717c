//! All origin patterns of a configuration, numbered, and the way from a request's origin to those that match it.

use hashbrown::HashMap;

use crate::grammar::origin::Origin;
use crate::grammar::pattern::{HostPattern, Pattern, PortPattern, before_port};
use crate::grammar::token::position;
use crate::policy::labels::Labels;
use crate::policy::table::{Table, number, pair};

/// The number of a pattern.
pub(crate) type PatternId = u32;

/// What a request's `Origin` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginKind {
    WellFormed,
    Null,
    Malformed,
}

/// Exact origins are found by their bytes. For a subdomain its base domains are looked up, the longest one first, and in front of the
/// longest one the label that stands there.
#[derive(Default)]
pub(crate) struct Origins {
    /// The texts of the patterns, by number.
    texts: Vec<String>,
    exact: Table<PatternId>,
    any_port: Table<PatternId>,
    schemes: Table<Root>,
    /// (hosts, port) -> pattern
    ports: HashMap<u64, PatternId>,
    null: Option<PatternId>,
    any: Option<PatternId>,
}

/// The patterns of one scheme with a wildcard in the host.
#[derive(Default)]
struct Root {
    whole: Option<PatternId>,
    /// By base domain.
    under: Table<Hosts>,
    labels: Table<Labels<Hosts>>,
}

/// The hosts that one wildcard stands for.
struct Hosts {
    /// Among those of all schemes.
    number: u32,
    without_port: Option<PatternId>,
    any_port: Option<PatternId>,
}

impl Origins {
    /// Numbers a pattern. The same pattern gets the same number.
    pub(crate) fn insert(&mut self, text: &str, pattern: Pattern<'_>) -> PatternId {
        let new = number(self.texts.len());
        let id = match pattern {
            Pattern::Null => *self.null.get_or_insert(new),
            Pattern::Any => *self.any.get_or_insert(new),
            Pattern::Scheme(scheme) => {
                *self.schemes.find_or_insert(scheme, Root::default()).whole.get_or_insert(new)
            }
            Pattern::Tuple { host: HostPattern::Exact(_), port: PortPattern::Fixed(_), .. } => {
                *self.exact.find_or_insert(text, new)
            }
            Pattern::Tuple { host: HostPattern::Exact(_), port: PortPattern::Any, .. } => {
                *self.any_port.find_or_insert(text.strip_suffix(":*").unwrap_or(text), new)
            }
            Pattern::Tuple { scheme, host: HostPattern::Under(base), port } => {
                let root = self.schemes.find_or_insert(scheme, Root::default());
                let hosts = root.under.find_or_insert(base, Hosts::new(new));
                hosts.insert(port, new, &mut self.ports)
            }
            Pattern::Tuple { scheme, host: HostPattern::Label { beginning, end, base }, port } => {
                let root = self.schemes.find_or_insert(scheme, Root::default());
                let labels = root.labels.find_or_insert(base, Labels::default());
                let hosts = labels.find_or_insert(beginning, end, Hosts::new(new));
                hosts.insert(port, new, &mut self.ports)
            }
        };
        if id == new {
            self.texts.push(text.into());
        }
        id
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    pub(crate) fn text(&self, id: PatternId) -> &str {
        &self.texts[id as usize]
    }

    pub(crate) fn is_any(&self, id: PatternId) -> bool {
        self.any == Some(id)
    }

    /// The pattern that is this very origin, and matches before all others (S1).
    #[inline(always)]
    pub(crate) fn exact(&self, origin: &[u8]) -> Option<PatternId> {
        self.exact.find(origin).copied()
    }

    /// Are there others?
    #[inline(always)]
    pub(crate) fn has_others(&self) -> bool {
        self.texts.len() > self.exact.len()
    }

    /// Shows the other patterns that match an origin, the most specific one first (S1), until `visit` has an answer. A `*` is shown
    /// to every origin, with its kind: whether it matches depends on credentials, too.
    #[inline]
    pub(crate) fn visit<T>(
        &self,
        text: &[u8],
        mut visit: impl FnMut(PatternId, OriginKind) -> Option<T>,
    ) -> Option<T> {
        let (kind, origin) = OriginKind::of(text);
        let named = match (kind, origin) {
            (OriginKind::Null, _) => self.null.and_then(|id| visit(id, kind)),
            (_, Some(origin)) => self.visit_wildcards(text, &origin, &mut |id| visit(id, kind)),
            (_, None) => None,
        };
        named.or_else(|| visit(self.any?, kind))
    }

    /// Those with a wildcard in front of a host, or in the place of a port or a host.
    fn visit_wildcards<T>(
        &self,
        text: &[u8],
        origin: &Origin<'_>,
        visit: &mut impl FnMut(PatternId) -> Option<T>,
    ) -> Option<T> {
        let any_port = self.any_port.find(before_port(text, origin)).copied();
        if let Some(found) = any_port.and_then(&mut *visit) {
            return Some(found);
        }
        let root = self.schemes.find(origin.scheme)?;
        let mut visit_hosts = |hosts: &Hosts| {
            let same_port = match origin.port {
                None => hosts.without_port,
                Some(port) => self.ports.get(&pair(hosts.number, port.into())).copied(),
            };
            same_port.and_then(&mut *visit).or_else(|| hosts.any_port.and_then(&mut *visit))
        };
        // No base is longer than that behind the first label.
        let labels = root.labels_of(origin.host);
        let in_labels = labels.and_then(|(label, labels)| labels.find_map(label, &mut visit_hosts));
        let in_hosts = in_labels.or_else(|| root.under_bases_of(origin.host).find_map(visit_hosts));
        in_hosts.or_else(|| root.whole.and_then(visit))
    }
}

impl Hosts {
    /// With the number of the pattern that they are made for.
    fn new(number: u32) -> Self {
        Self { number, without_port: None, any_port: None }
    }

    /// The pattern of these hosts with this port: this one from now on, if there is none.
    fn insert(
        &mut self,
        port: PortPattern,
        new: PatternId,
        ports: &mut HashMap<u64, PatternId>,
    ) -> PatternId {
        match port {
            PortPattern::Any => *self.any_port.get_or_insert(new),
            PortPattern::Fixed(None) => *self.without_port.get_or_insert(new),
            PortPattern::Fixed(Some(port)) => *ports.entry(pair(self.number, port.into())).or_insert(new),
        }
    }
}

impl OriginKind {
    /// And its parts, if it is well-formed.
    #[inline(always)]
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
    fn labels_of<'h>(&self, host: &'h [u8]) -> Option<(&'h [u8], &Labels<Hosts>)> {
        let dot = position(host, b'.')?;
        Some((&host[..dot], self.labels.find(&host[dot + 1..])?))
    }

    /// For the bases that leave something in front of them in a host, the longest one first.
    fn under_bases_of(&self, host: &[u8]) -> impl Iterator<Item = &Hosts> {
        let mut rest = host;
        std::iter::from_fn(move || {
            loop {
                let dot = position(rest, b'.')?;
                let leaves_something = dot > 0 || rest.len() < host.len();
                rest = &rest[dot + 1..];
                if let Some(hosts) = self.under.find(rest).filter(|_| leaves_something) {
                    return Some(hosts);
                }
            }
        })
    }
}
