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
use crate::policy::rules::RequestedHeaders;
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
    let (kind, detail) = match verdict {
        Verdict::Pass => {
            let kind = left_alone(cors, request).filter(|_| details == Details::Wanted);
            return kind.into_iter().for_each(|kind| show(&event(kind, None)));
        }
        Verdict::Answer(Reply::Refused(_)) => return show(&event(EventKind::Enforced, verdict.refusal())),
        Verdict::Answer(Reply::Preflight(preflight)) => {
            let refusal = preflight.outcome.err().filter(|_| details == Details::Wanted);
            let detail =
                refusal.map(|refusal| diagnostics::detail(cors, &preflight, refusal, request.headers));
            (EventKind::Refused, detail.unwrap_or_default())
        }
        Verdict::Actual(_) if request.is_cross_origin() => (EventKind::NotShared, String::new()),
        Verdict::Actual(_) => return,
    };
    let (Some(resource), Some(refusal)) = (resource, verdict.refusal()) else { return };
    let missing = missing(cors, resource, refusal, request, told);
    let event = Event { missing: &missing, detail: &detail, ..event(kind, Some(refusal)) };
    if refusal == Refusal::Origin {
        let origin = read(request.headers, RequestField::Origin);
        let sender = request.sender(only_line(&origin));
        // S22: the source that has this origin which, since it is insecure, does not belong to it.
        let source = policy.admits_insecure(resource, policy.route(resource, &told.method), sender);
        if source.is_some() {
            return show(&Event { rule: "S22", source, ..event });
        }
    }
    show(&event);
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
        Refusal::Header => {
            let policy = &*cors.0;
            let origin = read(request.headers, RequestField::Origin);
            let sender = request.sender(only_line(&origin));
            let pick = policy.pick(resource, policy.route(resource, &told.method), sender);
            let requested = pick.map(|pick| &policy.entries[pick.entry as usize].requested);
            requested.map_or(String::new(), |requested| headers_not_allowed(requested, request.headers))
        }
        Refusal::Malformed | Refusal::Origin | Refusal::Host | Refusal::CrossSite => String::new(),
    }
}

/// The requested headers that are not allowed, joined by commas.
pub(crate) fn headers_not_allowed<H: RequestHeaders + ?Sized>(
    allowed: &RequestedHeaders,
    headers: &H,
) -> String {
    let mut missing = String::new();
    for line in headers.lines(RequestField::RequestHeaders) {
        for name in elements(line.as_ref()).filter(|name| !allowed.allows(name)) {
            missing += if missing.is_empty() { "" } else { ", " };
            missing += &escaped(name);
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
