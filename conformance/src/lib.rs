//! One table of CORS cases, and the application that every adapter is driven by.
//!
//! [`table`] reads the cases, [`subject`] holds one small server a framework, [`wire`] speaks raw HTTP/1.1 to them,
//! [`expect`] compares, and [`matrix`] makes one trial of each case for each adapter. The binary and the test
//! `tests/conformance.rs` are two ways to run the same trials.

pub mod config;
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
