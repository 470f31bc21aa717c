//! Header values, made once when a configuration is built.

use bytes::Bytes;
use http::HeaderValue;

/// A header value that is ready for any framework. A clone counts a reference and copies nothing.
#[derive(Clone, Debug)]
pub struct Value {
    bytes: Bytes,
    http: HeaderValue,
}

impl Value {
    /// Visible ASCII and spaces only: the texts come from a configuration that was checked.
    pub(crate) fn new(text: &str) -> Self {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        // Made from a clone, since the first clone of a fresh buffer allocates.
        let http = HeaderValue::from_maybe_shared(bytes.clone()).unwrap_or(HeaderValue::from_static(""));
        Self { bytes, http }
    }

    pub(crate) const fn fixed(text: &'static str) -> Self {
        Self { bytes: Bytes::from_static(text.as_bytes()), http: HeaderValue::from_static(text) }
    }

    /// For a framework that makes its values of bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// For a framework on the `http` crate.
    pub fn http(&self) -> &HeaderValue {
        &self.http
    }

    /// For a framework that makes its values of text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap_or_default()
    }
}
