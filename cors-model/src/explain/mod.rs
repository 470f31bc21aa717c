//! A verdict becomes words for a person.
//!
//! In: a policy and a request. Out: an [`Explanation`], step by step, with the rule that each step follows.

mod explanation;

pub use explanation::{Explanation, Step};
