#![doc = include_str!("../README.md")]

mod explain;
mod fairing;
mod headers;
mod template;

#[doc(no_inline)]
pub use cors_model::for_applications::*;
pub use explain::explain;
pub use fairing::CorsFairing;
pub use template::template;
