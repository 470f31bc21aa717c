//! Finding the template that a path matches as it was sent: fixed before parameter before catch-all, with back-tracking, as routers
//! do.

use hashbrown::HashMap;

use crate::grammar::path::is_unencoded;
use crate::grammar::template::{Segment, Template};
use crate::grammar::token::position;
use crate::policy::table::{Interner, Table, number, pair};

/// The number of a template.
pub(crate) type TemplateId = u32;

/// Templates, found by path. Look-ups allocate nothing. A template without a parameter is found at once;
/// for the others a look-up visits those nodes of the tree that match a beginning of the path: one a segment, and more only
/// where fixed and parameter stand side by side.
#[derive(Default)]
pub(crate) struct Templates {
    fixed: Table<u32>,
    segments: Interner,
    /// (node, segment) -> node
    children: HashMap<u64, u32>,
    nodes: Vec<Node>,
    /// The shapes of all templates, for those that know the template already.
    shapes: Table<u32>,
}

#[derive(Default)]
struct Node {
    parent: Option<u32>,
    parameter: Option<u32>,
    /// The template that ends here.
    leaf: Option<u32>,
    /// The template that ends here with a catch-all.
    catch_all: Option<u32>,
}

impl Templates {
    /// Adds a template. Of several that match the same paths the first one stays.
    pub(crate) fn insert(&mut self, template: &Template, id: TemplateId) {
        let shape = template.shape();
        let before = self.shapes.len();
        self.shapes.find_or_insert(&shape, id);
        if self.shapes.len() == before {
            return;
        }
        if template.is_fixed() {
            self.fixed.find_or_insert(&shape, id);
            return;
        }
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let mut node = 0;
        for segment in template.segments() {
            node = match segment {
                Segment::Fixed(text) => {
                    let key = pair(node, self.segments.intern(text));
                    match self.children.get(&key) {
                        Some(&child) => child,
                        None => {
                            let child = self.child_of(node);
                            self.children.insert(key, child);
                            child
                        }
                    }
                }
                Segment::Parameter => match self.nodes[node as usize].parameter {
                    Some(child) => child,
                    None => {
                        let child = self.child_of(node);
                        self.nodes[node as usize].parameter = Some(child);
                        child
                    }
                },
                Segment::CatchAll => {
                    self.nodes[node as usize].catch_all = Some(id);
                    return;
                }
            };
        }
        self.nodes[node as usize].leaf = Some(id);
    }

    fn child_of(&mut self, parent: u32) -> u32 {
        self.nodes.push(Node { parent: Some(parent), ..Node::default() });
        number(self.nodes.len() - 1)
    }

    /// The template without parameters that is this very path.
    #[inline(always)]
    pub(crate) fn find_fixed(&self, path: &str) -> Option<TemplateId> {
        self.fixed.find(path.as_bytes()).copied()
    }

    /// The most specific template that the path matches.
    pub(crate) fn find(&self, path: &str) -> Option<TemplateId> {
        self.find_fixed(path).or_else(|| self.find_with_parameters(path))
    }

    /// The most specific one of those with parameters.
    pub(crate) fn find_with_parameters(&self, path: &str) -> Option<TemplateId> {
        if self.nodes.is_empty() || !path.starts_with('/') {
            return None;
        }
        self.walk(path)
    }

    /// The template that matches the same paths as this one.
    pub(crate) fn find_template(&self, template: &str) -> Option<TemplateId> {
        // A router tells its template on each request, so nothing is parsed unless it may be written in another way.
        if !template.contains("{{") && template.bytes().all(is_canonical) {
            return self.find_canonical(template);
        }
        self.shapes.find(Template::parse(template).ok()?.shape().as_bytes()).copied()
    }

    /// The same, where each segment is a parameter or written as it is kept.
    fn find_canonical(&self, template: &str) -> Option<TemplateId> {
        if !template.contains('{') {
            return self.find_fixed(template);
        }
        let mut node = 0;
        for segment in template.strip_prefix('/')?.split('/') {
            node = match segment.strip_prefix('{') {
                Some(name) if name.starts_with('*') => return self.nodes.get(node as usize)?.catch_all,
                Some(_) => self.nodes.get(node as usize)?.parameter?,
                None => *self.children.get(&pair(node, *self.segments.find(segment.as_bytes())?))?,
            };
        }
        self.nodes.get(node as usize)?.leaf
    }

