//! The policy that serves now, at its place: what an adapter asks about one request.

use crate::decide::{Asking, CorsRequest, Reply, RequestHeaders, Target, Verdict};
use crate::policy::Cors;
use crate::respond::attached::Loaded;
use crate::respond::{Answer, Attached, Deciding, Decision, KeepValues, ResponseHeaders};

impl Attached {
    /// The policy that serves now. An adapter asks for it once for each request, and keeps it until the request is decided and a
    /// preflight is answered: a replacement in between changes nothing ([S25](crate::rules)).
    pub fn current(&self) -> Current<'_> {
        Current { attached: self, cors: self.serving.load() }
    }

    /// This place with a policy that served when a request began, for an adapter that has waited for answers in between ([S25](crate::rules)).
    pub fn with<'a>(&'a self, cors: &'a Cors) -> Current<'a> {
        Current { attached: self, cors: Loaded::Fixed(cors) }
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

    /// As [`Cors::ask`], at this place.
    pub fn ask<H: RequestHeaders + ?Sized>(&self, mut request: CorsRequest<'_, H>) -> Asking {
        self.place(&mut request);
        self.cors.ask(&request)
    }

    /// As [`Cors::decide`], at this place, unless sources have to answer first. For an adapter that can wait.
    pub fn begin<'c, H>(&'c self, mut request: CorsRequest<'_, H>) -> Deciding<H::Value>
    where
        H: KeepValues<'c> + ?Sized,
    {
        self.place(&mut request);
        match self.cors.ask(&request) {
            Asking::Now(answers) => Deciding::Now(self.decided(&request.answers(answers))),
            Asking::Later(later) => Deciding::Later(later),
        }
    }

    /// As [`Cors::decide`], at this place. Sources that were not asked about the request are asked now. One that has to be awaited fails.
    pub fn decide<'c, H>(&'c self, mut request: CorsRequest<'_, H>) -> Decision<H::Value>
    where
        H: KeepValues<'c> + ?Sized,
    {
        self.place(&mut request);
        self.complete(&mut request);
        self.decided(&request)
    }

    fn decided<'c, H>(&'c self, request: &CorsRequest<'_, H>) -> Decision<H::Value>
    where
        H: KeepValues<'c> + ?Sized,
    {
        let decision = self.cors.decide(request);
        self.tell(|| decision.outcome(), request);
        decision
    }

    /// As [`Cors::judge`], at this place, and asks as [`decide`](Self::decide) does.
    pub fn judge<H: RequestHeaders + ?Sized>(&self, mut request: CorsRequest<'_, H>) -> Verdict {
        self.place(&mut request);
        self.complete(&mut request);
        let verdict = self.cors.judge(&request);
        self.tell(|| verdict.outcome(), &request);
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
    fn place<H: ?Sized>(&self, request: &mut CorsRequest<'_, H>) {
        if let Some(resource) = self.attached.resource_of(&self.cors) {
            request.target = Target::Resource(resource);
        }
    }

    /// Asks the sources, if they were not asked.
    fn complete<H: RequestHeaders + ?Sized>(&self, request: &mut CorsRequest<'_, H>) {
        if !self.cors.0.has_asked(request.answers) {
            request.answers = self.cors.ask_now(request);
        }
    }
}
