//! Methods as a configuration writes them (Fetch Standard, "Methods").

use crate::error::ErrorKind;
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

/// The method in the spelling that a browser sends, or what is wrong with it and how to fix it.
pub(crate) fn normalise(method: &str) -> Result<&str, (ErrorKind, &'static str)> {
    if !is_token(method.as_bytes()) {
        let help = "a method is an HTTP token, such as PUT; every method is `allow_methods = \"*\"`";
        return Err((ErrorKind::InvalidMethod, help));
    }
    // A token, but nobody means it: `PROP*` would match nothing, and `*` would stand for every method in an answer.
    if method.contains('*') {
        let help = "name each method; every method is `allow_methods = \"*\"`";
        return Err((ErrorKind::InvalidMethod, help));
    }
    if FORBIDDEN.iter().any(|forbidden| forbidden.eq_ignore_ascii_case(method)) {
        return Err((ErrorKind::ForbiddenMethod, "remove it"));
    }
    Ok(NORMALISED.into_iter().find(|known| known.eq_ignore_ascii_case(method)).unwrap_or(method))
}
