//! A map from origin pattern to options.

use std::collections::HashSet;
use std::env::VarError;

use crate::config::ResourceOptions;
use crate::error::{ConfigError, ConfigErrors, ErrorKind, Place};
use crate::grammar::pattern::{Pattern, patterns};

/// A map from origin pattern to options, in the order in which it was written.
///
/// A key names one or more patterns, separated by white space and commas:
///
/// - an exact origin: `https://app.example`, `http://localhost:8080`, `app://`, `file://`;
/// - subdomains, one or more labels in front of a domain: `https://*.example.com`;
/// - a part of the first label, with a hyphen beside the `*`: `https://app-*.example.com`, `https://*-team.example.com`,
///   `https://app-*-team.example.com`;
/// - any port: `http://localhost:*`, also together with a wildcard in the host;
/// - every host and port of a scheme other than http, https and file: `moz-extension://*`;
/// - the name of a source, which is asked at run time: `@tenants` (see [`CorsConfig::source`](crate::CorsConfig::source));
/// - `null`;
/// - `*`, any origin.
///
/// The most specific pattern that matches an origin applies ([S1](crate::rules)). The order of the entries does not matter.
#[must_use]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginMap(pub(crate) Vec<(String, ResourceOptions)>);

impl OriginMap {
    /// No origin.
    pub fn new() -> Self {
        Self::default()
    }

    /// Many patterns, each with the same options.
    ///
    /// ```
    /// use cors_model::{CorsConfig, OriginMap, ResourceOptions};
    ///
    /// let origins = OriginMap::each(["https://a.example", "https://b.example"], ResourceOptions::new());
    /// let cors = CorsConfig::new().defaults(origins).all_resources().build()?;
    /// # let _ = cors;
    /// # Ok::<(), cors_model::ConfigErrors>(())
    /// ```
    pub fn each<S: Into<String>>(patterns: impl IntoIterator<Item = S>, options: ResourceOptions) -> Self {
        patterns.into_iter().map(|pattern| (pattern, options.clone())).collect()
    }

    /// The patterns in an environment variable, separated by commas or white space, each with the same options. If the variable is
    /// empty, the map is empty.
    ///
    /// # Errors
    /// The variable is not set or not Unicode, or it has an invalid pattern or one twice. Each error names the variable.
    ///
    /// ```no_run
    /// use cors_model::{CorsConfig, OriginMap, ResourceOptions};
    ///
    /// let origins = OriginMap::from_env("ALLOWED_ORIGINS", ResourceOptions::new().allow_credentials())?;
    /// let cors = CorsConfig::new().defaults(origins).all_resources().build()?;
    /// # let _ = cors;
    /// # Ok::<(), cors_model::ConfigErrors>(())
    /// ```
    pub fn from_env(variable: &str, options: ResourceOptions) -> Result<Self, ConfigErrors> {
        let (kind, value, help) = match std::env::var(variable) {
            Ok(text) => return Self::listed(variable, &text, options),
            Err(VarError::NotPresent) => {
                let help = "set it to origins, separated by commas, or to nothing for no origin";
                (ErrorKind::MissingVariable, variable.into(), help)
            }
            Err(VarError::NotUnicode(text)) => {
                (ErrorKind::InvalidHost, text.to_string_lossy().into_owned(), "write it in ASCII")
            }
        };
        Err(ConfigErrors(vec![ConfigError::new(kind, Place::config().key(variable), &value, help)]))
    }

    fn listed(variable: &str, text: &str, options: ResourceOptions) -> Result<Self, ConfigErrors> {
        let place = Place::config().key(variable);
        let mut errors = Vec::new();
        let mut seen = HashSet::new();
        for pattern in patterns(text) {
            match Pattern::parse(pattern) {
                Err(found) => errors.extend(found.into_iter().map(|error| error.at(&place, pattern))),
                Ok(_) if !seen.insert(pattern) => {
                    let help = "remove one of the two";
                    errors.push(ConfigError::new(ErrorKind::Duplicate, place.clone(), pattern, help));
                }
                Ok(_) => {}
            }
        }
        if errors.is_empty() { Ok(Self::each(patterns(text), options)) } else { Err(ConfigErrors(errors)) }
    }

    /// Adds an entry.
    pub fn origin(mut self, patterns: impl Into<String>, options: ResourceOptions) -> Self {
        self.0.push((patterns.into(), options));
        self
    }

    /// The entries, in the order in which they were written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &ResourceOptions)> {
        self.0.iter().map(|(patterns, options)| (patterns.as_str(), options))
    }

    /// Each pattern with its options.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = (&str, &ResourceOptions)> {
        self.iter().flat_map(|(key, options)| patterns(key).map(move |pattern| (pattern, options)))
    }
}

/// For keys of type `&str` only, so that `[]` compiles. With keys of type `String`, use a `Vec`.
impl<const N: usize> From<[(&str, ResourceOptions); N]> for OriginMap {
    fn from(entries: [(&str, ResourceOptions); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<S: Into<String>> From<Vec<(S, ResourceOptions)>> for OriginMap {
    fn from(entries: Vec<(S, ResourceOptions)>) -> Self {
        entries.into_iter().collect()
    }
}

impl<S: Into<String>> FromIterator<(S, ResourceOptions)> for OriginMap {
    fn from_iter<I: IntoIterator<Item = (S, ResourceOptions)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(patterns, options)| (patterns.into(), options)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_lists_origins() {
        let listed = |text| OriginMap::listed("ORIGINS", text, ResourceOptions::new());
        let two = OriginMap::each(["https://a.example", "https://b.example"], ResourceOptions::new());
        assert_eq!(listed("https://a.example, https://b.example,"), Ok(two));
        assert_eq!(listed(""), Ok(OriginMap::new()));
        assert_eq!(
            listed("https://a.example/,https://b.example,https://b.example").unwrap_err().to_string(),
            "ORIGINS: \"https://a.example/\" has something after the host: an origin has no path and no trailing slash; write \
             https://a.example\n\
             ORIGINS: \"https://b.example\" is listed twice: remove one of the two"
        );
    }

    #[test]
    fn a_variable_that_is_not_set_is_an_error_that_names_it() {
        let error = OriginMap::from_env("NO_SUCH_VARIABLE_OF_ORIGINS", ResourceOptions::new()).unwrap_err();
        assert!(error.to_string().starts_with("NO_SUCH_VARIABLE_OF_ORIGINS: "), "{error}");
        // Cargo sets it for every test.
        let error = OriginMap::from_env("CARGO_PKG_NAME", ResourceOptions::new()).unwrap_err();
        assert!(error.to_string().starts_with("CARGO_PKG_NAME: \"cors-model\" "), "{error}");
    }
}
