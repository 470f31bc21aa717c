//! What a configuration is built into: everything numbered, prepared and found by look-up.
//!
//! In: a `CorsConfig` (`build`). Out: a [`Cors`], which cannot be wrong, and the look-ups with which `decide` finds the
//! resource of a path (`paths`), the patterns of an origin (`origins`), and the entry that wins (`rules`, S1 to S4).

pub(crate) mod allow_methods;
mod beside;
pub(crate) mod build;
mod cors;
pub(crate) mod enforce;
mod entry;
mod labels;
mod names;
pub(crate) mod origins;
pub(crate) mod paths;
pub(crate) mod rules;
pub(crate) mod sources;
mod tree;
pub(crate) mod value;

pub use cors::{Cors, ResourceKey};
pub use sources::Answers;
pub use value::Value;

/// A list's next number. A configuration of four thousand million items does not fit in memory.
fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
