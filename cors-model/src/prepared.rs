//! Header lines of an answer, made once when a configuration is built.

use http::{HeaderMap, HeaderValue};

use crate::header::ResponseField;
use crate::value::Value;

static VARY: Value = Value::fixed("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
static PLAIN_TEXT: Value = Value::fixed("text/plain; charset=utf-8");

/// The lines with which the answer to a preflight begins. Those that depend on the request follow.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    lines: Vec<(ResponseField, Value)>,
    to_follow: usize,
    /// All lines; those that follow are empty, so that a copy has room for them.
    http: HeaderMap,
}

impl Prepared {
    /// `Vary` and these lines, with room for those that follow.
    pub(crate) fn new(
        lines: impl IntoIterator<Item = (ResponseField, Value)>,
        following: &[ResponseField],
    ) -> Self {
        let mut all = vec![(ResponseField::Vary, VARY.clone())];
        all.extend(lines);
        // A full map grows even where a line is replaced.
        let mut http = HeaderMap::with_capacity(all.len() + following.len() + 1);
        http.extend(all.iter().map(|(field, value)| (field.http(), value.http().clone())));
        http.extend(following.iter().map(|field| (field.http(), HeaderValue::from_static(""))));
        Self { lines: all, to_follow: following.len(), http }
    }

    /// The lines of every refusal.
    pub(crate) fn refusal() -> Self {
        Self::new([(ResponseField::ContentType, PLAIN_TEXT.clone())], &[])
    }

    /// The lines.
    pub fn lines(&self) -> &[(ResponseField, Value)] {
        &self.lines
    }

    /// How many lines follow.
    pub fn to_follow(&self) -> usize {
        self.to_follow
    }

    /// For a framework on the `http` crate: all lines, with an empty value for each that follows and will be set in its place.
    pub fn http(&self) -> &HeaderMap {
        &self.http
    }
}
