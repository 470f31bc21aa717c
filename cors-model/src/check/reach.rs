//! Which entries can win, and who is allowed anything (S23).

use std::collections::{HashMap, HashSet};

use crate::check::advice::{AdviceKind, Adviser, canonical, enabled};
use crate::config::{CorsConfig, Names, Resource, ResourceOptions};
use crate::error::Place;
use crate::grammar::pattern::{first_pattern, patterns};

pub(super) fn advise(config: &CorsConfig, adviser: &mut Adviser) {
    never_winning(config, adviser);
    let mut anybody = config.all_resources && !config.defaults.0.is_empty();
    for resource in &config.resources {
        if allows_somebody(config, resource) {
            anybody = true;
        } else {
            let text = "shares nothing with anybody: no level names an origin for it";
            adviser.add(AdviceKind::AllowsNobody, Place::resource(&resource.template), text);
        }
    }
    if !anybody {
        let text = "shares nothing with anybody";
        adviser.add(AdviceKind::AllowsNobody, Place::config(), text);
    }
}

/// An entry of a route or a resource wins for some origin. One of the defaults loses where every resource that inherits it has the same
/// patterns itself: a method without a route asks the resource's map before the defaults.
fn never_winning(config: &CorsConfig, adviser: &mut Adviser) {
    // A `*` without credentials matches more than one with them.
    let is_open = |text: &str, options: &ResourceOptions| text == "*" && !options.allow_credentials;
    let heirs = config.resources.iter().filter(|resource| resource.inherit);
    let count = heirs.clone().count() + usize::from(config.all_resources);
    let mut shadows: HashMap<_, usize> = HashMap::new();
    for resource in heirs {
        let own = resource.origins.patterns();
        let shadowed = own.flat_map(|(text, options)| [(text, is_open(text, options)), (text, false)]);
        for pattern in shadowed.collect::<HashSet<_>>() {
            *shadows.entry(pattern).or_default() += 1;
        }
    }
    let all_resources = config.language.all_resources();
    let text = if config.resources.is_empty() {
        format!(
            "applies to no path, since no resource is registered: add resources, or {all_resources} for every path"
        )
    } else if count == 0 {
        format!(
            "applies to no path, since no resource inherits the defaults: remove it, or add {all_resources} for all other paths"
        )
    } else {
        "never wins: every resource that inherits the defaults names the same origins itself: remove it"
            .into()
    };
    for (key, options) in config.defaults.iter() {
        let loses = |text| shadows.get(&(text, is_open(text, options))).copied().unwrap_or(0) == count;
        if patterns(key).all(loses) {
            adviser.add(AdviceKind::NeverWins, Place::defaults().pattern(first_pattern(key)), text.clone());
        }
    }
}

fn allows_somebody(config: &CorsConfig, resource: &Resource) -> bool {
    let routed: HashSet<_> = resource.routes.iter().map(|route| canonical(&route.method)).collect();
    let is_cut_off = !routed.is_empty() && !resource.routes.iter().any(|route| route.inherit);
    // Where every route cuts off the levels above, these count only by methods that have no route.
    let reaches = |options: &ResourceOptions| match &options.allow_methods {
        None => !is_cut_off,
        Some(Names::Any) => true,
        Some(names) => !is_cut_off || names.iter().any(|method| !enabled(&routed, canonical(method))),
    };
    resource.routes.iter().any(|route| !route.origins.0.is_empty())
        || resource.origins.iter().any(|(_, options)| reaches(options))
        || (resource.inherit && config.defaults.iter().any(|(_, options)| reaches(options)))
}
