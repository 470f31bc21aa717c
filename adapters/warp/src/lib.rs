#![doc = include_str!("../README.md")]

mod filter;
mod replies;

#[doc(no_inline)]
pub use cors_model::for_applications::*;
#[doc(no_inline)]
pub use cors_tower::{CorsLayer, CorsService, FromBytes, explain};
pub use filter::{resource, with_cors};
pub use replies::default_replies;
