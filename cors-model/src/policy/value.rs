//! Header values, made once when a configuration is built.

use std::any::Any;
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use http::HeaderValue;

/// A header value that is ready for any framework. Cloning it is cheap: it is reference counted.
#[derive(Debug)]
pub struct Value {
    bytes: Bytes,
    http: HeaderValue,
    /// In a framework's own type, from its first use on.
    foreign: OnceLock<Box<dyn Any + Send + Sync>>,
}

impl Clone for Value {
    fn clone(&self) -> Self {
        Self { bytes: self.bytes.clone(), http: self.http.clone(), foreign: OnceLock::new() }
    }
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

    /// Is one a clone of the other?
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.bytes.as_ptr() == other.bytes.as_ptr() && self.bytes.len() == other.bytes.len()
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

/// A value that is the same in every policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FixedValue {
    /// `*`
    Any,
    /// `true`
    True,
    /// `Origin`
    Origin,
    /// `text/plain; charset=utf-8`
    Text,
    /// `no-store`
    NoStore,
}

impl FixedValue {
    /// As any other value.
    pub fn value(self) -> &'static Value {
        static ANY: Value = Value::fixed(FixedValue::Any.text());
        static TRUE: Value = Value::fixed(FixedValue::True.text());
        static ORIGIN: Value = Value::fixed(FixedValue::Origin.text());
        static TEXT: Value = Value::fixed(FixedValue::Text.text());
        static NO_STORE: Value = Value::fixed(FixedValue::NoStore.text());
        match self {
            Self::Any => &ANY,
            Self::True => &TRUE,
            Self::Origin => &ORIGIN,
            Self::Text => &TEXT,
            Self::NoStore => &NO_STORE,
        }
    }

    /// For a framework on the `http` crate: a constant, which is cheaper than a clone of what is made once.
    #[inline(always)]
    pub fn http(self) -> HeaderValue {
        const ANY: HeaderValue = HeaderValue::from_static(FixedValue::Any.text());
        const TRUE: HeaderValue = HeaderValue::from_static(FixedValue::True.text());
        const ORIGIN: HeaderValue = HeaderValue::from_static(FixedValue::Origin.text());
        match self {
            Self::Any => ANY,
            Self::True => TRUE,
            Self::Origin => ORIGIN,
            Self::Text | Self::NoStore => HeaderValue::from_static(self.text()),
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Any => "*",
            Self::True => "true",
            Self::Origin => "Origin",
            Self::Text => "text/plain; charset=utf-8",
            Self::NoStore => "no-store",
        }
    }
}

/// One value several times over, for what nearly every response has: threads that count the references of the same bytes wait for
/// each other.
#[derive(Clone, Debug)]
pub(crate) struct Copies(Arc<[Value; COPIES]>);

const COPIES: usize = 8;

impl Copies {
    pub(crate) fn new(text: &str) -> Self {
        Self(Arc::new(std::array::from_fn(|_| Value::new(text))))
    }

    /// The one of this thread, which it shares with few.
    #[inline]
    pub(crate) fn here(&self) -> &Value {
        static THREADS: AtomicUsize = AtomicUsize::new(0);
        thread_local! {
            /// The thread's number, once it has one.
            static THREAD: Cell<Option<usize>> = const { Cell::new(None) };
        }
        let thread = THREAD.get().unwrap_or_else(|| {
            let next = THREADS.fetch_add(1, Ordering::Relaxed);
            THREAD.set(Some(next));
            next
        });
        &self.0[thread % COPIES]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_take_different_copies() {
        let copies = Copies::new("x-a");
        let bytes_of_a_thread = |_| {
            let copies = copies.clone();
            let taken = move || {
                assert_eq!(copies.here().as_str(), "x-a");
                assert!(copies.here().is(copies.here()));
                copies.here().bytes().as_ptr() as usize
            };
            std::thread::spawn(taken).join().unwrap()
        };
        let taken: std::collections::HashSet<_> = (0..COPIES).map(bytes_of_a_thread).collect();
        assert!(taken.len() > 1);
    }
}
