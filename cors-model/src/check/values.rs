//! Checks of single values of a configuration (S21).

use crate::config::{Names, ResourceOptions};
use crate::error::{ConfigError, ErrorKind, Language, Place};
use crate::grammar::header::{is_forbidden_request_header, is_forbidden_response_header};
use crate::grammar::method::MethodError;
use crate::grammar::token::is_token;

/// The longest `Access-Control-Max-Age` that every browser reads as a number of seconds.
const LONGEST: i64 = 2_147_483_647;

/// Checks the lists of header names.
pub(crate) fn header_names(
    place: &Place,
    options: &ResourceOptions,
    language: Language,
    errors: &mut Vec<ConfigError>,
) {
    let lists = [("allow_headers", &options.allow_headers), ("expose_headers", &options.expose_headers)];
    for (key, names) in lists {
        for name in names.iter().flat_map(Names::iter) {
            let (kind, help) = match key {
                _ if name == "*" => (ErrorKind::WildcardInList, wildcard(language)),
                _ if !is_token(name.as_bytes()) => {
                    let help = each_token(name, "a header name is one word, such as X-Request-Id");
                    (ErrorKind::InvalidHeaderName, help)
                }
                _ if name.contains('*') => {
                    let any = language.any();
                    let help = format!("write out each name, or {any} in place of the list for every header");
                    (ErrorKind::InvalidHeaderName, help)
                }
                "allow_headers" if is_forbidden_request_header(name) => {
                    let help = "browsers set it themselves and never ask for it: remove it";
                    (ErrorKind::ForbiddenRequestHeader, help.into())
                }
                "expose_headers" if is_forbidden_response_header(name) => {
                    let help = "browsers hide it from every page: remove it";
                    (ErrorKind::ForbiddenResponseHeader, help.into())
                }
                _ => continue,
            };
            errors.push(ConfigError::new(kind, place.key(key), name, help));
        }
    }
}

/// What is wrong with a method, and how to fix it.
pub(crate) fn method(error: &MethodError, text: &str, language: Language) -> (ErrorKind, String) {
    match error {
        MethodError::NoToken => {
            (ErrorKind::InvalidMethod, each_token(text, "a method is one word, such as PUT"))
        }
        MethodError::Wildcard => {
            let help =
                format!("write out each method; `allow_methods` takes {} for every method", language.any());
            (ErrorKind::InvalidMethod, help)
        }
        MethodError::Forbidden => (ErrorKind::ForbiddenMethod, "remove it".into()),
    }
}

/// `*` as an element.
pub(crate) fn wildcard(language: Language) -> String {
    format!("write {} in place of the list", language.any())
}

/// The tokens of a text that is not one.
fn each_token(text: &str, otherwise: &str) -> String {
    let tokens: Vec<_> = text.split(',').map(str::trim).filter(|token| !token.is_empty()).collect();
    let each = tokens.iter().map(|token| format!("{token:?}")).collect::<Vec<_>>().join(", ");
    match tokens.len() {
        0 => otherwise.into(),
        _ if !tokens.iter().all(|token| is_token(token.as_bytes())) => otherwise.into(),
        1 => format!("write {each}"),
        _ => format!("write each name by itself: {each}"),
    }
}

pub(crate) fn max_age(place: &Place, seconds: Option<i64>, errors: &mut Vec<ConfigError>) {
    if let Some(seconds) = seconds.filter(|seconds| !(0..=LONGEST).contains(seconds)) {
        let help = format!("write seconds from 0 to {LONGEST}, or leave it out");
        let place = place.key("max_age");
        errors.push(ConfigError::new(ErrorKind::MaxAgeOutOfRange, place, seconds, help));
    }
}
