//! S26 beside a naive reading of the rules: who is asked, who may read, and which methods a preflight lists. Loops and strings, nothing
//! shared with the library.

mod common;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use common::{build, headers};
use cors_model::{
    Any, Asking, CorsConfig, CorsRequest, OriginMap, Resource, ResourceOptions, Risk, Route, by_request,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// In the order of S1.
const PATTERNS: [&str; 5] = ["https://a.example", "@one", "@three", "@two", "*"];
const ORIGINS: [&str; 6] = [
    "https://a.example",
    "https://b.example",
    "http://b.example",
    "http://localhost",
    "null",
    "https://B.example",
];
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"];
const ROUTES: [&str; 4] = ["GET", "PUT", "HEAD", "DELETE"];

/// What one entry allows; of the methods `["*"]` is every one.
#[derive(Clone, Debug)]
struct Entry {
    pattern: &'static str,
    credentials: bool,
    methods: Option<Vec<&'static str>>,
}

#[derive(Clone, Debug)]
struct Level {
    entries: Vec<Entry>,
    inherit: bool,
}

/// The defaults, one resource, and its routes.
#[derive(Clone, Debug)]
struct Setup {
    defaults: Level,
    resource: Level,
    routes: Vec<(&'static str, Level)>,
    accepts_insecure: bool,
    /// What each source says yes to.
    yes: Vec<(&'static str, Vec<&'static str>)>,
}

/// An entry and where it stands: 2 is a route, 1 the resource, 0 the defaults.
#[derive(Clone, Debug, PartialEq)]
struct Place {
    level: usize,
    route: &'static str,
    pattern: &'static str,
    credentials: bool,
    methods: Option<Vec<&'static str>>,
}

fn is_well_formed(origin: &str) -> bool {
    origin != "null" && origin != "https://B.example"
}

impl Setup {
    fn route(&self, method: &str) -> Option<&(&'static str, Level)> {
        let own = self.routes.iter().find(|(name, _)| *name == method);
        own.or_else(|| self.routes.iter().find(|(name, _)| method == "HEAD" && *name == "GET"))
    }

    /// The entries that count for a method, the most specific first, among equals the nearest.
    fn places(&self, method: &str) -> Vec<Place> {
        let route = self.route(method);
        let mut levels = Vec::new();
        if let Some((name, level)) = route {
            levels.push((2, *name, level));
        }
        if route.is_none_or(|(_, level)| level.inherit) {
            levels.push((1, "", &self.resource));
            if self.resource.inherit {
                levels.push((0, "", &self.defaults));
            }
        }
        let mut places = Vec::new();
        for pattern in PATTERNS {
            for (level, route, map) in &levels {
                for entry in map.entries.iter().filter(|entry| entry.pattern == pattern) {
                    let Entry { credentials, methods, .. } = entry.clone();
                    places.push(Place { level: *level, route, pattern, credentials, methods });
                }
            }
        }
        places
    }

    fn says(&self, source: &str, origin: &str) -> bool {
        self.yes.iter().any(|(name, origins)| *name == source && origins.contains(&origin))
    }

    /// S22: plain http from elsewhere gets no credentials from a source.
    fn may_use(&self, place: &Place, origin: &str) -> bool {
        !(place.credentials && origin == "http://b.example" && !self.accepts_insecure)
    }

    /// The entry that wins, and the sources that are asked for it.
    fn pick(&self, method: &str, origin: &str) -> (Option<Place>, Vec<&'static str>) {
        let mut asked = Vec::new();
        for place in self.places(method) {
            let matches = match place.pattern {
                "*" => !place.credentials || is_well_formed(origin),
                source if source.starts_with('@') => {
                    is_well_formed(origin) && {
                        if !asked.contains(&source) {
                            asked.push(source);
                        }
                        self.says(source, origin) && self.may_use(&place, origin)
                    }
                }
                exact => exact == origin,
            };
            if matches {
                return (Some(place), asked);
            }
        }
        (None, asked)
    }

    fn enables(&self, method: &str, picked: &Place) -> bool {
        let is_listed = match &picked.methods {
            None => self.routes.is_empty() && ["GET", "HEAD", "POST"].contains(&method),
            Some(methods) => {
                methods.contains(&"*")
                    || methods.contains(&method)
                    || (method == "HEAD" && methods.contains(&"GET"))
            }
        };
        self.route(method).is_some() || is_listed
    }

    /// S9: does the same entry win for another method, whatever those say that were not asked?
    fn agrees(&self, other: &str, picked: &Place, origin: &str, asked: &[&str]) -> bool {
        for place in self.places(other) {
            let is_source = place.pattern.starts_with('@') && is_well_formed(origin);
            if is_source && !asked.contains(&place.pattern) && self.may_use(&place, origin) {
                return false;
            }
            let matches = match place.pattern {
                "*" => !place.credentials || is_well_formed(origin),
                source if source.starts_with('@') => {
                    is_source && self.says(source, origin) && self.may_use(&place, origin)
                }
                exact => exact == origin,
            };
            if matches {
                return place == *picked;
            }
        }
        false
    }

    /// The methods of an allowed preflight's answer; of GET and HEAD only one may be there.
    fn listed(
        &self,
        method: &'static str,
        picked: &Place,
        origin: &str,
        asked: &[&str],
    ) -> BTreeSet<&'static str> {
        let agrees = |other: &str| self.agrees(other, picked, origin, asked);
        let is_any =
            picked.level < 2 && picked.methods.as_ref().is_some_and(|methods| methods.contains(&"*"));
        if is_any && !picked.credentials && self.routes.iter().all(|(route, _)| agrees(route)) {
            return BTreeSet::from(["*"]);
        }
        let mut listed = BTreeSet::from([method]);
        for other in METHODS {
            let is_listed = self.route(other).is_some() || (!is_any && self.enables(other, picked));
            if is_listed && agrees(other) {
                listed.insert(other);
            }
        }
        listed
    }

    fn config(&self, log: &Arc<Mutex<Vec<String>>>) -> CorsConfig {
        let map = |level: &Level| -> OriginMap {
            level.entries.iter().map(|entry| (entry.pattern, entry.options())).collect()
        };
        let mut resource = Resource::at("/r");
        resource = if self.resource.inherit {
            map(&self.resource)
                .iter()
                .fold(resource, |resource, (key, options)| resource.also(key, options.clone()))
        } else {
            resource.only(map(&self.resource))
        };
        for (method, level) in &self.routes {
            let route = Route::on(method);
            resource = resource.add(if level.inherit {
                map(level).iter().fold(route, |route, (key, options)| route.also(key, options.clone()))
            } else {
                route.only(map(level))
            });
        }
        let mut config = CorsConfig::new().defaults(map(&self.defaults)).add(resource);
        config = config.accept_risk(Risk::AnyOriginWithCredentials);
        if self.accepts_insecure {
            config = config.accept_risk(Risk::InsecureOriginWithCredentials);
        }
        for (name, origins) in &self.yes {
            let (log, origins) = (log.clone(), origins.clone());
            config = config.source(
                name.trim_start_matches('@'),
                by_request(move |asked| {
                    log.lock().unwrap().push(format!("@{}", asked.source()));
                    origins.contains(&asked.origin())
                }),
            );
        }
        config
    }
}

impl Entry {
    fn options(&self) -> ResourceOptions {
        let options = ResourceOptions::new();
        let options = if self.credentials { options.allow_credentials() } else { options };
        match &self.methods {
            None => options,
            Some(methods) if methods.contains(&"*") => options.allow_methods(Any),
            Some(methods) => options.allow_methods(methods),
        }
    }
}

fn level() -> impl Strategy<Value = Level> {
    let methods = select(vec![
        None,
        Some(vec!["*"]),
        Some(vec!["PUT"]),
        Some(vec!["GET", "PUT"]),
        Some(vec!["POST", "DELETE", "HEAD"]),
    ]);
    let entries = subsequence(PATTERNS.to_vec(), 0..=4).prop_flat_map(move |patterns| {
        let options = vec((prop::bool::weighted(0.4), methods.clone()), patterns.len());
        options.prop_map(move |options| {
            let entry = |(&pattern, (credentials, methods)): (&&'static str, (bool, Option<Vec<_>>))| {
                // Equal options are kept once, which must make no difference.
                Entry { pattern, credentials, methods }
            };
            patterns.iter().zip(options).map(entry).collect()
        })
    });
    (entries, prop::bool::weighted(0.7)).prop_map(|(entries, inherit)| Level { entries, inherit })
}

fn setup() -> impl Strategy<Value = Setup> {
    let routes = (subsequence(ROUTES.to_vec(), 0..=3), vec(level(), 3))
        .prop_map(|(methods, levels)| methods.into_iter().zip(levels).collect());
    let yes = vec(subsequence(ORIGINS.to_vec(), 0..=5), 3)
        .prop_map(|origins| ["@one", "@two", "@three"].into_iter().zip(origins).collect());
    (level(), level(), routes, prop::bool::weighted(0.2), yes).prop_map(
        |(defaults, resource, routes, accepts_insecure, yes)| Setup {
            defaults,
            resource,
            routes,
            accepts_insecure,
            yes,
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sources_are_asked_and_believed_as_the_rules_say(setup in setup()) {
        let log = Arc::<Mutex<Vec<String>>>::default();
        let cors = build(setup.config(&log));
        for (origin, method) in ORIGINS.iter().flat_map(|origin| METHODS.map(|method| (*origin, method))) {
            let (picked, asked) = setup.pick(method, origin);
            let granted = picked.as_ref().filter(|picked| setup.enables(method, picked));
            let allow_origin = granted.map(|picked| match picked.pattern {
                "*" if !picked.credentials => "*",
                _ => origin,
            });
            for (request_method, lines) in [
                (method, headers(&[("origin", origin)])),
                ("OPTIONS", headers(&[("origin", origin), ("access-control-request-method", method)])),
            ] {
                let request = CorsRequest::new("/r", request_method, &lines);
                let answers = match cors.ask(&request) {
                    Asking::Now(answers) => answers,
                    Asking::Later(_) => panic!("a function is not awaited"),
                };
                prop_assert_eq!(&std::mem::take(&mut *log.lock().unwrap()), &asked, "{} {}", method, origin);
                let explanation = cors.explain(&request.answers(answers));
                let written = explanation.headers();
                let value = |name| written.get(name).map(|value| value.to_str().unwrap());
                prop_assert_eq!(value("access-control-allow-origin"), allow_origin, "{}", explanation);
                let credentials = granted.is_some_and(|granted| granted.credentials);
                prop_assert_eq!(value("access-control-allow-credentials").is_some(), credentials);
                if let (Some(granted), Some(list)) = (granted, value("access-control-allow-methods")) {
                    let mut found: BTreeSet<_> = list.split(", ").collect();
                    let mut expected = setup.listed(method, granted, origin, &asked);
                    for methods in [&mut found, &mut expected] {
                        if methods.contains("GET") {
                            methods.remove("HEAD");
                        }
                    }
                    prop_assert_eq!(found, expected, "{}", explanation);
                }
            }
        }
    }
}
