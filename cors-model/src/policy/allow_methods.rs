//! `Access-Control-Allow-Methods` (S9): the methods for which one entry decides about one origin, so that a browser's
//! preflight cache holds all that it may, and nothing that another route would refuse.

use std::collections::{BTreeSet, HashSet};

use crate::check::values::an_origin_of;
use crate::grammar::method::{GET, HEAD};
use crate::policy::origins::PatternId;
use crate::policy::paths::ResourceId;
use crate::policy::rules::{
    EntryId, GET_ID, HEAD_ID, MethodId, MethodRule, NO_ROUTES, POST_ID, Pick, Policy, RouteId, RouteSet,
    RuleId, ShapeId, route_bit,
};
use crate::policy::value::{ANY, Value};

/// `Access-Control-Allow-Methods` as it is to be written.
pub(crate) enum MethodsValue<'a> {
    Prepared(&'a Value),
    /// The requested method alone, as the request has it.
    Requested,
    /// A combination that was not prepared.
    Listed {
        listed: String,
        with_requested: bool,
    },
}

impl Policy {
    /// The answer's `Access-Control-Allow-Methods`, where an entry above the routes decides (S9).
    pub(crate) fn methods_value(
        &self,
        resource: ResourceId,
        route: Option<RouteId>,
        pick: &Pick,
    ) -> MethodsValue<'_> {
        let entry = &self.entries[pick.entry as usize];
        let shape = self.resources[resource as usize].shape;
        if shape == NO_ROUTES {
            return entry.allow_methods.as_ref().map_or(MethodsValue::Requested, MethodsValue::Prepared);
        }
        if self.answers_any_method(pick) {
            return MethodsValue::Prepared(&ANY);
        }
        let any = self.rules[entry.methods as usize] == MethodRule::Any;
        let with_requested = match route {
            None => any,
            Some(route) => self.routes[route as usize].bit & pick.overriding != 0,
        };
        match self.allow_methods.get(&(shape, entry.methods, pick.overriding)) {
            Some(value) if !with_requested => MethodsValue::Prepared(value),
            Some(value) if value.bytes().is_empty() => MethodsValue::Requested,
            _ => {
                let listed = self.list_methods(shape, entry.methods, pick.overriding);
                MethodsValue::Listed { listed, with_requested }
            }
        }
    }

    /// S9: is `Access-Control-Allow-Methods` the literal `*`?
    pub(crate) fn answers_any_method(&self, pick: &Pick) -> bool {
        let entry = &self.entries[pick.entry as usize];
        let any = self.rules[entry.methods as usize] == MethodRule::Any;
        any && !entry.credentials && pick.overriding == 0 && !pick.at_route()
    }

    /// The methods that pick an entry above the routes: the routes that do not come before it, and what
    /// it enables itself.
    pub(crate) fn list_methods(&self, shape: ShapeId, rule: RuleId, overriding: RouteSet) -> String {
        let routes = &self.shapes[shape as usize];
        let mut methods: Vec<MethodId> = Vec::new();
        methods.extend(
            routes
                .iter()
                .enumerate()
                .filter(|(at, _)| overriding & route_bit(*at) == 0)
                .map(|(_, method)| method),
        );
        let routed =
            |method: &MethodId| routes.contains(method) || (*method == HEAD_ID && routes.contains(&GET_ID));
        match &self.rules[rule as usize] {
            MethodRule::Unset if routes.is_empty() => methods.extend([GET_ID, HEAD_ID, POST_ID]),
            MethodRule::List(listed) => methods.extend(listed.iter().filter(|method| !routed(method))),
            MethodRule::Unset | MethodRule::Any => {}
        }
        if methods.contains(&GET_ID) && !methods.contains(&HEAD_ID) && !routes.contains(&HEAD_ID) {
            methods.push(HEAD_ID);
        }
        let texts: Vec<_> = methods.into_iter().map(|method| self.methods.text(method)).collect();
        texts.join(", ")
    }

    /// `Access-Control-Allow-Methods` where the map of this method's route decides.
    pub(crate) fn own_methods(&self, method: MethodId, head_is_routed: bool) -> String {
        match self.methods.text(method) {
            GET if !head_is_routed => format!("{GET}, {HEAD}"),
            method => method.into(),
        }
    }

    /// Prepares `Access-Control-Allow-Methods` for the combinations of routes, `allow_methods` and overriding routes
    /// that the configuration leads to, as long as they take no more bytes than it does, in some proportion. A
    /// combination left out is put together when it is asked for.
    pub(crate) fn prepare_methods(&mut self, mut value: impl FnMut(&str) -> Value) {
        let written = self.entries.len() + self.routes.len() + self.resources.len() + self.slots.len();
        let listed = |rule: &MethodRule| if let MethodRule::List(listed) = rule { listed.len() } else { 0 };
        let listed = self.rules.iter().map(listed).sum::<usize>();
        let mut room = 65_536 + 64 * (written + listed);
        for key in self.combinations() {
            // Without routes, they are among the entry's prepared lines.
            if key.0 == NO_ROUTES || self.allow_methods.contains_key(&key) {
                continue;
            }
            let text = self.list_methods(key.0, key.1, key.2);
            match room.checked_sub(text.len()) {
                Some(left) => room = left,
                None => return,
            }
            self.allow_methods.insert(key, value(&text));
        }
    }

    /// What a request can lead to, as far as each pattern alone determines it.
    fn combinations(&self) -> Vec<(ShapeId, RuleId, RouteSet)> {
        let rule_of = |entry: EntryId| self.entries[entry as usize].methods;
        let default_rules: BTreeSet<RuleId> =
            self.defaults.iter().flatten().map(|&entry| rule_of(entry)).collect();
        let mut found = Vec::new();
        let mut shapes = HashSet::new();
        for resource in &self.resources {
            // So many distinct ones in both lists are more than could be prepared.
            let few = found.len() <= 4 * (self.entries.len() + self.resources.len());
            if resource.inherit && few && shapes.insert((resource.shape, resource.cut_off)) {
                found.extend(default_rules.iter().map(|&rule| (resource.shape, rule, resource.cut_off)));
            }
        }
        for (&key, slot) in &self.slots {
            let (resource, pattern) = ((key >> 32) as ResourceId, key as PatternId);
            let rules = &self.resources[resource as usize];
            found.extend(slot.entry.map(|entry| (rules.shape, rule_of(entry), rules.cut_off)));
            if slot.routes != 0 {
                let origin = an_origin_of(self.origins.text(pattern));
                let pick = self.pick(resource, None, origin.as_bytes());
                found.extend(pick.map(|pick| (rules.shape, rule_of(pick.entry), pick.overriding)));
            }
        }
        found
    }
}
