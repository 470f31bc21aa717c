//! From a request and its policy to the events that a program can see (S30).

use crate::config::enforce::Mode;
use crate::decide::judge::only_line;
use crate::decide::request::{CorsRequest, RequestHeaders, Target, read};
use crate::decide::same_origin::Site;
use crate::decide::verdict::{Refusal, Reply, Verdict};
use crate::grammar::header::RequestField;
use crate::grammar::token::elements;
use crate::policy::Cors;
use crate::policy::paths::ResourceId;
use crate::tell::diagnostics;
use crate::tell::event::{Event, EventKind};
use crate::tell::request::Told;
use crate::tell::text::escaped;

/// Shows the events of a request. Those that are for the log at debug alone, and its details, only if they are asked for.
pub(crate) fn events<H: RequestHeaders + ?Sized>(
    cors: &Cors,
    request: &CorsRequest<'_, H>,
    told: &Told<'_>,
    details: Details,
    mut show: impl FnMut(&Event<'_>),
) {
    let policy = &*cors.0;
    let resource = policy.resource(request.target, request.path);
    let event = |kind, reason| Event { resource: template(cors, resource), ..Event::new(kind, reason, told) };
    if let Some(enforcement) = policy.enforcement.as_ref().filter(|found| found.mode == Mode::Report) {
        if let Some(refusal) = policy.enforced(enforcement, resource, request) {
            show(&event(EventKind::WouldEnforce, Some(refusal)));
        }
    }
    let verdict = cors.judge(request);
    match (verdict, resource, verdict.refusal()) {
        (Verdict::Answer(Reply::Refused(_)), _, refusal) => show(&event(EventKind::Enforced, refusal)),
        (Verdict::Answer(Reply::Preflight(preflight)), Some(resource), Some(refusal)) => {
            let detail = match details {
                Details::Wanted => diagnostics::detail(cors, &preflight, refusal, request.headers),
                Details::Unwanted => String::new(),
            };
            let missing = missing(cors, resource, refusal, request, told);
            let event =
                Event { missing: &missing, detail: &detail, ..event(EventKind::Refused, Some(refusal)) };
            show(&event.of_insecure_member(cors, resource, request));
        }
        (Verdict::Actual(_), Some(resource), Some(refusal)) if request.is_cross_origin() => {
            let missing = missing(cors, resource, refusal, request, told);
            let event = Event { missing: &missing, ..event(EventKind::NotShared, Some(refusal)) };
            show(&event.of_insecure_member(cors, resource, request));
        }
        (Verdict::Pass, ..) if details == Details::Wanted => {
            if let Some(kind) = left_alone(cors, request) {
                show(&event(kind, None));
            }
        }
        _ => {}
    }
}

/// Is there a log that shows what only matters to somebody who searches for a fault?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Details {
    Wanted,
    Unwanted,
}

impl<'a> Event<'a> {
    pub(crate) fn new(kind: EventKind, reason: Option<Refusal>, request: &'a Told<'a>) -> Self {
        let rule = match (kind, reason) {
            (EventKind::WouldGain | EventKind::WouldLose, _) => "S27",
            (EventKind::SourceFailed, _) => "S26",
            (EventKind::Ambiguous, _) => "S24",
            (EventKind::Unregistered, _) => "S6",
            (_, Some(Refusal::Origin)) => "S1",
            (_, Some(Refusal::Method)) => "S4",
            (_, Some(Refusal::Header)) => "S10",
            (_, Some(Refusal::Malformed)) => "S19",
            (_, Some(Refusal::Host | Refusal::CrossSite) | None) => "S28",
        };
        Self { kind, reason, request, resource: None, rule, missing: "", source: None, detail: "" }
    }

    /// S22: names the source that has an origin which, since it is insecure, does not belong to it.
    fn of_insecure_member<H: RequestHeaders + ?Sized>(
        self,
        cors: &'a Cors,
        resource: ResourceId,
        request: &CorsRequest<'_, H>,
    ) -> Self {
        let policy = &*cors.0;
        let origin = read(request.headers, RequestField::Origin);
        let route = policy.route(resource, self.method());
        match policy.admits_insecure(resource, route, request.sender(only_line(&origin))) {
            Some(source) if self.reason == Some(Refusal::Origin) => {
                Self { rule: "S22", source: Some(source), ..self }
            }
            _ => self,
        }
    }
}

impl<H: RequestHeaders + ?Sized> CorsRequest<'_, H> {
    /// Has it an `Origin` line that steps 4 and 8 of S28 would not let pass?
    fn is_cross_origin(&self) -> bool {
        self.headers.lines(RequestField::Origin).next().is_some()
            && self.site() != Site::Own
            && !self.is_from_own_host()
    }
}

/// The template of a resource. All other paths have none.
pub(crate) fn template(cors: &Cors, resource: Option<ResourceId>) -> Option<&str> {
    cors.0.resources.get(resource? as usize)?.template.as_deref()
}

/// The method or the requested headers that a policy lacks.
pub(crate) fn missing<H: RequestHeaders + ?Sized>(
    cors: &Cors,
    resource: ResourceId,
    refusal: Refusal,
    request: &CorsRequest<'_, H>,
    told: &Told<'_>,
) -> String {
    match refusal {
        Refusal::Method => escaped(&told.method).into(),
        Refusal::Header => missing_headers(cors, resource, request, &told.method),
        Refusal::Malformed | Refusal::Origin | Refusal::Host | Refusal::CrossSite => String::new(),
    }
}

fn missing_headers<H: RequestHeaders + ?Sized>(
    cors: &Cors,
    resource: ResourceId,
    request: &CorsRequest<'_, H>,
    method: &[u8],
) -> String {
    let policy = &*cors.0;
    let origin = read(request.headers, RequestField::Origin);
    let sender = request.sender(only_line(&origin));
    let pick = policy.pick(resource, policy.route(resource, method), sender);
    let Some(requested) = pick.map(|pick| &policy.entries[pick.entry as usize].requested) else {
        return String::new();
    };
    let mut missing = String::new();
    for line in request.headers.lines(RequestField::RequestHeaders) {
        for name in elements(line.as_ref()).filter(|name| !requested.allows(name)) {
            missing.push_str(if missing.is_empty() { "" } else { ", " });
            missing.push_str(&escaped(name));
        }
    }
    missing
}

/// What there is to say of a request at a path that is no resource.
fn left_alone<H: RequestHeaders + ?Sized>(cors: &Cors, request: &CorsRequest<'_, H>) -> Option<EventKind> {
    let objected = match request.target {
        Target::Path => cors.0.paths.objected(None, request.path),
        Target::Routed(template) => cors.0.paths.objected(template, request.path),
        Target::Resource(_) => None,
    };
    if objected.is_some() && (request.is_preflight() || request.is_cross_origin()) {
        return Some(EventKind::Ambiguous);
    }
    request.is_preflight().then_some(EventKind::Unregistered)
}
