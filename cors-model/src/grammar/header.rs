//! Header names: the protocol's own, and the lists of the Fetch Standard that a configuration is checked against.

use http::header::{self, HeaderName};

/// The header fields of requests or of responses, each with its name.
macro_rules! fields {
    ($(#[$about:meta])* $Field:ident[$count:literal]: $($(#[$doc:meta])* $field:ident = $name:expr,)*) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $Field {
            $($(#[$doc])* $field,)*
        }

        impl $Field {
            pub(crate) const ALL: [Self; $count] = [$(Self::$field),*];

            /// All names in a framework's own type, each at the place `field as usize`.
            pub fn names<N>(make: impl FnMut(&'static str) -> N) -> [N; $count] {
                Self::ALL.map(Self::as_str).map(make)
            }

            /// The name, in lower case.
            pub fn as_str(self) -> &'static str {
                self.http().as_str()
            }

            /// The name for the `http` crate.
            #[inline]
            pub fn http(self) -> &'static HeaderName {
                static NAMES: [HeaderName; $count] = [$($name),*];
                &NAMES[self as usize]
            }
        }
    };
}

fields! {
    /// A request header that a CORS decision reads.
    RequestField[8]:
    /// `Origin`
    Origin = header::ORIGIN,
    /// `Access-Control-Request-Method`
    RequestMethod = header::ACCESS_CONTROL_REQUEST_METHOD,
    /// `Access-Control-Request-Headers`
    RequestHeaders = header::ACCESS_CONTROL_REQUEST_HEADERS,
    /// `Host`, read by enforcement alone, as all that follow
    Host = header::HOST,
    /// `Sec-Fetch-Site`
    SecFetchSite = HeaderName::from_static("sec-fetch-site"),
    /// `Cookie`
    Cookie = header::COOKIE,
    /// `Authorization`
    Authorization = header::AUTHORIZATION,
    /// `Upgrade`
    Upgrade = header::UPGRADE,
}

impl RequestField {
    /// Those that make a preflight.
    pub const PREFLIGHT: [Self; 3] = [Self::Origin, Self::RequestMethod, Self::RequestHeaders];

    /// That of [`RequestField::PREFLIGHT`] with this name, in any case.
    pub fn of_preflight(name: &str) -> Option<Self> {
        Self::PREFLIGHT.into_iter().find(|field| field.as_str().eq_ignore_ascii_case(name))
    }
}

fields! {
    /// A response header that a policy sets or takes away.
    ResponseField[10]:
    /// `Access-Control-Allow-Origin`
    AllowOrigin = header::ACCESS_CONTROL_ALLOW_ORIGIN,
    /// `Access-Control-Allow-Credentials`
    AllowCredentials = header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    /// `Access-Control-Allow-Methods`
    AllowMethods = header::ACCESS_CONTROL_ALLOW_METHODS,
    /// `Access-Control-Allow-Headers`
    AllowHeaders = header::ACCESS_CONTROL_ALLOW_HEADERS,
    /// `Access-Control-Max-Age`
    MaxAge = header::ACCESS_CONTROL_MAX_AGE,
    /// `Access-Control-Expose-Headers`
    ExposeHeaders = header::ACCESS_CONTROL_EXPOSE_HEADERS,
    /// `Vary`
    Vary = header::VARY,
    /// `Timing-Allow-Origin`
    TimingAllowOrigin = HeaderName::from_static("timing-allow-origin"),
    /// `Content-Type`, on a refusal only
    ContentType = header::CONTENT_TYPE,
    /// `Cache-Control`, on a refusal only
    CacheControl = header::CACHE_CONTROL,
}

fn is_one_of(name: &str, list: &[&str]) -> bool {
    list.iter().any(|listed| listed.eq_ignore_ascii_case(name))
}

fn has_prefix(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Fetch Standard, "forbidden request-header": a script cannot set it, so a preflight never asks for it.
pub(crate) fn is_forbidden_request_header(name: &str) -> bool {
    #[rustfmt::skip]
    const FORBIDDEN: [&str; 21] = [
        "accept-charset", "accept-encoding", "access-control-request-headers",
        "access-control-request-method", "connection", "content-length", "cookie", "cookie2", "date", "dnt",
        "expect", "host", "keep-alive", "origin", "referer", "set-cookie", "te", "trailer",
        "transfer-encoding", "upgrade", "via",
    ];
    is_one_of(name, &FORBIDDEN) || has_prefix(name, "proxy-") || has_prefix(name, "sec-")
}

/// Fetch Standard, "forbidden response-header name": no script ever reads it.
pub(crate) fn is_forbidden_response_header(name: &str) -> bool {
    is_one_of(name, &["set-cookie", "set-cookie2"])
}

/// Fetch Standard, "CORS-safelisted response-header name": every script reads it.
pub(crate) fn is_safelisted_response_header(name: &str) -> bool {
    #[rustfmt::skip]
    const SAFELISTED: [&str; 7] = [
        "cache-control", "content-language", "content-length", "content-type", "expires", "last-modified",
        "pragma",
    ];
    is_one_of(name, &SAFELISTED)
}

/// One of the six response headers of the protocol.
pub(crate) fn is_response_header_of_the_protocol(name: &str) -> bool {
    has_prefix(name, "access-control-") && is_one_of(name, &ResponseField::ALL.map(ResponseField::as_str))
}

/// Does `expose_headers = "*"` with credentials list this name of a response (S15)?
pub(crate) fn is_worth_exposing(name: &str) -> bool {
    #[rustfmt::skip]
    const HOP_BY_HOP: [&str; 9] = [
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te",
        "trailer", "transfer-encoding", "upgrade",
    ];
    !is_safelisted_response_header(name)
        && !is_forbidden_response_header(name)
        && !has_prefix(name, "access-control-")
        && !is_one_of(name, &HOP_BY_HOP)
}
