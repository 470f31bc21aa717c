//! Writing the file form of a configuration, to anything that serde writes (feature `serde`).

use serde::ser::{Error, Serialize, SerializeMap, Serializer};

use crate::config::enforce::Enforce;
use crate::config::{CorsConfig, Names, OriginMap, Resource, ResourceOptions, Route, SourceSettings};

/// In the form in which it is read; what has its default is left out.
impl Serialize for CorsConfig {
    /// A configuration that was read from a file with faults is not written: the faults would be lost.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(fault) = self.reading.first() {
            return Err(S::Error::custom(fault));
        }
        let mut map = serializer.serialize_map(None)?;
        if !self.accept_risks.is_empty() {
            let names: Vec<_> = self.accept_risks.iter().map(|risk| risk.name()).collect();
            map.serialize_entry("accept_risks", &names)?;
        }
        entry(&mut map, "preflight_status", self.preflight_status)?;
        entry(&mut map, "all_resources", self.all_resources.then_some(true))?;
        entry(&mut map, "excluded", (!self.excluded.is_empty()).then_some(&self.excluded))?;
        entry(&mut map, "diagnostics", self.diagnostics.then_some(true))?;
        if !self.defaults.0.is_empty() {
            map.serialize_entry("defaults", &Pairs([("origins", &self.defaults)].into_iter()))?;
        }
        let resources = self.resources.iter().map(|resource| (resource.template.as_str(), resource));
        if !self.resources.is_empty() {
            map.serialize_entry("resources", &Pairs(resources))?;
        }
        entry(&mut map, "enforce", self.enforce.as_ref())?;
        let settings = self.source_settings.iter().map(|(name, settings)| (name.as_str(), settings));
        if !self.source_settings.is_empty() {
            map.serialize_entry("sources", &Pairs(settings))?;
        }
        map.end()
    }
}

impl Serialize for Enforce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("mode", self.mode.name())?;
        entry(&mut map, "hosts", self.hosts.as_ref())?;
        entry(&mut map, "exempt", (!self.exempt.is_empty()).then_some(&self.exempt))?;
        map.end()
    }
}

impl Serialize for SourceSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (key, value) in self.values() {
            entry(&mut map, key, value)?;
        }
        map.end()
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "inherit", (!self.inherit).then_some(false))?;
        origins(&mut map, &self.origins)?;
        let routes = self.routes.iter().map(|route| (route.method.as_str(), route));
        if !self.routes.is_empty() {
            map.serialize_entry("routes", &Pairs(routes))?;
        }
        map.end()
    }
}

impl Serialize for Route {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "inherit", (!self.inherit).then_some(false))?;
        origins(&mut map, &self.origins)?;
        map.end()
    }
}

impl Serialize for ResourceOptions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "allow_credentials", self.allow_credentials.then_some(true))?;
        entry(&mut map, "allow_methods", self.allow_methods.as_ref())?;
        entry(&mut map, "allow_headers", self.allow_headers.as_ref())?;
        entry(&mut map, "expose_headers", self.expose_headers.as_ref())?;
        entry(&mut map, "max_age", self.max_age)?;
        entry(&mut map, "allow_timing", self.allow_timing.then_some(true))?;
        map.end()
    }
}

impl Serialize for Names {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Any => serializer.serialize_str("*"),
            Self::List(names) => names.serialize(serializer),
        }
    }
}

fn entry<M: SerializeMap, T: Serialize>(map: &mut M, key: &str, value: Option<T>) -> Result<(), M::Error> {
    value.map_or(Ok(()), |value| map.serialize_entry(key, &value))
}

fn origins<M: SerializeMap>(map: &mut M, origins: &OriginMap) -> Result<(), M::Error> {
    if origins.0.is_empty() {
        return Ok(());
    }
    map.serialize_entry("origins", origins)
}

impl Serialize for OriginMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// A table of named things.
struct Pairs<I>(I);

impl<'a, V: Serialize + 'a, I: Iterator<Item = (&'a str, &'a V)> + Clone> Serialize for Pairs<I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.clone())
    }
}
