//! What a configuration may not say (S20, S21, S22), and where it said it.

use std::fmt;
use std::sync::Arc;

use crate::Risk;

/// What is wrong, for a program to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A key that names no pattern.
    EmptyPattern,
    /// An origin without `scheme://`.
    MissingScheme,
    /// A scheme that is none, or `file`.
    InvalidScheme,
    /// An origin with a path, a trailing slash, a query or a fragment.
    Path,
    /// An origin with a user name.
    UserInfo,
    /// Upper case where browsers send lower case.
    UpperCase,
    /// The scheme's default port, which browsers leave out.
    DefaultPort,
    /// A port that is none.
    InvalidPort,
    /// A host in Unicode.
    Unicode,
    /// A host that is none.
    InvalidHost,
    /// An address in a form that browsers do not send.
    NonCanonicalAddress,
    /// A wildcard where none may stand.
    MisplacedWildcard,
    /// A wildcard's base domain over 251 bytes.
    BaseDomainTooLong,
    /// A method that is no token.
    InvalidMethod,
    /// CONNECT, TRACE or TRACK.
    ForbiddenMethod,
    /// A header name that is no token.
    InvalidHeaderName,
    /// A request header that no script can set.
    ForbiddenRequestHeader,
    /// A response header that no script can read.
    ForbiddenResponseHeader,
    /// `*` as an element of a list.
    WildcardInList,
    /// Seconds below 0 or above 2,147,483,647.
    MaxAgeOutOfRange,
    /// A preflight status outside 200 to 299.
    PreflightStatus,
    /// A path template that cannot be parsed.
    InvalidTemplate,
    /// A template that matches the very paths of another one.
    ConflictingTemplate,
    /// A template both registered and excluded.
    ExcludedAndRegistered,
    /// A registered template that no route of the application has.
    WithoutRoute,
    /// A resource, an excluded template, a route, a pattern or a key given twice.
    Duplicate,
    /// A key of a file that means nothing there.
    UnknownKey,
    /// A name in `accept_risks` that is no risk's.
    UnknownRisk,
    /// A value of a file that has the wrong type.
    WrongType,
    /// A danger that was not accepted.
    Risk(Risk),
}

/// The level of a configuration that an error or an advice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Level {
    /// The configuration as a whole.
    Config,
    /// The application's defaults.
    Defaults,
    /// One path.
    Resource,
    /// One method of one path.
    Route,
}

/// A place in a configuration. It prints as the key of a TOML file would:
/// `resources."/hello".routes.GET.origins."https://app.example".max_age`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    path: Option<Arc<str>>,
    method: Option<Arc<str>>,
    pattern: Option<Arc<str>>,
    key: Option<Arc<str>>,
    level: Level,
}

impl Place {
    pub(crate) fn config() -> Self {
        Self { level: Level::Config, path: None, method: None, pattern: None, key: None }
    }

    pub(crate) fn defaults() -> Self {
        Self { level: Level::Defaults, ..Self::config() }
    }

    pub(crate) fn resource(path: &str) -> Self {
        Self { level: Level::Resource, path: Some(path.into()), ..Self::config() }
    }

    pub(crate) fn route(path: &str, method: &str) -> Self {
        Self { level: Level::Route, method: Some(method.into()), ..Self::resource(path) }
    }

    pub(crate) fn pattern(&self, pattern: &str) -> Self {
        Self { pattern: Some(pattern.into()), ..self.clone() }
    }

    pub(crate) fn key(&self, key: &str) -> Self {
        Self { key: Some(key.into()), ..self.clone() }
    }

    /// The level.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The path template of a resource or a route.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The method of a route.
    pub fn method(&self) -> Option<&str> {
        self.method.as_deref()
    }

    /// The key of the map of origins.
    pub fn origin_pattern(&self) -> Option<&str> {
        self.pattern.as_deref()
    }

    /// The key of the value, such as `max_age`.
    pub fn value_key(&self) -> Option<&str> {
        self.key.as_deref()
    }
}

/// The longest part of a place that is printed whole, in characters: longer than any one origin of http or https.
const LONGEST_PART: usize = 400;

/// In quotes, escaped, and cut where it is long.
fn quoted(part: &str) -> String {
    match part.char_indices().nth(LONGEST_PART) {
        Some((end, _)) => format!("{:?}…", &part[..end]),
        None => format!("{part:?}"),
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut keys = Vec::new();
        if self.level == Level::Defaults {
            keys.push("defaults".into());
        }
        if let Some(path) = &self.path {
            keys.extend(["resources".into(), quoted(path)]);
        }
        if let Some(method) = &self.method {
            keys.extend(["routes".into(), bare_or_quoted(method)]);
        }
        if let Some(pattern) = &self.pattern {
            keys.extend(["origins".into(), quoted(pattern)]);
        }
        keys.extend(self.key.as_deref().map(bare_or_quoted));
        if keys.is_empty() {
            return f.write_str("the configuration");
        }
        f.write_str(&keys.join("."))
    }
}

fn bare_or_quoted(key: &str) -> String {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !key.is_empty() && key.bytes().all(bare) { key.into() } else { quoted(key) }
}

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
