//! From the path of a request to its resource (S24).
//!
//! What serves a request may read its path in another way than a policy: decode it, drop a slash, take a backslash for one. So a path
//! belongs to a resource only if every reading leads to the same rules.

use hashbrown::HashMap;

use crate::grammar::path::{Reading, Segments, is_plain};
use crate::grammar::template::{Segment, Template};
pub(crate) use crate::policy::tree::TemplateId;
use crate::policy::tree::{Class, Form, Tree};

/// The number of a resource.
pub(crate) type ResourceId = u32;

/// The resources of all paths.
pub(crate) struct Paths {
    /// The templates without parameters, by path.
    fixed: HashMap<String, TemplateId>,
    sent: Tree,
    /// Those that end with a slash, without it.
    slashed: Tree,
    whole: Tree,
    split: Tree,
    /// By template.
    known: Vec<Known>,
    /// The resource of every other path.
    all: Option<(ResourceId, Class)>,
    /// A reading that finds none objects, too.
    is_exact: bool,
}

struct Known {
    /// None where it is excluded.
    resource: Option<ResourceId>,
    class: Class,
    kinds: Box<[u8]>,
    /// The first templates that have the same form in these readings.
    whole: TemplateId,
    split: TemplateId,
}

/// What a path belongs to as it was sent.
#[derive(Clone, Copy)]
struct Sent {
    resource: ResourceId,
    class: Class,
    /// None where it is a resource by `all_resources`.
    template: Option<TemplateId>,
    /// The router has told the template.
    is_told: bool,
}

/// Why a path does not belong to the resource that it would belong to as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Objection {
    /// It has a segment `..`.
    Parent,
    /// In this reading it belongs to another template, or to none.
    Read(Reading, Option<TemplateId>),
}

/// The class of excluded templates. No resource has it.
pub(crate) const EXCLUDED: Class = Class::MAX;

impl Default for Paths {
    /// No path is a resource.
    fn default() -> Self {
        Self::new(Vec::new(), None)
    }
}

impl Paths {
    /// Each template with its resource, if it is not excluded, and its class; and the resource of all other paths.
    pub(crate) fn new(
        templates: Vec<(Template, Option<ResourceId>, Class)>,
        all: Option<(ResourceId, Class)>,
    ) -> Self {
        let mut paths = Self {
            fixed: HashMap::new(),
            sent: Tree::new(Reading::Sent),
            slashed: Tree::new(Reading::Sent),
            whole: Tree::new(Reading::Whole),
            split: Tree::new(Reading::Split),
            known: Vec::new(),
            all,
            is_exact: false,
        };
        for ((template, resource, class), id) in templates.iter().zip(0..) {
            if template.is_fixed() {
                paths.fixed.insert(template.shape(), id);
            }
            paths.sent.insert(template, *class, id);
            if let Some(template) = template.without_slash() {
                paths.slashed.insert(&template, *class, id);
            }
            let whole = paths.whole.insert(template, *class, id);
            let split = paths.split.insert(template, *class, id);
            let kinds = template.segments().iter().map(kind).collect();
            paths.known.push(Known { resource: *resource, class: *class, kinds, whole, split });
        }
        paths
    }

    /// Paths each of which every reading has to find.
    pub(crate) fn exact(templates: Vec<(Template, Option<ResourceId>, Class)>) -> Self {
        Self { is_exact: true, ..Self::new(templates, None) }
    }

    /// The resource of a path. What follows `?` or `#` does not count.
    pub(crate) fn find(&self, path: &str) -> Option<ResourceId> {
        match self.fixed.get(path) {
            Some(&template) => self.known[template as usize].resource,
            None => self.agreed(path, None),
        }
    }

    /// The resource of a path for which a router tells its own template.
    pub(crate) fn find_routed(&self, template: Option<&str>, path: &str) -> Option<ResourceId> {
        match template.and_then(|template| self.sent.find_template(template)) {
            Some(told) => self.agreed(path, Some(told)),
            None => self.all.and_then(|_| self.find(path)),
        }
    }

    /// The resource that was registered with a template.
    pub(crate) fn find_template(&self, template: &str) -> Option<ResourceId> {
        self.known[self.sent.find_template(template)? as usize].resource
    }

