//! Writing the file form of a configuration, to anything that serde writes (feature `serde`).

use serde::ser::{Error, Serialize, SerializeMap, Serializer};

use crate::config::enforce::{Enforce, Mode};
use crate::config::{CorsConfig, Names, OriginMap, Resource, ResourceOptions, Route, SourceSettings};

/// In the form in which it is read; what has its default is left out.
impl Serialize for CorsConfig {
    /// A configuration that was read from a file with faults is not written: the faults would be lost.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(fault) = self.reading.first() {
            return Err(S::Error::custom(fault));
        }
        let mut map = serializer.serialize_map(None)?;
        let risks: Vec<_> = self.accept_risks.iter().map(|risk| risk.name()).collect();
        entry(&mut map, "accept_risks", filled(&risks))?;
        entry(&mut map, "preflight_status", self.preflight_status)?;
        entry(&mut map, "all_resources", self.all_resources.then_some(true))?;
        entry(&mut map, "excluded", filled(&self.excluded))?;
        entry(&mut map, "diagnostics", self.diagnostics.then_some(true))?;
        let defaults = filled(&self.defaults.0).map(|_| ("origins", &self.defaults));
        table(&mut map, "defaults", defaults.into_iter())?;
        let resources = self.resources.iter().map(|resource| (resource.template.as_str(), resource));
        table(&mut map, "resources", resources)?;
        entry(&mut map, "enforce", self.enforce.as_ref())?;
        let settings = self.source_settings.iter().map(|(name, settings)| (name.as_str(), settings));
        table(&mut map, "sources", settings)?;
        map.end()
    }
}

impl Serialize for Enforce {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mode = match self.mode {
            Mode::Refuse => "refuse",
            Mode::Report => "report",
        };
        map.serialize_entry("mode", mode)?;
        entry(&mut map, "hosts", self.hosts.as_ref())?;
        entry(&mut map, "exempt", filled(&self.exempt))?;
        map.end()
    }
}

impl Serialize for SourceSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.values().into_iter().filter_map(|(key, value)| Some((key, value?))))
    }
}

impl Serialize for Resource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "inherit", (!self.inherit).then_some(false))?;
        table(&mut map, "origins", self.origins.iter())?;
        table(&mut map, "routes", self.routes.iter().map(|route| (route.method.as_str(), route)))?;
        map.end()
    }
}

impl Serialize for Route {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        entry(&mut map, "inherit", (!self.inherit).then_some(false))?;
        table(&mut map, "origins", self.origins.iter())?;
        map.end()
    }
}

impl Serialize for OriginMap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
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

fn filled<T>(list: &[T]) -> Option<&[T]> {
    (!list.is_empty()).then_some(list)
}

/// A table of named things, if there are any.
fn table<'a, M: SerializeMap, V: Serialize + 'a>(
    map: &mut M,
    key: &str,
    things: impl Iterator<Item = (&'a str, &'a V)>,
) -> Result<(), M::Error> {
    let things: Vec<_> = things.collect();
    entry(map, key, filled(&things).map(Table))
}

struct Table<'a, V>(&'a [(&'a str, &'a V)]);

impl<V: Serialize> Serialize for Table<'_, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
