//! A built policy: everything that a configuration says, numbered and prepared. Memory grows with what was written,
//! never with the product of origins, resources and methods.

use hashbrown::{HashMap, HashSet};

use crate::check::Advice;
use crate::config::CorsConfig;
use crate::error::Level;
use crate::grammar::method::{GET, HEAD, POST};
use crate::policy::origins::{OriginKind, Origins, PatternId};
use crate::policy::paths::{Paths, ResourceId};
use crate::policy::table::{Interner, NameSet, number, pair};
use crate::policy::value::Value;

pub(crate) type EntryId = u32;
pub(crate) type MethodId = u32;
pub(crate) type RouteId = u32;
pub(crate) type RuleId = u32;
pub(crate) type ShapeId = u32;

/// The shape of a resource without routes.
pub(crate) const NO_ROUTES: ShapeId = 0;

/// A set of a resource's routes, by their bits.
pub(crate) type RouteSet = u64;

#[derive(Default)]
pub(crate) struct Policy {
    /// Which policy of this process it is: a verdict is valid for the policy that gave it.
    pub(crate) number: u32,
    pub(crate) config: CorsConfig,
    pub(crate) advice: Vec<Advice>,
    pub(crate) preflight_status: u16,
    pub(crate) paths: Paths,
    pub(crate) resources: Vec<ResourceRules>,
    pub(crate) routes: Vec<RouteRules>,
    pub(crate) entries: Vec<Entry>,
    pub(crate) origins: Origins,
    pub(crate) methods: Interner,
    /// By pattern.
    pub(crate) defaults: Vec<Option<EntryId>>,
    /// (resource, pattern) -> what stands there
    pub(crate) slots: HashMap<u64, Slot>,
    /// (resource, method) -> route
    pub(crate) route_of: HashMap<u64, RouteId>,
    /// (route, pattern) -> entry
    pub(crate) route_entries: HashMap<u64, EntryId>,
    /// The distinct values of `allow_methods`.
    pub(crate) rules: Vec<MethodRule>,
    /// (rule, method) for each method behind the first 64 that a rule lists
    pub(crate) rarely_listed: HashSet<u64>,
    /// The distinct lists of methods that have a route.
    pub(crate) shapes: Vec<Box<[MethodId]>>,
    /// `Access-Control-Allow-Methods`, for the combinations that the configuration leads to.
    pub(crate) allow_methods: HashMap<(ShapeId, RuleId, RouteSet), Value>,
}

/// One entry of a map.
pub(crate) struct Entry {
    pub(crate) credentials: bool,
    pub(crate) methods: RuleId,
    /// Those of the first 64 methods that it enables, by their bits.
    pub(crate) enables: u64,
    pub(crate) requested: RequestedHeaders,
    /// `Access-Control-Allow-Methods` for a resource without routes; none where that is the requested method.
    pub(crate) allow_methods: Option<Value>,
    /// `Access-Control-Allow-Headers`; none where that is what was asked for.
    pub(crate) allow_headers: Option<Value>,
    pub(crate) max_age: Option<Value>,
    pub(crate) expose: Expose,
}

impl MethodRule {
    /// Those of the first 64 methods that it enables where there are no routes.
    pub(crate) fn enables(&self) -> u64 {
        match self {
            Self::Any => u64::MAX,
            Self::Unset => 1 << GET_ID | 1 << HEAD_ID | 1 << POST_ID,
            Self::List(listed) => {
                let set =
                    listed.iter().filter(|&&method| method < 64).fold(0, |set, method| set | 1 << method);
                // HEAD goes with GET.
                set | (set & 1 << GET_ID) << (HEAD_ID - GET_ID)
            }
        }
    }
}

pub(crate) enum RequestedHeaders {
    Any,
    Listed(NameSet),
}

impl RequestedHeaders {
    pub(crate) fn allows(&self, name: &[u8]) -> bool {
        match self {
            Self::Any => true,
            Self::Listed(names) => names.find(name).is_some(),
        }
    }
}

