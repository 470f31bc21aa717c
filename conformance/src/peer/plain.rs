//! The policy of one resource without levels: one set of origins with the same options. Other libraries cannot be configured
//! with more than that.

use std::collections::BTreeMap;

use cors_model::{Cors, CorsConfig, CorsRequest, OriginMap, ResourceOptions, Risk, Verdict};
use http::HeaderMap;
use serde::Deserialize;

use crate::subject::app;

/// The policy of one resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plain {
    /// Who may read; nobody if empty.
    pub(crate) origins: Vec<Allowed>,
    /// The enabled methods.
    pub(crate) methods: Names,
    /// The allowed request headers.
    pub(crate) headers: Names,
    /// The exposed response headers.
    pub(crate) expose: Names,
}

/// One pattern, with the options that can differ by origin in some library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// As in the configuration.
    pub(crate) pattern: String,
    /// Whether credentials are allowed.
    pub(crate) credentials: bool,
    /// In seconds; `None` leaves it to the browser.
    pub(crate) max_age: Option<u32>,
}

/// Names, or all of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(from = "RawNames")]
pub(crate) enum Names {
    /// `*`
    Any,
    /// A list.
    List(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawNames {
    Text(String),
    List(Vec<String>),
}

impl From<RawNames> for Names {
    fn from(raw: RawNames) -> Self {
        match raw {
            RawNames::List(list) => Self::List(list),
            RawNames::Text(text) if text == "*" => Self::Any,
            RawNames::Text(text) => Self::List(vec![text]),
        }
    }
}

/// The ways to name origins that most libraries have.
pub(crate) enum Who {
    /// Every origin, without credentials.
    Everybody,
    /// These origins and no others.
    These(Vec<String>),
    /// Those for which a function returns true.
    Matching(Matcher),
}

impl Plain {
    /// The origins of the policy.
    pub(crate) fn who(&self) -> Who {
        let patterns = || self.origins.iter().map(|allowed| &*allowed.pattern);
        match self.origins.iter().any(|allowed| allowed.pattern == "*" && !allowed.credentials) {
            true => Who::Everybody,
            false if patterns().any(|pattern| pattern.contains('*')) => Who::Matching(self.matcher(|_| true)),
            false => Who::These(patterns().map(str::to_owned).collect()),
        }
    }

    /// A function that says whether one of these patterns allows an origin: the best that a user could write.
    pub(crate) fn matcher(&self, of: impl Fn(&Allowed) -> bool) -> Matcher {
        // Every pattern competes, so that the most specific wins; the chosen ones expose a name that the others do not.
        let map = self.origins.iter().fold(OriginMap::new(), |map, allowed| {
            let mark: Vec<&str> = of(allowed).then_some("x-chosen").into_iter().collect();
            let options = ResourceOptions::new().expose_headers(mark);
            map.origin(
                &allowed.pattern,
                if allowed.credentials { options.allow_credentials() } else { options },
            )
        });
        let config = CorsConfig::new().all_resources().defaults(map);
        let config = Risk::ALL.into_iter().fold(config, CorsConfig::accept_risk);
        Matcher(config.build().expect("the policy has built with these patterns"))
    }

    /// Whether credentials are allowed, if that is the same for all.
    pub(crate) fn credentials(&self) -> Option<bool> {
        self.same(|allowed| allowed.credentials).map(Option::unwrap_or_default)
    }

    /// The time for which a preflight is kept, if that is the same for all.
    pub(crate) fn max_age(&self) -> Option<Option<u32>> {
        self.same(|allowed| allowed.max_age).map(Option::flatten)
    }

    /// Whether a method is enabled.
    pub(crate) fn enables(&self, method: &str) -> bool {
        match &self.methods {
            Names::Any => true,
            Names::List(list) => list.iter().any(|name| name == method),
        }
    }

    fn same<T: PartialEq>(&self, of: impl Fn(&Allowed) -> T) -> Option<Option<T>> {
        let mut values = self.origins.iter().map(of);
        let first = values.next();
        values.all(|value| Some(&value) == first.as_ref()).then_some(first)
    }
}

/// Decides about an origin.
#[derive(Clone, Debug)]
pub(crate) struct Matcher(Cors);

impl Matcher {
    /// Whether it is one of them.
    pub(crate) fn matches(&self, origin: &[u8]) -> bool {
        let Ok(origin) = http::HeaderValue::from_bytes(origin) else { return false };
        let headers = HeaderMap::from_iter([(http::header::ORIGIN, origin)]);
        let explained = self.0.explain(&CorsRequest::new("/", "GET", &headers));
        explained.headers().contains_key(http::header::ACCESS_CONTROL_EXPOSE_HEADERS)
    }
}

/// The policies of a configuration, or the reasons why they are not plain.
pub(crate) struct Policies {
    cors: Cors,
    /// The one policy of every path.
    pub(crate) everything: Option<Result<Plain, String>>,
    /// The policy of each registered resource.
    pub(crate) resources: BTreeMap<String, Result<Plain, String>>,
}

impl Policies {
    /// Reads them out of a configuration.
    pub(crate) fn of(cors: &Cors) -> Self {
        let text =
            serde_json::to_value(cors.config()).expect("a configuration that was built can be written");
        let file: File = serde_json::from_value(text).expect("and read");
        let resources: BTreeMap<_, _> =
            file.resources.iter().map(|(name, resource)| (name.clone(), plain(&file, resource))).collect();
        let everything = file.all_resources.then(|| {
            let everywhere = plain(&file, &Resource { inherit: true, ..Resource::default() })?;
            let same = resources.values().all(|policy| policy.as_ref() == Ok(&everywhere));
            match same && file.excluded.is_empty() {
                true => Ok(everywhere),
                false => Err("one policy for every path beside others for some".to_owned()),
            }
        });
        Self { cors: cors.clone(), everything, resources }
    }

    /// The policy that governs a path; `None` if it is no resource.
    ///
    /// # Errors
    /// Why it is not plain.
    pub(crate) fn at(&self, path: &str) -> Result<Option<&Plain>, String> {
        if let Some(policy) = &self.everything {
            return policy.as_ref().map(Some).map_err(String::clone);
        }
        let template = app::template_of(path);
        if let Some(policy) = template.and_then(|template| self.resources.get(template)) {
            return policy.as_ref().map(Some).map_err(String::clone);
        }
        if self
            .resources
            .keys()
            .any(|template| template.split_once("{*").is_some_and(|(start, _)| start == path))
        {
            return Err("a catch-all that is never empty".into());
        }
        match self.cors.judge(&CorsRequest::new(path, "GET", &HeaderMap::new())) {
            Verdict::Pass => Ok(None),
            _ => Err("a path that no route has, or that a wider template covers".into()),
        }
    }
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    all_resources: bool,
    #[serde(default)]
    excluded: Vec<String>,
    #[serde(default)]
    diagnostics: bool,
    #[serde(default)]
    defaults: Level,
    #[serde(default)]
    resources: BTreeMap<String, Resource>,
}

#[derive(Default, Deserialize)]
struct Level {
    #[serde(default)]
    origins: BTreeMap<String, Options>,
}

#[derive(Default, Deserialize)]
struct Resource {
    #[serde(default = "yes")]
    inherit: bool,
    #[serde(default)]
    origins: BTreeMap<String, Options>,
    #[serde(default)]
    routes: BTreeMap<String, Resource>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
struct Options {
    #[serde(default)]
    allow_credentials: bool,
    allow_methods: Option<Names>,
    allow_headers: Option<Names>,
    expose_headers: Option<Names>,
    max_age: Option<u32>,
}

fn yes() -> bool {
    true
}

fn plain(file: &File, resource: &Resource) -> Result<Plain, String> {
    if file.diagnostics {
        return Err("a refusal that explains itself".into());
    }
    let mut entries = BTreeMap::new();
    if resource.inherit {
        overlay(&mut entries, &file.defaults.origins);
    }
    overlay(&mut entries, &resource.origins);
    for route in resource.routes.values() {
        let mut of_route = if route.inherit { entries.clone() } else { BTreeMap::new() };
        overlay(&mut of_route, &route.origins);
        // The methods in a route's own entry have no effect.
        let without_methods = |entries: &BTreeMap<String, Options>| -> Vec<_> {
            let strip = |(pattern, options): (&String, &Options)| {
                (pattern.clone(), Options { allow_methods: None, ..options.clone() })
            };
            entries.iter().map(strip).collect()
        };
        if without_methods(&of_route) != without_methods(&entries) {
            return Err("options of one method".into());
        }
    }
    let routes: Vec<_> = resource.routes.keys().map(|method| normalized(method)).collect();
    let methods = |options: &Options| enabled(&routes, options.allow_methods.as_ref());
    let names = |names: &Option<Names>| names.clone().unwrap_or(Names::List(Vec::new()));
    let methods = uniform(&entries, methods).ok_or("methods that differ by origin")?;
    let headers =
        uniform(&entries, |options| names(&options.allow_headers)).ok_or("headers that differ by origin")?;
    let expose = uniform(&entries, |options| names(&options.expose_headers))
        .ok_or("exposed headers that differ by origin")?;
    let allowed = |(pattern, options): (String, Options)| Allowed {
        pattern,
        credentials: options.allow_credentials,
        max_age: options.max_age,
    };
    let none = || Names::List(Vec::new());
    Ok(Plain {
        origins: entries.into_iter().map(allowed).collect(),
        methods: methods.unwrap_or_else(none),
        headers: headers.unwrap_or_else(none),
        expose: expose.unwrap_or_else(none),
    })
}

/// Lets the entries of a level replace those of the levels above it.
fn overlay(entries: &mut BTreeMap<String, Options>, level: &BTreeMap<String, Options>) {
    for (patterns, options) in level {
        for pattern in patterns.split([' ', '\t', '\n', ',']).filter(|pattern| !pattern.is_empty()) {
            entries.insert(pattern.to_owned(), options.clone());
        }
    }
}

/// S4 for one entry.
fn enabled(routes: &[String], listed: Option<&Names>) -> Names {
    let mut methods = match listed {
        Some(Names::Any) => Names::Any,
        Some(Names::List(listed)) => Names::List(
            routes.iter().cloned().chain(listed.iter().map(|method| normalized(method))).collect(),
        ),
        None if routes.is_empty() => Names::List(["GET", "HEAD", "POST"].map(str::to_owned).to_vec()),
        None => Names::List(routes.to_vec()),
    };
    if let Names::List(list) = &mut methods {
        if list.iter().any(|name| name == "GET") {
            list.push("HEAD".into());
        }
        list.sort();
        list.dedup();
    }
    methods
}

/// Fetch, "normalize a method".
fn normalized(method: &str) -> String {
    let upper = method.to_ascii_uppercase();
    let known = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
    if known.contains(&&*upper) { upper } else { method.to_owned() }
}

/// The value that all entries share; `None` if there are no entries.
fn uniform(entries: &BTreeMap<String, Options>, of: impl Fn(&Options) -> Names) -> Option<Option<Names>> {
    let mut values = entries.values().map(of);
    let first = values.next();
    values.all(|value| Some(&value) == first.as_ref()).then_some(first)
}
