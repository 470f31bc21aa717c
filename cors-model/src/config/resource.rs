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
    /// Registers a method. That enables it for every origin of the route, the resource and the defaults
    /// ([S4](crate::rules)). To limit it to the route's own origins, use [`only`](Self::only).
    pub fn on(method: impl AsRef<str>) -> Self {
        Self { method: method.as_ref().into(), origins: OriginMap::new(), inherit: true }
    }

    /// Adds an entry to what the resource and the defaults share. Origins that those name may still use this route.
    pub fn also(mut self, patterns: impl Into<String>, options: ResourceOptions) -> Self {
        self.origins = self.origins.origin(patterns, options);
        self
    }

    /// Shares this route with these origins and no others: the entries of the resource and of the defaults do not apply here
    /// ([S3](crate::rules), `inherit = false` in a file), and entries that you added before are replaced. `only([])` shares the
    /// route with nobody.
    pub fn only(mut self, origins: impl Into<OriginMap>) -> Self {
        self.origins = origins.into();
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

    /// Adds an entry to what the defaults share. Origins that the defaults name may still use this resource.
    pub fn also(mut self, patterns: impl Into<String>, options: ResourceOptions) -> Self {
        self.origins = self.origins.origin(patterns, options);
        self
    }

    /// Shares this resource with these origins and no others: the defaults do not apply here ([S3](crate::rules), `inherit = false`
    /// in a file), and entries that you added before are replaced. `only([])` shares the resource with nobody, except where a
    /// route has origins of its own.
    pub fn only(mut self, origins: impl Into<OriginMap>) -> Self {
        self.origins = origins.into();
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
