#![doc = include_str!("../README.md")]

mod middleware;
mod template;

#[doc(no_inline)]
pub use cors_model::{
    Advice, AdviceKind, Any, ConfigError, ConfigErrors, Cors, CorsConfig, CorsView, ErrorKind, Names,
    OriginMap, Resource, ResourceOptions, ResourcePolicy, Risk, Route, presets,
};
pub use middleware::{CorsEndpoint, CorsMiddleware};
pub use template::{PatternError, template};
