//! A second policy, judged beside the one that serves (S27).

use crate::decide::judge::unknown;
use crate::decide::request::{CorsRequest, RequestHeaders, Target};
use crate::decide::verdict::Refusal;
use crate::policy::Cors;
use crate::tell::event::{Event, EventKind};
use crate::tell::find::{missing, template};
use crate::tell::request::Told;

/// Shows what would change for a request if the next policy served, to which the request is one to this target.
pub(crate) fn compare<H: RequestHeaders + ?Sized>(
    cors: &Cors,
    next: &Cors,
    next_target: Target<'_>,
    request: &CorsRequest<'_, H>,
    told: &Told<'_>,
    mut show: impl FnMut(&Event<'_>),
) {
    if told.origin.is_none() {
        return;
    }
    let next_request = CorsRequest { target: next_target, ..*request };
    let Some(answers) = next.kept_answers(&next_request) else { return };
    let now = Right::of(cors, request, told);
    let then = Right::of(next, &next_request.answers(answers), told);
    let (kind, lacking) = match (now.shared, then.shared) {
        (Err(_), Ok(_)) | (Ok(false), Ok(true)) => (EventKind::WouldGain, &now),
        (Ok(_), Err(_)) | (Ok(true), Ok(false)) => (EventKind::WouldLose, &then),
        (Err(_), Err(_)) | (Ok(false), Ok(false)) | (Ok(true), Ok(true)) => return,
    };
    let missing = if lacking.shared.is_ok() { "credentials" } else { &lacking.missing };
    let reason = lacking.shared.err().flatten();
    show(&Event { resource: now.resource.or(then.resource), missing, ..Event::new(kind, reason, told) });
}

/// What a policy lets the page do that made a request, without its enforcement.
struct Right<'a> {
    resource: Option<&'a str>,
    /// Whether with credentials.
    shared: Result<bool, Option<Refusal>>,
    missing: String,
}

impl<'a> Right<'a> {
    fn of<H: RequestHeaders + ?Sized>(cors: &'a Cors, request: &CorsRequest<'_, H>, told: &Told<'_>) -> Self {
        let policy = &*cors.0;
        let Some(resource) = policy.resource(request.target, request.path) else {
            return Self { resource: None, shared: Err(None), missing: String::new() };
        };
        let preflight = || policy.preflight(resource, request.headers, &request.answers);
        let entry = match request.is_preflight().then(preflight).flatten() {
            Some(preflight) => preflight.outcome.map(|allowed| allowed.pick.entry).map_err(Some),
            None => {
                let actual = policy.actual_of(resource, request, unknown);
                actual.grant.map(|grant| grant.entry).ok_or(actual.refusal)
            }
        };
        let missing = |refusal| missing(cors, resource, refusal, request, told);
        Self {
            resource: template(cors, Some(resource)),
            shared: entry.map(|entry| policy.entries[entry as usize].credentials),
            missing: entry.err().flatten().map(missing).unwrap_or_default(),
        }
    }
}
