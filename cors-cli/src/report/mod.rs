//! How findings print.

mod json;
mod text;

pub(crate) use json::json;
pub(crate) use text::text;