pub(crate) enum Expose {
    Nothing,
    Any,
    Names(Value),
    /// The names that the response has (S15).
    Present,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum MethodRule {
    Unset,
    Any,
    /// In the order of the configuration, each once.
    List(Vec<MethodId>),
}

/// What a resource's maps say of one pattern.
#[derive(Clone, Copy, Default)]
pub(crate) struct Slot {
    pub(crate) entry: Option<EntryId>,
    /// The routes that have an entry of their own.
    pub(crate) routes: RouteSet,
    /// Those of them whose entry goes without credentials.
    pub(crate) open_routes: RouteSet,
}

pub(crate) struct ResourceRules {
    /// As it was written; none for all other paths.
    pub(crate) template: Option<String>,
    pub(crate) inherit: bool,
    pub(crate) has_slots: bool,
    pub(crate) shape: ShapeId,
    /// The routes that inherit nothing.
    pub(crate) cut_off: RouteSet,
    /// The entry of S18's constant case, for methods without a route.
    pub(crate) constant: Option<EntryId>,
}

pub(crate) struct RouteRules {
    pub(crate) bit: RouteSet,
    pub(crate) inherit: bool,
    pub(crate) has_map: bool,
    /// The entry of S18's constant case.
    pub(crate) constant: Option<EntryId>,
    /// `Access-Control-Allow-Methods` where the route's own entry decides.
    pub(crate) allow_methods: Value,
}

/// The entry that decides, and how it was found.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pick {
    pub(crate) entry: EntryId,
    pub(crate) pattern: PatternId,
    pub(crate) level: Level,
    /// The routes whose own maps come before this entry for this origin.
    pub(crate) overriding: RouteSet,
}

impl Pick {
    /// The route decides itself.
    pub(crate) fn at_route(&self) -> bool {
        self.level == Level::Route
    }
}

