//! All origin patterns of a configuration, numbered, and the way from a request's origin to those that match it.

use std::ops::ControlFlow;

use hashbrown::HashMap;

use crate::intern::{Interner, number, pair};
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
    exact: Interner,
    exact_ids: Vec<PatternId>,
    any_port: Interner,
    any_port_ids: Vec<PatternId>,
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
                numbered(&mut self.exact, &mut self.exact_ids, text, new)
            }
            Pattern::Tuple { host: HostPattern::Exact(_), port: PortPattern::Any, .. } => {
                let before_port = text.strip_suffix(":*").unwrap_or(text);
                numbered(&mut self.any_port, &mut self.any_port_ids, before_port, new)
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

    /// Shows the patterns that match an origin, the most specific one first (S1), until `visit` breaks. A `*` is shown
    /// to every origin, with its kind: whether it matches depends on credentials, too.
    #[inline(always)]
    pub(crate) fn visit<T>(
        &self,
        origin: &[u8],
        mut visit: impl FnMut(PatternId, OriginKind) -> ControlFlow<T>,
    ) -> Result<T, OriginKind> {
        let (found, kind) = match self.visit_named(origin, &mut |id, kind| visit(id, kind)) {
            ControlFlow::Break(found) => return Ok(found),
            ControlFlow::Continue(kind) => (self.any, kind),
        };
        match found.map(|any| visit(any, kind)) {
            Some(ControlFlow::Break(found)) => Ok(found),
            _ => Err(kind),
        }
    }

    /// All but `*`.
    #[inline(always)]
    fn visit_named<T>(
        &self,
        text: &[u8],
        visit: &mut impl FnMut(PatternId, OriginKind) -> ControlFlow<T>,
    ) -> ControlFlow<T, OriginKind> {
        if let Some(at) = self.exact.find(text) {
            visit(self.exact_ids[at as usize], OriginKind::WellFormed)?;
        }
        if text == b"null" {
            if let Some(id) = self.null {
                visit(id, OriginKind::Null)?;
            }
            return ControlFlow::Continue(OriginKind::Null);
        }
        let Some(origin) = Origin::parse(text) else {
            return ControlFlow::Continue(OriginKind::Malformed);
        };
        if self.has_wildcards() {
            self.visit_wildcards(text, &origin, &mut |id| visit(id, OriginKind::WellFormed))?;
        }
        ControlFlow::Continue(OriginKind::WellFormed)
    }

    #[inline]
    fn has_wildcards(&self) -> bool {
        self.any_port.len() + self.schemes.len() > 0
    }

    /// Those with a wildcard in front of a host, or in the place of a port or a host.
    fn visit_wildcards<T>(
        &self,
        text: &[u8],
        origin: &Origin<'_>,
        visit: &mut impl FnMut(PatternId) -> ControlFlow<T>,
    ) -> ControlFlow<T> {
        if let Some(at) = self.any_port.find(before_port(text, origin)) {
            visit(self.any_port_ids[at as usize])?;
        }
        let Some(scheme) = self.schemes.find(origin.scheme) else { return ControlFlow::Continue(()) };
        let root = &self.roots[scheme as usize];
        root.bases_of(origin.host).try_for_each(|base| {
            if base.has_ports {
                if let Some(&id) = self.ports.get(&port_key(base.number, origin.port)) {
                    visit(id)?;
                }
            }
            base.any_port.map_or(ControlFlow::Continue(()), &mut *visit)
        })?;
        root.whole.map_or(ControlFlow::Continue(()), visit)
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

fn numbered(texts: &mut Interner, ids: &mut Vec<PatternId>, text: &str, new: PatternId) -> PatternId {
    let at = texts.intern(text) as usize;
    if at == ids.len() {
        ids.push(new);
    }
    ids[at]
}

fn port_key(base: u32, port: Option<u16>) -> u64 {
    pair(base, port.unwrap_or(0).into())
}
