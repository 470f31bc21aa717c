//! The difference between two policies (S25): who gains and who loses which right. Both policies judge one origin for each pattern, so
//! the difference cannot contradict them.

mod origins;
mod paths;

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::config::{CorsConfig, Names, OriginMap};
use crate::decide::request::Target;
use crate::grammar::method::{SAFELISTED, normalise};
use crate::policy::Cors;
use crate::policy::paths::ResourceId;
use crate::policy::rules::{Entry, Expose, RequestedHeaders};
use crate::policy::sources::Sender;

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

/// What a page may do. It prints as a noun: `credentials`, `the request header x-a`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Right {
    /// To read the response.
    Read,
    /// To send credentials, and read the response.
    Credentials,
    /// To send this request header (`Access-Control-Allow-Headers`), in lower case.
    RequestHeader(String),
    /// To send every request header but these (`Access-Control-Allow-Headers`).
    OtherRequestHeaders(Vec<String>),
    /// To read this response header (`Access-Control-Expose-Headers`), in lower case.
    ExposedHeader(String),
    /// To read every response header but these (`Access-Control-Expose-Headers`).
    OtherExposedHeaders(Vec<String>),
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others = |f: &mut fmt::Formatter<'_>, kind, names: &[String]| match names {
            [] => write!(f, "every {kind}"),
            names => write!(f, "every {kind} but {}", names.join(" and ")),
        };
        match self {
            Self::Read => f.write_str("read"),
            Self::Credentials => f.write_str("credentials"),
            Self::RequestHeader(name) => write!(f, "the request header {name}"),
            Self::OtherRequestHeaders(names) => others(f, "request header", names),
            Self::ExposedHeader(name) => write!(f, "the response header {name}"),
            Self::OtherExposedHeaders(names) => others(f, "response header", names),
        }
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
        let (mut gains, mut losses) = (Groups::default(), Groups::default());
        for (template, path) in &difference.paths {
            let resources = [self, next].map(|cors| cors.0.resource(Target::Path, path));
            if resources == [None; 2] {
                continue;
            }
            for (pattern, origin) in &difference.origins {
                let judged =
                    |cors, resource, method| Access::granted(cors, resource, pattern, origin, method);
                let (mut gained, mut lost) = (Vec::new(), Vec::new());
                for (name, method) in &difference.methods {
                    let [old, new] = [(self, resources[0]), (next, resources[1])]
                        .map(|(cors, resource)| judged(cors, resource?, method));
                    collect(&mut gained, Access::beyond(new.as_ref(), old.as_ref()), name);
                    collect(&mut lost, Access::beyond(old.as_ref(), new.as_ref()), name);
                }
                gains.add(pattern, origin, template, gained);
                losses.add(pattern, origin, template, lost);
            }
        }
        difference.gains = gains.sorted(&difference.origins);
        difference.losses = losses.sorted(&difference.origins);
        difference
    }
}

/// Stands for every other path, and for every other method.
const OTHERS: &str = "*";

/// All methods that are named, with their names in a [`Change`]: those that browsers send without a preflight come first, and one that
/// nobody names stands for all others.
fn methods(configs: [&CorsConfig; 2]) -> Vec<(String, String)> {
    let routes =
        configs.into_iter().flat_map(|config| &config.resources).flat_map(|resource| &resource.routes);
    let routes = routes.map(|route| route.method.as_str());
    let options = configs.into_iter().flat_map(maps).flat_map(OriginMap::iter).map(|(_, options)| options);
    let listed = options.flat_map(|options| options.allow_methods.iter().flat_map(Names::iter));
    let named = routes.chain(listed).filter_map(|method| normalise(method).ok());
    let mut seen = HashSet::new();
    let all: Vec<_> = SAFELISTED.into_iter().chain(named).filter(|&method| seen.insert(method)).collect();
    let other = fresh(|n| format!("OTHER{n}"), |method| seen.contains(method));
    let named = all.into_iter().map(|method| (method.into(), method.into()));
    named.chain([(OTHERS.into(), other)]).collect()
}

/// The maps of all levels.
fn maps(config: &CorsConfig) -> impl Iterator<Item = &OriginMap> {
    let below = config.resources.iter().flat_map(|resource| {
        [&resource.origins].into_iter().chain(resource.routes.iter().map(|route| &route.origins))
    });
    [&config.defaults].into_iter().chain(below)
}

