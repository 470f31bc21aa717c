//! A request becomes a verdict.
//!
//! In: a policy and a request as an adapter sees it (`request`). Out: a small `Copy` [`Verdict`] (`judge`, S6 to S19), which
//! says what to do and, where nothing is shared, why.

mod ask;
mod enforce;
pub(crate) mod judge;
pub(crate) mod request;
pub(crate) mod same_origin;
pub(crate) mod verdict;

pub use ask::Asking;
pub(crate) use ask::Later;
pub use request::{CorsRequest, RequestHeaders, Target};
pub use verdict::{Actual, Preflight, Refusal, Refused, Reply, Verdict};
