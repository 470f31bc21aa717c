#![doc = include_str!("../README.md")]

mod middleware;
mod template;

#[doc(no_inline)]
pub use cors_model::{
    Any, ConfigErrors, Cors, CorsConfig, CorsView, OriginMap, Resource, ResourceOptions, ResourcePolicy,
    Risk, Route, presets,
};
pub use middleware::{CorsEndpoint, CorsMiddleware};
pub use template::{PatternError, template};
