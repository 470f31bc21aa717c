//! A verdict with all that the response will need, for an adapter that no longer has the request when it has the response.

use crate::decide::Later;
use crate::decide::judge::{Begun, only_line};
use crate::decide::request::{CorsRequest, read};
use crate::decide::verdict::{Refusal, Reply};
use crate::grammar::header::RequestField;
use crate::policy::Cors;
use crate::respond::tell::Outcome;
use crate::respond::write::{Decoration, KeepValues};

/// What to do with a request, with all that its response will need. An adapter's whole logic is one `match` on this.
#[must_use]
#[derive(Clone, Debug)]
pub enum Decision<V> {
    /// Not a resource of the policy: leave request and response alone.
    Pass,
    /// Answer it with [`Cors::answer`], without asking the application: it is a preflight, or is refused.
    Answer(Reply),
    /// An actual request: run the application, then write on its response, whatever it is.
    Actual(Decoration<V>),
}

/// A decision, or what it has to wait for. Exhaustive, since an adapter has to handle all of it.
#[must_use]
pub enum Deciding<V> {
    /// The decision.
    Now(Decision<V>),
    /// Sources have to answer first ([S26](crate::rules)). What it resolves to goes into [`Attached::with`](crate::Attached::with) and
    /// [`CorsRequest::answers`].
    Later(Later),
}

impl<V> Decision<V> {
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Pass => Outcome::LeftAlone,
            Self::Answer(reply) => reply.outcome(),
            Self::Actual(decoration) if decoration.shares() => Outcome::Shared,
            Self::Actual(_) => Outcome::Unshared,
        }
    }
}

impl Cors {
    /// Decides about a request as [`Cors::judge`] does, and keeps what the response to an actual one will need: for an adapter
    /// that writes on it when the request is gone.
    pub fn decide<'c, H: KeepValues<'c> + ?Sized>(
        &'c self,
        request: &CorsRequest<'_, H>,
    ) -> Decision<H::Value> {
        let policy = &*self.0;
        let resource = match policy.begin(request) {
            Begun::Pass => return Decision::Pass,
            Begun::Answer(reply) => return Decision::Answer(reply),
            Begun::Actual(resource) => resource,
        };
        let origin = read(request.headers, RequestField::Origin);
        let sender = (!origin.is_none()).then(|| request.sender(only_line(&origin)));
        // Why nothing is granted is not kept, so nobody has to find out.
        let actual = policy.actual(resource, sender, request.method, |_| Refusal::Origin);
        Decision::Actual(self.keep::<H>(actual, origin.only()))
    }
}
