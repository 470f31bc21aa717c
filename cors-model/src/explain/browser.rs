//! The browser's side: what it sends for a page, and whether the page may read what comes back (Fetch Standard).

mod exchange;
mod safelisted;

use std::fmt;

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::grammar::header::is_forbidden_request_header;
use crate::grammar::method::{MethodError, SAFELISTED, normalise};
use crate::grammar::origin::Origin;
use crate::grammar::pattern::Pattern;
use crate::grammar::token::{elements, is_token};

pub use exchange::Exchange;

/// A request that a page makes with `fetch()` to a server of another origin. By default without credentials and without headers of
/// its own.
///
/// ```
/// use cors_model::{Blocked, PageRequest};
/// use http::HeaderMap;
///
/// let request = PageRequest::new("https://app.example", "PUT")?;
/// let preflight = request.preflight().expect("PUT needs a preflight");
/// assert_eq!(preflight["access-control-request-method"], "PUT");
/// assert_eq!(request.check_preflight(204, &HeaderMap::new()), Err(Blocked::NoAllowOrigin));
/// # Ok::<(), cors_model::PageRequestError>(())
/// ```
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    origin: HeaderValue,
    method: String,
    headers: HeaderMap,
    credentials: bool,
}

impl PageRequest {
    /// A request from a page of this origin. The method is normalised as browsers do it: `put` is sent as `PUT`, and `patch` as
    /// it is.
    ///
    /// # Errors
    /// The text is not an origin as browsers send it, or a page cannot send the method.
    pub fn new(origin: &str, method: &str) -> Result<Self, PageRequestError> {
        let method = match normalise(method) {
            Ok(method) => method,
            Err(MethodError::Forbidden) => return Err(PageRequestError::ForbiddenMethod(method.into())),
            Err(MethodError::Wildcard) => method,
            Err(_) => return Err(PageRequestError::InvalidMethod(method.into())),
        };
        let is_origin = origin == "null" || Origin::parse(origin.as_bytes()).is_some();
        let value = HeaderValue::from_str(origin).ok().filter(|_| is_origin);
        let origin = value.ok_or_else(|| not_an_origin(origin))?;
        Ok(Self { origin, method: method.into(), headers: HeaderMap::new(), credentials: false })
    }

    /// Adds a header that the page sets.
    ///
    /// # Errors
    /// Browsers leave the header out, whatever the page says: it is a forbidden request header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Result<Self, PageRequestError> {
        if is_forbidden_request_header(name.as_str()) {
            return Err(PageRequestError::ForbiddenHeader(name));
        }
        self.headers.append(name, value);
        Ok(self)
    }

    /// With `credentials: "include"`: the browser adds the cookies that it has for the server.
    pub fn with_credentials(self) -> Self {
        Self { credentials: true, ..self }
    }

    /// The origin of the page.
    pub fn origin(&self) -> &HeaderValue {
        &self.origin
    }

    /// The method, as it is sent.
    pub fn method(&self) -> &str {
        &self.method
    }

    /// Does the browser send cookies?
    pub fn has_credentials(&self) -> bool {
        self.credentials
    }

    /// The headers of the request itself: `Origin`, and those that the page sets.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        headers.insert(header::ORIGIN, self.origin.clone());
        headers
    }

    /// The headers of the preflight, whose method is `OPTIONS`; none where the browser sends the request without one. It asks where
    /// the method or a header is not safelisted (Fetch Standard, "main fetch"), and never sends credentials.
    pub fn preflight(&self) -> Option<HeaderMap> {
        let unsafe_names = self.unsafe_names();
        if self.has_safelisted_method() && unsafe_names.is_empty() {
            return None;
        }
        // Fetch Standard, "CORS-preflight fetch", steps 1 to 5.
        let mut headers = HeaderMap::new();
        headers.insert(header::ORIGIN, self.origin.clone());
        headers.insert(header::ACCEPT, HeaderValue::from_static("*/*"));
        let method = HeaderValue::from_str(&self.method).ok()?;
        headers.insert(header::ACCESS_CONTROL_REQUEST_METHOD, method);
        if !unsafe_names.is_empty() {
            let names = HeaderValue::from_str(&unsafe_names.join(",")).ok()?;
            headers.insert(header::ACCESS_CONTROL_REQUEST_HEADERS, names);
        }
        Some(headers)
    }

    /// Is the method GET, HEAD or POST, so that it needs no preflight by itself?
    pub fn has_safelisted_method(&self) -> bool {
        SAFELISTED.contains(&self.method.as_str())
    }

    /// The headers that need a preflight: their names in lower case, sorted (Fetch Standard, "CORS-unsafe request-header names").
    pub fn unsafe_names(&self) -> Vec<&str> {
        safelisted::unsafe_names(&self.headers)
    }

    /// Does the browser send the request after this answer to its preflight?
    ///
    /// # Errors
    /// It does not, and the page gets a network error.
    pub fn check_preflight(&self, status: u16, answer: &HeaderMap) -> Result<(), Blocked> {
        // Fetch Standard, "CORS-preflight fetch", step 7.
        self.check(answer)?;
        if !(200..=299).contains(&status) {
            return Err(Blocked::PreflightStatus(status));
        }
        let methods = List::of(answer, header::ACCESS_CONTROL_ALLOW_METHODS)?;
        let names = List::of(answer, header::ACCESS_CONTROL_ALLOW_HEADERS)?;
        let by_wildcard = |list: &List<'_>| !self.credentials && list.has("*");
        // Steps 7.5 to 7.7.
        if !methods.has(&self.method) && !self.has_safelisted_method() && !by_wildcard(&methods) {
            return Err(Blocked::Method(self.method.clone()));
        }
        let authorization = header::AUTHORIZATION;
        if self.headers.contains_key(&authorization) && !names.has_ignoring_case(authorization.as_str()) {
            return Err(Blocked::Header(authorization.as_str().into()));
        }
        let is_allowed = |name: &str| names.has_ignoring_case(name) || by_wildcard(&names);
        match self.unsafe_names().into_iter().find(|name| !is_allowed(name)) {
            Some(name) => Err(Blocked::Header(name.into())),
            None => Ok(()),
        }
    }

    /// May the page read a response with these headers? (Fetch Standard, "CORS check".)
    ///
    /// # Errors
    /// It may not, and gets a network error.
    pub fn check(&self, response: &HeaderMap) -> Result<(), Blocked> {
        let Some(allowed) = value(response, header::ACCESS_CONTROL_ALLOW_ORIGIN) else {
            return Err(Blocked::NoAllowOrigin);
        };
        match allowed.as_slice() {
            b"*" if self.credentials => return Err(Blocked::AnyOriginWithCredentials),
            b"*" => return Ok(()),
            other if other == self.origin.as_bytes() => {}
            other => return Err(Blocked::OtherOrigin(other.escape_ascii().to_string())),
        }
        let credentials = value(response, header::ACCESS_CONTROL_ALLOW_CREDENTIALS);
        if self.credentials && credentials.as_deref() != Some(b"true") {
            return Err(Blocked::NoAllowCredentials);
        }
        Ok(())
    }
}

