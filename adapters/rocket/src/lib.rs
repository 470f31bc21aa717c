#![doc = include_str!("../README.md")]

mod fairing;
mod headers;
mod template;

#[doc(no_inline)]
pub use cors_model::{
    Advice, AdviceKind, Any, ConfigError, ConfigErrors, Cors, CorsConfig, CorsView, ErrorKind, Names,
    OriginMap, Resource, ResourceOptions, ResourcePolicy, Risk, Route, presets,
};
pub use fairing::CorsFairing;
pub use template::template;
