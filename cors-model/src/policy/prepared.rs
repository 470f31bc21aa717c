//! Header lines of an answer, made once when a configuration is built.

use http::{HeaderMap, HeaderValue};

use crate::grammar::header::ResponseField;
use crate::policy::value::Value;

static VARY: Value = Value::fixed("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
static PLAIN_TEXT: Value = Value::fixed("text/plain; charset=utf-8");

const EMPTY: HeaderValue = HeaderValue::from_static("");

/// How many lines fill an `http` map before it grows.
const FULL: usize = 6;

/// The lines with which the answer to a preflight begins. Those that depend on the request follow.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    lines: Vec<(ResponseField, Value)>,
    to_follow: usize,
    methods: Option<Value>,
    http: Option<HeaderMap>,
}

impl Prepared {
    /// `Vary` and these lines; others follow, and the methods, for which this is the most usual value.
    pub(crate) fn allowed(
        lines: impl IntoIterator<Item = (ResponseField, Value)>,
        methods: Option<Value>,
        following: &[ResponseField],
    ) -> Self {
        let mut all = vec![(ResponseField::Vary, VARY.clone())];
        all.extend(lines);
        let to_follow = following.len() + 1;
        let http = (all.len() + to_follow == FULL).then(|| {
            // A full map grows even where a line is replaced.
            let mut http = HeaderMap::with_capacity(FULL + 1);
            http.extend(all.iter().map(|(field, value)| (field.http(), value.http().clone())));
            http.extend(following.iter().map(|field| (field.http(), EMPTY)));
            let methods = methods.as_ref().map_or(EMPTY, |methods| methods.http().clone());
            http.insert(ResponseField::AllowMethods.http(), methods);
            http
        });
        Self { lines: all, to_follow, methods, http }
    }

    /// The lines of every refusal.
    pub(crate) fn refused() -> Self {
        let lines = [(ResponseField::Vary, VARY.clone()), (ResponseField::ContentType, PLAIN_TEXT.clone())];
        Self { lines: lines.into(), ..Self::default() }
    }

    /// The lines.
    pub fn lines(&self) -> &[(ResponseField, Value)] {
        &self.lines
    }

    /// How many lines follow.
    pub fn to_follow(&self) -> usize {
        self.to_follow
    }

    /// `Access-Control-Allow-Methods` for a resource without routes; none where that is the requested method.
    pub(crate) fn methods(&self) -> Option<&Value> {
        self.methods.as_ref()
    }

    /// For a framework on the `http` crate: all lines at once, these methods among them, with an empty value for each other line that will
    /// be set in its place. A copy is cheaper than line by line, but has no room for lines that servers add, such as the length of the
    /// body. So there is none where a map that was filled line by line would still have room.
    pub(crate) fn http(&self) -> Option<&HeaderMap> {
        self.http.as_ref()
    }
}