    /// Walks the tree depth first. Where a branch fails it goes back to the parent, which knows by the child it comes
    /// from what to try next: there is no stack to grow.
    #[inline(never)]
    fn walk(&self, path: &str) -> Option<TemplateId> {
        let mut node = 0;
        // Where the segment begins that the node's children are tried with; past the end where none is left.
        let mut at = 1;
        let mut from = None;
        loop {
            let this = &self.nodes[node as usize];
            let next = match path.get(at..) {
                None if this.leaf.is_some() => return this.leaf,
                None => None,
                Some(rest) => {
                    let segment = &rest[..position(rest.as_bytes(), b'/').unwrap_or(rest.len())];
                    let fixed =
                        || self.children.get(&pair(node, *self.segments.find(segment.as_bytes())?)).copied();
                    let parameter = this.parameter.filter(|_| !segment.is_empty());
                    let next = match from {
                        None => fixed().or(parameter),
                        Some(child) if Some(child) == this.parameter => None,
                        Some(_) => parameter,
                    };
                    if next.is_none() && this.catch_all.is_some() && !rest.is_empty() {
                        return this.catch_all;
                    }
                    next.map(|child| (child, at + segment.len() + 1))
                }
            };
            match next {
                Some((child, after)) => {
                    (node, at, from) = (child, after, None);
                }
                None => {
                    let parent = this.parent?;
                    let end = at - 1;
                    let begin = path[..end].rfind('/').map_or(0, |slash| slash + 1);
                    (node, at, from) = (parent, begin, Some(node));
                }
            }
        }
    }
}

/// Is this a character of a template that is kept as it is written?
fn is_canonical(byte: u8) -> bool {
    matches!(byte, b'/' | b'{' | b'}') || is_unencoded(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates(texts: &[&str]) -> Templates {
        let mut templates = Templates::default();
        for (at, text) in texts.iter().enumerate() {
            templates.insert(&Template::parse(text).unwrap(), at as u32);
        }
        templates
    }

    #[test]
    fn fixed_before_parameter_before_catch_all_with_back_tracking() {
        let all =
            ["/", "/items/{id}", "/items/admin", "/{a}/{b}/c", "/items/{id}/d", "/files/{*rest}", "/{*all}"];
        let found = templates(&all);
        for (path, expected) in [
            ("/", Some("/")),
            ("/items/1", Some("/items/{id}")),
            ("/items/admin", Some("/items/admin")),
            ("/items/admin/c", Some("/{a}/{b}/c")),
            ("/items/admin/d", Some("/items/{id}/d")),
            ("/items/admin/e", Some("/{*all}")),
            ("/items/", Some("/{*all}")),
            ("/items/1/", Some("/{*all}")),
            ("/files/", Some("/{*all}")),
            ("/files/a", Some("/files/{*rest}")),
            ("/files/a/", Some("/files/{*rest}")),
            ("/files//", Some("/files/{*rest}")),
            ("/files/x/c", Some("/files/{*rest}")),
            ("/x/y/c", Some("/{a}/{b}/c")),
            ("/x//c", Some("/{*all}")),
            ("//", Some("/{*all}")),
            ("", None),
            ("*", None),
        ] {
            assert_eq!(found.find(path).map(|at| all[at as usize]), expected, "{path}");
        }
    }

    #[test]
    fn parameters_are_never_empty_and_a_trailing_slash_counts() {
        let found = templates(&["/items/{id}", "/files/{*rest}", "/slash/"]);
        for path in ["/items", "/items/", "/items/1/", "/files", "/files/", "/slash", "/slash//"] {
            assert_eq!(found.find(path), None, "{path}");
        }
        assert_eq!(found.find("/slash/"), Some(2));
    }

    #[test]
    fn names_do_not_make_a_template_another() {
        let mut found = templates(&["/items/{id}"]);
        found.insert(&Template::parse("/items/{*name}").unwrap(), 7);
        assert_eq!(found.find_template("/items/{other}"), Some(0));
        assert_eq!(found.find_template("/items/{*other}"), Some(7));
        assert_eq!(found.find_template("/items/1"), None);
    }

    #[test]
    fn a_template_is_found_however_it_is_written() {
        let found = templates(&["/{{id}}", "/{{x}}/{id}", "/\u{fc}/{id}", "/a b"]);
        assert_eq!(found.find("/%7Bid%7D"), Some(0));
        assert_eq!(found.find("/%7Bx%7D/1"), Some(1));
        assert_eq!(found.find("/%C3%BC/1"), Some(2));
        assert_eq!(found.find("/a%20b"), Some(3));
        for (written, id) in [
            ("/{{id}}", Some(0)),
            ("/%7bid}}", Some(0)),
            ("/{{x}}/{y}", Some(1)),
            ("/%c3%bc/{id}", Some(2)),
            ("/\u{fc}/{other}", Some(2)),
            ("/a%20b", Some(3)),
            ("/a b", Some(3)),
            ("/\u{fc}", None),
            ("/{id}", None),
        ] {
            assert_eq!(found.find_template(written), id, "{written}");
        }
    }
}
