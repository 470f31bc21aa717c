//! What a page may do by one entry, and not by another.

use std::fmt;

use super::OTHERS;
use crate::policy::rules::{Entry, Expose, RequestedHeaders};

/// What a page may do. It prints as a noun: `credentials`, `the request header x-a`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Right {
    /// To read the response.
    Read,
    /// To send credentials, and read the response.
    Credentials,
    /// To send this request header (`Access-Control-Allow-Headers`), in lower case.
    RequestHeader(String),
    /// To send every request header but these (`Access-Control-Allow-Headers`).
    OtherRequestHeaders(Vec<String>),
    /// To read this response header (`Access-Control-Expose-Headers`), in lower case.
    ExposedHeader(String),
    /// To read every response header but these (`Access-Control-Expose-Headers`).
    OtherExposedHeaders(Vec<String>),
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let others = |f: &mut fmt::Formatter<'_>, kind, names: &[String]| match names {
            [] => write!(f, "every {kind}"),
            names => write!(f, "every {kind} but {}", names.join(" and ")),
        };
        match self {
            Self::Read => f.write_str("read"),
            Self::Credentials => f.write_str("credentials"),
            Self::RequestHeader(name) => write!(f, "the request header {name}"),
            Self::OtherRequestHeaders(names) => others(f, "request header", names),
            Self::ExposedHeader(name) => write!(f, "the response header {name}"),
            Self::OtherExposedHeaders(names) => others(f, "response header", names),
        }
    }
}

/// The rights by one entry that another one lacks.
pub(super) fn beyond(one: Option<&Entry>, other: Option<&Entry>) -> Vec<Right> {
    let Some(one) = one else { return Vec::new() };
    let mut rights = Vec::new();
    if other.is_none() {
        rights.push(Right::Read);
    }
    if one.credentials && !other.is_some_and(|other| other.credentials) {
        rights.push(Right::Credentials);
    }
    let others = other.map_or(Listed::Names(Vec::new()), Listed::requested);
    rights.extend(Listed::requested(one).beyond(others, Right::RequestHeader, Right::OtherRequestHeaders));
    let others = other.map_or(Listed::Names(Vec::new()), Listed::exposed);
    rights.extend(Listed::exposed(one).beyond(others, Right::ExposedHeader, Right::OtherExposedHeaders));
    rights
}

/// Header names, in lower case and sorted.
enum Listed<'a> {
    Any,
    Names(Vec<&'a str>),
}

impl<'a> Listed<'a> {
    fn requested(entry: &'a Entry) -> Self {
        match (&entry.requested, &entry.allow_headers) {
            (RequestedHeaders::Any, _) => Self::Any,
            (RequestedHeaders::Listed(_), names) => {
                Self::of(names.as_ref().map_or("", |names| names.as_str()))
            }
        }
    }

    fn exposed(entry: &'a Entry) -> Self {
        match &entry.expose {
            Expose::Nothing => Self::Names(Vec::new()),
            Expose::Names(names) if names.as_str() != OTHERS => Self::of(names.as_str()),
            Expose::Names(_) | Expose::Present => Self::Any,
        }
    }

    fn of(list: &'a str) -> Self {
        let mut names: Vec<_> = list.split(", ").filter(|name| !name.is_empty()).collect();
        names.sort_unstable();
        Self::Names(names)
    }

    /// A right for each name that is not among the others, or one for all but those.
    fn beyond(self, others: Self, one: fn(String) -> Right, all_but: fn(Vec<String>) -> Right) -> Vec<Right> {
        match (self, others) {
            (_, Self::Any) => Vec::new(),
            (Self::Any, Self::Names(others)) => vec![all_but(others.into_iter().map(Into::into).collect())],
            (Self::Names(names), Self::Names(others)) => {
                let lacking = names.into_iter().filter(|name| !others.contains(name));
                lacking.map(|name| one(name.into())).collect()
            }
        }
    }
}
