#![doc = include_str!("../README.md")]

mod advice;
mod allow_methods;
mod answer;
mod build;
mod check;
mod config;
mod diagnose;
mod error;
mod explain;
#[cfg(feature = "serde")]
mod file;
mod header;
mod intern;
mod judge;
mod lines;
mod method;
mod options;
mod origin;
mod origins;
mod pattern;
mod policy;
mod prepared;
pub mod presets;
mod risk;
mod routed;
#[cfg(feature = "serde")]
mod save;
mod template;
mod token;
mod value;
mod verdict;
mod view;
mod write;

pub use advice::{Advice, AdviceKind};
pub use answer::Answer;
pub use config::{CorsConfig, OriginMap, Resource, Route};
pub use error::{ConfigError, ConfigErrors, ErrorKind, Level, Place};
pub use explain::{Explanation, Step};
pub use header::{RequestField, ResponseField};
pub use judge::{Cors, ResourcePolicy};
pub use lines::{KeepValues, RequestHeaders};
pub use options::{Any, Names, ResourceOptions};
pub use prepared::Prepared;
pub use risk::{Risk, UnknownRisk};
pub use value::{FixedValue, Value};
pub use verdict::{Actual, Preflight, Refusal, ResourceKey, Target, Verdict};
pub use view::CorsView;
pub use write::{Decision, Decoration, ResponseHeaders};
