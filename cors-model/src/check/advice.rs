//! Advice: what could be better in a valid configuration (S23).

use std::collections::{HashMap, HashSet};
use std::fmt;

use crate::config::{CorsConfig, Names, OriginMap, Resource, ResourceOptions};
use crate::error::{Level, Place, Risk};
use crate::grammar::header::is_safelisted_response_header;
use crate::grammar::method::{SAFELISTED, normalise};
use crate::grammar::pattern::patterns;

/// The kind of advice, for a program to match on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AdviceKind {
    /// `max_age` above what some browsers honour.
    MaxAgeCut,
    /// A response header in `expose_headers` that every page can read anyway.
    SafelistedResponseHeader,
    /// A name twice in a list.
    RepeatedName,
    /// An entry that can never win.
    NeverWins,
    /// `allow_methods` on a route.
    MethodsOnRoute,
    /// `allow_methods` without GET, HEAD or POST, which a browser would let pass.
    SafelistedMethodLeftOut,
    /// A host with a trailing dot.
    TrailingDot,
    /// A risk accepted and not needed.
    RiskNotNeeded,
    /// A configuration or a resource that allows nobody.
    AllowsNobody,
}

/// One piece of advice. It prints as one line: where, and what could be better.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    kind: AdviceKind,
    place: Place,
    text: String,
}

impl Advice {
    /// The kind of advice.
    pub fn kind(&self) -> AdviceKind {
        self.kind
    }

    /// Where in the configuration.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// What could be better, as a sentence without the place.
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.text)
    }
}

/// Looks through a configuration that has no errors.
pub(crate) fn advise(config: &CorsConfig, needed: &[Risk]) -> Vec<Advice> {
    let mut adviser = Adviser::default();
    for risk in config.accept_risks.iter().filter(|risk| !needed.contains(risk)) {
        let text = format!("no entry needs the risk `{risk}`: remove it");
        adviser.add(AdviceKind::RiskNotNeeded, Place::config().key("accept_risks"), text);
    }
    adviser.level(&Place::defaults(), &config.defaults, &HashSet::new());
    for resource in &config.resources {
        let place = Place::resource(&resource.template);
        let routed = Routes::of(resource).methods;
        adviser.level(&place, &resource.origins, &routed);
        for route in &resource.routes {
            adviser.level(&Place::route(&resource.template, &route.method), &route.origins, &routed);
        }
    }
    adviser.reach(config);
    adviser.advice
}

#[derive(Default)]
struct Adviser {
    advice: Vec<Advice>,
}

impl Adviser {
    fn add(&mut self, kind: AdviceKind, place: Place, text: impl Into<String>) {
        self.advice.push(Advice { kind, place, text: text.into() });
    }

    /// `routed` are the methods that have a route, as far as that is known for this level.
    fn level(&mut self, place: &Place, origins: &OriginMap, routed: &HashSet<&str>) {
        for (key, options) in origins.iter() {
            for pattern in patterns(key).filter(|pattern| has_trailing_dot(pattern)) {
                let text =
                    format!("{pattern:?} ends in a dot, which makes it another origin than without it");
                self.add(AdviceKind::TrailingDot, place.pattern(pattern), text);
            }
            self.options(&place.pattern(key), options, routed);
        }
    }