/// Why a page gets no response. It prints as a clause, `Access-Control-Allow-Origin is missing`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Blocked {
    /// There is no `Access-Control-Allow-Origin`.
    NoAllowOrigin,
    /// `Access-Control-Allow-Origin` has another value than the page's origin.
    OtherOrigin(String),
    /// `Access-Control-Allow-Origin` is `*`, and the request has credentials.
    AnyOriginWithCredentials,
    /// The request has credentials, and `Access-Control-Allow-Credentials` is not `true`.
    NoAllowCredentials,
    /// The status of the answer to the preflight is not 200 to 299.
    PreflightStatus(u16),
    /// A header of the answer to the preflight is not a list of tokens.
    InvalidList(HeaderName),
    /// `Access-Control-Allow-Methods` does not contain the method.
    Method(String),
    /// `Access-Control-Allow-Headers` does not contain the header.
    Header(String),
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAllowOrigin => f.write_str("Access-Control-Allow-Origin is missing"),
            Self::OtherOrigin(origin) => {
                write!(f, "Access-Control-Allow-Origin is {origin}, which is not the page's origin")
            }
            Self::AnyOriginWithCredentials => {
                f.write_str("Access-Control-Allow-Origin is *, which does not count with credentials")
            }
            Self::NoAllowCredentials => f.write_str("Access-Control-Allow-Credentials is not true"),
            Self::PreflightStatus(status) => {
                write!(f, "the status of the preflight is {status}, not 200 to 299")
            }
            Self::InvalidList(name) => write!(f, "{name} is not a list of tokens"),
            Self::Method(method) => write!(f, "Access-Control-Allow-Methods does not contain {method}"),
            Self::Header(name) => write!(f, "Access-Control-Allow-Headers does not contain {name}"),
        }
    }
}

/// Why no page makes such a request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageRequestError {
    /// Not an origin as browsers send it: the text, and what to write instead.
    InvalidOrigin {
        /// The text.
        origin: String,
        /// What to write instead.
        help: String,
    },
    /// Not an HTTP token.
    InvalidMethod(String),
    /// CONNECT, TRACE or TRACK.
    ForbiddenMethod(String),
    /// A header that browsers set themselves.
    ForbiddenHeader(HeaderName),
}

impl fmt::Display for PageRequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidOrigin { origin, help } => {
                write!(f, "{origin:?} is not an origin as browsers send it: {help}")
            }
            Self::InvalidMethod(method) => write!(f, "{method:?} is not a valid method"),
            Self::ForbiddenMethod(method) => write!(f, "{method} is a method that no page can send"),
            Self::ForbiddenHeader(name) => write!(f, "{name} is a request header that no page can set"),
        }
    }
}

impl std::error::Error for PageRequestError {}

fn not_an_origin(origin: &str) -> PageRequestError {
    let help = match Pattern::parse(origin) {
        Ok(_) => "it is a pattern: write one origin that it matches".into(),
        Err(_) if origin.is_empty() => "write one such as https://app.example".into(),
        Err(errors) => errors.into_iter().next().map_or_else(String::new, |error| error.help),
    };
    PageRequestError::InvalidOrigin { origin: origin.into(), help }
}

/// The value of a header, several lines as one (Fetch Standard, "get").
fn value(headers: &HeaderMap, name: HeaderName) -> Option<Vec<u8>> {
    let lines: Vec<_> = headers.get_all(name).iter().map(HeaderValue::as_bytes).collect();
    (!lines.is_empty()).then(|| lines.join(&b", "[..]))
}

/// The tokens of a header (Fetch Standard, "extract header list values").
struct List<'a>(Vec<&'a [u8]>);

impl<'a> List<'a> {
    fn of(headers: &'a HeaderMap, name: HeaderName) -> Result<Self, Blocked> {
        let lines = headers.get_all(&name).iter();
        let list: Vec<_> = lines.flat_map(|line| elements(line.as_bytes())).collect();
        if list.iter().all(|element| is_token(element)) {
            Ok(Self(list))
        } else {
            Err(Blocked::InvalidList(name))
        }
    }

    fn has(&self, element: &str) -> bool {
        self.0.contains(&element.as_bytes())
    }

    fn has_ignoring_case(&self, element: &str) -> bool {
        self.0.iter().any(|listed| listed.eq_ignore_ascii_case(element.as_bytes()))
    }
}
