//! A map from origin pattern to options.

use crate::config::ResourceOptions;

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
/// - `null`;
/// - `*`, any origin.
///
/// The most specific pattern that matches an origin decides, in whatever order they are written.
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

/// Only of `&str`, so that an empty array is one, too. With keys of type `String`, use a `Vec`.
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
