//! A verdict becomes header lines and an answer.
//!
//! In: a verdict and a view of a response's headers. Out: the lines of the protocol, set, replaced or removed on it (`write`, S13
//! to S18), and for a preflight the status and body beside them (`answer`, S8 to S11). A policy at its place in an application
//! (`attached`, S25) does all of it, and shows what was refused to whoever listens (`tell`, S30).

mod answer;
mod attached;
mod current;
mod decision;
mod extras;
#[cfg(feature = "replace")]
mod handle;
mod present;
mod tell;
mod write;

pub use answer::Answer;
pub use attached::{Attached, ResourcePolicy};
pub use current::Current;
pub use decision::{Deciding, Decision};
#[cfg(feature = "replace")]
pub use handle::CorsHandle;
pub use write::{Decoration, KeepValues, ResponseHeaders};
