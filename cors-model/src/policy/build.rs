//! From a configuration to a policy, or to everything that is wrong with it (S20 to S22).

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use http::StatusCode;

use crate::check::{Advice, advice, risks};
use crate::config::{CorsConfig, OriginMap, Resource, ResourceOptions};
use crate::error::{ConfigError, ConfigErrors, ErrorKind, ErrorValue, Language, Place, Risk};
use crate::grammar::pattern::{Pattern, first_pattern, patterns};
use crate::grammar::template::Template;
use crate::policy::paths::{EXCLUDED, Paths};
use crate::policy::rules::{Entries, EntryId, Policy, ResourceRules, RouteRules};
use crate::policy::sources;
use crate::policy::tree::Class;
use crate::policy::{Cors, number};

/// The number of the next policy.
static NEXT: AtomicU32 = AtomicU32::new(1);

impl CorsConfig {
    /// Checks everything and prepares every answer.
    ///
    /// # Errors
    /// Every mistake, each with its kind, where it is, and how to fix it.
    pub fn build(self) -> Result<Cors, ConfigErrors> {
        let mut builder = Builder::default();
        builder.errors.clone_from(&self.reading);
        builder.config(&self);
        if !builder.errors.is_empty() {
            return Err(ConfigErrors(builder.errors));
        }
        let Builder { mut policy, needed, .. } = builder;
        policy.number = NEXT.fetch_add(1, Ordering::Relaxed);
        policy.advice = advice::advise(&self, &needed);
        policy.config = self;
        Ok(Cors(Arc::new(policy)))
    }

    /// Checks everything, as [`build`](Self::build) does, and takes each source that is named for bound: for a tool that has only a file.
    /// Returns the advice.
    ///
    /// # Errors
    /// Those of [`build`](Self::build), except for sources that are not bound.
    pub fn check(&self) -> Result<Vec<Advice>, ConfigErrors> {
        self.clone().without_sources().build().map(|cors| cors.advice().into())
    }
}

#[derive(Default)]
pub(super) struct Builder {
    pub(super) policy: Policy,
    pub(super) errors: Vec<ConfigError>,
    accepted: Vec<Risk>,
    pub(super) language: Language,
    needed: Vec<Risk>,
    bound: HashSet<String>,
    pub(super) entries: HashMap<ResourceOptions, EntryId>,
    classes: HashMap<Rules, Class>,
}

/// All that a resource says, for finding out which ones say the same (S24).
#[derive(PartialEq, Eq, Hash)]
struct Rules {
    inherit: bool,
    entries: BTreeMap<u32, EntryId>,
    routes: BTreeMap<String, (bool, BTreeMap<u32, EntryId>)>,
}

impl Rules {
    fn of(rules: &ResourceRules) -> Self {
        let sorted = |entries: &Entries| entries.iter().map(|(&pattern, &entry)| (pattern, entry)).collect();
        let route = |route: &RouteRules| (route.method.clone(), (route.inherit, sorted(&route.entries)));
        let routes = rules.routes.iter().map(route).collect();
        Self { inherit: rules.inherit, entries: sorted(&rules.entries), routes }
    }
}

impl Builder {
    pub(super) fn error(
        &mut self,
        kind: ErrorKind,
        place: Place,
        value: impl Into<ErrorValue>,
        help: impl Into<String>,
    ) {
        self.errors.push(ConfigError::new(kind, place, value, help));
    }

