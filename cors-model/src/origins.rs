//! All origin patterns of a configuration, numbered, and the way from a request's origin to those that match it.

use hashbrown::HashMap;

use crate::intern::{Interner, Table, number, pair};
use crate::origin::Origin;
use crate::pattern::{HostPattern, Pattern, PortPattern, before_port};

/// The number of a pattern.
pub(crate) type PatternId = u32;

/// What a request's `Origin` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OriginKind {
    WellFormed,
    Null,
    Malformed,
}

/// Exact origins are found by their bytes. For a subdomain its base domains are looked up, the longest one first, and only
/// those with as many dots as the configuration has bases with.
#[derive(Default)]
pub(crate) struct Origins {
    /// The texts of the patterns, by number.
    texts: Vec<String>,
    exact: Table<PatternId>,
    any_port: Table<PatternId>,
    schemes: Interner,
    roots: Vec<Root>,
    /// (base, port, 0 for none) -> pattern
    ports: HashMap<u64, PatternId>,
    null: Option<PatternId>,
    any: Option<PatternId>,
}

/// The patterns of one scheme.
#[derive(Default)]
struct Root {
    whole: Option<PatternId>,
    bases: Interner,
    /// What is known of each of them.
    known: Vec<Base>,
    /// With how many dots there are bases, as bits.
    dots: u64,
}

/// A base domain.
struct Base {
    /// Among those of all schemes.
    number: u32,
    has_ports: bool,
    any_port: Option<PatternId>,
}

impl Origins {
    /// Numbers a pattern. The same pattern gets the same number.
    pub(crate) fn insert(&mut self, text: &str, pattern: Pattern<'_>) -> PatternId {
        let new = number(self.texts.len());
        let id = match pattern {
            Pattern::Null => *self.null.get_or_insert(new),
            Pattern::Any => *self.any.get_or_insert(new),
            Pattern::Scheme(scheme) => *self.root(scheme).whole.get_or_insert(new),
            Pattern::Tuple { host: HostPattern::Exact(_), port: PortPattern::Fixed(_), .. } => {
                self.exact.find_or_insert(text, new)
            }
            Pattern::Tuple { host: HostPattern::Exact(_), port: PortPattern::Any, .. } => {
                self.any_port.find_or_insert(text.strip_suffix(":*").unwrap_or(text), new)
            }
            Pattern::Tuple { scheme, host: HostPattern::Under(base), port } => {
                let base = self.root(scheme).base(base, new);
                match port {
                    PortPattern::Any => *base.any_port.get_or_insert(new),
                    PortPattern::Fixed(port) => {
                        base.has_ports = true;
                        let key = port_key(base.number, port);
                        *self.ports.entry(key).or_insert(new)
                    }
                }
            }
        };
        if id == new {
            self.texts.push(text.into());
        }
        id
    }

    fn root(&mut self, scheme: &str) -> &mut Root {
        let id = self.schemes.intern(scheme) as usize;
        if id == self.roots.len() {
            self.roots.push(Root::default());
        }
        &mut self.roots[id]
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
        self.exact.find(origin)
    }

    /// Shows the other patterns that match an origin, the most specific one first (S1), until `visit` has an answer. A `*` is shown
    /// to every origin, with its kind: whether it matches depends on credentials, too.
    #[inline]
    pub(crate) fn visit<T>(
        &self,
        text: &[u8],
        mut visit: impl FnMut(PatternId, OriginKind) -> Option<T>,
    ) -> Option<T> {
        if self.texts.len() == self.exact.len() {
            return None;
        }
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
        if let Some(found) = self.any_port.find(before_port(text, origin)).and_then(&mut *visit) {
            return Some(found);
        }
        let root = &self.roots[self.schemes.find(origin.scheme)? as usize];
        let in_bases = root.bases_of(origin.host).find_map(|base| {
            let port = || self.ports.get(&port_key(base.number, origin.port)).copied();
            let with_port = if base.has_ports { port() } else { None };
            with_port.and_then(&mut *visit).or_else(|| base.any_port.and_then(&mut *visit))
        });
        in_bases.or_else(|| root.whole.and_then(visit))
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
    /// The base with this name; a new one is numbered as the pattern that it is made for.
    fn base(&mut self, name: &str, number: u32) -> &mut Base {
        let id = self.bases.intern(name) as usize;
        if id == self.known.len() {
            self.known.push(Base { number, has_ports: false, any_port: None });
            self.dots |= dots_bit(name.bytes().filter(|&byte| byte == b'.').count());
        }
        &mut self.known[id]
    }

    /// The bases that leave something in front of them in a host, the longest one first.
    fn bases_of(&self, host: &[u8]) -> impl Iterator<Item = &Base> {
        let is_dot = |&byte: &u8| byte == b'.';
        let mut dots = if self.dots == 0 { 0 } else { host.iter().filter(|byte| is_dot(byte)).count() };
        let mut rest = host;
        std::iter::from_fn(move || {
            while dots > 0 {
                dots -= 1;
                let at = rest.iter().position(is_dot)?;
                let leaves_something = at > 0 || rest.len() < host.len();
                rest = &rest[at + 1..];
                if leaves_something && self.dots & dots_bit(dots) != 0 {
                    if let Some(id) = self.bases.find(rest) {
                        return self.known.get(id as usize);
                    }
                }
            }
            None
        })
    }
}

/// From 63 dots on all share a bit.
fn dots_bit(dots: usize) -> u64 {
    1 << dots.min(63)
}

fn port_key(base: u32, port: Option<u16>) -> u64 {
    pair(base, port.unwrap_or(0).into())
}
