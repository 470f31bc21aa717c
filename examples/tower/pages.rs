//! The pages of the repository whose Rust code uses axum, so that their examples are tests.

#[doc = include_str!("../../README.md")]
pub mod readme {}

#[doc = include_str!("../../docs/from-aiohttp-cors.md")]
pub mod from_aiohttp_cors {}
