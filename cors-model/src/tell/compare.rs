//! A second policy, judged beside the one that serves (S27).

use crate::decide::judge::unknown;
use crate::decide::request::{CorsRequest, RequestHeaders, Target};
use crate::decide::verdict::Refusal;
use crate::policy::Cors;
use crate::policy::paths::ResourceId;
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
    let next_request = next_request.answers(answers);
    let (now, then) = (Right::of(cors, request), Right::of(next, &next_request));
    let (kind, lacking, policy, asked) = match (now.shared, then.shared) {
        (Err(_), Ok(_)) | (Ok(false), Ok(true)) => (EventKind::WouldGain, &now, cors, request),
        (Ok(_), Err(_)) | (Ok(true), Ok(false)) => (EventKind::WouldLose, &then, next, &next_request),
        (Err(_), Err(_)) | (Ok(false), Ok(false)) | (Ok(true), Ok(true)) => return,
    };
    let reason = lacking.shared.err().flatten();
    let missing = match (lacking.shared, lacking.resource, reason) {
        (Ok(_), ..) => "credentials".into(),
        (Err(_), Some(resource), Some(refusal)) => missing(policy, resource, refusal, asked, told),
        (Err(_), ..) => String::new(),
    };
    let resource = template(cors, now.resource).or(template(next, then.resource));
    show(&Event { resource, missing: &missing, ..Event::new(kind, reason, told) });
}

/// What a policy lets the page do that made a request, without its enforcement.
struct Right {
    resource: Option<ResourceId>,
    /// Whether with credentials.
    shared: Result<bool, Option<Refusal>>,
}

impl Right {
    fn of<H: RequestHeaders + ?Sized>(cors: &Cors, request: &CorsRequest<'_, H>) -> Self {
        let policy = &*cors.0;
        let Some(resource) = policy.resource(request.target, request.path) else {
            return Self { resource: None, shared: Err(None) };
        };
        let preflight = || policy.preflight(resource, request.headers, &request.answers);
        let entry = match (request.method == "OPTIONS").then(preflight).flatten() {
            Some(preflight) => preflight.outcome.map(|allowed| allowed.pick.entry).map_err(Some),
            None => {
                let actual = policy.actual_of(resource, request, unknown);
                actual.grant.map(|grant| grant.entry).ok_or(actual.refusal)
            }
        };
        let shared = entry.map(|entry| policy.entries[entry as usize].credentials);
        Self { resource: Some(resource), shared }
    }
}
