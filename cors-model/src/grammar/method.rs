//! Methods as a configuration writes them (Fetch Standard, "Methods").

use crate::grammar::token::{is_slip, is_token};

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

/// The methods of the IANA's "Hypertext Transfer Protocol (HTTP) Method Registry", with QUERY of RFC 10008 and without `*` and those
/// that no page can send.
#[rustfmt::skip]
const REGISTERED: [&str; 38] = [
    "ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "DELETE", "GET", "HEAD", "LABEL",
    "LINK", "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE",
    "OPTIONS", "ORDERPATCH", "PATCH", "POST", "PRI", "PROPFIND", "PROPPATCH", "PUT", "QUERY", "REBIND",
    "REPORT", "SEARCH", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE", "UPDATEREDIRECTREF",
    "VERSION-CONTROL",
];

/// Whether IANA knows a method, or one that was probably meant.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Registered {
    Yes,
    /// It does in upper case.
    InUpperCase(&'static str),
    /// It knows one that differs by a slip: a character more or less, another one, or two exchanged.
    Nearly(&'static str),
    No,
}

pub(crate) fn registered(method: &str) -> Registered {
    if REGISTERED.contains(&method) {
        return Registered::Yes;
    }
    let upper = method.to_ascii_uppercase();
    if let Some(known) = REGISTERED.into_iter().find(|known| *known == upper) {
        return Registered::InUpperCase(known);
    }
    let near = REGISTERED.into_iter().find(|known| is_slip(known.as_bytes(), upper.as_bytes()));
    near.map_or(Registered::No, Registered::Nearly)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s23_a_method_is_registered_or_nearly_so() {
        for (method, expected) in [
            ("PATCH", Registered::Yes),
            ("QUERY", Registered::Yes),
            ("patch", Registered::InUpperCase("PATCH")),
            ("DELTE", Registered::Nearly("DELETE")),
            ("Gett", Registered::Nearly("GET")),
            ("PUR", Registered::Nearly("PUT")),
            ("PSOT", Registered::Nearly("POST")),
            ("PRUNE", Registered::No),
            ("G", Registered::No),
            ("", Registered::No),
        ] {
            assert_eq!(registered(method), expected, "{method}");
        }
    }
}