    fn options(&mut self, place: &Place, options: &ResourceOptions, routed: &HashSet<&str>) {
        let cut_by: Vec<_> =
            [(600, "WebKit at 600"), (7_200, "Chromium at 7200"), (86_400, "Firefox at 86400")]
                .into_iter()
                .filter_map(|(most, text)| options.max_age.filter(|&seconds| seconds > most).map(|_| text))
                .collect();
        if !cut_by.is_empty() {
            let text = format!("browsers cap this: {}", cut_by.join(", "));
            self.add(AdviceKind::MaxAgeCut, place.key("max_age"), text);
        }
        for (key, names, fold) in [
            ("allow_methods", &options.allow_methods, false),
            ("allow_headers", &options.allow_headers, true),
            ("expose_headers", &options.expose_headers, true),
        ] {
            self.repeated(&place.key(key), names, fold);
        }
        for name in names(&options.expose_headers).filter(|name| is_safelisted_response_header(name)) {
            let text = format!("every page can read {name} anyway");
            self.add(AdviceKind::SafelistedResponseHeader, place.key("expose_headers"), text);
        }
        if options.allow_methods.is_some() && place.level() == Level::Route {
            let text = "remove it: a route always enables exactly its own method";
            self.add(AdviceKind::MethodsOnRoute, place.key("allow_methods"), text);
        } else if let Some(Names::List(listed)) = &options.allow_methods {
            let listed = listed.iter().map(|method| canonical(method));
            let listed: HashSet<_> = listed.chain(routed.iter().copied()).collect();
            let left_out: Vec<_> =
                SAFELISTED.into_iter().filter(|method| !enabled(&listed, method)).collect();
            if !left_out.is_empty() {
                let text = format!(
                    "does not list {}: browsers may send that without a preflight anyway, so this only hides the response",
                    left_out.join(", ")
                );
                self.add(AdviceKind::SafelistedMethodLeftOut, place.key("allow_methods"), text);
            }
        }
    }

    fn repeated(&mut self, place: &Place, list: &Option<Names>, fold: bool) {
        let mut seen = HashSet::new();
        for name in names(list) {
            let same = if fold { name.to_ascii_lowercase() } else { canonical(name).into() };
            if !seen.insert(same) {
                self.add(
                    AdviceKind::RepeatedName,
                    place.clone(),
                    format!("{name} is listed twice and counts once"),
                );
            }
        }
    }

    /// Which entries can win, and who is allowed anything. Looks at each entry once: a default loses where all
    /// resources that inherit it have the same pattern themselves, or only routes that inherit nothing.
    fn reach(&mut self, config: &CorsConfig) {
        let defaults = by_pattern(&config.defaults);
        let for_other_methods = |options: &ResourceOptions| options.allow_methods.is_some();
        let (mut heirs, mut cut_off) = (usize::from(config.all_resources), 0);
        let mut shadows: HashMap<Pattern<'_>, usize> = HashMap::new();
        for resource in config.resources.iter().filter(|resource| resource.inherit) {
            heirs += 1;
            let routes = Routes::of(resource);
            cut_off += usize::from(routes.inherit_nothing);
            let own = shadowing(&resource.origins).chain(routes.shadowed(resource, &defaults));
            let counts_already = |pattern: &Pattern<'_>| {
                routes.inherit_nothing
                    && defaults.get(pattern).is_some_and(|options| !for_other_methods(options))
            };
            for pattern in own.filter(|pattern| !counts_already(pattern)).collect::<HashSet<_>>() {
                *shadows.entry(pattern).or_default() += 1;
            }
        }
        self.losers(&Place::defaults(), &config.defaults, &|pattern, options| {
            let everywhere = if for_other_methods(options) { 0 } else { cut_off };
            shadows.get(pattern).copied().unwrap_or(0) + everywhere == heirs
        });
        let mut anybody = config.all_resources && !config.defaults.0.is_empty();
        for resource in &config.resources {
            let place = Place::resource(&resource.template);
            let routes = Routes::of(resource);
            let shadowed: HashSet<_> =
                routes.shadowed(resource, &by_pattern(&resource.origins)).into_iter().collect();
            self.losers(&place, &resource.origins, &|pattern, options| {
                shadowed.contains(pattern) || (routes.inherit_nothing && routes.are_all(options))
            });
            let reaches = |options: &ResourceOptions| !routes.inherit_nothing || !routes.are_all(options);
            let has_entry = |origins: &OriginMap| !origins.0.is_empty();
            let somebody = resource.routes.iter().any(|route| has_entry(&route.origins))
                || resource.origins.iter().any(|(_, options)| reaches(options))
                || (resource.inherit && config.defaults.iter().any(|(_, options)| reaches(options)));
            anybody |= somebody;
            if !somebody {
                self.add(
                    AdviceKind::AllowsNobody,
                    place,
                    "no level names an origin for this resource, so nobody may read it",
                );
            }
        }
        if !anybody {
            self.add(
                AdviceKind::AllowsNobody,
                Place::config(),
                "this configuration shares nothing with anybody",
            );
        }
    }

    fn losers(
        &mut self,
        place: &Place,
        origins: &OriginMap,
        loses: &dyn Fn(&Pattern<'_>, &ResourceOptions) -> bool,
    ) {
        for (key, options) in origins.iter() {
            if patterns(key).all(|text| loses(&Pattern::new(text, options), options)) {
                let text = "has no effect: every resource and route that it could apply to names the same pattern itself, or does not inherit";
                self.add(AdviceKind::NeverWins, place.pattern(key), text);
            }
        }
    }
}

