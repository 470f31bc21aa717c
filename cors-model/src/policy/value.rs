//! Header values, made once when a configuration is built.

use std::any::Any;
use std::sync::OnceLock;

use bytes::Bytes;
use http::HeaderValue;

/// `*`
pub(crate) static ANY: Value = Value::fixed("*");
/// `true`
pub(crate) static TRUE: Value = Value::fixed("true");
/// `Origin`
pub(crate) static ORIGIN: Value = Value::fixed("Origin");

/// `Vary` on every answer to a preflight.
pub(crate) static PREFLIGHT_VARY: Value =
    Value::fixed("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
/// The type of the body of a refusal.
pub(crate) static PLAIN_TEXT: Value = Value::fixed("text/plain; charset=utf-8");

/// `no-store`
pub(crate) static NO_STORE: Value = Value::fixed("no-store");

/// A header value of a policy, ready for any framework.
#[derive(Debug)]
pub struct Value {
    bytes: Bytes,
    http: HeaderValue,
    /// In a framework's own type, from its first use on.
    foreign: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Value {
    /// Visible ASCII and spaces only: the texts come from a configuration that was checked.
    pub(crate) fn new(text: &str) -> Self {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        // Made from a clone, since the first clone of a fresh buffer allocates.
        let http = HeaderValue::from_maybe_shared(bytes.clone()).unwrap_or(HeaderValue::from_static(""));
        Self { bytes, http, foreign: OnceLock::new() }
    }

    pub(crate) const fn fixed(text: &'static str) -> Self {
        let bytes = Bytes::from_static(text.as_bytes());
        Self { bytes, http: HeaderValue::from_static(text), foreign: OnceLock::new() }
    }

    /// For a framework with a type of its own, whose values are costly to make and cheap to clone: it is made once.
    pub fn foreign<T: Clone + Send + Sync + 'static>(&self, make: impl Fn(Bytes) -> T) -> T {
        let kept = self.foreign.get_or_init(|| Box::new(make(self.bytes.clone())));
        // Two frameworks in one program: the first keeps its values.
        kept.downcast_ref().cloned().unwrap_or_else(|| make(self.bytes.clone()))
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
