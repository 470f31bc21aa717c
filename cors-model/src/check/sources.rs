//! What could be better about origin sources (S23).

use crate::check::advice::{AdviceKind, Adviser};
use crate::config::{CorsConfig, Keeping};
use crate::error::Place;
use crate::grammar::pattern::source_name;

pub(super) fn advise(config: &CorsConfig, adviser: &mut Adviser) {
    let named = config.named_sources();
    for binding in config.sources.iter().filter(|binding| !named.contains(binding.name.as_str())) {
        let text =
            format!("no map names this source: add an entry for `@{}`, or do not bind it", binding.name);
        adviser.add(AdviceKind::SourceNotNamed, Place::source(&binding.name), text);
    }
    for (place, origins) in config.placed_maps() {
        for (pattern, options) in origins.patterns() {
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
}

fn keeping(config: &CorsConfig, name: &str) -> Keeping {
    let settings = config.source_settings.iter().find(|(known, _)| known == name);
    settings.map_or_else(Keeping::default, |(_, settings)| settings.keeping())
}
