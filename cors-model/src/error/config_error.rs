//! One error, all errors, and how they print (S20).

use std::fmt;

use crate::error::place::quoted;
use crate::error::{ErrorKind, Place};

/// One mistake in a configuration. It prints as one line: where it is, what is wrong there, and how to fix it. `Debug` prints the same,
/// since that is what `unwrap` and a `main` that returns an error show.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError {
    kind: ErrorKind,
    place: Place,
    value: ErrorValue,
    help: String,
}

/// The value that is wrong, and how it prints.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum ErrorValue {
    Text(String),
    /// A number, a boolean or what a list is called: without quotation marks.
    Bare(String),
}

impl<S: AsRef<str> + ?Sized> From<&S> for ErrorValue {
    fn from(text: &S) -> Self {
        Self::Text(text.as_ref().into())
    }
}

impl From<i64> for ErrorValue {
    fn from(number: i64) -> Self {
        Self::Bare(number.to_string())
    }
}

impl ConfigError {
    pub(crate) fn new(
        kind: ErrorKind,
        place: Place,
        value: impl Into<ErrorValue>,
        help: impl Into<String>,
    ) -> Self {
        Self { kind, place, value: value.into(), help: help.into() }
    }

    /// The kind of mistake, for a program to match on.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The value that is wrong.
    pub fn value(&self) -> &str {
        let (ErrorValue::Text(value) | ErrorValue::Bare(value)) = &self.value;
        value
    }

    /// How to fix it, as a sentence.
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, place, value, help } = self;
        let what = match kind {
            ErrorKind::EmptyPattern => "names no origin",
            ErrorKind::SeveralOrigins => "is more than one origin",
            ErrorKind::RegularExpression => "is a regular expression",
            ErrorKind::AddressRange => "is a range of addresses",
            ErrorKind::Quoted => "is in quotation marks",
            ErrorKind::MissingScheme => "has no scheme",
            ErrorKind::InvalidScheme => "has an invalid scheme",
            ErrorKind::Path => "has something after the host",
            ErrorKind::UserInfo => "contains a user name",
            ErrorKind::UpperCase => "contains upper-case letters",
            ErrorKind::DefaultPort => "names the default port",
            ErrorKind::InvalidPort => "has no valid port",
            ErrorKind::Unicode => "contains Unicode",
            ErrorKind::InvalidHost => "has no valid host",
            ErrorKind::NonCanonicalAddress => "is an address in a form that browsers never send",
            ErrorKind::MisplacedWildcard => "has a wildcard in an unsupported place",
            ErrorKind::SecondWildcard => "has a second wildcard",
            ErrorKind::WildcardWithoutHyphen => "has a wildcard without a hyphen beside it",
            ErrorKind::BaseDomainTooLong => "has a base domain that is too long",
            ErrorKind::InvalidMethod => "is not a valid method",
            ErrorKind::ForbiddenMethod => "is a method that no page can send",
            ErrorKind::InvalidHeaderName => "is not a valid header name",
            ErrorKind::ForbiddenRequestHeader => "is a request header that no page can set",
            ErrorKind::ForbiddenResponseHeader => "is a response header that no page can read",
            ErrorKind::WildcardInList => "is inside a list",
            ErrorKind::MaxAgeOutOfRange => "is out of range",
            ErrorKind::PreflightStatus => "is not a success status",
            ErrorKind::InvalidTemplate => "is not a valid path template",
            ErrorKind::ConflictingTemplate => "matches the same paths as another template",
            ErrorKind::ExcludedAndRegistered => "is both registered and excluded",
            ErrorKind::WithoutRoute => "matches no route",
            ErrorKind::MissingVariable => "is an environment variable that is not set",
            ErrorKind::Duplicate => "is listed twice",
            ErrorKind::UnknownKey => "is an unknown key",
            ErrorKind::UnknownRisk => "is an unknown risk",
            ErrorKind::UnknownMode => "is an unknown mode",
            ErrorKind::InvalidServedHost => "is not a valid host",
            ErrorKind::InvalidExemption => "is not a valid exemption",
            ErrorKind::InvalidSourceName => "is not a valid name of a source",
            ErrorKind::UnboundSource => "is not bound to a source",
            ErrorKind::TooManySources => "is one source too many",
            ErrorKind::SettingOutOfRange => "is out of range",
            ErrorKind::WrongType => "has the wrong type",
            ErrorKind::Risk(_) => "is dangerous",
        };
        match value {
            ErrorValue::Text(text) => write!(f, "{place}: {} {what}: {help}", quoted(text)),
            ErrorValue::Bare(text) => write!(f, "{place}: {text} {what}: {help}"),
        }
    }
}

impl fmt::Debug for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigError {}

/// Every mistake in a configuration: at least one. It prints one line for each, in `Debug`, too.
#[derive(Clone, PartialEq, Eq)]
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
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl fmt::Debug for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigErrors {}
