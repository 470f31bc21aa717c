//! What could be better about origin sources (S23).

use std::collections::HashSet;

use crate::check::advice::{AdviceKind, Adviser};
use crate::config::{CorsConfig, Keeping, OriginMap};
use crate::error::Place;
use crate::grammar::pattern::{patterns, source_name};

pub(super) fn advise(config: &CorsConfig, adviser: &mut Adviser) {
    let named: HashSet<_> = config.source_names().collect();
    for binding in config.sources.iter().filter(|binding| !named.contains(binding.name.as_str())) {
        let text =
            format!("no map names this source: add an entry for `@{}`, or do not bind it", binding.name);
        adviser.add(AdviceKind::SourceNotNamed, Place::source(&binding.name), text);
    }
    let mut level = |place: Place, origins: &OriginMap| {
        for (key, options) in origins.iter() {
            for pattern in patterns(key) {
                let Some(name) = source_name(pattern) else { continue };
                let ttl = keeping(config, name).ttl.as_secs();
                if options.max_age.is_some_and(|seconds| seconds > ttl.try_into().unwrap_or(i64::MAX)) {
                    let text = format!(
                        "browsers keep the preflight's answer for longer than the answers of the source are kept ({ttl} seconds), so \
                         an origin that no longer belongs keeps sending: lower it to {ttl}"
                    );
                    adviser.add(AdviceKind::MaxAgeAboveTtl, place.pattern(pattern).key("max_age"), text);
                }
            }
        }
    };
    level(Place::defaults(), &config.defaults);
    for resource in &config.resources {
        level(Place::resource(&resource.template), &resource.origins);
        for route in &resource.routes {
            level(Place::route(&resource.template, &route.method), &route.origins);
        }
    }
}

fn keeping(config: &CorsConfig, name: &str) -> Keeping {
    let settings = config.source_settings.iter().find(|(known, _)| known == name);
    settings.map_or_else(Keeping::default, |(_, settings)| settings.keeping())
}
