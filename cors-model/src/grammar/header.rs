//! Header names: the protocol's own, and the lists of the Fetch Standard that a configuration is checked against.

use http::header::{self, HeaderName};

/// A request header that a CORS decision reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RequestField {
    /// `Origin`
    Origin,
    /// `Access-Control-Request-Method`
    RequestMethod,
    /// `Access-Control-Request-Headers`
    RequestHeaders,
    /// `Host`, read by enforcement alone, as all that follow
    Host,
    /// `Sec-Fetch-Site`
    SecFetchSite,
    /// `Cookie`
    Cookie,
    /// `Authorization`
    Authorization,
    /// `Upgrade`
    Upgrade,
}

impl RequestField {
    pub(crate) const ALL: [Self; 8] = [
        Self::Origin,
        Self::RequestMethod,
        Self::RequestHeaders,
        Self::Host,
        Self::SecFetchSite,
        Self::Cookie,
        Self::Authorization,
        Self::Upgrade,
    ];

    /// Those that make a preflight.
    pub const PREFLIGHT: [Self; 3] = [Self::Origin, Self::RequestMethod, Self::RequestHeaders];

    /// All names in a framework's own type, each at the place `field as usize`.
    pub fn names<N>(make: impl FnMut(&'static str) -> N) -> [N; 8] {
        Self::ALL.map(Self::as_str).map(make)
    }

    /// The name, in lower case.
    pub fn as_str(self) -> &'static str {
        self.http().as_str()
    }

    /// The name for the `http` crate.
    pub fn http(self) -> &'static HeaderName {
        static NAMES: [HeaderName; 8] = [
            header::ORIGIN,
            header::ACCESS_CONTROL_REQUEST_METHOD,
            header::ACCESS_CONTROL_REQUEST_HEADERS,
            header::HOST,
            HeaderName::from_static("sec-fetch-site"),
            header::COOKIE,
            header::AUTHORIZATION,
            header::UPGRADE,
        ];
        &NAMES[self as usize]
    }
}

/// A response header that a policy sets or takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResponseField {
    /// `Access-Control-Allow-Origin`
    AllowOrigin,
    /// `Access-Control-Allow-Credentials`
    AllowCredentials,
    /// `Access-Control-Allow-Methods`
    AllowMethods,
    /// `Access-Control-Allow-Headers`
    AllowHeaders,
    /// `Access-Control-Max-Age`
    MaxAge,
    /// `Access-Control-Expose-Headers`
    ExposeHeaders,
    /// `Vary`
    Vary,
    /// `Timing-Allow-Origin`
    TimingAllowOrigin,
    /// `Content-Type`, on a refusal only
    ContentType,
    /// `Cache-Control`, on a refusal only
    CacheControl,
}

impl ResponseField {
    pub(crate) const ALL: [Self; 10] = [
        Self::AllowOrigin,
        Self::AllowCredentials,
        Self::AllowMethods,
        Self::AllowHeaders,
        Self::MaxAge,
        Self::ExposeHeaders,
        Self::Vary,
        Self::TimingAllowOrigin,
        Self::ContentType,
        Self::CacheControl,
    ];

    /// All names in a framework's own type, each at the place `field as usize`.
    pub fn names<N>(make: impl FnMut(&'static str) -> N) -> [N; 10] {
        Self::ALL.map(Self::as_str).map(make)
    }

    /// The name, in lower case.
    pub fn as_str(self) -> &'static str {
        self.http().as_str()
    }

    /// The name for the `http` crate.
    pub fn http(self) -> &'static HeaderName {
        static NAMES: [HeaderName; 10] = [
            header::ACCESS_CONTROL_ALLOW_ORIGIN,
            header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
            header::ACCESS_CONTROL_ALLOW_METHODS,
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            header::ACCESS_CONTROL_MAX_AGE,
            header::ACCESS_CONTROL_EXPOSE_HEADERS,
            header::VARY,
            HeaderName::from_static("timing-allow-origin"),
            header::CONTENT_TYPE,
            header::CACHE_CONTROL,
        ];
        &NAMES[self as usize]
    }
}

fn is_one_of(name: &str, list: &[&str]) -> bool {
    list.iter().any(|listed| listed.eq_ignore_ascii_case(name))
}

fn has_prefix(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Fetch Standard, "forbidden request-header": a script cannot set it, so a preflight never asks for it.
pub(crate) fn is_forbidden_request_header(name: &str) -> bool {
    const FORBIDDEN: [&str; 21] = [
        "accept-charset",
        "accept-encoding",
        "access-control-request-headers",
        "access-control-request-method",
        "connection",
        "content-length",
        "cookie",
        "cookie2",
        "date",
        "dnt",
        "expect",
        "host",
        "keep-alive",
        "origin",
        "referer",
        "set-cookie",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "via",
    ];
    is_one_of(name, &FORBIDDEN) || has_prefix(name, "proxy-") || has_prefix(name, "sec-")
}

/// Fetch Standard, "forbidden response-header name": no script ever reads it.
pub(crate) fn is_forbidden_response_header(name: &str) -> bool {
    is_one_of(name, &["set-cookie", "set-cookie2"])
}

/// Fetch Standard, "CORS-safelisted response-header name": every script reads it.
pub(crate) fn is_safelisted_response_header(name: &str) -> bool {
    const SAFELISTED: [&str; 7] = [
        "cache-control",
        "content-language",
        "content-length",
        "content-type",
        "expires",
        "last-modified",
        "pragma",
    ];
    is_one_of(name, &SAFELISTED)
}

/// One of the six response headers of the protocol.
pub(crate) fn is_response_header_of_the_protocol(name: &str) -> bool {
    let is_protocol =
        |field: &ResponseField| !matches!(field, ResponseField::Vary | ResponseField::ContentType);
    ResponseField::ALL.into_iter().filter(is_protocol).any(|field| field.as_str().eq_ignore_ascii_case(name))
}

/// Does `expose_headers = "*"` with credentials list this name of a response (S15)?
pub(crate) fn is_worth_exposing(name: &str) -> bool {
    const HOP_BY_HOP: [&str; 9] = [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ];
    !is_safelisted_response_header(name)
        && !is_forbidden_response_header(name)
        && !has_prefix(name, "access-control-")
        && !is_one_of(name, &HOP_BY_HOP)
}
