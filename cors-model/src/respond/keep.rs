//! What of a request and of a policy can outlive the request.

use http::{HeaderMap, HeaderValue};

use crate::decide::request::RequestHeaders;
use crate::policy::value::Value;

/// A request's headers whose values can be kept beside those of a policy, for an adapter that writes on the response when
/// the request is gone.
pub trait KeepValues: RequestHeaders {
    /// A value of the policy, cheap to make.
    fn prepared(value: &Value) -> Self::Value;
}

impl KeepValues for HeaderMap {
    fn prepared(value: &Value) -> HeaderValue {
        value.http().clone()
    }
}
