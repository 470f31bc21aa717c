//! The policy that serves now, at its place: what an adapter asks about one request.

use crate::decide::{CorsRequest, Reply, RequestHeaders, Target, Verdict};
use crate::policy::Cors;
use crate::respond::attached::Loaded;
use crate::respond::{Answer, Attached, Decision, KeepValues, ResponseHeaders};

impl Attached {
    /// The policy that serves now. An adapter asks for it once for each request, and keeps it until the request is decided and a
    /// preflight is answered: a replacement in between changes nothing (S25).
    pub fn current(&self) -> Current<'_> {
        Current { attached: self, cors: self.serving.load() }
    }
}

/// The policy that serves now, at one place of an application. Made by [`Attached::current`].
pub struct Current<'a> {
    pub(super) attached: &'a Attached,
    pub(super) cors: Loaded<'a>,
}

impl Current<'_> {
    /// The policy, which may outlive this.
    pub fn cors(&self) -> Cors {
        self.cors.clone()
    }

    /// As [`Cors::decide`], at this place.
    pub fn decide<'c, H>(&'c self, request: CorsRequest<'_, H>) -> Decision<H::Value>
    where
        H: KeepValues<'c> + ?Sized,
    {
        let request = self.here(request);
        let decision = self.cors.decide(&request);
        self.tell(decision.outcome(), &request);
        decision
    }

    /// As [`Cors::judge`], at this place.
    pub fn judge<H: RequestHeaders + ?Sized>(&self, request: CorsRequest<'_, H>) -> Verdict {
        let request = self.here(request);
        let verdict = self.cors.judge(&request);
        self.tell(verdict.outcome(), &request);
        verdict
    }

    /// As [`Cors::answer`].
    pub fn answer<'c, H, R>(&'c self, reply: Reply, request: &H, response: &mut R) -> Answer
    where
        H: KeepValues<'c> + ?Sized,
        R: ResponseHeaders<H::Value>,
    {
        self.cors.answer(reply, request, response)
    }

    /// At the place of one resource every request is one to this resource.
    fn here<'r, H: ?Sized>(&self, request: CorsRequest<'r, H>) -> CorsRequest<'r, H> {
        match self.attached.resource_of(&self.cors) {
            Some(resource) => request.target(Target::Resource(resource)),
            None => request,
        }
    }
}
