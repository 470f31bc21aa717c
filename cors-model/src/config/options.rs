//! What the origins of one pattern may do.

use std::time::Duration;

/// Every value: `*`. Pass it to [`ResourceOptions::allow_methods`], [`ResourceOptions::allow_headers`] or
/// [`ResourceOptions::expose_headers`] in place of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Any;

/// A list of names, or `*`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Names {
    /// Every name.
    Any,
    /// These names; an empty list allows nothing.
    List(Vec<String>),
}

impl Names {
    /// The names of the list; none for `*`.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        let names = match self {
            Self::Any => &[][..],
            Self::List(names) => names,
        };
        names.iter().map(String::as_str)
    }
}

impl From<Any> for Names {
    fn from(_: Any) -> Self {
        Self::Any
    }
}

/// Accepts every type that is a name: `&str`, `String`, [`http::Method`], [`http::HeaderName`].
impl<S: AsRef<str>> FromIterator<S> for Names {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        Self::List(names.into_iter().map(|name| name.as_ref().into()).collect())
    }
}

/// Accepts every collection of names: an array, a slice, a `Vec`, an iterator.
impl<I: IntoIterator<Item: AsRef<str>>> From<I> for Names {
    fn from(names: I) -> Self {
        names.into_iter().collect()
    }
}

/// How long browsers may keep the answer to a preflight, in whole seconds. Give it as seconds or as a [`Duration`], which is rounded
/// down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxAge(i64);

impl From<u32> for MaxAge {
    fn from(seconds: u32) -> Self {
        Self(seconds.into())
    }
}

impl From<Duration> for MaxAge {
    fn from(duration: Duration) -> Self {
        // Out of range is an error when it is built.
        Self(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX))
    }
}

/// What the origins of one pattern may do with a resource. By default they may read it with GET, HEAD and POST, without credentials,
/// custom request headers or further response headers. So a page that posts JSON needs `allow_headers(["Content-Type"])`.
///
/// ```
/// use cors_model::{Any, ResourceOptions};
///
/// let options = ResourceOptions::new()
///     .allow_credentials()
///     .allow_headers(Any)
///     .expose_headers(["X-Custom-Server-Header"])
///     .max_age(3600);
/// # let _ = options;
/// ```
#[must_use]
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ResourceOptions {
    pub(crate) allow_credentials: bool,
    pub(crate) allow_methods: Option<Names>,
    pub(crate) allow_headers: Option<Names>,
    pub(crate) expose_headers: Option<Names>,
    pub(crate) max_age: Option<i64>,
    pub(crate) allow_timing: bool,
}

impl ResourceOptions {
    /// The default: the resource may be read, and nothing else is allowed.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets pages send cookies, HTTP authentication and client certificates, and read the answer.
    /// Sends `Access-Control-Allow-Credentials: true`. Default: not allowed, and the header is left out.
    pub fn allow_credentials(mut self) -> Self {
        self.allow_credentials = true;
        self
    }

    /// Enables these methods of the resource, in addition to those that have a route of their own ([S4](crate::rules)). Sent in
    /// `Access-Control-Allow-Methods` of a preflight. Default: unset, which enables the registered routes, or GET, HEAD
    /// and POST if the resource has no routes. Has no effect in a route's own options.
    pub fn allow_methods(mut self, methods: impl Into<Names>) -> Self {
        self.allow_methods = Some(methods.into());
        self
    }

    /// Lets pages send these request headers. Sent in `Access-Control-Allow-Headers` of a preflight. Default: none.
    pub fn allow_headers(mut self, names: impl Into<Names>) -> Self {
        self.allow_headers = Some(names.into());
        self
    }

    /// Lets pages read these response headers, in addition to the safelisted ones. Sent as `Access-Control-Expose-Headers`.
    /// Default: none. With [`Any`] and credentials it lists the names of the response's own headers ([S15](crate::rules)),
    /// because with credentials browsers treat `*` literally.
    pub fn expose_headers(mut self, names: impl Into<Names>) -> Self {
        self.expose_headers = Some(names.into());
        self
    }

    /// Lets pages that may read a response measure how long its parts took (Resource Timing). Sent as `Timing-Allow-Origin`, in place of
    /// what a handler set. Default: not allowed, and that header is left alone.
    pub fn allow_timing(mut self) -> Self {
        self.allow_timing = true;
        self
    }

    /// Lets browsers keep a preflight's answer for this long, in seconds or as a [`Duration`]. Sent as `Access-Control-Max-Age`, also when 0.
    /// Default: the header is left out, and browsers keep the answer for 5 seconds. Browsers cap it at 600 (WebKit), 7,200 (Chromium) or
    /// 86,400 (Firefox). More than 2,147,483,647 is an error of `build()`.
    pub fn max_age(mut self, age: impl Into<MaxAge>) -> Self {
        self.max_age = Some(age.into().0);
        self
    }
}
