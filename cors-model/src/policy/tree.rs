//! Finding the template that a path matches: fixed before parameter before catch-all, with back-tracking, as routers do.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::grammar::path::{Reading, Segments, is_unencoded};
use crate::grammar::template::{Segment, Template};
use crate::policy::number;

/// The number of a template.
pub(crate) type TemplateId = u32;

/// Resources with the same rules are one class.
pub(crate) type Class = u32;

/// The templates in one reading (S24). Look-ups allocate nothing and go as deep as the templates do. They visit those nodes that match
/// a beginning of the path: one for a segment, and more only where fixed and parameter stand side by side.
pub(crate) struct Tree {
    reading: Reading,
    nodes: Vec<Node>,
    children: HashTable<Child>,
    hasher: DefaultHashBuilder,
}

#[derive(Default)]
struct Node {
    parameter: Option<u32>,
    leaf: Option<Form>,
    catch_all: Option<Form>,
}

struct Child {
    hash: u64,
    parent: u32,
    segment: Vec<u8>,
    node: u32,
}

/// What several templates have in common that are the same in a reading, such as `/a//b` and `/a/b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// None where they have different ones.
    pub(crate) class: Option<Class>,
    /// The first of them.
    pub(crate) template: TemplateId,
}

impl Tree {
    pub(crate) fn new(reading: Reading) -> Self {
        let (children, hasher) = Default::default();
        Self { reading, nodes: vec![Node::default()], children, hasher }
    }

    /// Adds a template. Returns the first one that has its form.
    pub(crate) fn insert(&mut self, template: &Template, class: Class, id: TemplateId) -> TemplateId {
        let mut node = 0;
        let mut is_catch_all = false;
        for segment in template.segments() {
            match segment {
                Segment::Fixed(text) => {
                    for part in Segments::of(text, self.reading) {
                        node = self.child(node, part).unwrap_or_else(|| self.new_child(node, part));
                    }
                }
                Segment::Parameter => {
                    let known = self.nodes[node as usize].parameter;
                    let parameter = known.unwrap_or_else(|| self.new_node());
                    self.nodes[node as usize].parameter = Some(parameter);
                    node = parameter;
                }
                Segment::CatchAll => is_catch_all = true,
            }
        }
        let node = &mut self.nodes[node as usize];
        let form = if is_catch_all { &mut node.catch_all } else { &mut node.leaf };
        let form = form.get_or_insert(Form { class: Some(class), template: id });
        form.class = form.class.filter(|&known| known == class);
        form.template
    }

    fn new_node(&mut self) -> u32 {
        self.nodes.push(Node::default());
        number(self.nodes.len() - 1)
    }

    fn new_child(&mut self, parent: u32, segment: &[u8]) -> u32 {
        let (hash, node) = (self.hash(parent, segment), self.new_node());
        let segment = self.reading.bytes(segment).collect();
        self.children.insert_unique(hash, Child { hash, parent, segment, node }, |child| child.hash);
        node
    }

    fn child(&self, parent: u32, segment: &[u8]) -> Option<u32> {
        let bytes = || self.reading.bytes(segment);
        let is_it = |child: &Child| child.parent == parent && bytes().eq(child.segment.iter().copied());
        self.children.find(self.hash(parent, segment), is_it).map(|child| child.node)
    }

    fn hash(&self, parent: u32, segment: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write_u32(parent);
        match self.reading {
            Reading::Sent => hasher.write(segment),
            Reading::Whole | Reading::Split => {
                self.reading.bytes(segment).for_each(|byte| hasher.write_u8(byte));
            }
        }
        hasher.finish()
    }

    /// The form of the most specific templates that the path is read as.
    pub(crate) fn find(&self, path: &str) -> Option<Form> {
        self.find_below(0, Segments::of(path, self.reading))
    }

    fn find_below(&self, node: u32, mut rest: Segments<'_>) -> Option<Form> {
        let this = &self.nodes[node as usize];
        let Some(segment) = rest.next() else { return this.leaf };
        // Neither kind of parameter is ever empty.
        let parameter = this.parameter.filter(|_| !segment.is_empty());
        let catch_all = this.catch_all.filter(|_| !segment.is_empty() || !rest.is_empty());
        let fixed = self.child(node, segment).and_then(|child| self.find_below(child, rest));
        fixed.or_else(|| self.find_below(parameter?, rest)).or(catch_all)
    }

    /// The template that matches the same paths as this one.
    pub(crate) fn find_template(&self, template: &str) -> Option<TemplateId> {
        // A router tells its template on each request, so nothing is parsed unless it may be written in another way.
        let is_canonical = !template.contains("{{") && template.bytes().all(is_canonical);
        let form = match is_canonical {
            true => self.find_canonical(template)?,
            false => self.find_canonical(&Template::parse(template).ok()?.shape())?,
        };
        Some(form.template)
    }

    /// The same, where each segment is a parameter or written as it is kept.
    fn find_canonical(&self, template: &str) -> Option<Form> {
        let mut node = 0;
        for segment in template.strip_prefix('/')?.split('/') {
            let this = &self.nodes[node as usize];
            node = match segment.strip_prefix('{') {
                Some(name) if name.starts_with('*') => return this.catch_all,
                Some(_) => this.parameter?,
                None => self.child(node, segment.as_bytes())?,
            };
        }
        self.nodes[node as usize].leaf
    }
}

/// Is this a character of a template that is kept as it is written?
fn is_canonical(byte: u8) -> bool {
    matches!(byte, b'/' | b'{' | b'}') || is_unencoded(byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(texts: &[&str]) -> Tree {
        let mut tree = Tree::new(Reading::Sent);
        for (template, id) in texts.iter().zip(0..) {
            tree.insert(&Template::parse(template).unwrap(), 0, id);
        }
        tree
    }

    fn find(tree: &Tree, path: &str) -> Option<TemplateId> {
        tree.find(path).map(|form| form.template)
    }

    #[test]
    fn fixed_before_parameter_before_catch_all_with_back_tracking() {
        let all =
            ["/", "/items/{id}", "/items/admin", "/{a}/{b}/c", "/items/{id}/d", "/files/{*rest}", "/{*all}"];
        let found = tree(&all);
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
        ] {
            assert_eq!(find(&found, path).map(|at| all[at as usize]), expected, "{path}");
        }
    }

    #[test]
    fn parameters_are_never_empty_and_a_trailing_slash_counts() {
        let found = tree(&["/items/{id}", "/files/{*rest}", "/slash/"]);
        for path in ["/items", "/items/", "/items/1/", "/files", "/files/", "/slash", "/slash//"] {
            assert_eq!(find(&found, path), None, "{path}");
        }
        assert_eq!(find(&found, "/slash/"), Some(2));
    }

    #[test]
    fn names_do_not_make_a_template_another() {
        let found = tree(&["/items/{id}", "/items/{*name}"]);
        assert_eq!(found.find_template("/items/{other}"), Some(0));
        assert_eq!(found.find_template("/items/{*other}"), Some(1));
        assert_eq!(found.find_template("/items/1"), None);
    }

    #[test]
    fn a_template_is_found_however_it_is_written() {
        let found = tree(&["/{{id}}", "/{{x}}/{id}", "/\u{fc}/{id}", "/a b"]);
        assert_eq!(find(&found, "/%7Bid%7D"), Some(0));
        assert_eq!(find(&found, "/%7Bx%7D/1"), Some(1));
        assert_eq!(find(&found, "/%C3%BC/1"), Some(2));
        assert_eq!(find(&found, "/a%20b"), Some(3));
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
