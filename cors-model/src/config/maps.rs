//! The maps of a configuration, and what they name.

use crate::config::{CorsConfig, Names, OriginMap, Resource};
use crate::grammar::pattern::patterns;

impl CorsConfig {
    /// The maps of all levels.
    pub(crate) fn maps(&self) -> impl Iterator<Item = &OriginMap> {
        [&self.defaults].into_iter().chain(self.resources.iter().flat_map(Resource::maps))
    }

    /// The maps that count for some method of a resource, or for other paths.
    pub(crate) fn maps_for<'a>(
        &'a self,
        resource: Option<&'a Resource>,
    ) -> impl Iterator<Item = &'a OriginMap> {
        let defaults = resource.is_none_or(|resource| resource.inherit).then_some(&self.defaults);
        resource.into_iter().flat_map(Resource::maps).chain(defaults)
    }
}

impl Resource {
    /// Its own map, and those of its routes.
    fn maps(&self) -> impl Iterator<Item = &OriginMap> {
        [&self.origins].into_iter().chain(self.routes.iter().map(|route| &route.origins))
    }
}

impl OriginMap {
    /// The patterns of all keys.
    pub(crate) fn patterns(&self) -> impl Iterator<Item = &str> {
        self.iter().flat_map(|(key, _)| patterns(key))
    }

    /// The methods that the entries list.
    pub(crate) fn listed_methods(&self) -> impl Iterator<Item = &str> {
        self.iter().flat_map(|(_, options)| options.allow_methods.iter().flat_map(Names::iter))
    }
}
