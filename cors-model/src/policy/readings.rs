//! Finding the template that a path is read as, by decoded segments (S24).

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::grammar::path::{Reading, Segments, decoded};
use crate::grammar::template::{Segment, Template};
use crate::policy::table::number;
use crate::policy::templates::TemplateId;

/// Resources with the same rules are one class.
pub(crate) type Class = u32;

/// The templates in one reading. Look-ups allocate nothing and go as deep as the templates do.
pub(crate) struct Readings {
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
    parent: u32,
    segment: Box<[u8]>,
    node: u32,
}

/// What several templates have in common that are the same in a reading, such as `/a//b` and `/a/b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// Where in the tree it is.
    place: (u32, bool),
    /// None where they have different ones.
    pub(crate) class: Option<Class>,
    /// The first of them.
    pub(crate) template: TemplateId,
}

impl Form {
    /// Do the same templates have this form?
    pub(crate) fn is_same(&self, other: &Form) -> bool {
        self.place == other.place
    }

    fn add(form: &mut Option<Self>, place: (u32, bool), class: Class, template: TemplateId) -> Self {
        let form = form.get_or_insert(Self { place, class: Some(class), template });
        form.class = form.class.filter(|&known| known == class);
        *form
    }
}

impl Readings {
    pub(crate) fn new(reading: Reading) -> Self {
        Self {
            reading,
            nodes: vec![Node::default()],
            children: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        }
    }

    /// Adds a template, and tells its form.
    pub(crate) fn insert(&mut self, template: &Template, class: Class, id: TemplateId) -> Form {
        let mut node = 0;
        for segment in template.segments() {
            match segment {
                Segment::Fixed(text) => {
                    for part in Segments::of(text, self.reading) {
                        node = self.child_or_insert(node, part);
                    }
                }
                Segment::Parameter => {
                    let new = number(self.nodes.len());
                    let parameter = *self.nodes[node as usize].parameter.get_or_insert(new);
                    if parameter == new {
                        self.nodes.push(Node::default());
                    }
                    node = parameter;
                }
                Segment::CatchAll => {
                    return Form::add(&mut self.nodes[node as usize].catch_all, (node, true), class, id);
                }
            }
        }
        Form::add(&mut self.nodes[node as usize].leaf, (node, false), class, id)
    }

    fn child_or_insert(&mut self, parent: u32, segment: &[u8]) -> u32 {
        if let Some(node) = self.child(parent, segment) {
            return node;
        }
        let node = number(self.nodes.len());
        self.nodes.push(Node::default());
        let child = Child { parent, segment: decoded(segment).collect(), node };
        let Self { children, hasher, .. } = self;
        let hash_of = |child: &Child| hash(hasher, child.parent, child.segment.iter().copied());
        children.insert_unique(hash_of(&child), child, hash_of);
        node
    }

    fn child(&self, parent: u32, segment: &[u8]) -> Option<u32> {
        let is_it =
            |child: &Child| child.parent == parent && decoded(segment).eq(child.segment.iter().copied());
        self.children.find(hash(&self.hasher, parent, decoded(segment)), is_it).map(|child| child.node)
    }

    /// The form of the most specific templates that the path is read as.
    pub(crate) fn find(&self, path: &str) -> Option<Form> {
        self.find_below(0, Segments::of(path, self.reading))
    }

    fn find_below(&self, node: u32, mut rest: Segments<'_>) -> Option<Form> {
        let this = &self.nodes[node as usize];
        let Some(segment) = rest.next() else { return this.leaf };
        let fixed = self.child(node, segment).and_then(|child| self.find_below(child, rest));
        fixed.or_else(|| self.find_below(this.parameter?, rest)).or(this.catch_all)
    }
}

fn hash(hasher: &DefaultHashBuilder, parent: u32, segment: impl Iterator<Item = u8>) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write_u32(parent);
    segment.for_each(|byte| hasher.write_u8(byte));
    hasher.finish()
}
