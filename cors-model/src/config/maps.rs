//! The maps of a configuration, and what they name.

use crate::config::{CorsConfig, Names, OriginMap, Resource, Route};
use crate::error::Place;

impl CorsConfig {
    /// The maps of all levels.
    pub(crate) fn maps(&self) -> impl Iterator<Item = &OriginMap> {
        [&self.defaults].into_iter().chain(self.resources.iter().flat_map(Resource::maps))
    }

    /// The map of each level, with its place.
    pub(crate) fn placed_maps(&self) -> impl Iterator<Item = (Place, &OriginMap)> {
        let resources = self.resources.iter().flat_map(|resource| {
            let place = |route: &Route| Place::route(&resource.template, &route.method);
            let routes = resource.routes.iter().map(move |route| (place(route), &route.origins));
            [(Place::resource(&resource.template), &resource.origins)].into_iter().chain(routes)
        });
        [(Place::defaults(), &self.defaults)].into_iter().chain(resources)
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
    /// The methods that the entries list.
    pub(crate) fn listed_methods(&self) -> impl Iterator<Item = &str> {
        self.iter().flat_map(|(_, options)| options.allow_methods.iter().flat_map(Names::iter))
    }
}