/// Where to look for an origin's entry.
struct Levels<'a> {
    resource: (ResourceId, &'a ResourceRules),
    route: Option<(RouteId, &'a RouteRules)>,
}

impl Policy {
    /// The route that governs a method: its own, or for HEAD that of GET (S4).
    #[inline(always)]
    pub(crate) fn route(&self, resource: ResourceId, method: Option<MethodId>) -> Option<RouteId> {
        if self.resources[resource as usize].shape == NO_ROUTES {
            return None;
        }
        let own = |method| self.route_of.get(&pair(resource, method)).copied();
        match method? {
            HEAD_ID => own(HEAD_ID).or_else(|| own(GET_ID)),
            method => own(method),
        }
    }

    /// S1 to S3: the most specific matching pattern; among equals route, then resource, then defaults.
    #[inline(always)]
    pub(crate) fn pick(&self, resource: ResourceId, route: Option<RouteId>, origin: &[u8]) -> Option<Pick> {
        let resource = (resource, &self.resources[resource as usize]);
        match route {
            None => self.pick_from(&Levels { resource, route: None }, origin),
            Some(id) => {
                let route = Some((id, &self.routes[id as usize]));
                self.pick_from_routed(&Levels { resource, route }, origin)
            }
        }
    }

    #[inline(never)]
    fn pick_from_routed(&self, levels: &Levels<'_>, origin: &[u8]) -> Option<Pick> {
        self.pick_from(levels, origin)
    }

    #[inline(always)]
    fn pick_from(&self, levels: &Levels<'_>, origin: &[u8]) -> Option<Pick> {
        let mut overriding = levels.resource.1.cut_off;
        if let Some(id) = self.origins.exact(origin) {
            let pick = self.pick_at(levels, id, OriginKind::WellFormed, &mut overriding);
            if pick.is_some() {
                return pick;
            }
        }
        if self.origins.has_others() { self.pick_wildcard(levels, origin, overriding) } else { None }
    }

    #[inline(never)]
    fn pick_wildcard(&self, levels: &Levels<'_>, origin: &[u8], mut overriding: RouteSet) -> Option<Pick> {
        self.origins.visit(origin, |pattern, kind| self.pick_at(levels, pattern, kind, &mut overriding))
    }

    /// S2: what the levels say of one pattern. The routes that come before it are noted.
    #[inline(always)]
    fn pick_at(
        &self,
        levels: &Levels<'_>,
        pattern: PatternId,
        kind: OriginKind,
        overriding: &mut RouteSet,
    ) -> Option<Pick> {
        // A `*` with credentials matches well-formed origins only.
        let open_only = kind != OriginKind::WellFormed && self.origins.is_any(pattern);
        let usable = |entry: &EntryId| !(open_only && self.entries[*entry as usize].credentials);
        if let Some((id, route)) = levels.route {
            if route.has_map {
                let entry = self.route_entries.get(&pair(id, pattern)).copied();
                if let Some(entry) = entry.filter(usable) {
                    return Some(Pick { entry, pattern, level: Level::Route, overriding: *overriding });
                }
            }
            if !route.inherit {
                return None;
            }
        }
        let (id, resource) = levels.resource;
        if resource.has_slots {
            if let Some(slot) = self.slots.get(&pair(id, pattern)) {
                *overriding |= if open_only { slot.open_routes } else { slot.routes };
                if let Some(entry) = slot.entry.filter(usable) {
                    return Some(Pick { entry, pattern, level: Level::Resource, overriding: *overriding });
                }
            }
        }
        let default = if resource.inherit { *self.defaults.get(pattern as usize)? } else { None };
        let entry = default.filter(usable)?;
        Some(Pick { entry, pattern, level: Level::Defaults, overriding: *overriding })
    }

    /// The number of a method that the configuration names.
    #[inline(always)]
    pub(crate) fn method(&self, method: &[u8]) -> Option<MethodId> {
        if method == GET.as_bytes() {
            return Some(GET_ID);
        }
        self.method_but_get(method)
    }

    #[inline(never)]
    fn method_but_get(&self, method: &[u8]) -> Option<MethodId> {
        let common = COMMON_METHODS.iter().position(|common| common.as_bytes() == method);
        common.map(number).or_else(|| self.methods.find(method).copied())
    }

    /// S4 for a method without a route: does the entry of the levels above the route enable it?
    #[inline(always)]
    pub(crate) fn enables(&self, resource: &ResourceRules, entry: EntryId, method: Option<MethodId>) -> bool {
        let entry = &self.entries[entry as usize];
        let rule = || &self.rules[entry.methods as usize];
        match method {
            Some(method @ 0..64) => {
                entry.enables & 1 << method != 0
                    && (resource.shape == NO_ROUTES || *rule() != MethodRule::Unset)
            }
            Some(method) if self.rarely_listed.contains(&pair(entry.methods, method)) => true,
            _ => *rule() == MethodRule::Any,
        }
    }
}

/// The methods that nearly every request has are interned first, the safelisted ones before the others.
pub(crate) const COMMON_METHODS: [&str; 7] = [GET, HEAD, POST, "PUT", "DELETE", "PATCH", "OPTIONS"];
pub(crate) const GET_ID: MethodId = 0;
pub(crate) const HEAD_ID: MethodId = 1;
pub(crate) const POST_ID: MethodId = 2;

/// A route's bit. From the 64th on the routes of one resource share one: where one of them has a map that matches,
/// all of them are left out of the others' `Access-Control-Allow-Methods`, which promises less, never more.
pub(crate) fn route_bit(at: usize) -> RouteSet {
    1 << at.min(63)
}

/// A list of names in lower case, each once: as a set, and as the value of a header.
pub(crate) fn lower_case_list<'a>(names: impl IntoIterator<Item = &'a str>) -> (NameSet, String) {
    let mut set = NameSet::default();
    let mut list = String::new();
    for name in names {
        let (before, name) = (set.len(), name.to_ascii_lowercase());
        set.intern(&name);
        if set.len() > before {
            list.push_str(if list.is_empty() { "" } else { ", " });
            list.push_str(&name);
        }
    }
    (set, list)
}
