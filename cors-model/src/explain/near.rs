//! What was probably meant, where a request is not shared: the nearest path, method or origin, and what to write.

use crate::config::OriginMap;
use crate::grammar::method::{Registered, SAFELISTED, normalise, registered};
use crate::grammar::origin::Origin;
use crate::grammar::pattern::{HostPattern, Pattern, PortPattern};
use crate::grammar::template::{Segment, Template};
use crate::policy::paths::ResourceId;
use crate::policy::rules::Policy;
use crate::policy::sources::Sender;

/// For a path that is not registered: the resource of a path that is nearly the same.
pub(super) fn path(policy: &Policy, path: &str) -> Option<String> {
    let template = |path: &str| {
        let resource = policy.paths.find(path)?;
        policy.resources[resource as usize].template.as_deref()
    };
    let other = match path.strip_suffix('/') {
        Some(without) => without.into(),
        None => format!("{path}/"),
    };
    if let Some(template) = template(&other) {
        return Some(format!(
            "{template} differs in the slash at the end: request {other}, or register {path}"
        ));
    }
    let shorter = path.match_indices('/').skip(1).map(|(at, _)| path.split_at(at));
    for (prefix, rest) in shorter {
        if let Some(template) = template(rest).filter(|template| begins_fixed(template)) {
            return Some(format!(
                "{template} is registered without {prefix}: register {prefix}{template}, the path as the browser requests it"
            ));
        }
    }
    let longer = policy.config.resources.iter().map(|resource| resource.template.as_str());
    let ends_with_it =
        |template: &&str| path.len() > 1 && template.len() > path.len() && template.ends_with(path);
    longer.into_iter().find(ends_with_it).map(|template| {
        format!("{template} ends with this path: request it with the prefix, or register {path}, if the browser requests that")
    })
}

fn begins_fixed(template: &str) -> bool {
    let template = Template::parse(template).ok();
    template.is_some_and(
        |template| matches!(template.segments().first(), Some(Segment::Fixed(text)) if !text.is_empty()),
    )
}

/// For a method that is not enabled: those that are, for the same origin.
pub(super) fn method(policy: &Policy, resource: ResourceId, sender: Sender<'_>, method: &str) -> String {
    let config = &policy.config;
    let resource_config = config.resources.get(resource as usize);
    let routes = resource_config.map_or(&[][..], |resource| &resource.routes);
    let on_routes = routes.iter().map(|route| route.method.as_str());
    let listed = config.maps_for(resource_config).flat_map(OriginMap::listed_methods);
    let named = on_routes.chain(listed).filter_map(|method| normalise(method).ok());
    let mut enabled: Vec<&str> = Vec::new();
    for name in SAFELISTED.into_iter().chain(named) {
        if !enabled.contains(&name) && policy.granted(resource, sender, name).is_some() {
            enabled.push(name);
        }
    }
    if let Some(upper) = enabled.iter().find(|enabled| enabled.eq_ignore_ascii_case(method)) {
        return format!("methods are compared with their case: {upper} is enabled, so send that");
    }
    let known = match registered(method) {
        Registered::InUpperCase(known) | Registered::Nearly(known) => format!("; {known} may be meant"),
        Registered::Yes | Registered::No => String::new(),
    };
    // A first route, or a list that leaves them out, would disable the others (S4).
    let how = if routes.is_empty() {
        let all: Vec<_> = enabled.iter().copied().chain([method]).collect();
        format!("list {} in {}", all.join(", "), config.language.allow_methods())
    } else {
        format!("add {} for it", config.language.route())
    };
    let enabled = if enabled.is_empty() { "no method".into() } else { enabled.join(", ") };
    format!("enabled for this origin: {enabled}; to enable {method}, too, {how}{known}")
}

/// For an origin that no pattern matches: a pattern that differs in its scheme, its port or `www.`.
pub(super) fn origin(policy: &Policy, resource: ResourceId, asked: &[u8]) -> Option<String> {
    let origin = Origin::parse(asked)?;
    let host = std::str::from_utf8(origin.host).ok()?;
    let asked = std::str::from_utf8(asked).ok()?;
    let maps = policy.config.maps_for(policy.config.resources.get(resource as usize));
    maps.flat_map(OriginMap::patterns).find_map(|(text, _)| {
        let Pattern::Tuple { scheme, host: own, port } = Pattern::parse(text).ok()? else { return None };
        let mut differs = Vec::new();
        match own {
            HostPattern::Exact(own) if own == host => {}
            HostPattern::Exact(own) if bare(own) == bare(host) => differs.push("`www.`"),
            HostPattern::Under(base) if base == host => {
                differs.push("the domain alone, which `*.` does not match")
            }
            HostPattern::Under(base) if host.strip_suffix(base).is_some_and(|rest| rest.ends_with('.')) => {}
            _ => return None,
        }
        if scheme.as_bytes() != origin.scheme {
            differs.push("the scheme");
        }
        if port != PortPattern::Any && port != PortPattern::Fixed(origin.port) {
            differs.push("the port");
        }
        // Where nothing differs, the pattern does not count for the method.
        (!differs.is_empty()).then(|| {
            format!("{text} differs in {}: to allow this origin, too, add {asked}", differs.join(" and "))
        })
    })
}

fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}
