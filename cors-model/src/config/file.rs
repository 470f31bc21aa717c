//! Reading the file form of a configuration, from anything that serde reads (feature `serde`).
//!
//! Reading does not stop at the first mistake. Each one becomes an error that [`CorsConfig::build`] returns with all others (S20).

mod raw;

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
        let mut config = reader.config(raw);
        config.reading = reader.errors;
        config.language = Language::File;
        Ok(config)
    }
}

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

    fn wrong_type(&mut self, place: &Place, raw: Raw, wanted: &str) {
        self.error(ErrorKind::WrongType, place, raw.describe(), format!("write {wanted}"));
    }

    /// A text where a list belongs: commas stand for its items.
    fn text_for_list(&mut self, place: &Place, text: &str, or: &str) {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        let items: Vec<_> = items.map(|item| format!("{item:?}")).collect();
        self.error(ErrorKind::WrongType, place, text, format!("write [{}]{or}", items.join(", ")));
    }

    /// The items of a table whose keys are fixed. A repeated key is an error.
    fn table(&mut self, place: &Place, raw: Raw) -> Vec<(String, Raw)> {
        let items = self.map(place, raw, "a table");
        let mut seen = std::collections::HashSet::new();
        for (key, _) in &items {
            if !seen.insert(key.as_str()) {
                self.error(ErrorKind::Duplicate, &place.key(key), key, "write each key once");
            }
        }
        items
    }

    /// The items of a table whose keys are names. Building the configuration reports those that are repeated.
    fn map(&mut self, place: &Place, raw: Raw, wanted: &str) -> Vec<(String, Raw)> {
        match raw {
            Raw::Map(items) => items,
            other => {
                self.wrong_type(place, other, wanted);
                Vec::new()
            }
        }
    }

    fn unknown(&mut self, place: &Place, key: &str, known: &[&str]) {
        let folded = |key: &str| key.replace(['_', '-'], "").to_ascii_lowercase();
        let is_meant = |known: &&&str| is_slip(folded(known).as_bytes(), folded(key).as_bytes());
        let help = match known.iter().find(is_meant) {
            Some(meant) => format!("write `{meant}`"),
            None => format!("write one of `{}`", known.join("`, `")),
        };
        self.error(ErrorKind::UnknownKey, &place.key(key), key, help);
    }

    fn config(&mut self, raw: Raw) -> CorsConfig {
        let mut config = CorsConfig::new();
        let here = Place::config();
        for (key, raw) in self.table(&here, raw) {
            let place = here.key(&key);
            match key.as_str() {
                "accept_risks" => config.accept_risks.extend(self.risks(&place, raw)),
                "preflight_status" => {
                    config.preflight_status = self.integer(&place, raw);
                }
                "all_resources" => config.all_resources = self.boolean(&place, raw, false),
                "excluded" => config.excluded.extend(self.texts(&place, raw)),
                "diagnostics" => config.diagnostics = self.boolean(&place, raw, false),
                "defaults" => {
                    let place = Place::defaults();
                    for (key, raw) in self.table(&place, raw) {
                        match key.as_str() {
                            "origins" => config.defaults.0.extend(self.origins(&place, raw).0),
                            "inherit" => {
                                let help = "remove it: there is nothing above the defaults to inherit";
                                self.error(ErrorKind::UnknownKey, &place.key(&key), &key, help);
                            }
                            _ => self.unknown(&place, &key, &["origins"]),
                        }
                    }
                }
                "resources" => {
                    for (template, raw) in self.map(&place, raw, "a table, such as { \"/items\" = {} }") {
                        let resource = self.resource(template, raw);
                        config.resources.push(resource);
                    }
                }
                "enforce" => config.enforce = Some(self.enforce(&Place::of_table("enforce"), raw)),
                "sources" => {
                    for (name, raw) in self.map(&place, raw, "a table, such as { tenants = { ttl = 60 } }") {
                        let settings = self.source_settings(&Place::source(&name), raw);
                        config.source_settings.push((name, settings));
                    }
                }
                _ => {
                    let known = [
                        "accept_risks",
                        "preflight_status",
                        "all_resources",
                        "excluded",
                        "diagnostics",
                        "defaults",
                        "resources",
                        "enforce",
                        "sources",
                    ];
                    self.unknown(&here, &key, &known);
                }
            }
        }
        config
    }

    fn enforce(&mut self, here: &Place, raw: Raw) -> Enforce {
        let mut enforce = Enforce::refuse();
        for (key, raw) in self.table(here, raw) {
            let place = here.key(&key);
            match (key.as_str(), raw) {
                ("mode", Raw::Text(text)) => match Mode::ALL.into_iter().find(|mode| mode.name() == text) {
                    Some(mode) => enforce.mode = mode,
                    None => {
                        let help = "write \"refuse\", or \"report\" to only report what would be refused";
                        self.error(ErrorKind::UnknownMode, &place, text, help);
                    }
                },
                ("mode", raw) => self.wrong_type(&place, raw, "\"refuse\" or \"report\""),
                ("hosts", raw) => enforce = enforce.hosts(self.texts(&place, raw)),
                ("exempt", raw) => enforce = enforce.exempt(self.texts(&place, raw)),
                _ => self.unknown(here, &key, &["mode", "hosts", "exempt"]),
            }
        }
        enforce
    }

    fn source_settings(&mut self, here: &Place, raw: Raw) -> SourceSettings {
        let mut settings = SourceSettings::new();
        for (key, raw) in self.table(here, raw) {
            let place = here.key(&key);
            match key.as_str() {
                "ttl" => settings.ttl = self.integer(&place, raw),
                "negative_ttl" => settings.negative_ttl = self.integer(&place, raw),
                "max_entries" => settings.max_entries = self.integer(&place, raw),
                "timeout_ms" => settings.timeout_ms = self.integer(&place, raw),
                "stale_if_error" => settings.stale_if_error = self.integer(&place, raw),
                _ => self.unknown(here, &key, &SourceSettings::new().values().map(|(key, _)| key)),
            }
        }
        settings
    }

    fn resource(&mut self, template: String, raw: Raw) -> Resource {
        let here = Place::resource(&template);
        let mut resource = Resource::at(template);
        for (key, raw) in self.table(&here, raw) {
            match key.as_str() {
                "origins" => resource.origins.0.extend(self.origins(&here, raw).0),
                "inherit" => resource.inherit = self.boolean(&here.key(&key), raw, true),
                "routes" => {
                    for (method, raw) in self.map(&here.key(&key), raw, "a table, such as { GET = {} }") {
                        let route = self.route(&resource.template, method, raw);
                        resource.routes.push(route);
                    }
                }
                _ => self.unknown(&here, &key, &["origins", "inherit", "routes"]),
            }
        }
        resource
    }

    fn route(&mut self, template: &str, method: String, raw: Raw) -> Route {
        let here = Place::route(template, &method);
        let mut route = Route::on(method);
        for (key, raw) in self.table(&here, raw) {
            match key.as_str() {
                "origins" => route.origins.0.extend(self.origins(&here, raw).0),
                "inherit" => route.inherit = self.boolean(&here.key(&key), raw, true),
                _ => self.unknown(&here, &key, &["origins", "inherit"]),
            }
        }
        route
    }

    fn origins(&mut self, level: &Place, raw: Raw) -> OriginMap {
        let items = self.map(&level.key("origins"), raw, "a table, such as { \"https://app.example\" = {} }");
        items
            .into_iter()
            .map(|(key, raw)| {
                let options = self.options(&level.pattern(first_pattern(&key)), raw);
                (key, options)
            })
            .collect()
    }

    fn options(&mut self, here: &Place, raw: Raw) -> ResourceOptions {
        let mut options = ResourceOptions::new();
        for (key, raw) in self.table(here, raw) {
            let place = here.key(&key);
            match key.as_str() {
                "allow_credentials" => options.allow_credentials = self.boolean(&place, raw, false),
                "allow_methods" => options.allow_methods = self.names(&place, raw),
                "allow_headers" => options.allow_headers = self.names(&place, raw),
                "expose_headers" => options.expose_headers = self.names(&place, raw),
                "max_age" => options.max_age = self.integer(&place, raw),
                "allow_timing" => options.allow_timing = self.boolean(&place, raw, false),
                _ => {
                    let known = [
                        "allow_credentials",
                        "allow_methods",
                        "allow_headers",
                        "expose_headers",
                        "max_age",
                        "allow_timing",
                    ];
                    self.unknown(here, &key, &known);
                }
            }
        }
        options
    }

    fn names(&mut self, place: &Place, raw: Raw) -> Option<Names> {
        match raw {
            Raw::Nothing => None,
            Raw::Text(text) if text == "*" => Some(Names::Any),
            Raw::List(_) => Some(Names::List(self.texts(place, raw))),
            Raw::Text(text) => {
                self.text_for_list(place, &text, ", or \"*\"");
                None
            }
            other => {
                self.wrong_type(place, other, "a list of names, or \"*\"");
                None
            }
        }
    }

    fn texts(&mut self, place: &Place, raw: Raw) -> Vec<String> {
        let items = match raw {
            Raw::List(items) => items,
            Raw::Text(text) => {
                self.text_for_list(place, &text, "");
                Vec::new()
            }
            other => {
                self.wrong_type(place, other, "a list of texts");
                Vec::new()
            }
        };
        let mut texts = Vec::new();
        for item in items {
            match item {
                Raw::Text(text) => texts.push(text),
                other => self.wrong_type(place, other, "a list of texts"),
            }
        }
        texts
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

    fn boolean(&mut self, place: &Place, raw: Raw, absent: bool) -> bool {
        match raw {
            Raw::Bool(value) => value,
            other => {
                self.wrong_type(place, other, "true or false, without quotation marks");
                absent
            }
        }
    }

    fn integer(&mut self, place: &Place, raw: Raw) -> Option<i64> {
        match raw {
            Raw::Integer(value) => Some(value),
            Raw::Nothing => None,
            other => {
                self.wrong_type(place, other, "a whole number, without quotation marks");
                None
            }
        }
    }
}
