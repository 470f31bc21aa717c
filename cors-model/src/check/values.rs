//! Checks of single values of a configuration (S21).

use crate::config::Names;
use crate::error::{ConfigError, ErrorKind, Place};
use crate::grammar::header::{is_forbidden_request_header, is_forbidden_response_header};
use crate::grammar::token::is_token;

/// The longest `Access-Control-Max-Age` that every browser reads as a number of seconds.
const LONGEST: i64 = 2_147_483_647;

type Forbidden = (fn(&str) -> bool, ErrorKind, &'static str);

pub(crate) const REQUEST_HEADERS: Forbidden = (
    is_forbidden_request_header,
    ErrorKind::ForbiddenRequestHeader,
    "browsers set it themselves and never ask for it: remove it",
);

pub(crate) const RESPONSE_HEADERS: Forbidden = (
    is_forbidden_response_header,
    ErrorKind::ForbiddenResponseHeader,
    "browsers hide it from every page: remove it",
);

/// Checks a list of header names.
pub(crate) fn header_names(
    place: &Place,
    key: &str,
    names: Option<&Names>,
    (is_forbidden, kind, help): Forbidden,
    errors: &mut Vec<ConfigError>,
) {
    for name in names.into_iter().flat_map(Names::iter) {
        let (kind, help) = if name == "*" {
            WILDCARD
        } else if !is_token(name.as_bytes()) {
            (ErrorKind::InvalidHeaderName, "a header name is an HTTP token, such as X-Request-Id")
        } else if is_forbidden(name) {
            (kind, help)
        } else {
            continue;
        };
        errors.push(ConfigError::new(kind, place.key(key), name, help));
    }
}

/// `*` as an element.
pub(crate) const WILDCARD: (ErrorKind, &str) =
    (ErrorKind::WildcardInList, "write `*` alone, in place of the list");

pub(crate) fn max_age(place: &Place, seconds: Option<i64>, errors: &mut Vec<ConfigError>) {
    if let Some(seconds) = seconds.filter(|seconds| !(0..=LONGEST).contains(seconds)) {
        let help = format!("write seconds from 0 to {LONGEST}, or leave it out");
        let place = place.key("max_age");
        errors.push(ConfigError::new(ErrorKind::MaxAgeOutOfRange, place, seconds.to_string(), help));
    }
}

/// An origin that a pattern matches, and that is not likely to be named itself.
pub(crate) fn an_origin_of(pattern: &str) -> String {
    if pattern == "*" {
        return "https://any-other.invalid".into();
    }
    let pattern = pattern.strip_suffix(":*").unwrap_or(pattern);
    let pattern = pattern.replace("://*.", "://any-other.");
    match pattern.strip_suffix("://*") {
        Some(scheme) => format!("{scheme}://any-other"),
        None => pattern,
    }
}
