//! A verdict becomes words for the log.
//!
//! In: a refused preflight. Out: what was asked and what would be allowed, in bounded text (S11).

pub(crate) mod diagnostics;
