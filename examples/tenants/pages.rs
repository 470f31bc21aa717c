//! The page of this example, so that its Rust code is a test.

#[doc = include_str!("README.md")]
pub mod readme {}
