//! What origin sources said, and what depends on them.

use super::Teller;
use crate::policy::paths::ResourceId;
use crate::policy::rules::RouteRules;
use crate::policy::sources::Sender;

impl Teller<'_> {
    /// S26: what was asked, and what depends on what was not.
    pub(super) fn sources(&mut self, resource: ResourceId, route: Option<&RouteRules>, sender: Sender<'_>) {
        let policy = self.policy;
        let mut answers = *sender.answers;
        for (name, belongs) in policy.said(answers) {
            let belongs = if belongs { "belongs" } else { "does not belong" };
            self.say("S26", format!("the origin {belongs} to @{name}"));
        }
        for (name, why) in policy.failures(answers) {
            self.say("S26", format!("the source @{name} failed: {}", why.escape_debug()));
        }
        while let Some(source) = policy.question(resource, route, Sender { answers: &answers, ..sender }) {
            let name = policy.sources.get(source).map_or("", |source| &source.name);
            self.say("S26", format!("the rest depends on @{name}, which was not asked: it counts as no"));
            self.unasked.push(name.into());
            answers = policy.answered(answers, source, false);
        }
        if let Some(name) = policy.admits_insecure(resource, route, Sender { answers: &answers, ..sender }) {
            let text =
                format!("@{name} has this origin, but plain http gets no credentials: it does not belong");
            self.say("S22", text);
        }
    }
}
