//! A built policy: everything that a configuration says, numbered, and the entry that wins (S1 to S4). Memory grows with what was
//! written, never with the product of origins, resources and methods.

use hashbrown::{HashMap, HashSet};
use http::StatusCode;

use crate::check::Advice;
use crate::config::CorsConfig;
use crate::error::Level;
use crate::grammar::method::{GET, HEAD, SAFELISTED};
use crate::policy::enforce::Enforcement;
use crate::policy::names::HeaderNames;
use crate::policy::origins::{Found, OriginKind, Origins, PatternId};
use crate::policy::paths::{Paths, ResourceId};
use crate::policy::sources::{Match, Sender, Sources};
use crate::policy::value::Value;

pub(crate) type EntryId = u32;

/// The map of one level.
pub(crate) type Entries = HashMap<PatternId, EntryId>;

#[derive(Default)]
pub(crate) struct Policy {
    /// Which policy of this process it is: a verdict is valid for the policy that gave it.
    pub(crate) number: u32,
    pub(crate) config: CorsConfig,
    pub(crate) advice: Vec<Advice>,
    pub(crate) preflight_status: StatusCode,
    pub(crate) paths: Paths,
    pub(crate) enforcement: Option<Enforcement>,
    pub(crate) resources: Vec<ResourceRules>,
    pub(crate) defaults: Entries,
    /// Equal options are one entry.
    pub(crate) entries: Vec<Entry>,
    pub(crate) origins: Origins,
    pub(crate) sources: Sources,
}

#[derive(Default)]
pub(crate) struct ResourceRules {
    /// As it was written; none for all other paths.
    pub(crate) template: Option<String>,
    pub(crate) inherit: bool,
    pub(crate) entries: Entries,
    /// In the order of the configuration.
    pub(crate) routes: Vec<RouteRules>,
    /// The place of a method's route among them.
    pub(crate) route_of: HashMap<Vec<u8>, usize>,
    /// The entry of S18's constant case, for methods without a route.
    pub(crate) constant: Option<EntryId>,
}

pub(crate) struct RouteRules {
    pub(crate) method: String,
    pub(crate) inherit: bool,
    pub(crate) entries: Entries,
    /// The entry of S18's constant case.
    pub(crate) constant: Option<EntryId>,
}

/// What a policy keeps of the options of some patterns.
pub(crate) struct Entry {
    pub(crate) credentials: bool,
    pub(crate) methods: MethodRule,
    pub(crate) requested: RequestedHeaders,
    /// `Access-Control-Allow-Methods` for a resource without routes; none where that is the requested method.
    pub(crate) allow_methods: Option<Value>,
    /// `Access-Control-Allow-Headers`; none where that is what was asked for.
    pub(crate) allow_headers: Option<Value>,
    pub(crate) max_age: Option<Value>,
    pub(crate) expose: Expose,
    /// Sends `Timing-Allow-Origin`.
    pub(crate) timing: bool,
}

pub(crate) enum MethodRule {
    Unset,
    Any,
    Listed {
        /// In the order of the configuration, each once, and HEAD where GET is.
        list: Vec<String>,
        set: HashSet<Vec<u8>>,
    },
}

pub(crate) enum RequestedHeaders {
    Any,
    Listed(HeaderNames),
}

pub(crate) enum Expose {
    Nothing,
    Names(Value),
    /// The names that the response has (S15).
    Present,
}

/// The entry that decides, and how it was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pick {
    pub(crate) entry: EntryId,
    pub(crate) pattern: PatternId,
    pub(crate) level: Level,
}

impl Policy {
    /// The route that governs a method at a resource (S4).
    pub(crate) fn route(&self, resource: ResourceId, method: &[u8]) -> Option<&RouteRules> {
        self.resources[resource as usize].route(method)
    }

    /// S1 to S3: the most specific matching pattern; among equals route, then resource, then defaults. A source that was not asked
    /// has no origins.
    pub(crate) fn pick(
        &self,
        resource: ResourceId,
        route: Option<&RouteRules>,
        sender: Sender<'_>,
    ) -> Option<Pick> {
        self.each_match(resource, route, sender.origin, |found, pick| {
            pick.filter(|_| self.matches(found, sender.answers) == Match::Certain)
        })
    }

    /// Shows the patterns that match an origin and have an entry in a level that counts, the most specific one first, until `visit` has
    /// an answer. With each comes the entry, if this origin may use it. A source is shown whatever it says.
    pub(crate) fn each_match<T>(
        &self,
        resource: ResourceId,
        route: Option<&RouteRules>,
        origin: &[u8],
        mut visit: impl FnMut(Found, Option<Pick>) -> Option<T>,
    ) -> Option<T> {
        let resource = &self.resources[resource as usize];
        self.origins.visit(origin, |pattern, found| {
            let may_have_credentials = || match found {
                Found::Named => true,
                Found::Any(kind) => kind == OriginKind::WellFormed,
                Found::Source(_) => self.may_be_trusted(origin),
            };
            let usable = |entry: EntryId| !self.entries[entry as usize].credentials || may_have_credentials();
            let own = self.pick_at(resource, route, pattern, usable);
            let is_source = matches!(found, Found::Source(_));
            let stands = || is_source && self.pick_at(resource, route, pattern, |_| true).is_some();
            (own.is_some() || stands()).then(|| visit(found, own))?
        })
    }

    /// S2: what the levels say of one pattern.
    fn pick_at(
        &self,
        resource: &ResourceRules,
        route: Option<&RouteRules>,
        pattern: PatternId,
        usable: impl Fn(EntryId) -> bool,
    ) -> Option<Pick> {
        let pick = |level: Level, entries: &Entries| {
            let entry = *entries.get(&pattern)?;
            usable(entry).then_some(Pick { entry, pattern, level })
        };
        if let Some(route) = route {
            let own = pick(Level::Route, &route.entries);
            if own.is_some() || !route.inherit {
                return own;
            }
        }
        let own = pick(Level::Resource, &resource.entries);
        if own.is_some() || !resource.inherit { own } else { pick(Level::Defaults, &self.defaults) }
    }

    /// S4 for a method without a route: does the entry of the levels above the route enable it?
    pub(crate) fn enables(&self, resource: &ResourceRules, entry: EntryId, method: &[u8]) -> bool {
        match &self.entries[entry as usize].methods {
            MethodRule::Any => true,
            MethodRule::Unset => {
                resource.routes.is_empty() && SAFELISTED.iter().any(|safe| safe.as_bytes() == method)
            }
            MethodRule::Listed { set, .. } => set.contains(method),
        }
    }
}

impl ResourceRules {
    /// The route that governs a method: its own, or for HEAD that of GET (S4).
    pub(crate) fn route(&self, method: &[u8]) -> Option<&RouteRules> {
        let own = self.route_of.get(method);
        let place =
            own.or_else(|| self.route_of.get(GET.as_bytes()).filter(|_| method == HEAD.as_bytes()))?;
        self.routes.get(*place)
    }
}

impl RequestedHeaders {
    pub(crate) fn allows(&self, name: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(names) => names.contains(name),
        }
    }
}
