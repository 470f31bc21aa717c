//! What of a request and of a policy can outlive the request.

use http::{HeaderMap, HeaderValue};

use crate::decide::request::RequestHeaders;
use crate::policy::value::Value;

/// A request's headers whose values are kept in the same type as those of a policy. `'c` is how long those can be borrowed.
pub trait KeepValues<'c>: RequestHeaders {
    /// A value of the policy, cheap to make.
    fn prepared(value: &'c Value) -> Self::Value;
}

impl<'c> KeepValues<'c> for HeaderMap {
    fn prepared(value: &'c Value) -> HeaderValue {
        value.http().clone()
    }
}
