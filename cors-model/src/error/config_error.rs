//! One error, all errors, and how they print (S20).

use std::fmt;

use crate::error::place::quoted;
use crate::error::{ErrorKind, Place};

/// One thing that a configuration may not say. It prints as one line: the place, what is wrong there, and the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    kind: ErrorKind,
    place: Place,
    value: String,
    mend: String,
}

impl ConfigError {
    pub(crate) fn new(
        kind: ErrorKind,
        place: Place,
        value: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self { kind, place, value: value.into(), mend: mend.into() }
    }

    /// What is wrong, for a program to tell apart.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where it stands.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The value that is wrong.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What to write instead.
    pub fn mend(&self) -> &str {
        &self.mend
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, place, value, mend } = self;
        let what = match kind {
            ErrorKind::EmptyPattern => "names no origin",
            ErrorKind::MissingScheme => "is an origin without a scheme",
            ErrorKind::InvalidScheme => "has no scheme that an origin can have",
            ErrorKind::Path => "is more than an origin",
            ErrorKind::UserInfo => "holds user info",
            ErrorKind::UpperCase => "is in upper case and would never match",
            ErrorKind::DefaultPort => "names the default port and would never match",
            ErrorKind::InvalidPort => "has no valid port",
            ErrorKind::Unicode => "is in Unicode and would never match",
            ErrorKind::InvalidHost => "has no valid host",
            ErrorKind::NonCanonicalAddress => "is an address in a form that would never match",
            ErrorKind::MisplacedWildcard => "has a wildcard where none may stand",
            ErrorKind::BaseDomainTooLong => "has too long a base domain",
            ErrorKind::InvalidMethod => "is no method",
            ErrorKind::ForbiddenMethod => "is a method that no page can send",
            ErrorKind::InvalidHeaderName => "is no header name",
            ErrorKind::ForbiddenRequestHeader => "is a request header that no page can set",
            ErrorKind::ForbiddenResponseHeader => "is a response header that no page can read",
            ErrorKind::WildcardInList => "stands inside a list",
            ErrorKind::MaxAgeOutOfRange => "is out of range",
            ErrorKind::PreflightStatus => "is no status of a successful preflight",
            ErrorKind::InvalidTemplate => "is no path template",
            ErrorKind::ConflictingTemplate => "matches the same paths as another template",
            ErrorKind::ExcludedAndRegistered => "is both registered and excluded",
            ErrorKind::WithoutRoute => "is the template of no route",
            ErrorKind::Duplicate => "is given twice",
            ErrorKind::UnknownKey => "is an unknown key",
            ErrorKind::UnknownRisk => "is an unknown risk",
            ErrorKind::WrongType => "has the wrong type",
            ErrorKind::Risk(_) => "is dangerous",
        };
        write!(f, "{place}: {} {what}: {mend}", quoted(value))
    }
}

impl std::error::Error for ConfigError {}

/// All that is wrong with a configuration: at least one error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors(pub(crate) Vec<ConfigError>);

impl ConfigErrors {
    /// The errors, in the order of the configuration.
    pub fn iter(&self) -> std::slice::Iter<'_, ConfigError> {
        self.0.iter()
    }
}

impl IntoIterator for ConfigErrors {
    type Item = ConfigError;
    type IntoIter = std::vec::IntoIter<ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a ConfigErrors {
    type Item = &'a ConfigError;
    type IntoIter = std::slice::Iter<'a, ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.0.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
