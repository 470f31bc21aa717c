#![doc = include_str!("../README.md")]

mod answers;
mod kept;
mod questions;
mod shown;

pub use kept::Kept;
pub use shown::Question;
