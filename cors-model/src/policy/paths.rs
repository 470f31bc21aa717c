//! Finding the template that a path belongs to: fixed before parameter before catch-all, with back-tracking, as routers do.

use hashbrown::HashMap;

use crate::grammar::path::{Segment, Template};
use crate::grammar::token::position;
use crate::policy::table::{Interner, Table, number, pair};

/// What templates lead to, found by path. Look-ups allocate nothing. A template without a parameter is found at once;
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
    /// The target of a template that ends here.
    leaf: Option<u32>,
    /// The target of a template that ends here with a catch-all.
    catch_all: Option<u32>,
}

impl Templates {
    /// Adds a template. The error is the target of one that matches the same paths.
    pub(crate) fn insert(&mut self, template: &Template, target: u32) -> Result<(), u32> {
        let before = self.shapes.len();
        let taken = *self.shapes.find_or_insert(&template.shape(), target);
        if self.shapes.len() == before {
            return Err(taken);
        }
        if template.is_fixed() {
            // A fixed template's shape differs from its path only by doubled braces.
            let path: String = template.0.iter().map(|segment| format!("/{}", segment.text())).collect();
            self.fixed.find_or_insert(&path, target);
            return Ok(());
        }
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let mut node = 0;
        for segment in &template.0 {
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
                    self.nodes[node as usize].catch_all = Some(target);
                    return Ok(());
                }
            };
        }
        self.nodes[node as usize].leaf = Some(target);
        Ok(())
    }

    fn child_of(&mut self, parent: u32) -> u32 {
        self.nodes.push(Node { parent: Some(parent), ..Node::default() });
        number(self.nodes.len() - 1)
    }

    /// The target of the most specific template that the path matches.
    #[inline(always)]
    pub(crate) fn find(&self, path: &str) -> Option<u32> {
        if let Some(&target) = self.fixed.find(path.as_bytes()) {
            return Some(target);
        }
        if self.nodes.is_empty() || !path.starts_with('/') {
            return None;
        }
        self.walk(path)
    }

    /// The target of the template with the same shape as this one.
    pub(crate) fn find_template(&self, template: &str) -> Option<u32> {
        if template.contains("{{") || template.contains("}}") {
            return self.shapes.find(Template::parse(template).ok()?.shape().as_bytes()).copied();
        }
        if !template.contains('{') {
            return self.fixed.find(template.as_bytes()).copied();
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
    fn walk(&self, path: &str) -> Option<u32> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn templates(texts: &[&str]) -> Templates {
        let mut templates = Templates::default();
        for (at, text) in texts.iter().enumerate() {
            templates.insert(&Template::parse(text).unwrap(), at as u32).unwrap();
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
        assert_eq!(found.insert(&Template::parse("/items/{name}").unwrap(), 7), Err(0));
        assert_eq!(found.insert(&Template::parse("/items/{*name}").unwrap(), 7), Ok(()));
        assert_eq!(found.find_template("/items/{other}"), Some(0));
        assert_eq!(found.find_template("/items/{*other}"), Some(7));
        assert_eq!(found.find_template("/items/1"), None);
    }

    #[test]
    fn doubled_braces_are_braces() {
        let found = templates(&["/{{id}}", "/{{x}}/{id}", "/{{x:y}}"]);
        assert_eq!(found.find("/{id}"), Some(0));
        assert_eq!(found.find("/{x}/1"), Some(1));
        assert_eq!(found.find("/{x:y}"), Some(2));
        assert_eq!(found.find_template("/{{id}}"), Some(0));
    }
}
