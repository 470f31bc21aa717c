//! A configuration as it is written: the application's defaults, its resources, their routes, and in each of these
//! a map from origin pattern to [`ResourceOptions`].

use crate::error::{ConfigError, ConfigErrors};
use crate::{Cors, ResourceOptions, Risk};

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

/// One method of a resource, with options of its own for some origins, or none.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub(crate) method: String,
    pub(crate) origins: OriginMap,
    pub(crate) inherit: bool,
}

impl Route {
    /// Registers a method, which enables it for every origin that some level knows (S4).
    pub fn on(method: impl Into<String>) -> Self {
        Self { method: method.into(), origins: OriginMap::new(), inherit: true }
    }

    /// Adds an entry to the route's map.
    pub fn origin(mut self, patterns: impl Into<String>, options: ResourceOptions) -> Self {
        self.origins = self.origins.origin(patterns, options);
        self
    }

    /// Adds entries to the route's map.
    pub fn origins(mut self, origins: impl Into<OriginMap>) -> Self {
        self.origins.0.extend(origins.into().0);
        self
    }

    /// Cuts off the resource's map and the defaults (S3): only the route's own origins count.
    pub fn without_inheritance(mut self) -> Self {
        self.inherit = false;
        self
    }
}

/// One path template, its map of origins, and its routes.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    pub(crate) template: String,
    pub(crate) origins: OriginMap,
    pub(crate) inherit: bool,
    pub(crate) routes: Vec<Route>,
}

impl Resource {
    /// The resource at a path template: `/hello`, `/items/{id}`, `/files/{*rest}`. A parameter takes one whole segment,
    /// a catch-all the rest of the path; neither is ever empty.
    pub fn at(template: impl Into<String>) -> Self {
        Self { template: template.into(), origins: OriginMap::new(), inherit: true, routes: Vec::new() }
    }

    /// Adds an entry to the resource's map.
    pub fn origin(mut self, patterns: impl Into<String>, options: ResourceOptions) -> Self {
        self.origins = self.origins.origin(patterns, options);
        self
    }

    /// Adds entries to the resource's map.
    pub fn origins(mut self, origins: impl Into<OriginMap>) -> Self {
        self.origins.0.extend(origins.into().0);
        self
    }

    /// Cuts off the defaults (S3).
    pub fn without_inheritance(mut self) -> Self {
        self.inherit = false;
        self
    }

    /// Adds a route.
    #[allow(clippy::should_implement_trait)]
    pub fn add(mut self, route: Route) -> Self {
        self.routes.push(route);
        self
    }
}

/// A whole configuration. Only what is added to it is shared.
///
/// ```
/// use cors_model::{CorsConfig, Resource, ResourceOptions, Route};
///
/// let cors = CorsConfig::new()
///     .defaults([("https://app.example", ResourceOptions::new().allow_credentials())])
///     .add(
///         Resource::at("/hello")
///             .add(Route::on("PUT"))
///             .add(Route::on("GET").origin("https://other.example", ResourceOptions::new())),
///     )
///     .build()?;
/// # let _ = cors;
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
    /// What was wrong with the file that this was read from.
    pub(crate) reading: Vec<ConfigError>,
}

impl CorsConfig {
    /// Shares nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds entries to the application's defaults, which hold for every resource that does not cut them off.
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

    /// Makes paths of this template no resource, also where a wider template covers them.
    pub fn exclude(mut self, template: impl Into<String>) -> Self {
        self.excluded.push(template.into());
        self
    }

    /// Makes every other path a resource, known to the router or not, governed by the defaults alone.
    pub fn all_resources(mut self) -> Self {
        self.all_resources = true;
        self
    }

    /// The status of an allowed preflight, 200 to 299. Default: 204.
    pub fn preflight_status(mut self, status: u16) -> Self {
        self.preflight_status = Some(status.into());
        self
    }

    /// Accepts a dangerous configuration by name (S22).
    pub fn accept_risk(mut self, risk: Risk) -> Self {
        self.accept_risks.push(risk);
        self
    }

    /// Tells in the body of a refused preflight what was asked and what would be allowed, to everybody who asks: the
    /// origins of the configuration among it. Default: not told.
    pub fn diagnostics(mut self) -> Self {
        self.diagnostics = true;
        self
    }

    /// Checks everything and prepares every answer.
    ///
    /// # Errors
    /// All that is wrong, each with its kind, its place and its mend.
    pub fn build(self) -> Result<Cors, ConfigErrors> {
        crate::build::build(self)
    }
}
