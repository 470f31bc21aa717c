//! A verdict with all that the response will need, for an adapter that no longer has the request when it has the response.

use crate::decide::request::{CorsRequest, read};
use crate::decide::verdict::{Reply, Verdict};
use crate::grammar::header::RequestField;
use crate::policy::Cors;
use crate::respond::keep::KeepValues;
use crate::respond::write::Decoration;

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

impl Cors {
    /// Decides about a request as [`Cors::judge`] does, and keeps what the response to an actual one will need: for an adapter
    /// that writes on it when the request is gone.
    pub fn decide<'c, H: KeepValues<'c> + ?Sized>(
        &'c self,
        request: &CorsRequest<'_, H>,
    ) -> Decision<H::Value> {
        match self.judge(request) {
            Verdict::Pass => Decision::Pass,
            Verdict::Answer(reply) => Decision::Answer(reply),
            Verdict::Actual(actual) => {
                let origin = read(request.headers, RequestField::Origin).only();
                Decision::Actual(self.keep::<H>(actual, origin))
            }
        }
    }
}