    /// The template that excludes a path, as it was sent.
    pub(crate) fn excluded(&self, path: &str) -> Option<TemplateId> {
        let template = self.sent.find(without_query(path))?.template;
        self.known[template as usize].resource.is_none().then_some(template)
    }

    /// Is this template registered or excluded?
    pub(crate) fn has_template(&self, template: &str) -> bool {
        self.sent.find_template(template).is_some()
    }

    /// The resource of a path, if that is the same in every reading.
    fn agreed(&self, path: &str, told: Option<TemplateId>) -> Option<ResourceId> {
        let is_plain = is_plain(path);
        if !is_plain && path.contains(QUERY) {
            return self.agreed(without_query(path), told);
        }
        let sent = self.sent(path, told)?;
        let stands = is_plain && self.is_undisputed(path, &sent)
            || self.fixed.contains_key(path)
            || self.objection(path, &sent).is_none();
        stands.then_some(sent.resource)
    }

    /// What the path belongs to as it was sent. Nothing, if it is excluded.
    fn sent(&self, path: &str, told: Option<TemplateId>) -> Option<Sent> {
        if !path.starts_with('/') {
            return None;
        }
        let found = self.sent.find(path).map(|form| form.template);
        // A narrower template than the router's comes first.
        let found = match told {
            Some(told) => found.filter(|&found| self.is_narrower(found, told)).or(Some(told)),
            None => found,
        };
        match found {
            Some(template) => {
                let known = &self.known[template as usize];
                let resource = known.resource?;
                Some(Sent { resource, class: known.class, template: found, is_told: told == found })
            }
            None => {
                let (resource, class) = self.all?;
                Some(Sent { resource, class, template: None, is_told: false })
            }
        }
    }

    /// Is the first segment that differs in its kind a narrower one?
    fn is_narrower(&self, template: TemplateId, other: TemplateId) -> bool {
        let [kinds, others] = [template, other].map(|template| self.known[template as usize].kinds.iter());
        kinds.zip(others).find(|(kind, other)| kind != other).is_some_and(|(kind, other)| kind < other)
    }

    /// Does no other template match a plain path with other rules: one that ends with a slash, or another one than the router's?
    fn is_undisputed(&self, path: &str, sent: &Sent) -> bool {
        let is_same = |form: Form| form.class == Some(sent.class);
        let is_the_routers = || !sent.is_told || self.sent.find(path).is_none_or(is_same);
        self.slashed.find(path).is_none_or(is_same) && is_the_routers()
    }

    /// For a path that is not a resource, but would be one as it was sent: that one, and what objects. With the template that the router tells.
    pub(crate) fn objected(&self, template: Option<&str>, path: &str) -> Option<(ResourceId, Objection)> {
        let path = without_query(path);
        let told = template.and_then(|template| self.sent.find_template(template));
        let sent = self.sent(path, told)?;
        Some((sent.resource, self.objection(path, &sent)?))
    }

    fn objection(&self, path: &str, sent: &Sent) -> Option<Objection> {
        if Segments::of(path, Reading::Split).have_parent() {
            return Some(Objection::Parent);
        }
        let known = sent.template.map(|template| &self.known[template as usize]);
        let agrees = |found: Option<Form>, own: Option<TemplateId>, may_find_none| match (found, self.all) {
            (Some(found), _) => Some(found.template) == own || found.class == Some(sent.class),
            (None, Some((_, class))) => class == sent.class,
            (None, None) => may_find_none,
        };
        let (whole, split) = (self.whole.find(path), self.split.find(path));
        if !agrees(whole, known.map(|known| known.whole), sent.is_told) {
            return Some(Objection::Read(Reading::Whole, whole.map(|form| form.template)));
        }
        let agreed = agrees(split, known.map(|known| known.split), !self.is_exact);
        (!agreed).then_some(Objection::Read(Reading::Split, split.map(|form| form.template)))
    }
}

const QUERY: [char; 2] = ['?', '#'];

/// The part of a target that is the path, whoever hands over more.
pub(crate) fn without_query(path: &str) -> &str {
    path.find(QUERY).map_or(path, |end| &path[..end])
}

/// Of two kinds the smaller one is narrower.
fn kind(segment: &Segment) -> u8 {
    match segment {
        Segment::Fixed(_) => 0,
        Segment::Parameter => 1,
        Segment::CatchAll => 2,
    }
}
