//! From a configuration to a policy, or to everything that is wrong with it (S20 to S22).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::check::{advice, risks};
use crate::config::{CorsConfig, OriginMap, Resource, ResourceOptions};
use crate::error::{ConfigError, ConfigErrors, ErrorKind, Language, Place, Risk};
use crate::grammar::pattern::{Pattern, first_pattern, patterns};
use crate::grammar::template::Template;
use crate::policy::Cors;
use crate::policy::paths::{EXCLUDED, Paths, ResourceId};
use crate::policy::prepared::Prepared;
use crate::policy::readings::Class;
use crate::policy::rules::{
    COMMON_METHODS, EntryId, HEAD_ID, MethodId, MethodRule, NO_ROUTES, Policy, ResourceRules, RouteRules,
    RuleId, ShapeId, Slot, route_bit,
};
use crate::policy::table::{number, pair};
use crate::policy::value::{Copies, Value};

/// The number of the next policy.
static NEXT: AtomicU32 = AtomicU32::new(1);

impl CorsConfig {
    /// Checks everything and prepares every answer.
    ///
    /// # Errors
    /// Every mistake, each with its kind, where it is, and how to fix it.
    pub fn build(self) -> Result<Cors, ConfigErrors> {
        build(self)
    }
}

fn build(config: CorsConfig) -> Result<Cors, ConfigErrors> {
    let mut builder = Builder::default();
    builder.errors.clone_from(&config.reading);
    builder.config(&config);
    if !builder.errors.is_empty() {
        return Err(ConfigErrors(builder.errors));
    }
    let Builder { mut policy, needed, mut values, .. } = builder;
    policy.prepare_methods(|text| shared(&mut values, text));
    policy.number = NEXT.fetch_add(1, Ordering::Relaxed);
    policy.advice = advice::advise(&config, &needed);
    policy.config = config;
    Ok(Cors(Arc::new(policy)))
}

#[derive(Default)]
pub(super) struct Builder {
    pub(super) policy: Policy,
    pub(super) errors: Vec<ConfigError>,
    accepted: Vec<Risk>,
    pub(super) language: Language,
    needed: Vec<Risk>,
    pub(super) values: HashMap<String, Value>,
    pub(super) exposed: HashMap<String, Copies>,
    pub(super) entries: HashMap<ResourceOptions, EntryId>,
    pub(super) rules: HashMap<MethodRule, RuleId>,
    shapes: HashMap<Vec<MethodId>, ShapeId>,
    classes: HashMap<Rules, Class>,
}

/// All that a resource says, for finding out which ones say the same (S24).
#[derive(Default, PartialEq, Eq, Hash)]
struct Rules {
    cuts_off: bool,
    entries: Entries,
    routes: Vec<(MethodId, bool, Entries)>,
}

/// Patterns, each with its entry.
type Entries = Vec<(u32, EntryId)>;

/// What the map of one level comes to.
#[derive(Default)]
struct LevelMap {
    entries: Entries,
    summary: Summary,
}

/// What S18's constant case asks of a level.
#[derive(Clone, Copy, Default)]
struct Summary {
    /// It names more than `*`.
    named: bool,
    /// The entry of `*`, and whether it has credentials.
    any: Option<(EntryId, bool)>,
}

/// The one entry that can win in these levels, highest first, if it is that of a `*` without credentials.
fn constant<const N: usize>(levels: [Option<Summary>; N]) -> Option<EntryId> {
    let in_play = || levels.iter().flatten();
    let (entry, credentials) = in_play().find_map(|level| level.any)?;
    (!credentials && !in_play().any(|level| level.named)).then_some(entry)
}

impl Builder {
    pub(super) fn error(&mut self, kind: ErrorKind, place: Place, value: &str, help: impl Into<String>) {
        self.errors.push(ConfigError::new(kind, place, value, help));
    }

