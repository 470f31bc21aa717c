//! Checks of single values of a configuration (S21).

use crate::config::Names;
use crate::error::{ConfigError, ErrorKind, Language, Place};
use crate::grammar::header::{is_forbidden_request_header, is_forbidden_response_header};
use crate::grammar::method::MethodError;
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
    names: Option<&Names>,
    (is_forbidden, kind, help): Forbidden,
    language: Language,
    errors: &mut Vec<ConfigError>,
) {
    for name in names.into_iter().flat_map(Names::iter) {
        let (kind, help) = if name == "*" {
            (ErrorKind::WildcardInList, wildcard(language))
        } else if !is_token(name.as_bytes()) {
            (
                ErrorKind::InvalidHeaderName,
                each_token(name, "a header name is one word, such as X-Request-Id"),
            )
        } else if name.contains('*') {
            let help =
                format!("write out each name, or {} in place of the list for every header", language.any());
            (ErrorKind::InvalidHeaderName, help)
        } else if is_forbidden(name) {
            (kind, help.into())
        } else {
            continue;
        };
        errors.push(ConfigError::new(kind, place.clone(), name, help));
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
    match &tokens[..] {
        [] => otherwise.into(),
        tokens if !tokens.iter().all(|token| is_token(token.as_bytes())) => otherwise.into(),
        [token] => format!("write {token:?}"),
        tokens => {
            let each: Vec<_> = tokens.iter().map(|token| format!("{token:?}")).collect();
            format!("write each name by itself: {}", each.join(", "))
        }
    }
}

pub(crate) fn max_age(place: &Place, seconds: Option<i64>, errors: &mut Vec<ConfigError>) {
    if let Some(seconds) = seconds.filter(|seconds| !(0..=LONGEST).contains(seconds)) {
        let help = format!("write seconds from 0 to {LONGEST}, or leave it out");
        let place = place.key("max_age");
        errors.push(ConfigError::new(ErrorKind::MaxAgeOutOfRange, place, seconds, help));
    }
}

#[cfg(test)]
mod tests {
    use crate::grammar::origin::Origin;
    use crate::grammar::pattern::Pattern;
    use crate::policy::origins::Origins;

    /// An origin that a pattern matches, and that no other pattern is likely to match.
    fn an_origin_of(pattern: &str) -> String {
        if pattern == "*" {
            return "https://another.invalid".into();
        }
        let pattern = pattern.strip_suffix(":*").unwrap_or(pattern);
        let with = |text: &str| pattern.replacen('*', text, 1);
        // Without a hyphen, which a label pattern could match. One character is left for it in a label or a domain of full length.
        let origin = Some(with("another")).filter(|origin| Origin::parse(origin.as_bytes()).is_some());
        origin.unwrap_or_else(|| with("x"))
    }

    #[test]
    fn every_pattern_matches_its_origin_and_no_wider_one_comes_first() {
        let label = "a".repeat(61);
        let base = format!("{}.b", ["a".repeat(61).as_str(); 4].join("."));
        let long = [
            format!("https://{label}-*.example"),
            format!("https://*.{base}aa"),
            format!("https://a-*.{base}:*"),
        ];
        let short = [
            "https://a.example",
            "https://b.example:*",
            "https://*.a.example",
            "https://*.a.example:8443",
            "https://app-*.a.example",
            "https://*-team.a.example:*",
            "https://any-*.a.example",
            "https://app-*-team.a.example",
            "moz-extension://*",
            "app://*.inner:*",
            "app://",
            "file://",
            "null",
            "*",
        ];
        let all: Vec<&str> = short.into_iter().chain(long.iter().map(String::as_str)).collect();
        let mut origins = Origins::default();
        for text in &all {
            origins.insert(text, Pattern::parse(text).expect(text));
        }
        for text in all {
            let origin = an_origin_of(text);
            let first = origins.visit(origin.as_bytes(), |id, _| Some(id));
            assert_eq!(first.map(|id| origins.text(id)), Some(text), "{origin}");
        }
    }
}
