#![doc = include_str!("../README.md")]

mod fairing;
mod headers;
mod template;

#[cfg(feature = "replace")]
#[doc(no_inline)]
pub use cors_model::CorsHandle;
#[doc(no_inline)]
pub use cors_model::{
    Advice, AdviceKind, Any, Attached, ConfigError, ConfigErrors, Cors, CorsConfig, CorsRequest, CorsView,
    Difference, ErrorKind, Explanation, Names, OriginMap, Resource, ResourceOptions, ResourcePolicy, Risk,
    Route, presets,
};
pub use fairing::CorsFairing;
pub use template::template;
