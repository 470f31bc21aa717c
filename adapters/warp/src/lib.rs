#![doc = include_str!("../README.md")]

mod filter;
mod replies;

#[cfg(feature = "replace")]
#[doc(no_inline)]
pub use cors_model::CorsHandle;
#[doc(no_inline)]
pub use cors_model::{
    Advice, AdviceKind, Any, Attached, ConfigError, ConfigErrors, Cors, CorsConfig, CorsRequest, CorsView,
    Difference, ErrorKind, Explanation, Names, OriginMap, Resource, ResourceOptions, ResourcePolicy, Risk,
    Route, presets,
};
#[doc(no_inline)]
pub use cors_tower::{CorsLayer, CorsService, FromBytes};
pub use filter::{resource, with_cors};
pub use replies::default_replies;
