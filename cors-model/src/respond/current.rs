//! The policy that serves now, at its place: what an adapter asks about one request.

use crate::decide::{Asking, CorsRequest, Reply, RequestHeaders, Target, Verdict};
use crate::policy::attached::Loaded;
use crate::policy::{Attached, Cors};
use crate::respond::{Answer, Decision, KeepValues, ResponseHeaders};

impl Attached {
    /// The policy that serves now. An adapter asks for it once for each request, and keeps it until the request is decided and a
    /// preflight is answered: a replacement in between changes nothing (S25).
    pub fn current(&self) -> Current<'_> {
        Current { attached: self, cors: self.serving.load() }
    }

    /// This place with a policy that served when a request began, for an adapter that has waited for answers in between (S25).
    pub fn with<'a>(&'a self, cors: &'a Cors) -> Current<'a> {
        Current { attached: self, cors: Loaded::Fixed(cors) }
    }
}

/// The policy that serves now, at one place of an application. Made by [`Attached::current`].
pub struct Current<'a> {
    attached: &'a Attached,
    cors: Loaded<'a>,
}

impl Current<'_> {
    /// The policy, which may outlive this.
    pub fn cors(&self) -> Cors {
        self.cors.clone()
    }

    /// As [`Cors::ask`], at this place.
    pub fn ask<H: RequestHeaders + ?Sized>(&self, request: &CorsRequest<'_, H>) -> Asking {
        self.cors.ask(&self.here(CorsRequest { ..*request }))
    }

    /// As [`Cors::decide`], at this place.
    pub fn decide<H: KeepValues + ?Sized>(&self, request: CorsRequest<'_, H>) -> Decision<H::Value> {
        self.cors.decide(&self.here(request))
    }

    /// As [`Cors::judge`], at this place.
    pub fn judge<H: RequestHeaders + ?Sized>(&self, request: CorsRequest<'_, H>) -> Verdict {
        self.cors.judge(&self.here(request))
    }

    /// As [`Cors::answer`].
    pub fn answer<'c, H, R>(&'c self, reply: Reply, request: &H, response: &mut R) -> Answer
    where
        H: RequestHeaders + ?Sized,
        R: ResponseHeaders<'c, H::Value> + ?Sized,
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
