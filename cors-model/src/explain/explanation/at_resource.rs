//! How a request at a resource is decided.

use http::header::ORIGIN;

use crate::decide::judge::only_line;
use crate::decide::request::read;
use crate::decide::verdict::{Actual, Asked, Preflight, Refusal};
use crate::error::Level;
use crate::explain::explanation::steps::Steps;
use crate::explain::near;
use crate::grammar::header::RequestField;
use crate::policy::paths::ResourceId;
use crate::policy::rules::{EntryId, Pick, RouteRules};
use crate::policy::sources::Sender;
use crate::tell::find::headers_not_allowed;

impl Steps<'_> {
    pub(super) fn actual(&mut self, resource: ResourceId, actual: Actual) {
        if !actual.vary {
            self.say(
                "S18",
                "every entry that can win is `*` without credentials: the same answer for all, no Vary",
            );
        } else if !self.request.headers.contains_key(ORIGIN) {
            self.say(
                "S18",
                "without an Origin line nothing is shared; Vary keeps caches from mixing up the answers",
            );
        } else if self.origin_and_method(resource, self.request.method).is_none() {
            self.say("S12", "the application runs all the same; only its answer is not shared");
        }
        if let Some(grant) = actual.grant.filter(|_| self.request.headers.contains_key(ORIGIN)) {
            self.credentials(grant.entry);
        }
    }

    /// A shared response that a browser keeps from the page all the same.
    fn credentials(&mut self, entry: EntryId) {
        let entry = &self.policy.entries[entry as usize];
        if entry.credentials {
            return;
        }
        if self.request.headers.contains_key(RequestField::Cookie.http()) {
            self.say(
                "S13",
                "the request has a Cookie, but that entry does not allow credentials: the browser keeps the response from the page; \
                 set `allow_credentials`, or send no credentials",
            );
        }
        let authorization = RequestField::Authorization;
        let is_allowed = entry.requested.allows(authorization.as_str().as_bytes());
        if self.request.headers.contains_key(authorization.http()) && !is_allowed {
            self.say(
                "S13",
                "the request has Authorization, which that entry does not allow: the browser keeps the response from the page; add it to \
                 `allow_headers` if the page sets it, or set `allow_credentials` if the browser does",
            );
        }
    }

    pub(super) fn preflight(&mut self, preflight: Preflight) {
        let headers = self.request.headers;
        let requested = read(headers, RequestField::RequestMethod);
        let requested = only_line(&requested);
        let shown = requested.escape_ascii();
        self.say("S6", format!("it is a preflight that asks for {shown}, answered before the application"));
        if preflight.outcome.err() == Some(Refusal::Malformed) {
            return self.say("S19", "the request is malformed: no browser sends such header lines");
        }
        let requested = std::str::from_utf8(requested).unwrap_or_default();
        let Some(pick) = self.origin_and_method(preflight.resource, requested) else { return };
        match preflight.outcome {
            Err(Refusal::Header) => {
                let entry = &self.policy.entries[pick.entry as usize];
                let missing = headers_not_allowed(&entry.requested, headers);
                let list = entry.allow_headers.as_ref().map_or("*", |value| value.as_str());
                let list = if list.is_empty() { "nothing" } else { list };
                self.say("S10", format!("that entry does not allow {missing}; it allows {list}"));
            }
            Err(Refusal::Method) => {
                self.say("S9", "`*` as a method would allow every method, which is not meant here")
            }
            Ok(allowed) if allowed.asked != Asked::Nothing => {
                self.say("S10", "all requested headers are allowed")
            }
            _ => {}
        }
    }

    /// S1 to S4: the entry that decides, if the method is enabled, too.
    fn origin_and_method(&mut self, resource: ResourceId, method: &str) -> Option<Pick> {
        let policy = self.policy;
        let origin = read(self.request.headers, RequestField::Origin);
        let sender = self.request.sender(only_line(&origin));
        let route = policy.route(resource, method.as_bytes());
        self.sources(resource, route, sender);
        let Some(pick) = policy.pick(resource, route, sender) else {
            self.say("S1", "no pattern of the route, the resource or the defaults matches this origin");
            if let Some(near) = near::origin(policy, resource, sender.origin) {
                self.say("S1", near);
            }
            return None;
        };
        let place = match pick.level {
            Level::Route => "the map of the method's route",
            Level::Resource => "the resource's map",
            Level::Defaults | Level::Config => "the defaults",
        };
        let pattern = policy.origins.text(pick.pattern);
        self.say("S1", format!("the most specific pattern that matches is {pattern}, in {place}"));
        let is_enabled = policy.granted(resource, sender, method).is_some();
        let shown = method.escape_debug().to_string();
        let why = match (route, is_enabled) {
            (Some(_), _) => "is enabled: a route is registered for it",
            (None, true) => "is enabled by that entry",
            (None, false) => "is not enabled: it has no route, and that entry does not allow it",
        };
        self.say("S4", format!("{shown} {why}"));
        if !is_enabled {
            self.say("S4", near::method(policy, resource, sender, &shown));
        }
        is_enabled.then_some(pick)
    }

    /// S26: what was asked, and what depends on what was not.
    fn sources(&mut self, resource: ResourceId, route: Option<&RouteRules>, sender: Sender<'_>) {
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
