//! Why a path is not a resource.

use crate::decide::request::Target;
use crate::explain::explanation::steps::Steps;
use crate::explain::near;
use crate::grammar::path::respelled;
use crate::policy::paths::{Objection, ResourceId, TemplateId};

impl<'a> Steps<'a> {
    pub(super) fn elsewhere(&mut self) {
        let path = self.request.path;
        let told = match self.request.target {
            Target::Path => None,
            Target::Routed(template) => template,
            Target::Resource(_) => return self.say("S6", "the resource is one of another policy"),
        };
        if let Some((resource, objection)) = self.policy.paths.objected(told, path) {
            return self.objection(resource, objection);
        }
        if let Some(template) = self.policy.paths.excluded(path).and_then(|template| self.excluded(template))
        {
            return self.say("S6", format!("the path is excluded by {template}: CORS leaves it alone"));
        }
        self.say("S6", "the path is not registered: CORS leaves it alone");
        if let Some(near) = near::path(self.policy, path) {
            self.say("S6", near.escape_debug().to_string());
        }
    }

    /// S24: the readings of a path that lead to different rules, and what to do.
    fn objection(&mut self, resource: ResourceId, objection: Objection) {
        let own = self.resource(resource);
        self.say("S24", format!("as it was sent, the path belongs to {own}"));
        let Objection::Read(reading, template) = objection else {
            return self.say("S24", "it has a segment `..`, which browsers resolve: CORS leaves it alone");
        };
        let other = match template {
            None => "no resource of its own".into(),
            Some(template) => match self.excluded(template) {
                Some(excluded) => format!("the excluded template {excluded}"),
                None => self.resource(template),
            },
        };
        let read = respelled(self.request.path, reading);
        self.say(
            "S24",
            format!("a server may read it as {read}, which belongs to {other}: CORS leaves it alone"),
        );
        self.say("S24", format!("to share it, request {read}, or register that with the rules of {own}"));
    }

    fn resource(&self, resource: ResourceId) -> String {
        let template = self.policy.resources.get(resource as usize).and_then(|rules| rules.template.as_ref());
        template.map_or("all other paths".into(), |template| format!("the resource {template}"))
    }

    /// The text of a template, if it is excluded: those come after the templates of all resources.
    fn excluded(&self, template: TemplateId) -> Option<&'a str> {
        let config = &self.policy.config;
        let place = (template as usize).checked_sub(config.resources.len())?;
        config.excluded.get(place).map(String::as_str)
    }
}
