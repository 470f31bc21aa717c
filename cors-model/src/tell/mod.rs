//! A verdict becomes an event, a line of the log and a count.
//!
//! In: a request and its policy, and perhaps a second one. Out: what was refused or not shared, and why (`find`, S30), what the second
//! policy would change (`compare`, S27), each shown to everybody who listens (`observers`); the details of a refused preflight in
//! bounded text (`diagnostics`, S11); and the advice on a policy in the log (`advice`, S23).

#[cfg(feature = "tracing")]
mod advice;
pub(crate) mod compare;
#[cfg(feature = "metrics")]
mod count;
pub(crate) mod diagnostics;
mod event;
pub(crate) mod find;
#[cfg(feature = "tracing")]
mod log;
pub(crate) mod observers;
pub(crate) mod request;
pub(crate) mod text;
#[cfg(feature = "tracing")]
mod throttle;

#[cfg(feature = "metrics")]
pub use count::count_event;
pub use event::{Event, EventKind};
