//! What a file holds, whatever it should hold.

use std::fmt;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::ErrorValue;

/// What a file holds, before it is checked. Repeated keys are kept.
pub(super) enum Raw {
    Nothing,
    Bool(bool),
    Integer(i64),
    Text(String),
    List(Vec<Raw>),
    Map(Vec<(String, Raw)>),
    /// A type that a configuration never uses.
    Other(&'static str),
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a CORS configuration")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Raw, E> {
        Ok(Raw::Integer(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Raw, E> {
        // Out of every allowed range, which is an error when it is built.
        Ok(Raw::Integer(i64::try_from(value).unwrap_or(i64::MAX)))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Other("a fraction"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Raw, E> {
        Ok(Raw::Text(value.into()))
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Raw, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(items)).map(Raw::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(item) = items.next_entry()? {
            map.push(item);
        }
        Ok(Raw::Map(map))
    }
}

impl Raw {
    pub(super) fn describe(self) -> ErrorValue {
        match self {
            Self::Nothing => ErrorValue::Bare("null".into()),
            Self::Bool(value) => ErrorValue::Bare(value.to_string()),
            Self::Integer(value) => value.into(),
            Self::Text(text) => ErrorValue::Text(text),
            Self::List(_) => ErrorValue::Bare("a list".into()),
            Self::Map(_) => ErrorValue::Bare("a table".into()),
            Self::Other(what) => ErrorValue::Bare(what.into()),
        }
    }
}
