//! What a user writes: the defaults, the resources, their routes, and in each of these a map from origin pattern to options.
//!
//! In: calls of the builder, or a file. Out: a [`CorsConfig`], which may still be wrong; `CorsConfig::build` checks it.

mod cors_config;
pub(crate) mod enforce;
#[cfg(feature = "serde")]
mod file;
mod maps;
mod options;
mod origin_map;
pub mod presets;
mod resource;
#[cfg(feature = "serde")]
mod save;
pub(crate) mod source;
mod source_settings;
mod view;

pub use cors_config::CorsConfig;
pub use enforce::Enforce;
pub use options::{Any, MaxAge, Names, ResourceOptions};
pub use origin_map::OriginMap;
pub use resource::{Resource, Route};
pub use source::{Answering, Asked, OriginSource, SourceAnswer, by_request};
pub use source_settings::{Keeping, SourceSettings};
pub use view::CorsView;