/// The first text that is not taken.
fn fresh(text: impl Fn(usize) -> String, is_taken: impl Fn(&str) -> bool) -> String {
    let mut number = 0;
    loop {
        let text = text(number);
        if !is_taken(&text) {
            return text;
        }
        number += 1;
    }
}

/// What an entry lets a page do.
struct Access<'a> {
    credentials: bool,
    requested: Listed<'a>,
    exposed: Listed<'a>,
}

/// Header names, in lower case.
enum Listed<'a> {
    Any,
    Names(Vec<&'a str>),
}

impl<'a> Access<'a> {
    /// S1 to S4, for an origin that stands for a pattern. A source has only the one that stands for it.
    fn granted(
        cors: &'a Cors,
        resource: ResourceId,
        pattern: &str,
        origin: &str,
        method: &str,
    ) -> Option<Self> {
        let answers = cors.0.answers_of_one(pattern);
        let sender = Sender { origin: origin.as_bytes(), answers: &answers };
        let entry = cors.0.granted(resource, sender, method)?;
        Some(Self::of(&cors.0.entries[entry as usize]))
    }

    fn of(entry: &'a Entry) -> Self {
        let requested = match (&entry.requested, &entry.allow_headers) {
            (RequestedHeaders::Any, _) => Listed::Any,
            (RequestedHeaders::Listed(_), names) => {
                Listed::Names(split(names.as_ref().map_or("", |names| names.as_str())))
            }
        };
        let exposed = match &entry.expose {
            Expose::Nothing => Listed::Names(Vec::new()),
            Expose::Names(names) if names.as_str() != OTHERS => Listed::Names(split(names.as_str())),
            Expose::Names(_) | Expose::Present => Listed::Any,
        };
        Self { credentials: entry.credentials, requested, exposed }
    }

    /// The rights of one that another lacks.
    fn beyond(one: Option<&Self>, other: Option<&Self>) -> Vec<Right> {
        let Some(one) = one else { return Vec::new() };
        let nothing = Listed::Names(Vec::new());
        let mut rights = Vec::new();
        rights.extend(other.is_none().then_some(Right::Read));
        let has_credentials = other.is_some_and(|other| other.credentials);
        rights.extend((one.credentials && !has_credentials).then_some(Right::Credentials));
        let requested = one.requested.beyond(other.map_or(&nothing, |other| &other.requested));
        rights.extend(requested.rights(Right::RequestHeader, Right::OtherRequestHeaders));
        let exposed = one.exposed.beyond(other.map_or(&nothing, |other| &other.exposed));
        rights.extend(exposed.rights(Right::ExposedHeader, Right::OtherExposedHeaders));
        rights
    }
}

fn split(list: &str) -> Vec<&str> {
    list.split(", ").filter(|name| !name.is_empty()).collect()
}

/// The names of one list that another lacks.
enum Beyond<'a> {
    These(Vec<&'a str>),
    AllBut(&'a [&'a str]),
}

impl<'a> Listed<'a> {
    fn beyond(&'a self, other: &'a Self) -> Beyond<'a> {
        match (self, other) {
            (_, Self::Any) => Beyond::These(Vec::new()),
            (Self::Any, Self::Names(names)) => Beyond::AllBut(names),
            (Self::Names(names), Self::Names(others)) => {
                Beyond::These(names.iter().copied().filter(|name| !others.contains(name)).collect())
            }
        }
    }
}

impl Beyond<'_> {
    fn rights(self, one: fn(String) -> Right, all_but: fn(Vec<String>) -> Right) -> Vec<Right> {
        match self {
            Self::These(mut names) => {
                names.sort_unstable();
                names.into_iter().map(|name| one(name.into())).collect()
            }
            Self::AllBut(names) => {
                let mut names: Vec<String> = names.iter().map(|&name| name.into()).collect();
                names.sort_unstable();
                vec![all_but(names)]
            }
        }
    }
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

    /// In the order of the patterns.
    fn sorted(mut self, patterns: &[(String, String)]) -> Vec<Change> {
        let order: HashMap<_, _> = patterns.iter().map(|(pattern, _)| pattern).zip(0..).collect();
        self.changes.sort_by_key(|change| order.get(&change.pattern).copied().unwrap_or(usize::MAX));
        self.changes
    }
}
