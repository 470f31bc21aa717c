//! The small texts that a configuration and a request are made of, each with its own parser.
//!
//! In: bytes or text. Out: a parsed value that borrows it, or why it is not valid. Nothing here knows what a policy is.

pub(crate) mod header;
pub(crate) mod method;
pub(crate) mod origin;
pub(crate) mod path;
pub(crate) mod pattern;
pub(crate) mod template;
pub(crate) mod token;
