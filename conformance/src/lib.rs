//! One table of CORS cases, and one application that serves behind every adapter.
//!
//! [`table`] reads the cases, [`subject`] has one small server per framework, [`wire`] speaks raw HTTP/1.1 to them,
//! [`expect`] compares, and [`matrix`] makes a trial of each case with each adapter. The binary and the test
//! `tests/conformance.rs` are two ways to run the same trials.

pub mod config;
pub mod database;
pub mod deviation;
pub mod expect;
pub mod foreign;
pub mod load;
pub mod matrix;
#[cfg(feature = "peers")]
pub mod peer;
pub mod report;
pub mod server;
pub mod subject;
pub mod table;
pub mod target;
pub mod tree;
pub mod wire;

/// The pages of the repository whose examples are tests.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../README.md")]
    mod readme {}
    #[doc = include_str!("../../SECURITY.md")]
    mod security {}
    #[doc = include_str!("../../docs/from-aiohttp-cors.md")]
    mod from_aiohttp_cors {}
}
