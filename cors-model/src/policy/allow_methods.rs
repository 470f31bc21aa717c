//! `Access-Control-Allow-Methods` (S9): the methods for which one entry decides about one origin, so that a browser's
//! preflight cache holds all that it may, and nothing that another route would refuse.

use crate::error::Level;
use crate::grammar::method::{GET, HEAD};
use crate::policy::paths::ResourceId;
use crate::policy::rules::{MethodRule, Pick, Policy, ResourceRules, RouteRules};
use crate::policy::sources::Sender;
use crate::policy::value::{ANY, Value};

/// `Access-Control-Allow-Methods` as it is to be written.
pub(crate) enum MethodsValue<'a> {
    Prepared(&'a Value),
    Listed(Vec<u8>),
}

impl Policy {
    /// The answer's `Access-Control-Allow-Methods`, where this was picked for the origin and the requested method.
    pub(crate) fn methods_value(
        &self,
        resource: ResourceId,
        pick: &Pick,
        requested: &[u8],
        sender: Sender<'_>,
    ) -> MethodsValue<'_> {
        let prepared = self.entries[pick.entry as usize].allow_methods.as_ref();
        match prepared.filter(|_| self.resources[resource as usize].routes.is_empty()) {
            Some(prepared) => MethodsValue::Prepared(prepared),
            None if self.answers_any_method(resource, pick, sender) => MethodsValue::Prepared(&ANY),
            None => MethodsValue::Listed(self.list_methods(resource, pick, requested, sender)),
        }
    }

    /// Is `Access-Control-Allow-Methods` the literal `*`?
    pub(crate) fn answers_any_method(&self, resource: ResourceId, pick: &Pick, sender: Sender<'_>) -> bool {
        let entry = &self.entries[pick.entry as usize];
        let is_any = matches!(entry.methods, MethodRule::Any) && !entry.credentials;
        let mut routes = self.resources[resource as usize].routes.iter();
        is_any && pick.level != Level::Route && routes.all(|route| self.agrees(resource, route, pick, sender))
    }

    /// Does this route pick the same entry, which is one of the levels above the routes, whatever a source says that was not asked?
    fn agrees(&self, resource: ResourceId, route: &RouteRules, pick: &Pick, sender: Sender<'_>) -> bool {
        let is_same = |other: Pick| (other.level, other.pattern) == (pick.level, pick.pattern);
        let has_no_own = route.entries.is_empty();
        route.inherit && (has_no_own || self.certain_pick(resource, Some(route), sender).is_some_and(is_same))
    }

    /// The routes that pick the same entry, and what that enables beside the routes. This walks over the routes of one resource, and
    /// allocates once.
    fn list_methods(
        &self,
        resource: ResourceId,
        pick: &Pick,
        requested: &[u8],
        sender: Sender<'_>,
    ) -> Vec<u8> {
        let rules = &self.resources[resource as usize];
        let governing = rules.route(requested);
        let picks_it = |route: &&RouteRules| match pick.level {
            Level::Route => governing.is_some_and(|governing| governing.method == route.method),
            _ => self.agrees(resource, route, pick, sender),
        };
        let routes = rules.routes.iter().filter(picks_it).flat_map(|route| rules.methods_of(route));
        let above = match &self.entries[pick.entry as usize].methods {
            _ if pick.level == Level::Route => (&[][..], None),
            MethodRule::Unset => (&[][..], None),
            MethodRule::Listed { list, .. } => (&list[..], None),
            MethodRule::Any => (&[][..], Some(requested)),
        };
        let above = above.0.iter().map(String::as_bytes).chain(above.1);
        let methods = routes.chain(above.filter(|method| rules.route(method).is_none()));
        let len: usize = methods.clone().map(|method| method.len() + ", ".len()).sum();
        let mut text = Vec::with_capacity(len.saturating_sub(", ".len()));
        for method in methods {
            text.extend_from_slice(if text.is_empty() { b"" } else { b", " });
            text.extend_from_slice(method);
        }
        text
    }
}

impl ResourceRules {
    /// The methods that a route governs.
    fn methods_of<'a>(&'a self, route: &'a RouteRules) -> impl Iterator<Item = &'a [u8]> + Clone {
        let with_head = route.method == GET && !self.route_of.contains_key(HEAD.as_bytes());
        [Some(route.method.as_bytes()), with_head.then_some(HEAD.as_bytes())].into_iter().flatten()
    }
}
