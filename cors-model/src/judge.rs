//! From a request to its verdict. Nothing here allocates, blocks or panics, and no step loops over the configuration.

use std::sync::Arc;

use crate::advice::Advice;
use crate::error::Level;
use crate::header::RequestField;
use crate::lines::{Lines, RequestHeaders, read};
use crate::origins::OriginKind;
use crate::policy::{EntryId, MethodId, Pick, Policy, ResourceId};
use crate::token::{elements, is_token};
use crate::verdict::{Actual, Allowed, Asked, Grant, Preflight, Refusal, ResourceKey, Target, Verdict};
use crate::{CorsConfig, build};

/// A policy that can decide: a configuration that was checked. Made by [`CorsConfig::build`]. A clone counts a reference.
#[derive(Clone)]
pub struct Cors(pub(crate) Arc<Policy>);

impl std::fmt::Debug for Cors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cors").field(&self.0.config).finish()
    }
}

/// Two policies are equal when their configurations are.
impl PartialEq for Cors {
    fn eq(&self, other: &Self) -> bool {
        self.config() == other.config()
    }
}

impl Eq for Cors {}

impl Cors {
    /// Decides about a request. `method` is the request's own, `OPTIONS` for a preflight.
    pub fn judge<H: RequestHeaders + ?Sized>(
        &self,
        target: Target<'_>,
        method: &str,
        headers: &H,
    ) -> Verdict {
        let policy = &*self.0;
        let Some(resource) = policy.resource(target) else { return Verdict::Pass };
        let origin = read(headers, RequestField::Origin);
        // Fetch Standard, "CORS-preflight request": OPTIONS with both header fields, whatever they hold.
        if method == "OPTIONS" && !matches!(origin, Lines::None) {
            let requested = read(headers, RequestField::RequestMethod);
            if !matches!(requested, Lines::None) {
                let outcome = policy.preflight(resource, origin, requested, headers);
                return Verdict::Preflight(Preflight { policy: policy.number, resource, outcome });
            }
        }
        Verdict::Actual(policy.actual(resource, origin, method))
    }

    /// The configuration that this policy was built from.
    pub fn config(&self) -> &CorsConfig {
        &self.0.config
    }

    /// What could be better in the configuration (S23). None of it is an error.
    pub fn advice(&self) -> &[Advice] {
        &self.0.advice
    }

    /// The resource that was registered with this template, the names of its parameters aside. For an adapter that is
    /// attached to one resource of a framework.
    pub fn resource(&self, template: &str) -> Option<ResourcePolicy> {
        let target = self.0.templates.find_template(template)?;
        let resource = build::resource_of(target)?;
        let key = ResourceKey { policy: self.0.number, resource };
        Some(ResourcePolicy { cors: self.clone(), key })
    }
}

/// One resource of a policy.
#[derive(Clone, Debug)]
pub struct ResourcePolicy {
    cors: Cors,
    key: ResourceKey,
}

impl ResourcePolicy {
    /// The policy that it belongs to.
    pub fn cors(&self) -> &Cors {
        &self.cors
    }

    /// For [`Target::Resource`].
    pub fn key(&self) -> ResourceKey {
        self.key
    }
}

impl Policy {
    pub(crate) fn resource(&self, target: Target<'_>) -> Option<ResourceId> {
        match target {
            Target::Resource(key) => (key.policy == self.number).then_some(key.resource),
            Target::Path(path) => self.resource_at(path),
            Target::Respelled { path, routed } => {
                self.resource_at(path).filter(|&resource| self.resource_at(routed) == Some(resource))
            }
            Target::Routed { template, path } => {
                match template.and_then(|template| self.templates.find_template(template)) {
                    Some(target) if self.templates.find(path) != Some(build::EXCLUDED) => {
                        build::resource_of(target)
                    }
                    Some(_) => None,
                    None if self.all_resources.is_some() => self.resource_at(path),
                    None => None,
                }
            }
        }
    }

    fn resource_at(&self, path: &str) -> Option<ResourceId> {
        match self.templates.find(path) {
            Some(target) => build::resource_of(target),
            None => self.all_resources.filter(|_| path.starts_with('/')),
        }
    }

