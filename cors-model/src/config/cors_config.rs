//! A whole configuration, as it is written.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::config::source::{Binding, OriginSource, Unbound};
use crate::config::{Enforce, OriginMap, Resource, SourceSettings};
use crate::error::{ConfigError, Language, Risk};
use crate::grammar::pattern::{is_source_name, source_name};

/// A whole configuration. It shares only what you add to it.
///
/// ```
/// use cors_model::{CorsConfig, Resource, ResourceOptions, Route};
///
/// let cors = CorsConfig::new()
///     .defaults([("https://app.example", ResourceOptions::new().allow_credentials())])
///     .add(
///         Resource::at("/hello")
///             .add(Route::on("PUT"))
///             .add(Route::on("GET").also("https://other.example", ResourceOptions::new())),
///     )
///     .build()?;
/// # use cors_model::CorsRequest;
/// # use http::{HeaderMap, HeaderValue, header::ORIGIN};
/// # let other = HeaderMap::from_iter([(ORIGIN, HeaderValue::from_static("https://other.example"))]);
/// let is_shared_with_other = |method| {
///     // The headers of a request from https://other.example.
///     cors.explain(&CorsRequest::new("/hello", method, &other)).verdict().refusal().is_none()
/// };
/// assert!(is_shared_with_other("GET"));
/// assert!(!is_shared_with_other("PUT"));
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
#[must_use]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CorsConfig {
    pub(crate) accept_risks: Vec<Risk>,
    pub(crate) preflight_status: Option<i64>,
    pub(crate) all_resources: bool,
    pub(crate) excluded: Vec<String>,
    pub(crate) diagnostics: bool,
    pub(crate) defaults: OriginMap,
    pub(crate) resources: Vec<Resource>,
    pub(crate) enforce: Option<Enforce>,
    pub(crate) sources: Vec<Binding>,
    pub(crate) source_settings: Vec<(String, SourceSettings)>,
    /// What was wrong with the file that this was read from.
    pub(crate) reading: Vec<ConfigError>,
    pub(crate) language: Language,
}

impl CorsConfig {
    /// A configuration that shares nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds entries to the application's defaults, which apply to every resource and route that does not use `only`.
    pub fn defaults(mut self, origins: impl Into<OriginMap>) -> Self {
        self.defaults.0.extend(origins.into().0);
        self
    }

    /// Adds a resource: it becomes CORS-enabled.
    #[allow(clippy::should_implement_trait)]
    pub fn add(mut self, resource: Resource) -> Self {
        self.resources.push(resource);
        self
    }

    /// Excludes the paths of this template from CORS, even if a wider template covers them.
    pub fn exclude(mut self, template: impl Into<String>) -> Self {
        self.excluded.push(template.into());
        self
    }

    /// Applies the defaults to every path that is not registered or excluded, including paths that do not exist.
    pub fn all_resources(mut self) -> Self {
        self.all_resources = true;
        self
    }

    /// The status of an allowed preflight, 200 to 299. Default: 204.
    pub fn preflight_status(mut self, status: u16) -> Self {
        self.preflight_status = Some(status.into());
        self
    }

    /// Accepts a dangerous setting, which is an error of [`build`](Self::build) otherwise ([S22](crate::rules)).
    pub fn accept_risk(mut self, risk: Risk) -> Self {
        self.accept_risks.push(risk);
        self
    }

    /// Refuses what a foreign page must not do ([S28](crate::rules)), not only what it must not read. Default: off.
    pub fn enforce(mut self, enforce: Enforce) -> Self {
        self.enforce = Some(enforce);
        self
    }

    /// Binds a source of origins to a name ([S26](crate::rules)), so that entries of `@name` apply to the origins that the source names. A name is a
    /// lower-case letter, then lower-case letters, digits and hyphens.
    pub fn source(mut self, name: impl Into<String>, source: impl OriginSource + 'static) -> Self {
        self.sources.push(Binding { name: name.into(), source: Arc::new(source) });
        self
    }

    /// How the answers of a source are kept. Default: those of [`SourceSettings`].
    pub fn source_settings(mut self, name: impl Into<String>, settings: SourceSettings) -> Self {
        self.source_settings.push((name.into(), settings));
        self
    }

    /// Binds each source that is named and not bound, so that the configuration builds where there is only a file, as in a tool. These
    /// sources admit nobody, and each question to one fails. [`Cors::assume`](crate::Cors::assume) answers in their place.
    pub fn without_sources(mut self) -> Self {
        let is_bound = |name: &str| self.sources.iter().any(|binding| binding.name == name);
        let names = self.named_sources().into_iter().filter(|name| is_source_name(name) && !is_bound(name));
        let unbound = names.map(|name| Binding { name: name.into(), source: Arc::new(Unbound) });
        let unbound: Vec<_> = unbound.collect();
        self.sources.extend(unbound);
        self
    }

    /// The names of the sources in all maps, without the `@`.
    pub fn named_sources(&self) -> BTreeSet<&str> {
        let patterns = self.maps().flat_map(OriginMap::patterns);
        patterns.filter_map(|(pattern, _)| source_name(pattern)).collect()
    }

    /// Puts the details of a refused preflight into its body: what was asked, and what would be allowed. This reveals your allowed
    /// origins to anyone, so use it in development only. Default: off.
    pub fn diagnostics(mut self) -> Self {
        self.diagnostics = true;
        self
    }
}
