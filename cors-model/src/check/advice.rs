//! Advice: what could be better in a valid configuration (S23).

use std::collections::HashSet;
use std::fmt;

use crate::check::{reach, sources};
use crate::config::{CorsConfig, Names, OriginMap, Resource, ResourceOptions};
use crate::error::{Level, Place, Risk};
use crate::grammar::header::{is_response_header_of_the_protocol, is_safelisted_response_header};
use crate::grammar::method::{GET, HEAD, Registered, SAFELISTED, normalise, registered};
use crate::grammar::pattern::{first_pattern, patterns};

/// The kind of advice, for a program to match on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AdviceKind {
    /// `max_age` above what some browsers honour.
    MaxAgeCut,
    /// A response header in `expose_headers` that every page can read anyway.
    SafelistedResponseHeader,
    /// A response header of the protocol in `allow_headers`, which no page sends.
    ResponseHeaderInRequest,
    /// A name twice in a list.
    RepeatedName,
    /// An entry that can never win.
    NeverWins,
    /// `allow_methods` on a route.
    MethodsOnRoute,
    /// `allow_methods` that lists a method which needs a preflight, but not GET, which needs none.
    GetLeftOut,
    /// A resource whose routes switch off the default of GET, HEAD and POST, and do not enable any of these.
    OnlyOtherRoutes,
    /// A method that is not registered with IANA, probably a misspelt one.
    UnregisteredMethod,
    /// A host with a trailing dot.
    TrailingDot,
    /// A risk that was accepted, although the configuration does not run it.
    RiskNotNeeded,
    /// A source that is bound, and that no map names.
    SourceNotNamed,
    /// `max_age` above the time for which a source's answers are kept.
    MaxAgeAboveTtl,
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
    for &risk in config.accept_risks.iter().filter(|risk| !needed.contains(risk)) {
        let text = format!("no entry needs the risk `{risk}`: remove {}", config.language.accept(risk));
        adviser.add(AdviceKind::RiskNotNeeded, Place::config().key("accept_risks"), text);
    }
    adviser.level(&Place::defaults(), &config.defaults, &HashSet::new());
    for resource in &config.resources {
        let place = Place::resource(&resource.template);
        let routed = resource.routes.iter().map(|route| canonical(&route.method)).collect();
        adviser.level(&place, &resource.origins, &routed);
        for route in &resource.routes {
            let place = Place::route(&resource.template, &route.method);
            adviser.method(&place, &route.method);
            adviser.level(&place, &route.origins, &routed);
        }
        adviser.routes(config, resource, &routed);
    }
    sources::advise(config, &mut adviser);
    reach::advise(config, &mut adviser);
    adviser.advice
}

#[derive(Default)]
pub(super) struct Adviser {
    advice: Vec<Advice>,
}

impl Adviser {
    pub(super) fn add(&mut self, kind: AdviceKind, place: Place, text: impl Into<String>) {
        self.advice.push(Advice { kind, place, text: text.into() });
    }

    /// `routed` are the methods that have a route, as far as that is known for this level.
    fn level(&mut self, place: &Place, origins: &OriginMap, routed: &HashSet<&str>) {
        for (key, options) in origins.iter() {
            for pattern in patterns(key).filter(|pattern| has_trailing_dot(pattern)) {
                let text = "its host ends in a dot, so it is another origin than the one without it: remove the dot, unless pages \
                            are opened with it";
                self.add(AdviceKind::TrailingDot, place.pattern(pattern), text);
            }
            self.options(&place.pattern(first_pattern(key)), options, routed);
        }
    }