    fn actual(&self, resource: ResourceId, origin: Lines<'_>, method: &str) -> Actual {
        let method = self.methods.find(method.as_bytes());
        let route = self.route(resource, method);
        if let Some(entry) = self.constant(resource, method) {
            let grant = Some(Grant { entry, literal: true });
            return Actual { policy: self.number, grant, vary: false, refusal: None };
        }
        let origin = match origin {
            Lines::None => return Actual { policy: self.number, grant: None, vary: true, refusal: None },
            origin => only_line(origin),
        };
        let decided = match self.pick(resource, route, origin) {
            Err(kind) => Err(unknown(kind)),
            Ok(pick) if route.is_none() && !self.enables(resource, pick.entry, method) => {
                Err(Refusal::Method)
            }
            Ok(pick) => Ok(Grant { entry: pick.entry, literal: self.is_literal(&pick) }),
        };
        Actual { policy: self.number, grant: decided.ok(), vary: true, refusal: decided.err() }
    }

    /// S18: the entry that answers every request in the same way.
    pub(crate) fn constant(&self, resource: ResourceId, method: Option<MethodId>) -> Option<EntryId> {
        match self.route(resource, method) {
            Some(route) => self.routes[route as usize].constant,
            None => {
                let entry = self.resources[resource as usize].constant?;
                self.enables(resource, entry, method).then_some(entry)
            }
        }
    }

    /// S7: origin, method, headers; what is malformed is told first.
    fn preflight<H: RequestHeaders + ?Sized>(
        &self,
        resource: ResourceId,
        origin: Lines<'_>,
        requested: Lines<'_>,
        headers: &H,
    ) -> Result<Allowed, Refusal> {
        let requested = match requested {
            Lines::One(method) if is_token(method) => method,
            _ => return Err(Refusal::Malformed),
        };
        let method = self.methods.find(requested);
        let route = self.route(resource, method);
        let picked = self.pick(resource, route, only_line(origin)).map_err(unknown);
        let (asked, all_allowed) = self.asked(headers, picked.as_ref().ok())?;
        let pick = picked?;
        if route.is_none() && !self.enables(resource, pick.entry, method) {
            return Err(Refusal::Method);
        }
        // In the answer `*` would stand for every method.
        if requested == b"*" && !self.answers_any_method(&pick) {
            return Err(Refusal::Method);
        }
        if !all_allowed {
            return Err(Refusal::Header);
        }
        Ok(Allowed { route, pick, literal: self.is_literal(&pick), asked })
    }

    /// Reads the requested headers (S10), and whether all of them are allowed.
    fn asked<H: RequestHeaders + ?Sized>(
        &self,
        headers: &H,
        pick: Option<&Pick>,
    ) -> Result<(Asked, bool), Refusal> {
        let allowed = pick.map(|pick| &self.entries[pick.entry as usize].requested);
        let mut asked = Asked::Nothing;
        let mut all_allowed = true;
        for (at, line) in headers.lines(RequestField::RequestHeaders).enumerate() {
            if at > 0 && asked != Asked::Nothing {
                asked = Asked::Lines;
            }
            for name in elements(line) {
                if !is_token(name) {
                    return Err(Refusal::Malformed);
                }
                if asked == Asked::Nothing {
                    asked = if at == 0 { Asked::OneLine } else { Asked::Lines };
                }
                all_allowed = all_allowed && allowed.is_some_and(|allowed| allowed.allows(name));
            }
        }
        Ok((asked, all_allowed))
    }

    fn is_literal(&self, pick: &Pick) -> bool {
        self.origins.is_any(pick.pattern) && !self.entries[pick.entry as usize].credentials
    }
}

/// The value of a field that has one line. A second line makes a value that matches nothing (S19).
pub(crate) fn only_line(lines: Lines<'_>) -> &[u8] {
    match lines {
        Lines::One(origin) => origin,
        Lines::None | Lines::Many => b"",
    }
}

fn unknown(kind: OriginKind) -> Refusal {
    match kind {
        OriginKind::Malformed => Refusal::Malformed,
        OriginKind::WellFormed | OriginKind::Null => Refusal::Origin,
    }
}

impl Pick {
    /// The route decides itself.
    pub(crate) fn at_route(&self) -> bool {
        self.level == Level::Route
    }
}
