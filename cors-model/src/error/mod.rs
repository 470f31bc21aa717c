//! What is wrong with a configuration, where, and how that prints.
//!
//! In: a kind, a place, a value and a sentence, from whoever checks. Out: [`ConfigErrors`], which list every error at once (S20).

mod config_error;
mod kind;
mod language;
mod place;
mod risk;

pub(crate) use config_error::ErrorValue;
pub use config_error::{ConfigError, ConfigErrors};
pub use kind::ErrorKind;
pub(crate) use language::Language;
pub use place::{Level, Place};
pub use risk::{Risk, UnknownRisk};
