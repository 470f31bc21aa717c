//! What is wrong with single values, which risks they run, and what could be better.
//!
//! In: a configuration or parts of it. Out: errors (S21), risks (S22) and advice (S23). Nothing here is needed while serving.

pub(crate) mod advice;
mod reach;
pub(crate) mod risks;
mod sources;
pub(crate) mod values;

pub use advice::{Advice, AdviceKind};
