//! A verdict becomes header lines and an answer.
//!
//! In: a verdict and a view of a response's headers. Out: the lines of the protocol, set, replaced or removed on it (`write`, S13
//! to S18), and for a preflight the status and body beside them (`answer`, S8 to S11).

mod answer;
mod current;
mod decision;
mod present;
mod write;

pub use answer::Answer;
pub use current::Current;
pub use decision::Decision;
pub use write::{Decoration, KeepValues, ResponseHeaders};
