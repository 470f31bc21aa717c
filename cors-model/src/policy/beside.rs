//! Checking a policy against the routes of an application.

use std::collections::HashSet;

use crate::config::{CorsConfig, Resource};
use crate::error::{ConfigError, ConfigErrors, ErrorKind, Place};
use crate::grammar::template::Template;
use crate::policy::Cors;

impl Cors {
    /// Checks this policy against the routes of an application, written as templates, for an adapter that can list them. The policy that
    /// it returns excludes each route that is neither registered nor excluded, so that no wider template reaches it. With
    /// `all_resources` it excludes nothing, since the defaults apply to such a route.
    ///
    /// # Errors
    /// Each registered template that matches no route, and each route that is not a valid template.
    pub fn beside(&self, routes: &[impl AsRef<str>]) -> Result<Cors, ConfigErrors> {
        let mut config = self.config().clone();
        let mut routed = HashSet::new();
        for route in routes.iter().map(AsRef::as_ref) {
            let is_known = self.0.paths.has_template(route);
            if routed.insert(shape(route)) && !is_known && !config.all_resources {
                config.excluded.push(route.into());
            }
        }
        let registered = config.resources.iter().map(|resource| resource.template.as_str());
        let help = "write the whole path of a route, including the base at which it is mounted or nested";
        let errors: Vec<_> = registered
            .filter(|template| !routed.contains(&shape(template)))
            .map(|text| ConfigError::new(ErrorKind::WithoutRoute, Place::resource(text), text, help))
            .collect();
        if errors.is_empty() { config.build() } else { Err(ConfigErrors(errors)) }
    }

    /// A policy of one resource alone, at other templates. Of no resource, if this policy does not have it.
    pub(crate) fn alone_at(&self, template: &str, templates: &[String]) -> Result<Cors, ConfigErrors> {
        let mut config = self.config().clone();
        let own = self.0.paths.find_template(template);
        let own = own.and_then(|resource| config.resources.get(resource as usize)).cloned();
        if let Some(enforce) = &mut config.enforce {
            enforce.at_resources_alone = true;
        }
        let mut seen = HashSet::new();
        config = CorsConfig { all_resources: false, excluded: Vec::new(), resources: Vec::new(), ..config };
        for template in templates.iter().filter(|template| seen.insert(shape(template))) {
            config.resources.extend(own.clone().map(|own| Resource { template: template.clone(), ..own }));
        }
        config.build()
    }
}

/// What two templates of the same paths have in common. Building the configuration reports one that cannot be parsed.
fn shape(template: &str) -> String {
    Template::parse(template).map_or(template.into(), |template| template.shape())
}
