//! Reading the file form of a configuration, from anything that serde reads (feature `serde`).
//!
//! Reading does not stop at the first mistake. Each one becomes an error that [`CorsConfig::build`] returns with all others (S20).

mod raw;

use std::collections::HashSet;

use serde::de::{Deserialize, Deserializer};

use crate::config::enforce::{Enforce, Mode};
use crate::config::file::raw::Raw;
use crate::config::{CorsConfig, Names, OriginMap, Resource, ResourceOptions, Route, SourceSettings};
use crate::error::{ConfigError, ErrorKind, ErrorValue, Language, Place, Risk};
use crate::grammar::pattern::first_pattern;
use crate::grammar::token::is_slip;

/// [`CorsConfig::build`] reports unknown keys, repeated keys and wrong types.
impl<'de> Deserialize<'de> for CorsConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Raw::deserialize(deserializer)?;
        let mut reader = Reader { errors: Vec::new() };
        let config = reader.config(raw);
        Ok(Self { reading: reader.errors, language: Language::File, ..config })
    }
}

#[rustfmt::skip]
const CONFIG_KEYS: [&str; 9] = [
    "accept_risks", "preflight_status", "all_resources", "excluded", "diagnostics", "defaults", "resources",
    "enforce", "sources",
];

#[rustfmt::skip]
const OPTIONS_KEYS: [&str; 6] = [
    "allow_credentials", "allow_methods", "allow_headers", "expose_headers", "max_age", "allow_timing",
];

struct Reader {
    errors: Vec<ConfigError>,
}

impl Reader {
    fn error(
        &mut self,
        kind: ErrorKind,
        place: &Place,
        value: impl Into<ErrorValue>,
        help: impl Into<String>,
    ) {
        self.errors.push(ConfigError::new(kind, place.clone(), value, help));
    }

    /// What stands for a value of the wrong type does not matter, since nothing is built from it.
    fn wrong_type<T: Default>(&mut self, place: &Place, raw: Raw, wanted: &str) -> T {
        self.error(ErrorKind::WrongType, place, raw.describe(), format!("write {wanted}"));
        T::default()
    }

    /// A text where a list belongs: commas stand for its items.
    fn text_for_list<T: Default>(&mut self, place: &Place, text: &str, or: &str) -> T {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        let items: Vec<_> = items.map(|item| format!("{item:?}")).collect();
        self.error(ErrorKind::WrongType, place, text, format!("write [{}]{or}", items.join(", ")));
        T::default()
    }

    /// The items of a table whose keys are fixed, each with its place. A repeated key is an error.
    fn table(&mut self, here: &Place, raw: Raw) -> Vec<(Place, String, Raw)> {
        let items = self.map(here, raw, "a table").into_iter();
        let items: Vec<_> = items.map(|(key, raw)| (here.key(&key), key, raw)).collect();
        let mut seen = HashSet::new();
        for (place, key, _) in &items {
            if !seen.insert(key) {
                self.error(ErrorKind::Duplicate, place, key, "write each key once");
            }
        }
        items
    }

    /// The items of a table whose keys are names. Building the configuration reports those that are repeated.
    fn map(&mut self, place: &Place, raw: Raw, wanted: &str) -> Vec<(String, Raw)> {
        match raw {
            Raw::Map(items) => items,
            other => self.wrong_type(place, other, wanted),
        }
    }

    fn unknown(&mut self, place: &Place, key: &str, known: &[&str]) {
        let folded = |key: &str| key.replace(['_', '-'], "").to_ascii_lowercase();
        let is_meant = |known: &&&str| is_slip(folded(known).as_bytes(), folded(key).as_bytes());
        let help = match known.iter().find(is_meant) {
            Some(meant) => format!("write `{meant}`"),
            None => format!("write one of `{}`", known.join("`, `")),
        };
        self.error(ErrorKind::UnknownKey, place, key, help);
    }

    fn config(&mut self, raw: Raw) -> CorsConfig {
        let mut config = CorsConfig::new();
        for (place, key, raw) in self.table(&Place::config(), raw) {
            match key.as_str() {
                "accept_risks" => config.accept_risks.extend(self.risks(&place, raw)),
                "preflight_status" => config.preflight_status = self.integer(&place, raw),
                "all_resources" => config.all_resources = self.boolean(&place, raw),
                "excluded" => config.excluded.extend(self.texts(&place, raw)),
                "diagnostics" => config.diagnostics = self.boolean(&place, raw),
                "defaults" => {
                    let here = Place::defaults();
                    for (place, key, raw) in self.table(&here, raw) {
                        match key.as_str() {
                            "origins" => self.origins(&here, raw, &mut config.defaults),
                            "inherit" => {
                                let help = "remove it: there is nothing above the defaults to inherit";
                                self.error(ErrorKind::UnknownKey, &place, &key, help);
                            }
                            _ => self.unknown(&place, &key, &["origins"]),
                        }
                    }
                }
                "resources" => {
                    for (template, raw) in self.map(&place, raw, "a table, such as { \"/items\" = {} }") {
                        config.resources.push(self.resource(template, raw));
                    }
                }
                "enforce" => config.enforce = Some(self.enforce(&Place::of_table("enforce"), raw)),
                "sources" => {
                    for (name, raw) in self.map(&place, raw, "a table, such as { tenants = { ttl = 60 } }") {
                        let settings = self.source_settings(&Place::source(&name), raw);
                        config.source_settings.push((name, settings));
                    }
                }
                _ => self.unknown(&place, &key, &CONFIG_KEYS),
            }
        }
        config
    }

