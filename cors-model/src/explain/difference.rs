//! The difference between two policies (S25): who gains and who loses which right. Both policies judge one origin for each pattern, so
//! the difference cannot contradict them.

mod origins;
mod paths;
mod right;

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::config::{CorsConfig, OriginMap};
use crate::decide::request::Target;
use crate::grammar::method::{SAFELISTED, normalise};
use crate::policy::Cors;
use crate::policy::paths::ResourceId;
use crate::policy::sources::Sender;

pub use right::Right;

/// Who gains and who loses which right when one policy replaces another. It prints as one line for each change.
///
/// A right counts for one origin that stands for a pattern: `https://x.example.com` for `https://*.example.com`. A request that two
/// patterns match is judged by the policies alone.
///
/// ```
/// use cors_model::{CorsConfig, ResourceOptions};
///
/// let cors = |options| CorsConfig::new().defaults([("https://*.example.com", options)]).all_resources().build();
/// let difference = cors(ResourceOptions::new())?.difference(&cors(ResourceOptions::new().allow_credentials())?);
/// assert_eq!(
///     difference.to_string(),
///     "https://*.example.com gains credentials: GET, HEAD, POST at every other path\n"
/// );
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
#[must_use]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    origins: Vec<(String, String)>,
    paths: Vec<(String, String)>,
    methods: Vec<(String, String)>,
    gains: Vec<Change>,
    losses: Vec<Change>,
}

impl Difference {
    /// Does nobody gain or lose a right?
    pub fn is_empty(&self) -> bool {
        self.gains.is_empty() && self.losses.is_empty()
    }

    /// The rights that the next policy adds.
    pub fn gains(&self) -> &[Change] {
        &self.gains
    }

    /// The rights that the next policy takes away.
    pub fn losses(&self) -> &[Change] {
        &self.losses
    }

    /// Every pattern of the two policies, with the origin that was judged for it.
    pub fn origins(&self) -> impl Iterator<Item = (&str, &str)> {
        self.origins.iter().map(|(pattern, origin)| (pattern.as_str(), origin.as_str()))
    }

    /// Every template of the two policies, with the path that was judged for it; `*` is every other path.
    pub fn paths(&self) -> impl Iterator<Item = (&str, &str)> {
        self.paths.iter().map(|(template, path)| (template.as_str(), path.as_str()))
    }

    /// Every method that was judged: those that the two policies name, GET, HEAD and POST, and `*` for every other method.
    pub fn methods(&self) -> impl Iterator<Item = &str> {
        self.methods.iter().map(|(name, _)| name.as_str())
    }
}

/// The rights that the origins of one pattern gain, or lose, at some methods of some resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pattern: String,
    origin: String,
    rights: Vec<Right>,
    methods: Vec<String>,
    resources: Vec<String>,
}

impl Change {
    /// The pattern, as the configuration has it.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The origin that was judged for the pattern.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The rights.
    pub fn rights(&self) -> &[Right] {
        &self.rights
    }

    /// The methods; `*` is every method that neither policy names.
    pub fn methods(&self) -> &[String] {
        &self.methods
    }

    /// The path templates; `*` is every path that neither policy names. A template that neither policy has is where one of each overlap:
    /// `/a/b` for `/a/{id}` and `/{id}/b`.
    pub fn resources(&self) -> &[String] {
        &self.resources
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(f, "nobody gains or loses a right");
        }
        for (verb, changes) in [("loses", &self.losses), ("gains", &self.gains)] {
            for change in changes {
                let rights: Vec<_> = change.rights.iter().map(Right::to_string).collect();
                let methods = listed(&change.methods, "every other method");
                let resources = listed(&change.resources, "every other path");
                let pattern = &change.pattern;
                writeln!(f, "{pattern} {verb} {}: {methods} at {resources}", rights.join(", "))?;
            }
        }
        Ok(())
    }
}

/// A list in which `*` is written in words.
fn listed(names: &[String], others: &str) -> String {
    let names: Vec<_> = names.iter().map(|name| if name == OTHERS { others } else { name }).collect();
    names.join(", ")
}

