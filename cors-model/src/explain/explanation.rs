//! A decision in words.

mod sources;

use std::fmt;

use http::header::ORIGIN;
use http::{HeaderMap, HeaderValue};

use crate::config::enforce::Mode;
use crate::decide::judge::only_line;
use crate::decide::request::{CorsRequest, Lines, RequestHeaders, Target, read};
use crate::decide::verdict::{Actual, Asked, Preflight, Refusal, Reply, Verdict};
use crate::error::Level;
use crate::explain::near;
use crate::grammar::header::RequestField;
use crate::grammar::path::respelled;
use crate::grammar::token::elements;
use crate::policy::Cors;
use crate::policy::paths::{Objection, ResourceId};
use crate::policy::rules::{Pick, Policy};
use crate::policy::sources::Sender;
use crate::respond::Answer;

/// One step on the way to a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    rule: &'static str,
    text: String,
}

impl Step {
    /// The rule that was applied: the number of one of [the rules](crate::rules), such as `S4`.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// What it came to.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Why a request gets the answer that it gets. It prints as lines of text, with everything from the request escaped.
#[derive(Clone, Debug)]
pub struct Explanation {
    request: String,
    verdict: Verdict,
    steps: Vec<Step>,
    answer: Option<Answer>,
    headers: HeaderMap,
    unasked: Vec<String>,
}

impl Explanation {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The steps that led to it.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The answer to a preflight; none for anything else, which the application answers.
    pub fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }

    /// The headers of that answer, or what is written on a response of the application that has no headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The origin sources ([S26](crate::rules)) that the verdict depends on and that were not asked, in the order of their names.
    pub fn unasked(&self) -> impl Iterator<Item = &str> {
        self.unasked.iter().map(String::as_str)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match (&self.verdict, self.verdict.refusal()) {
            (Verdict::Pass, _) => "not a CORS resource",
            (Verdict::Answer(Reply::Preflight(_)), None) => "preflight allowed",
            (Verdict::Answer(Reply::Preflight(_)), Some(_)) => "preflight refused",
            (Verdict::Answer(Reply::Refused(_)), _) => "refused",
            (Verdict::Actual(actual), _) if actual.grant.is_some() => "shared",
            (Verdict::Actual(_), Some(_)) => "not shared with this origin",
            (Verdict::Actual(_), None) => "not a cross-origin request",
        };
        writeln!(f, "{}: {outcome}", self.request)?;
        for step in &self.steps {
            writeln!(f, "  {:<4} {}", step.rule, step.text)?;
        }
        match &self.answer {
            Some(answer) => {
                writeln!(f, "  answered with {}, before the application", answer.status.as_u16())?
            }
            None => writeln!(f, "  answered by the application")?,
        }
        for (name, value) in &self.headers {
            writeln!(f, "       {name}: {}", value.as_bytes().escape_ascii())?;
        }
        Ok(())
    }
}

impl Cors {
    /// Tells how a request is decided: which resource, level, pattern and rule, and what would be answered.
    /// Where it is not shared, also what was probably meant, and what to write. For tools and tests; it allocates.
    pub fn explain<H: RequestHeaders + ?Sized>(&self, request: &CorsRequest<'_, H>) -> Explanation {
        let headers = &copied(request.headers);
        let CorsRequest { target, path, method, authority, answers, .. } = *request;
        let request = &CorsRequest { target, path, method, authority, headers, answers };
        let verdict = self.judge(request);
        let mut written = HeaderMap::new();
        let mut answer = None;
        match verdict {
            Verdict::Pass => {}
            Verdict::Answer(reply) => answer = Some(self.answer(reply, headers, &mut written)),
            Verdict::Actual(actual) => self.decorate(actual, headers, &mut written),
        }
        let mut teller = Teller { policy: &self.0, headers, steps: Vec::new(), unasked: Vec::new() };
        teller.tell(request, verdict);
        let origin = headers.get_all(ORIGIN).iter();
        let origins: Vec<_> = origin.map(|origin| origin.as_bytes().escape_ascii().to_string()).collect();
        let from =
            if origins.is_empty() { String::new() } else { format!(" from {}", origins.join(" and ")) };
        let at =
            request.authority.map_or(String::new(), |authority| format!(" at {}", authority.escape_debug()));
        let line = format!("{} {}{at}{from}", request.method.escape_debug(), request.path.escape_debug());
        let Teller { steps, unasked, .. } = teller;
        Explanation { request: line, verdict, steps, answer, headers: written, unasked }
    }
}

