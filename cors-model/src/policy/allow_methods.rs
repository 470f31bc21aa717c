//! `Access-Control-Allow-Methods` (S9): the methods for which one entry decides about one origin, so that a browser's
//! preflight cache holds all that it may, and nothing that another route would refuse.

use crate::error::Level;
use crate::grammar::method::{GET, HEAD};
use crate::policy::paths::ResourceId;
use crate::policy::rules::{MethodRule, Pick, Policy, RouteRules};
use crate::policy::sources::Sender;
use crate::policy::value::{ANY, Value};

impl Policy {
    /// The answer's `Access-Control-Allow-Methods`, where this was picked for the origin, if it need not be put together.
    pub(crate) fn prepared_methods(
        &self,
        resource: ResourceId,
        pick: &Pick,
        sender: Sender<'_>,
    ) -> Option<&Value> {
        let prepared = self.entries[pick.entry as usize].allow_methods.as_ref();
        let alone = prepared.filter(|_| self.resources[resource as usize].routes.is_empty());
        alone.or_else(|| self.answers_any_method(resource, pick, sender).then_some(&ANY))
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

    /// Any other: the routes that pick the same entry, and what that enables beside the routes. This walks over the routes of one resource, and
    /// allocates once.
    pub(crate) fn list_methods(
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
        let routes = rules.routes.iter().filter(picks_it).map(|route| route.method.as_bytes());
        let of_get = rules.route(HEAD.as_bytes()).filter(|route| route.method == GET);
        let head = of_get.filter(picks_it).map(|_| HEAD.as_bytes());
        let (listed, requested) = match &self.entries[pick.entry as usize].methods {
            MethodRule::Listed { list, .. } if pick.level != Level::Route => (&list[..], None),
            MethodRule::Any if pick.level != Level::Route => (&[][..], Some(requested)),
            _ => (&[][..], None),
        };
        let listed = listed.iter().map(String::as_bytes);
        let has_no_route = |method: &&[u8]| rules.route(method).is_none();
        let methods =
            routes.chain(listed.filter(has_no_route)).chain(head).chain(requested.filter(has_no_route));
        let len: usize = methods.clone().map(|method| method.len() + ", ".len()).sum();
        let mut text = Vec::with_capacity(len.saturating_sub(", ".len()));
        for method in methods {
            text.extend_from_slice(if text.is_empty() { b"" } else { b", " });
            text.extend_from_slice(method);
        }
        text
    }
}
