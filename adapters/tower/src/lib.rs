#![doc = include_str!("../README.md")]

mod awaiting;
mod body;
mod explain;
mod future;
mod layer;

pub use awaiting::{AwaitingLayer, AwaitingService};
pub use body::{FromBytes, KnownBody, MakeBody};
#[doc(no_inline)]
pub use cors_model::for_applications::*;
pub use explain::explain;
pub use future::CorsFuture;
pub use layer::{CorsLayer, CorsService};