/// The lines that a decision reads. What no header line can hold is escaped, and so stays malformed.
fn copied<H: RequestHeaders + ?Sized>(headers: &H) -> HeaderMap {
    let mut copy = HeaderMap::new();
    for field in RequestField::ALL {
        for line in headers.lines(field) {
            let line = line.as_ref();
            let escaped = || HeaderValue::from_str(&line.escape_ascii().to_string()).ok();
            if let Some(value) = HeaderValue::from_bytes(line).ok().or_else(escaped) {
                copy.append(field.http(), value);
            }
        }
    }
    copy
}

struct Teller<'a> {
    policy: &'a Policy,
    headers: &'a HeaderMap,
    steps: Vec<Step>,
    unasked: Vec<String>,
}

impl Teller<'_> {
    fn say(&mut self, rule: &'static str, text: impl Into<String>) {
        self.steps.push(Step { rule, text: text.into() });
    }

    fn tell(&mut self, request: &CorsRequest<'_, HeaderMap>, verdict: Verdict) {
        let resource = self.policy.resource(request.target, request.path);
        self.enforcement(resource, request);
        let Some(resource) = resource else { return self.not_a_resource(request) };
        match &self.policy.resources[resource as usize].template {
            Some(template) => self.say("S6", format!("the path belongs to the resource {template}")),
            None => self.say("S6", "the path is not registered, but all_resources is on: the defaults apply"),
        }
        match verdict {
            Verdict::Pass | Verdict::Answer(Reply::Refused(_)) => {}
            Verdict::Answer(Reply::Preflight(preflight)) => self.preflight(resource, preflight),
            Verdict::Actual(actual) => {
                self.actual(resource, request);
                self.credentials(actual);
            }
        }
    }

    /// S28, for any request.
    fn enforcement(&mut self, resource: Option<ResourceId>, request: &CorsRequest<'_, HeaderMap>) {
        let Some(enforcement) = &self.policy.enforcement else { return };
        let why = match self.policy.enforced(enforcement, resource, request) {
            None => return self.say("S28", "enforcement lets the request pass"),
            Some(Refusal::Host) => "the host is not in the list `hosts`",
            Some(_) => "it comes from another site, and no entry lets that site send it",
        };
        self.say(
            "S28",
            match enforcement.mode {
                Mode::Refuse => format!("{why}: it is refused, and the application does not run"),
                Mode::Report => format!("{why}: it would be refused, but the mode is `report`"),
            },
        );
    }

    fn not_a_resource(&mut self, request: &CorsRequest<'_, HeaderMap>) {
        let told = match request.target {
            Target::Path => None,
            Target::Routed(template) => template,
            Target::Resource(_) => return self.say("S6", "the resource is one of another policy"),
        };
        match self.policy.paths.objected(told, request.path) {
            Some((resource, objection)) => self.objection(request.path, resource, objection),
            None => self.excluded_or_unregistered(request.path),
        }
    }

    fn excluded_or_unregistered(&mut self, path: &str) {
        let resources = self.policy.config.resources.len();
        if let Some(template) = self.policy.paths.excluded(path) {
            let template = self.policy.config.excluded.get(template as usize - resources);
            let template = template.map_or("", String::as_str);
            return self.say("S6", format!("the path is excluded by {template}: CORS leaves it alone"));
        }
        self.say("S6", "the path is not registered: CORS leaves it alone");
        if let Some(near) = near::path(self.policy, path) {
            self.say("S6", near);
        }
    }

    /// A shared response that a browser keeps from the page all the same.
    fn credentials(&mut self, actual: Actual) {
        let Some(grant) = actual.grant else { return };
        let entry = &self.policy.entries[grant.entry as usize];
        if entry.credentials || read(self.headers, RequestField::Origin).is_none() {
            return;
        }
        if self.headers.contains_key(RequestField::Cookie.http()) {
            self.say(
                "S13",
                "the request has a Cookie, but that entry does not allow credentials: the browser keeps the response from the page; \
                 set `allow_credentials`, or send no credentials",
            );
        }
        let authorization = RequestField::Authorization;
        let is_allowed = entry.requested.allows(authorization.as_str().as_bytes());
        if self.headers.contains_key(authorization.http()) && !is_allowed {
            self.say(
                "S13",
                "the request has Authorization, which that entry does not allow: the browser keeps the response from the page; add it to \
                 `allow_headers` if the page sets it, or set `allow_credentials` if the browser does",
            );
        }
    }

    /// S24: the readings of a path that lead to different rules, and what to do.
    fn objection(&mut self, path: &str, resource: ResourceId, objection: Objection) {
        let own = self.policy.resources[resource as usize].template.as_deref();
        let own = own.map_or("all other paths".into(), |template| format!("the resource {template}"));
        self.say("S24", format!("as it was sent, the path belongs to {own}"));
        let Objection::Read(reading, template) = objection else {
            return self.say("S24", "it has a segment `..`, which browsers resolve: CORS leaves it alone");
        };
        let resources = &self.policy.config.resources;
        let template = template.map(|template| match resources.get(template as usize) {
            Some(resource) => format!("the resource {}", resource.template),
            None => {
                let excluded = self.policy.config.excluded.get(template as usize - resources.len());
                format!("the excluded template {}", excluded.map_or("", String::as_str))
            }
        });
        let other = template.unwrap_or_else(|| "no resource of its own".into());
        let read = respelled(path, reading);
        self.say(
            "S24",
            format!("a server may read it as {read}, which belongs to {other}: CORS leaves it alone"),
        );
        self.say("S24", format!("to share it, request {read}, or register that with the rules of {own}"));
    }

    fn actual(&mut self, resource: ResourceId, request: &CorsRequest<'_, HeaderMap>) {
        let method = request.method;
        let route = self.policy.route(resource, method.as_bytes());
        if self.policy.constant(resource, route, method.as_bytes()).is_some() {
            self.say(
                "S18",
                "every entry that can win is `*` without credentials: the same answer for all, no Vary",
            );
            return;
        }
        match read(self.headers, RequestField::Origin) {
            Lines::None => self.say(
                "S18",
                "without an Origin line nothing is shared; Vary keeps caches from mixing up the answers",
            ),
            origin => {
                let method = method.escape_debug().to_string();
                let sender = request.sender(only_line(&origin));
                if self.origin_and_method(resource, &method, sender).is_none() {
                    self.say("S12", "the application runs all the same; only its answer is not shared");
                }
            }
        }
    }

    fn preflight(&mut self, resource: ResourceId, preflight: Preflight) {
        let requested = read(self.headers, RequestField::RequestMethod);
        let asks = only_line(&requested).escape_ascii().to_string();
        self.say("S6", format!("it is a preflight that asks for {asks}, answered before the application"));
        if preflight.outcome.err() == Some(Refusal::Malformed) {
            self.say("S19", "the request is malformed: no browser sends such header lines");
            return;
        }
        let origin = read(self.headers, RequestField::Origin);
        let sender = Sender { origin: only_line(&origin), answers: &preflight.answers };
        let Some(pick) = self.origin_and_method(resource, &asks, sender) else { return };
        match preflight.outcome {
            Err(Refusal::Header) => self.refused_headers(&pick),
            Err(Refusal::Method) => {
                self.say("S9", "`*` as a method would allow every method, which is not meant here")
            }
            Ok(allowed) if allowed.asked != Asked::Nothing => {
                self.say("S10", "all requested headers are allowed")
            }
            _ => {}
        }
    }

    fn refused_headers(&mut self, pick: &Pick) {
        let entry = &self.policy.entries[pick.entry as usize];
        let lines = self.headers.get_all(RequestField::RequestHeaders.http());
        let refused: Vec<_> = lines
            .iter()
            .flat_map(|line| elements(line.as_bytes()))
            .filter(|name| !entry.requested.allows(name))
            .map(|name| name.escape_ascii().to_string())
            .collect();
        let list = entry.allow_headers.as_ref().map_or("*", |value| value.as_str());
        let list = if list.is_empty() { "nothing" } else { list };
        self.say("S10", format!("that entry does not allow {}; it allows {list}", refused.join(", ")));
    }

    /// S1 to S4: the entry that decides, if the method is enabled, too.
    fn origin_and_method(&mut self, resource: ResourceId, method: &str, sender: Sender<'_>) -> Option<Pick> {
        let route = self.policy.route(resource, method.as_bytes());
        self.sources(resource, route, sender);
        let Some(pick) = self.policy.pick(resource, route, sender) else {
            self.say("S1", "no pattern of the route, the resource or the defaults matches this origin");
            if let Some(near) = near::origin(self.policy, resource, sender.origin) {
                self.say("S1", near);
            }
            return None;
        };
        let pattern = self.policy.origins.text(pick.pattern);
        let place = place(&pick);
        self.say("S1", format!("the most specific pattern that matches is {pattern}, in {place}"));
        let (enabled, text) = match route {
            Some(_) => (true, format!("{method} is enabled: a route is registered for it")),
            None if self.policy.enables(
                &self.policy.resources[resource as usize],
                pick.entry,
                method.as_bytes(),
            ) =>
            {
                (true, format!("{method} is enabled by that entry"))
            }
            None => {
                (false, format!("{method} is not enabled: it has no route, and that entry does not allow it"))
            }
        };
        self.say("S4", text);
        if !enabled {
            self.say("S4", near::method(self.policy, resource, sender, method));
        }
        enabled.then_some(pick)
    }
}

fn place(pick: &Pick) -> &'static str {
    match pick.level {
        Level::Route => "the map of the method's route",
        Level::Resource => "the resource's map",
        Level::Defaults | Level::Config => "the defaults",
    }
}
