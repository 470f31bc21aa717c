//! Where in a configuration something stands, and how that prints.

use std::fmt;
use std::sync::Arc;

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
    /// A table at the top that is no level.
    table: Option<Arc<str>>,
    level: Level,
}

impl Place {
    pub(crate) fn config() -> Self {
        Self { level: Level::Config, path: None, method: None, pattern: None, key: None, table: None }
    }

    /// In a table at the top, such as `enforce`.
    pub(crate) fn of_table(table: &str) -> Self {
        Self { table: Some(table.into()), ..Self::config() }
    }

    /// The settings of an origin source.
    pub(crate) fn source(name: &str) -> Self {
        Self { table: Some(format!("sources.{}", bare_or_quoted(name)).into()), ..Self::config() }
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

    /// A table of the file that is no level, such as `enforce`.
    pub fn table(&self) -> Option<&str> {
        self.table.as_deref()
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

    /// The origin pattern; the first one of its key where it is about all of them.
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
pub(super) fn quoted(part: &str) -> String {
    match part.char_indices().nth(LONGEST_PART) {
        Some((end, _)) => format!("{:?}…", &part[..end]),
        None => format!("{part:?}"),
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut keys: Vec<String> = self.table.iter().map(|table| table.to_string()).collect();
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
