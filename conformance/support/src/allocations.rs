//! Counting allocations: the requests, and the counter.

use cors_model::Cors;
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap, HeaderValue};

use crate::{APP, Ask, STRANGER, different_resources, from_app, from_stranger, plain, preflight_with_header};

/// The names of the header lines that an application's responses have.
pub const NAMES: [&str; 16] = [
    "x-0", "x-1", "x-2", "x-3", "x-4", "x-5", "x-6", "x-7", "x-8", "x-9", "x-10", "x-11", "x-12", "x-13",
    "x-14", "x-15",
];

/// One class of request.
pub struct Class {
    /// What it is, for messages.
    pub name: &'static str,
    /// A request of it.
    pub ask: Ask,
    /// How many lines its response must get, lest nothing be measured.
    pub lines: usize,
}

/// The policy that the classes ask.
pub fn policy() -> Cors {
    different_resources(&[])
}

/// Every class of actual request.
pub fn actual() -> Vec<Class> {
    vec![
        class("pass", from_app("GET", "/private"), 0),
        class("no Origin", plain("GET", "/hello"), 1),
        class("granted", from_app("GET", "/hello"), 4),
        class("granted without credentials", from_app("GET", "/plain"), 2),
        class("granted to everybody", from_app("GET", "/open"), 1),
        class("refused", from_stranger("GET", "/hello"), 1),
        class("refused for two origins", from_app("GET", "/hello").line("origin", APP), 1),
        class("refused for its method", from_app("DELETE", "/hello"), 1),
    ]
}

/// Every class of preflight.
pub fn preflights() -> Vec<Class> {
    vec![
        class("preflight allowed", preflight_with_header(APP, "PUT", "/hello"), 6),
        class("preflight refused", preflight_with_header(STRANGER, "PUT", "/hello"), 1),
        class("preflight refused for its method", preflight_with_header(APP, "PATCH", "/hello"), 1),
        class("preflight refused for a header", preflight_with_header(APP, "GET", "/plain"), 1),
    ]
}

fn class(name: &'static str, ask: Ask, lines: usize) -> Class {
    Class { name, ask, lines }
}

/// How often something allocates on this thread, and its result.
pub fn count<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let mut result = None;
    let counted = allocation_counter::measure(|| result = Some(work()));
    (counted.count_total, result.expect("the work is done"))
}

/// What a middleware does that somebody wrote by hand: it knows the lines beforehand, and copies only the origin.
pub fn write_by_hand(lines: &HeaderMap, origin: Option<&HeaderValue>, to: &mut HeaderMap) {
    for (name, value) in lines {
        let echo = name == ACCESS_CONTROL_ALLOW_ORIGIN && value != "*";
        to.insert(name.clone(), origin.filter(|_| echo).unwrap_or(value).clone());
    }
}

#[cfg(test)]
mod tests {
    use std::hint::black_box;

    use super::count;

    #[test]
    fn an_allocation_is_seen() {
        assert_eq!(count(|| ()).0, 0);
        assert_eq!(count(|| black_box(Box::new([0_u8; 64]))).0, 1);
    }
}