    fn enforce(&mut self, here: &Place, raw: Raw) -> Enforce {
        let mut enforce = Enforce::refuse();
        for (place, key, raw) in self.table(here, raw) {
            match (key.as_str(), raw) {
                ("mode", Raw::Text(text)) => match text.as_str() {
                    "refuse" => enforce.mode = Mode::Refuse,
                    "report" => enforce.mode = Mode::Report,
                    _ => {
                        let help = "write \"refuse\", or \"report\" to only report what would be refused";
                        self.error(ErrorKind::UnknownMode, &place, &text, help);
                    }
                },
                ("mode", raw) => self.wrong_type(&place, raw, "\"refuse\" or \"report\""),
                ("hosts", raw) => enforce = enforce.hosts(self.texts(&place, raw)),
                ("exempt", raw) => enforce = enforce.exempt(self.texts(&place, raw)),
                _ => self.unknown(&place, &key, &["mode", "hosts", "exempt"]),
            }
        }
        enforce
    }

    fn source_settings(&mut self, here: &Place, raw: Raw) -> SourceSettings {
        let mut settings = SourceSettings::new();
        for (place, key, raw) in self.table(here, raw) {
            match key.as_str() {
                "ttl" => settings.ttl = self.integer(&place, raw),
                "negative_ttl" => settings.negative_ttl = self.integer(&place, raw),
                "max_entries" => settings.max_entries = self.integer(&place, raw),
                "timeout_ms" => settings.timeout_ms = self.integer(&place, raw),
                "stale_if_error" => settings.stale_if_error = self.integer(&place, raw),
                _ => self.unknown(&place, &key, &SourceSettings::new().values().map(|(key, _)| key)),
            }
        }
        settings
    }

    fn resource(&mut self, template: String, raw: Raw) -> Resource {
        let here = Place::resource(&template);
        let mut resource = Resource::at(template);
        for (place, key, raw) in self.table(&here, raw) {
            match key.as_str() {
                "origins" => self.origins(&here, raw, &mut resource.origins),
                "inherit" => resource.inherit = self.boolean(&place, raw),
                "routes" => {
                    for (method, raw) in self.map(&place, raw, "a table, such as { GET = {} }") {
                        resource.routes.push(self.route(&resource.template, method, raw));
                    }
                }
                _ => self.unknown(&place, &key, &["origins", "inherit", "routes"]),
            }
        }
        resource
    }

    fn route(&mut self, template: &str, method: String, raw: Raw) -> Route {
        let here = Place::route(template, &method);
        let mut route = Route::on(method);
        for (place, key, raw) in self.table(&here, raw) {
            match key.as_str() {
                "origins" => self.origins(&here, raw, &mut route.origins),
                "inherit" => route.inherit = self.boolean(&place, raw),
                _ => self.unknown(&place, &key, &["origins", "inherit"]),
            }
        }
        route
    }

    fn origins(&mut self, level: &Place, raw: Raw, origins: &mut OriginMap) {
        let wanted = "a table, such as { \"https://app.example\" = {} }";
        for (key, raw) in self.map(&level.key("origins"), raw, wanted) {
            let options = self.options(&level.pattern(first_pattern(&key)), raw);
            origins.0.push((key, options));
        }
    }

    fn options(&mut self, here: &Place, raw: Raw) -> ResourceOptions {
        let mut options = ResourceOptions::new();
        for (place, key, raw) in self.table(here, raw) {
            match key.as_str() {
                "allow_credentials" => options.allow_credentials = self.boolean(&place, raw),
                "allow_methods" => options.allow_methods = self.names(&place, raw),
                "allow_headers" => options.allow_headers = self.names(&place, raw),
                "expose_headers" => options.expose_headers = self.names(&place, raw),
                "max_age" => options.max_age = self.integer(&place, raw),
                "allow_timing" => options.allow_timing = self.boolean(&place, raw),
                _ => self.unknown(&place, &key, &OPTIONS_KEYS),
            }
        }
        options
    }

    fn names(&mut self, place: &Place, raw: Raw) -> Option<Names> {
        match raw {
            Raw::Nothing => None,
            Raw::Text(text) if text == "*" => Some(Names::Any),
            Raw::Text(text) => self.text_for_list(place, &text, ", or \"*\""),
            Raw::List(_) => Some(Names::List(self.texts(place, raw))),
            other => self.wrong_type(place, other, "a list of names, or \"*\""),
        }
    }

    fn texts(&mut self, place: &Place, raw: Raw) -> Vec<String> {
        let wanted = "a list of texts";
        match raw {
            Raw::List(items) => {
                let text = |item| match item {
                    Raw::Text(text) => Some(text),
                    other => self.wrong_type(place, other, wanted),
                };
                items.into_iter().filter_map(text).collect()
            }
            Raw::Text(text) => self.text_for_list(place, &text, ""),
            other => self.wrong_type(place, other, wanted),
        }
    }

    fn risks(&mut self, place: &Place, raw: Raw) -> Vec<Risk> {
        let mut risks = Vec::new();
        for name in self.texts(place, raw) {
            match name.parse() {
                Ok(risk) => risks.push(risk),
                Err(_) => {
                    let known = Risk::ALL.map(|risk| format!("`{risk}`")).join(", ");
                    self.error(ErrorKind::UnknownRisk, place, &name, format!("write one of {known}"));
                }
            }
        }
        risks
    }

    fn boolean(&mut self, place: &Place, raw: Raw) -> bool {
        match raw {
            Raw::Bool(value) => value,
            other => self.wrong_type(place, other, "true or false, without quotation marks"),
        }
    }

    fn integer(&mut self, place: &Place, raw: Raw) -> Option<i64> {
        match raw {
            Raw::Integer(value) => Some(value),
            Raw::Nothing => None,
            other => self.wrong_type(place, other, "a whole number, without quotation marks"),
        }
    }
}