    fn config(&mut self, config: &CorsConfig) {
        for method in COMMON_METHODS {
            self.policy.methods.intern(method);
        }
        // The first one, so that it is `NO_ROUTES`.
        self.shape(Vec::new());
        self.policy.refusal = Prepared::refused();
        self.accepted.clone_from(&config.accept_risks);
        self.language = config.language;
        let status = config.preflight_status.unwrap_or(204);
        match u16::try_from(status) {
            Ok(status @ 200..=299) => self.policy.preflight_status = status,
            _ => {
                let place = Place::config().key("preflight_status");
                let help = "write a status from 200 to 299, or leave it out for 204";
                self.error(ErrorKind::PreflightStatus, place, &status.to_string(), help);
            }
        }
        let defaults = self.level(&Place::defaults(), &config.defaults);
        let templates = self.templates(config);
        let mut classes = Vec::new();
        for (at, resource) in config.resources.iter().enumerate() {
            classes.push(self.resource(number(at), resource, defaults.summary));
        }
        let all =
            config.all_resources.then(|| (number(config.resources.len()), self.class(Rules::default())));
        let classes = classes.into_iter().map(Some).chain(std::iter::repeat(None));
        let templates = templates.into_iter().zip(classes).zip(0..);
        let templates =
            templates.map(|((template, class), id)| (template, class.map(|_| id), class.unwrap_or(EXCLUDED)));
        self.policy.paths = Paths::new(templates.collect(), all);
        if all.is_some() {
            let all = ResourceRules {
                template: None,
                inherit: true,
                has_slots: false,
                shape: NO_ROUTES,
                cut_off: 0,
                constant: constant([Some(defaults.summary)]),
            };
            self.policy.resources.push(all);
        }
        self.policy.defaults = vec![None; self.policy.origins.len()];
        for (pattern, entry) in defaults.entries {
            self.policy.defaults[pattern as usize] = Some(entry);
        }
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

    /// The number of these rules, the same for the same ones.
    fn class(&mut self, rules: Rules) -> Class {
        let new = number(self.classes.len());
        *self.classes.entry(rules).or_insert(new)
    }

    fn resource(&mut self, id: ResourceId, resource: &Resource, defaults: Summary) -> Class {
        let place = Place::resource(&resource.template);
        let map = self.level(&place, &resource.origins);
        let defaults = resource.inherit.then_some(defaults);
        let mut slots: HashMap<u32, Slot> = HashMap::new();
        for &(pattern, entry) in &map.entries {
            slots.entry(pattern).or_default().entry = Some(entry);
        }
        let methods = self.methods_of(resource);
        let head_is_routed = methods.contains(&Some(HEAD_ID));
        let mut cut_off = 0;
        let mut shape = Vec::new();
        let mut routes = Vec::new();
        for (route, method) in resource.routes.iter().zip(methods) {
            let own = self.level(&Place::route(&resource.template, &route.method), &route.origins);
            let Some(method) = method else { continue };
            let bit = route_bit(shape.len());
            shape.push(method);
            if !route.inherit {
                cut_off |= bit;
            }
            for &(pattern, entry) in &own.entries {
                let slot = slots.entry(pattern).or_default();
                slot.routes |= bit;
                if !self.policy.entries[entry as usize].credentials {
                    slot.open_routes |= bit;
                }
            }
            let inherited = [Some(map.summary), defaults].map(|level| level.filter(|_| route.inherit));
            let constant = constant([Some(own.summary), inherited[0], inherited[1]]);
            let allow_methods = self.policy.own_methods(method, head_is_routed);
            let allow_methods = self.value(&allow_methods);
            let has_map = !own.entries.is_empty();
            let rules = RouteRules { bit, inherit: route.inherit, has_map, constant, allow_methods };
            self.route(id, method, &own, rules);
            routes.push((method, !route.inherit, sorted(own.entries)));
        }
        let rules = ResourceRules {
            template: Some(resource.template.clone()),
            inherit: resource.inherit,
            has_slots: !slots.is_empty(),
            shape: self.shape(shape),
            cut_off,
            constant: constant([Some(map.summary), defaults]),
        };
        self.policy.resources.push(rules);
        self.policy.slots.extend(slots.into_iter().map(|(pattern, slot)| (pair(id, pattern), slot)));
        self.class(Rules {
            cuts_off: !resource.inherit,
            entries: sorted(map.entries),
            routes: sorted(routes),
        })
    }

    /// The methods of a resource's routes; `None` for one that is invalid or repeated.
    fn methods_of(&mut self, resource: &Resource) -> Vec<Option<MethodId>> {
        let mut seen = std::collections::HashSet::new();
        let mut methods = Vec::new();
        for route in &resource.routes {
            let place = Place::route(&resource.template, &route.method);
            let id = self.method(&place, &route.method);
            let new = id.filter(|&id| seen.insert(id));
            if id.is_some() && new.is_none() {
                self.error(ErrorKind::Duplicate, place, &route.method, "write one route for each method");
            }
            methods.push(new);
        }
        methods
    }

    fn route(&mut self, resource: ResourceId, method: MethodId, own: &LevelMap, rules: RouteRules) {
        let id = number(self.policy.routes.len());
        self.policy.routes.push(rules);
        self.policy.route_of.insert(pair(resource, method), id);
        let entries = own.entries.iter().map(|&(pattern, entry)| (pair(id, pattern), entry));
        self.policy.route_entries.extend(entries);
    }

    /// Reads one level's map.
    fn level(&mut self, place: &Place, origins: &OriginMap) -> LevelMap {
        let mut map = LevelMap::default();
        let mut seen = std::collections::HashSet::new();
        for (key, options) in origins.iter() {
            let place = place.pattern(first_pattern(key));
            let mut named = Vec::new();
            for text in patterns(key) {
                let place = place.pattern(text);
                match Pattern::parse(text) {
                    Ok(pattern) => {
                        self.risks(&place, text, pattern, options);
                        let id = self.policy.origins.insert(text, pattern);
                        named.push((id, pattern));
                        if !seen.insert(id) {
                            let help = "remove one of the two";
                            self.error(ErrorKind::Duplicate, place, text, help);
                        }
                    }
                    Err(errors) => {
                        let place = &place;
                        self.errors.extend(
                            errors
                                .into_iter()
                                .map(|error| ConfigError::new(error.kind, place.clone(), text, error.help)),
                        );
                    }
                }
            }
            if patterns(key).next().is_none() {
                let help = "write an origin, such as https://app.example, or remove the entry";
                self.error(ErrorKind::EmptyPattern, place.clone(), key, help);
            }
            let entry = self.entry(&place, options);
            for (id, pattern) in named {
                map.entries.push((id, entry));
                match pattern {
                    Pattern::Any => map.summary.any = Some((entry, options.allow_credentials)),
                    _ => map.summary.named = true,
                }
            }
        }
        map
    }

    fn risks(&mut self, place: &Place, text: &str, pattern: Pattern<'_>, options: &ResourceOptions) {
        for risk in risks::of(pattern, options) {
            if !self.accepted.contains(&risk) {
                let help = risks::help(risk, text, pattern, self.language);
                self.error(ErrorKind::Risk(risk), place.clone(), text, help);
            }
            if !self.needed.contains(&risk) {
                self.needed.push(risk);
            }
        }
    }

    fn shape(&mut self, methods: Vec<MethodId>) -> ShapeId {
        if let Some(&id) = self.shapes.get(&methods) {
            return id;
        }
        let id = number(self.policy.shapes.len());
        self.policy.shapes.push(methods.clone().into_boxed_slice());
        self.shapes.insert(methods, id);
        id
    }
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort_unstable();
    list
}

/// Equal values share their bytes.
pub(super) fn shared(values: &mut HashMap<String, Value>, text: &str) -> Value {
    if let Some(value) = values.get(text) {
        return value.clone();
    }
    let value = Value::new(text);
    values.insert(text.into(), value.clone());
    value
}