impl Cors {
    /// Who gains and who loses which right when `next` replaces this policy. For tools and logs: the time grows with the number of
    /// patterns, templates and methods, multiplied.
    pub fn difference(&self, next: &Cors) -> Difference {
        let mut difference = Difference::default();
        if self == next {
            return difference;
        }
        let configs = [self.config(), next.config()];
        difference.origins = origins::representatives(configs);
        difference.paths = paths::representatives(configs);
        difference.methods = methods(configs);
        let both = [self, next];
        let (mut gains, mut losses) = (Groups::default(), Groups::default());
        let places = difference
            .paths
            .iter()
            .map(|(template, path)| (template, both.map(|cors| cors.0.resource(Target::Path, path))));
        let places: Vec<_> = places.filter(|(_, resources)| *resources != [None; 2]).collect();
        for (pattern, origin) in &difference.origins {
            // A source has only the origin that stands for it.
            let answers = both.map(|cors| cors.0.answers_of_one(pattern));
            let entry = |at: usize, resource: Option<ResourceId>, method: &str| {
                let policy = &both[at].0;
                let sender = Sender { origin: origin.as_bytes(), answers: &answers[at] };
                let entry = policy.granted(resource?, sender, method)?;
                Some(&policy.entries[entry as usize])
            };
            for &(template, [old, new]) in &places {
                let (mut gained, mut lost) = (Vec::new(), Vec::new());
                for (name, method) in &difference.methods {
                    let (old, new) = (entry(0, old, method), entry(1, new, method));
                    collect(&mut gained, right::beyond(new, old), name);
                    collect(&mut lost, right::beyond(old, new), name);
                }
                gains.add(pattern, origin, template, gained);
                losses.add(pattern, origin, template, lost);
            }
        }
        difference.gains = gains.changes;
        difference.losses = losses.changes;
        difference
    }
}

/// Stands for every other path, and for every other method.
const OTHERS: &str = "*";

/// All methods that are named, with their names in a [`Change`]: those that browsers send without a preflight come first, and one that
/// nobody names stands for all others.
fn methods(configs: [&CorsConfig; 2]) -> Vec<(String, String)> {
    let resources = configs.into_iter().flat_map(|config| &config.resources);
    let routes = resources.flat_map(|resource| &resource.routes).map(|route| route.method.as_str());
    let listed = configs.into_iter().flat_map(CorsConfig::maps).flat_map(OriginMap::listed_methods);
    let named = routes.chain(listed).filter_map(|method| normalise(method).ok());
    let mut seen = HashSet::new();
    let all: Vec<_> = SAFELISTED.into_iter().chain(named).filter(|&method| seen.insert(method)).collect();
    let other = fresh(|number| format!("OTHER{number}"), |method| seen.contains(method));
    let named = all.into_iter().map(|method| (method.into(), method.into()));
    named.chain([(OTHERS.into(), other)]).collect()
}

/// The first text that is not taken.
fn fresh(text: impl Fn(usize) -> String, is_taken: impl Fn(&str) -> bool) -> String {
    let mut number = 0;
    while is_taken(&text(number)) {
        number += 1;
    }
    text(number)
}

/// The methods with the same rights, each list of rights once.
fn collect(found: &mut Vec<(Vec<Right>, Vec<String>)>, rights: Vec<Right>, method: &str) {
    if rights.is_empty() {
        return;
    }
    match found.iter_mut().find(|(other, _)| *other == rights) {
        Some((_, methods)) => methods.push(method.into()),
        None => found.push((rights, vec![method.into()])),
    }
}

/// Changes that differ in their resource alone are one.
#[derive(Default)]
struct Groups {
    changes: Vec<Change>,
    known: HashMap<(String, Vec<Right>, Vec<String>), usize>,
}

impl Groups {
    fn add(&mut self, pattern: &str, origin: &str, template: &str, found: Vec<(Vec<Right>, Vec<String>)>) {
        for (rights, methods) in found {
            let key = (pattern.to_owned(), rights.clone(), methods.clone());
            let at = *self.known.entry(key).or_insert(self.changes.len());
            match self.changes.get_mut(at) {
                Some(change) => change.resources.push(template.into()),
                None => self.changes.push(Change {
                    pattern: pattern.into(),
                    origin: origin.into(),
                    rights,
                    methods,
                    resources: vec![template.into()],
                }),
            }
        }
    }
}
