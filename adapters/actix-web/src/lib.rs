#![doc = include_str!("../README.md")]

mod explain;
mod future;
mod headers;
mod middleware;
mod template;

#[doc(no_inline)]
pub use cors_model::for_applications::*;
pub use explain::explain;
pub use future::CorsFuture;
pub use middleware::{CorsMiddleware, CorsService};
pub use template::template;