/// A pattern as a level above would have to repeat it in order to shadow it: a `*` without credentials
/// matches more than one with them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Pattern<'a> {
    text: &'a str,
    open: bool,
}

impl<'a> Pattern<'a> {
    fn new(text: &'a str, options: &ResourceOptions) -> Self {
        Self { text, open: text == "*" && !options.allow_credentials }
    }
}

/// The patterns that a map shadows in the levels below it.
fn shadowing(origins: &OriginMap) -> impl Iterator<Item = Pattern<'_>> {
    origins.iter().flat_map(|(key, options)| {
        patterns(key).flat_map(move |text| {
            let own = Pattern::new(text, options);
            // Without credentials `*` shadows both kinds.
            [Some(own), own.open.then_some(Pattern { text, open: false })].into_iter().flatten()
        })
    })
}

/// The routes of a resource, as the levels above see them.
struct Routes<'a> {
    methods: HashSet<&'a str>,
    /// There are routes, and each cuts off the levels above.
    inherit_nothing: bool,
}

impl<'a> Routes<'a> {
    fn of(resource: &'a Resource) -> Self {
        let methods: HashSet<_> = resource.routes.iter().map(|route| canonical(&route.method)).collect();
        let inherit_nothing = !methods.is_empty() && !resource.routes.iter().any(|route| route.inherit);
        Self { methods, inherit_nothing }
    }

    /// Do these options of a level above enable no method beside the routes?
    fn are_all(&self, options: &ResourceOptions) -> bool {
        match &options.allow_methods {
            None => true,
            Some(Names::Any) => false,
            Some(Names::List(listed)) => {
                listed.iter().all(|method| enabled(&self.methods, canonical(method)))
            }
        }
    }

    /// The patterns of a map above that all inheriting routes have themselves, so that no method can pick it.
    fn shadowed(
        &self,
        resource: &'a Resource,
        above: &HashMap<Pattern<'a>, &ResourceOptions>,
    ) -> Vec<Pattern<'a>> {
        let mut counts: HashMap<Pattern<'_>, usize> = HashMap::new();
        let heirs: Vec<_> = resource.routes.iter().filter(|route| route.inherit).collect();
        for route in &heirs {
            for pattern in shadowing(&route.origins).collect::<HashSet<_>>() {
                *counts.entry(pattern).or_default() += 1;
            }
        }
        counts.retain(|pattern, count| {
            *count == heirs.len() && above.get(pattern).is_some_and(|options| self.are_all(options))
        });
        counts.into_keys().collect()
    }
}

fn by_pattern(origins: &OriginMap) -> HashMap<Pattern<'_>, &ResourceOptions> {
    origins
        .iter()
        .flat_map(|(key, options)| patterns(key).map(move |text| (Pattern::new(text, options), options)))
        .collect()
}

fn names(list: &Option<Names>) -> impl Iterator<Item = &str> {
    list.iter().flat_map(Names::iter)
}

fn canonical(method: &str) -> &str {
    normalise(method).unwrap_or(method)
}

/// Is the method among these? HEAD is where GET is.
fn enabled(methods: &HashSet<&str>, method: &str) -> bool {
    methods.contains(method) || (method == "HEAD" && methods.contains("GET"))
}

fn has_trailing_dot(pattern: &str) -> bool {
    let host = pattern.split_once("://").map_or("", |(_, host)| host);
    host.split(':').next().is_some_and(|host| host.ends_with('.'))
}
