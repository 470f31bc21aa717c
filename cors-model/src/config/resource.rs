//! One path and its methods, each with a map of origins.

use crate::config::{OriginMap, ResourceOptions};

/// One method of a resource, with options of its own for some origins, or none.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    pub(crate) method: String,
    pub(crate) origins: OriginMap,
    pub(crate) inherit: bool,
}

impl Route {
    /// Registers a method. That enables it for every origin that this route inherits or names (S4). To limit it to the route's own
    /// origins, add [`without_inheritance`](Self::without_inheritance).
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

    /// Ignores the resource's map and the defaults (S3): only the route's own origins count.
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

    /// Ignores the defaults (S3): only the origins of this resource and its routes count.
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
