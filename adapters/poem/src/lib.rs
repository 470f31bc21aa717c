#![doc = include_str!("../README.md")]

mod explain;
mod middleware;
mod template;

#[doc(no_inline)]
pub use cors_model::for_applications::*;
pub use explain::explain;
pub use middleware::{CorsEndpoint, CorsMiddleware};
pub use template::{PatternError, template};