    fn options(&mut self, place: &Place, options: &ResourceOptions, routed: &HashSet<&str>) {
        let caps = [(600, "WebKit at 600"), (7_200, "Chromium at 7200"), (86_400, "Firefox at 86400")];
        let cut = caps.into_iter().filter(|&(most, _)| options.max_age > Some(most));
        let cut_by: Vec<_> = cut.map(|(_, browser)| browser).collect();
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
        for name in names(&options.allow_headers).filter(|name| is_response_header_of_the_protocol(name)) {
            let text = format!("{name} is a response header, which no page sends: remove it");
            self.add(AdviceKind::ResponseHeaderInRequest, place.key("allow_headers"), text);
        }
        for name in names(&options.expose_headers).filter(|name| is_safelisted_response_header(name)) {
            let text = format!("every page can read {name} anyway: remove it");
            self.add(AdviceKind::SafelistedResponseHeader, place.key("expose_headers"), text);
        }
        if options.allow_methods.is_some() && place.level() == Level::Route {
            let text = "a route always enables exactly its own method: remove this";
            self.add(AdviceKind::MethodsOnRoute, place.key("allow_methods"), text);
        } else {
            self.methods(&place.key("allow_methods"), &options.allow_methods, routed);
        }
    }

    fn methods(&mut self, place: &Place, list: &Option<Names>, routed: &HashSet<&str>) {
        for method in names(list) {
            self.method(place, method);
        }
        let has_get = routed.contains(GET) || names(list).any(|method| canonical(method) == GET);
        let asked = names(list).find(|method| !SAFELISTED.contains(&canonical(method)));
        if let Some(asked) = asked.filter(|_| !has_get) {
            let text = format!(
                "lists {asked}, but not GET: browsers send a GET without asking, and then hide the response: add GET, unless no page \
                 reads this"
            );
            self.add(AdviceKind::GetLeftOut, place.clone(), text);
        }
    }

    fn method(&mut self, place: &Place, method: &str) {
        let text = match registered(canonical(method)) {
            Registered::Yes => return,
            Registered::InUpperCase(known) => {
                format!(
                    "methods are case-sensitive, and browsers send {method} as it is written: write {known}"
                )
            }
            Registered::Nearly(known) => {
                format!("{method} is not a registered method: write {known}, if that is what you mean")
            }
            Registered::No => format!("{method} is not a registered method: check the spelling"),
        };
        self.add(AdviceKind::UnregisteredMethod, place.clone(), text);
    }

    fn repeated(&mut self, place: &Place, list: &Option<Names>, fold: bool) {
        let mut seen = HashSet::new();
        for name in names(list) {
            let same = if fold { name.to_ascii_lowercase() } else { canonical(name).into() };
            if !seen.insert(same) {
                let text = format!("{name} is listed twice and counts once: remove one of the two");
                self.add(AdviceKind::RepeatedName, place.clone(), text);
            }
        }
    }

    /// S4: routes take GET, HEAD and POST away where no entry says otherwise.
    fn routes(&mut self, config: &CorsConfig, resource: &Resource, routed: &HashSet<&str>) {
        let unset = |origins: &OriginMap| origins.iter().any(|(_, options)| options.allow_methods.is_none());
        let is_unset = unset(&resource.origins) || (resource.inherit && unset(&config.defaults));
        let has_others = !routed.is_empty() && !SAFELISTED.into_iter().any(|method| routed.contains(method));
        if is_unset && has_others {
            let (route, list) = (config.language.route(), config.language.allow_methods());
            let text = format!(
                "enables only the methods of its routes, so not GET, HEAD or POST: add {route} for each of them that pages use, or \
                 list all methods with {list}"
            );
            self.add(AdviceKind::OnlyOtherRoutes, Place::resource(&resource.template), text);
        }
    }
}

fn names(list: &Option<Names>) -> impl Iterator<Item = &str> {
    list.iter().flat_map(Names::iter)
}

pub(super) fn canonical(method: &str) -> &str {
    normalise(method).unwrap_or(method)
}

/// Is the method among these? HEAD is where GET is.
pub(super) fn enabled(methods: &HashSet<&str>, method: &str) -> bool {
    methods.contains(method) || (method == HEAD && methods.contains(GET))
}

fn has_trailing_dot(pattern: &str) -> bool {
    let host = pattern.split_once("://").map_or("", |(_, host)| host);
    host.split(':').next().is_some_and(|host| host.ends_with('.'))
}
