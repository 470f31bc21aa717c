//! Reading request header lines, whatever framework holds them.

use http::{HeaderMap, HeaderValue};

use crate::header::RequestField;

/// A view of a request's header lines. Implemented for [`http::HeaderMap`]; an adapter for a framework
/// with header types of its own brings its own.
pub trait RequestHeaders {
    /// A value of the request that can outlive it, cheap to make: sent back as `Access-Control-Allow-Origin`.
    type Value;

    /// All lines of a field, in the order in which they came, each without the white space around it.
    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]>;

    /// The first line of a field, to be kept.
    fn keep(&self, field: RequestField) -> Option<Self::Value>;
}

impl RequestHeaders for HeaderMap {
    type Value = HeaderValue;

    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]> {
        self.get_all(field.http()).into_iter().map(HeaderValue::as_bytes)
    }

    fn keep(&self, field: RequestField) -> Option<HeaderValue> {
        self.get(field.http()).cloned()
    }
}

/// How often a field is there.
#[derive(Clone, Copy)]
pub(crate) enum Lines<'a> {
    None,
    One(&'a [u8]),
    Many,
}

pub(crate) fn read<H: RequestHeaders + ?Sized>(headers: &H, field: RequestField) -> Lines<'_> {
    let mut lines = headers.lines(field);
    match (lines.next(), lines.next()) {
        (None, _) => Lines::None,
        (Some(line), None) => Lines::One(line),
        (Some(_), Some(_)) => Lines::Many,
    }
}
