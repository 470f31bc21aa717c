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

/// Exact origins are found by their bytes. Subdomain patterns stand in a tree of labels, read from the right: a look-up
/// goes as deep as the configuration does, whatever the request says.
#[derive(Default)]
pub(crate) struct Origins {
    /// The texts of the patterns, by number.
    texts: Vec<String>,
    exact: Interner,
    exact_ids: Vec<PatternId>,
    any_port: Interner,
    any_port_ids: Vec<PatternId>,
    schemes: Interner,
    scheme_roots: Vec<Root>,
    labels: Interner,
    /// (node, label) -> node
    children: HashMap<u64, u32>,
    bases: Vec<Base>,
    /// (node, port, 0 for none) -> pattern
    ports: HashMap<u64, PatternId>,
    null: Option<PatternId>,
    any: Option<PatternId>,
}

#[derive(Default)]
struct Root {
    whole: Option<PatternId>,
    node: Option<u32>,
}

/// A base domain, or a part of one.
#[derive(Default)]
struct Base {
    parent: Option<u32>,
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
                let node = self.base(scheme, base);
                match port {
                    PortPattern::Any => *self.bases[node as usize].any_port.get_or_insert(new),
                    PortPattern::Fixed(port) => {
                        self.bases[node as usize].has_ports = true;
                        *self.ports.entry(port_key(node, port)).or_insert(new)
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
        if id == self.scheme_roots.len() {
            self.scheme_roots.push(Root::default());
        }
        &mut self.scheme_roots[id]
    }

    fn base(&mut self, scheme: &str, base: &str) -> u32 {
        let new = number(self.bases.len());
        let mut node = *self.root(scheme).node.get_or_insert(new);
        if node == new {
            self.bases.push(Base::default());
        }
        for label in base.rsplit('.') {
            let key = pair(node, self.labels.intern(label));
            let new = number(self.bases.len());
            let child = *self.children.entry(key).or_insert(new);
            if child == new {
                self.bases.push(Base { parent: Some(node), ..Base::default() });
            }
            node = child;
        }
        node
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
        let root = &self.scheme_roots[scheme as usize];
        let mut node = root.node.and_then(|node| self.deepest_base(node, origin.host));
        while let Some(at) = node {
            let base = &self.bases[at as usize];
            if base.has_ports {
                if let Some(&id) = self.ports.get(&port_key(at, origin.port)) {
                    visit(id)?;
                }
            }
            if let Some(id) = base.any_port {
                visit(id)?;
            }
            node = base.parent;
        }
        root.whole.map_or(ControlFlow::Continue(()), visit)
    }

    /// The longest base in the tree that leaves something in front.
    fn deepest_base(&self, root: u32, host: &[u8]) -> Option<u32> {
        let mut node = root;
        let mut rest = host;
        while let Some(dot) = rest.iter().rposition(|&byte| byte == b'.') {
            let label = self.labels.find(&rest[dot + 1..]);
            match label.and_then(|label| self.children.get(&pair(node, label))) {
                Some(&child) if dot > 0 => (node, rest) = (child, &rest[..dot]),
                _ => break,
            }
        }
        (node != root).then_some(node)
    }
}

fn numbered(texts: &mut Interner, ids: &mut Vec<PatternId>, text: &str, new: PatternId) -> PatternId {
    let at = texts.intern(text) as usize;
    if at == ids.len() {
        ids.push(new);
    }
    ids[at]
}

fn port_key(node: u32, port: Option<u16>) -> u64 {
    pair(node, port.unwrap_or(0).into())
}
