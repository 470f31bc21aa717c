//! A verdict becomes words for a person.
//!
//! In: a policy and a request. Out: an [`Explanation`], step by step, with the rule that each step follows; and for the request of a
//! page an [`Exchange`], with what its browser sends and whether the page may read what comes back.
//! In: two policies. Out: the [`Difference`] between them.

mod browser;
mod difference;
mod explanation;
mod near;
#[cfg(feature = "testing")]
pub mod testing;

pub use browser::{Blocked, Exchange, PageRequest, PageRequestError};
pub use difference::{Change, Difference, Right};
pub use explanation::{Explanation, Step};
