//! A map from origin pattern to options.

use crate::config::ResourceOptions;

/// A map from origin pattern to options, in the order in which it was written.
///
/// A key names one or more patterns, separated by ASCII white space: an exact origin (`https://app.example`),
/// subdomains (`https://*.example.com`), any port (`http://localhost:*`), both at once, a whole scheme
/// (`moz-extension://*`), `null`, or `*` for any origin.
#[must_use]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OriginMap(pub(crate) Vec<(String, ResourceOptions)>);

impl OriginMap {
    /// No origin.
    pub fn new() -> Self {
        Self::default()
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
}

impl<S: Into<String>, const N: usize> From<[(S, ResourceOptions); N]> for OriginMap {
    fn from(entries: [(S, ResourceOptions); N]) -> Self {
        entries.into_iter().collect()
    }
}

impl<S: Into<String>> FromIterator<(S, ResourceOptions)> for OriginMap {
    fn from_iter<I: IntoIterator<Item = (S, ResourceOptions)>>(entries: I) -> Self {
        Self(entries.into_iter().map(|(patterns, options)| (patterns.into(), options)).collect())
    }
}
