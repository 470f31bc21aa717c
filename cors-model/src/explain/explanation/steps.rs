//! The steps on the way to a verdict.

use http::HeaderMap;

use crate::config::enforce::Mode;
use crate::decide::request::CorsRequest;
use crate::decide::verdict::{Refusal, Reply, Verdict};
use crate::explain::explanation::Step;
use crate::policy::paths::ResourceId;
use crate::policy::rules::Policy;

/// The steps so far, and the sources that were not asked.
pub(super) struct Steps<'a> {
    pub(super) policy: &'a Policy,
    pub(super) request: &'a CorsRequest<'a, HeaderMap>,
    pub(super) steps: Vec<Step>,
    pub(super) unasked: Vec<String>,
}

impl<'a> Steps<'a> {
    pub(super) fn of(policy: &'a Policy, request: &'a CorsRequest<'a, HeaderMap>, verdict: Verdict) -> Self {
        let mut steps = Self { policy, request, steps: Vec::new(), unasked: Vec::new() };
        let resource = policy.resource(request.target, request.path);
        steps.enforcement(resource);
        match resource {
            Some(resource) => steps.at_resource(resource, verdict),
            None => steps.elsewhere(),
        }
        steps
    }

    pub(super) fn say(&mut self, rule: &'static str, text: impl Into<String>) {
        self.steps.push(Step { rule, text: text.into() });
    }

    /// S28, for any request.
    fn enforcement(&mut self, resource: Option<ResourceId>) {
        let Some(enforcement) = &self.policy.enforcement else { return };
        let why = match self.policy.enforced(enforcement, resource, self.request) {
            None => return self.say("S28", "enforcement lets the request pass"),
            Some(Refusal::Host) => "the host is not in the list `hosts`",
            Some(_) => "it comes from another site, and no entry lets that site send it",
        };
        let what = match enforcement.mode {
            Mode::Refuse => "it is refused, and the application does not run",
            Mode::Report => "it would be refused, but the mode is `report`",
        };
        self.say("S28", format!("{why}: {what}"));
    }

    fn at_resource(&mut self, resource: ResourceId, verdict: Verdict) {
        match &self.policy.resources[resource as usize].template {
            Some(template) => self.say("S6", format!("the path belongs to the resource {template}")),
            None => self.say("S6", "the path is not registered, but all_resources is on: the defaults apply"),
        }
        match verdict {
            Verdict::Pass | Verdict::Answer(Reply::Refused(_)) => {}
            Verdict::Answer(Reply::Preflight(preflight)) => self.preflight(preflight),
            Verdict::Actual(actual) => self.actual(resource, actual),
        }
    }
}
