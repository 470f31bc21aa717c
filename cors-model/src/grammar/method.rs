//! Methods as a configuration writes them (Fetch Standard, "Methods").

use crate::grammar::token::is_token;

pub(crate) const GET: &str = "GET";
pub(crate) const HEAD: &str = "HEAD";
pub(crate) const POST: &str = "POST";

/// The CORS-safelisted methods: browsers let them pass whatever `Access-Control-Allow-Methods` says.
pub(crate) const SAFELISTED: [&str; 3] = [GET, HEAD, POST];

/// The methods that browsers upper-case before they ask; all others keep their case.
const NORMALISED: [&str; 6] = ["DELETE", GET, HEAD, "OPTIONS", POST, "PUT"];

/// Methods that no page can send.
const FORBIDDEN: [&str; 3] = ["CONNECT", "TRACE", "TRACK"];

pub(crate) enum MethodError {
    NoToken,
    Wildcard,
    Forbidden,
}

/// The method in the spelling that a browser sends.
pub(crate) fn normalise(method: &str) -> Result<&str, MethodError> {
    if !is_token(method.as_bytes()) {
        return Err(MethodError::NoToken);
    }
    // A token, but nobody means it: `PROP*` would match nothing, and `*` would stand for every method in an answer.
    if method.contains('*') {
        return Err(MethodError::Wildcard);
    }
    if FORBIDDEN.iter().any(|forbidden| forbidden.eq_ignore_ascii_case(method)) {
        return Err(MethodError::Forbidden);
    }
    Ok(NORMALISED.into_iter().find(|known| known.eq_ignore_ascii_case(method)).unwrap_or(method))
}