    fn config(&mut self, config: &CorsConfig) {
        self.accepted.clone_from(&config.accept_risks);
        self.language = config.language;
        let status = config.preflight_status.unwrap_or(204);
        match u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok()) {
            Some(status) if status.is_success() => self.policy.preflight_status = status,
            _ => {
                let place = Place::config().key("preflight_status");
                let help = "write a status from 200 to 299, or leave it out for 204";
                self.error(ErrorKind::PreflightStatus, place, status, help);
            }
        }
        self.policy.sources = sources::sources(config, &mut self.errors);
        self.bound.extend(config.sources.iter().map(|binding| binding.name.clone()));
        self.policy.defaults = self.level(&Place::defaults(), &config.defaults);
        let templates = self.templates(config);
        let mut classes: Vec<_> = config.resources.iter().map(|resource| self.resource(resource)).collect();
        let all = config.all_resources.then(|| {
            let rules = ResourceRules { inherit: true, ..ResourceRules::default() };
            (number(config.resources.len()), self.add(rules))
        });
        classes.resize(templates.len().max(classes.len()), EXCLUDED);
        let templates = templates.into_iter().zip(classes).zip(0..).map(|((template, class), id)| {
            let resource = (class != EXCLUDED).then_some(id);
            (template, resource, class)
        });
        self.policy.paths = Paths::new(templates.collect(), all);
        self.policy.enforcement = config.enforce.as_ref().map(|enforce| self.enforcement(enforce));
    }

    /// The templates of all resources, then those that are excluded.
    fn templates(&mut self, config: &CorsConfig) -> Vec<Template> {
        let registered = config.resources.iter().map(|resource| resource.template.as_str());
        let registered = registered.map(|template| (template, Place::resource(template), false));
        let excluded = config.excluded.iter().map(String::as_str);
        let excluded = excluded.map(|template| (template, Place::config().key("excluded"), true));
        let mut owners: HashMap<String, (&str, bool)> = HashMap::new();
        let mut templates = Vec::new();
        for (text, place, is_excluded) in registered.chain(excluded) {
            let template = match Template::parse(text) {
                Ok(template) => template,
                Err(help) => {
                    self.error(ErrorKind::InvalidTemplate, place, text, help);
                    continue;
                }
            };
            let (other, other_is_excluded) = match owners.entry(template.shape()) {
                Entry::Vacant(entry) => {
                    entry.insert((text, is_excluded));
                    templates.push(template);
                    continue;
                }
                Entry::Occupied(entry) => *entry.get(),
            };
            let (kind, help) = if is_excluded != other_is_excluded {
                (
                    ErrorKind::ExcludedAndRegistered,
                    format!("remove the resource {other:?}, or stop excluding it"),
                )
            } else if other == text {
                (ErrorKind::Duplicate, "write it once, with all that it needs".into())
            } else {
                (ErrorKind::ConflictingTemplate, format!("keep this one or {other:?}"))
            };
            self.error(kind, place, text, help);
        }
        templates
    }

    fn resource(&mut self, resource: &Resource) -> Class {
        let mut rules = ResourceRules {
            template: Some(resource.template.clone()),
            inherit: resource.inherit,
            entries: self.level(&Place::resource(&resource.template), &resource.origins),
            ..ResourceRules::default()
        };
        for route in &resource.routes {
            let place = Place::route(&resource.template, &route.method);
            let entries = self.level(&place, &route.origins);
            let Some(method) = self.method(&place, &route.method) else { continue };
            if rules.route_of.insert(method.as_bytes().into(), rules.routes.len()).is_some() {
                self.error(ErrorKind::Duplicate, place, &route.method, "write one route for each method");
            }
            rules.routes.push(RouteRules { method, inherit: route.inherit, entries, constant: None });
        }
        self.add(rules)
    }

    /// Adds a resource. Those with the same rules have the same class.
    fn add(&mut self, mut rules: ResourceRules) -> Class {
        let defaults = rules.inherit.then_some(&self.policy.defaults);
        rules.constant = self.constant([None, Some(&rules.entries), defaults]);
        for route in &mut rules.routes {
            let [resource, defaults] =
                [Some(&rules.entries), defaults].map(|level| level.filter(|_| route.inherit));
            route.constant = self.constant([Some(&route.entries), resource, defaults]);
        }
        let new = number(self.classes.len());
        let class = *self.classes.entry(Rules::of(&rules)).or_insert(new);
        self.policy.resources.push(rules);
        class
    }

    /// S18: the one entry that can win in these levels, highest first, if it is that of a `*` without credentials.
    fn constant(&self, levels: [Option<&Entries>; 3]) -> Option<EntryId> {
        let any = self.policy.origins.any?;
        let mut levels = levels.into_iter().flatten();
        let has_others = |level: &Entries| level.len() > usize::from(level.contains_key(&any));
        let entry = *levels.clone().find_map(|level| level.get(&any))?;
        let is_open = !self.policy.entries[entry as usize].credentials;
        (is_open && !levels.any(has_others)).then_some(entry)
    }

    /// Reads one level's map.
    fn level(&mut self, place: &Place, origins: &OriginMap) -> Entries {
        let mut entries = Entries::default();
        let mut seen = HashSet::new();
        for (key, options) in origins.iter() {
            let place = place.pattern(first_pattern(key));
            let mut named = Vec::new();
            for text in patterns(key) {
                let place = place.pattern(text);
                match Pattern::parse(text) {
                    Ok(pattern) => {
                        self.risks(&place, text, pattern, options);
                        self.binding(&place, pattern);
                        let id = self.policy.origins.insert(text, pattern);
                        named.push(id);
                        if !seen.insert(id) {
                            let help = "remove one of the two";
                            self.error(ErrorKind::Duplicate, place, text, help);
                        }
                    }
                    Err(errors) => {
                        self.errors.extend(errors.into_iter().map(|error| error.at(&place, text)));
                    }
                }
            }
            if patterns(key).next().is_none() {
                let help = "write an origin, such as https://app.example, or remove the entry";
                self.error(ErrorKind::EmptyPattern, place.clone(), key, help);
            }
            let entry = self.entry(&place, options);
            entries.extend(named.into_iter().map(|id| (id, entry)));
        }
        entries
    }

    fn risks(&mut self, place: &Place, text: &str, pattern: Pattern<'_>, options: &ResourceOptions) {
        for (risk, instead) in risks::of(text, pattern, options) {
            if !self.accepted.contains(&risk) {
                let help = risks::help(risk, &instead, self.language);
                self.error(ErrorKind::Risk(risk), place.clone(), text, help);
            }
            if !self.needed.contains(&risk) {
                self.needed.push(risk);
            }
        }
        // S22: accepting it lets a source admit insecure origins.
        if matches!(pattern, Pattern::Source(_)) && options.allow_credentials {
            self.needed.push(Risk::InsecureOriginWithCredentials);
        }
    }

    fn binding(&mut self, place: &Place, pattern: Pattern<'_>) {
        if let Pattern::Source(name) = pattern {
            if !self.bound.contains(name) {
                let help = sources::unbound(name, "remove the entry");
                self.error(ErrorKind::UnboundSource, place.clone(), &format!("@{name}"), help);
            }
        }
    }
}
