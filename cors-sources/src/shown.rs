//! What a look-up is shown, which is also the key of its kept answer.

use std::hash::{Hash, Hasher};

use cors_model::Asked;
use quick_cache::Equivalent;

/// What a look-up is shown: the name of the source and the origin; also the host and the resource, if the binding asks for them. It is
/// the key under which the answer is kept, so what is not shown cannot make a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    source: Box<str>,
    origin: Box<str>,
    host: Option<Box<str>>,
    template: Option<Box<str>>,
    parameters: Vec<(Box<str>, Box<str>)>,
}

impl Question {
    /// The name of the source, without the `@`.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The origin, such as `https://app.example`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The host of the request, with its port if it has one, as it was sent. None without [`Kept::by_host`](crate::Kept::by_host), and
    /// where the request has no host.
    pub fn host(&self) -> Option<&str> {
        self.host.as_deref()
    }

    /// The template of the resource. None without [`Kept::by_resource`](crate::Kept::by_resource), and where only `all_resources` covers
    /// the path.
    pub fn template(&self) -> Option<&str> {
        self.template.as_deref()
    }

    /// The value of a parameter of the template, percent-encoded as it was sent. None without
    /// [`Kept::by_resource`](crate::Kept::by_resource), and where the template has no such parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| **known == *name).map(|(_, value)| &**value)
    }

    /// The parts in the order in which they are hashed.
    fn parts(&self) -> Parts<'_, impl Iterator<Item = (&str, &str)>> {
        Parts {
            source: &self.source,
            origin: &self.origin,
            host: self.host.as_deref(),
            template: self.template.as_deref(),
            parameters: self.parameters.iter().map(|(name, value)| (&**name, &**value)),
        }
    }
}

impl Hash for Question {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

/// What a binding asks for beside the name and the origin.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shows {
    pub(crate) host: bool,
    pub(crate) resource: bool,
}

/// A question that borrows the request, so that nothing is copied where its answer is kept.
pub(crate) struct Borrowed<'a> {
    pub(crate) asked: &'a Asked<'a>,
    pub(crate) shows: Shows,
}

impl<'a> Borrowed<'a> {
    fn parts(&self) -> Parts<'a, impl Iterator<Item = (&'a str, &'a str)> + use<'a>> {
        let shows_resource = self.shows.resource;
        Parts {
            source: self.asked.source(),
            origin: self.asked.origin(),
            host: self.asked.host().filter(|_| self.shows.host),
            template: self.asked.template().filter(|_| shows_resource),
            parameters: self.asked.parameters().filter(move |_| shows_resource),
        }
    }

    pub(crate) fn question(&self) -> Question {
        let Parts { source, origin, host, template, parameters } = self.parts();
        Question {
            source: source.into(),
            origin: origin.into(),
            host: host.map(Into::into),
            template: template.map(Into::into),
            parameters: parameters.map(|(name, value)| (name.into(), value.into())).collect(),
        }
    }
}

impl Hash for Borrowed<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.parts().hash(state);
    }
}

impl Equivalent<Question> for Borrowed<'_> {
    fn equivalent(&self, key: &Question) -> bool {
        let (own, other) = (self.parts(), key.parts());
        (own.source, own.origin, own.host, own.template)
            == (other.source, other.origin, other.host, other.template)
            && own.parameters.eq(other.parameters)
    }
}

struct Parts<'a, P> {
    source: &'a str,
    origin: &'a str,
    host: Option<&'a str>,
    template: Option<&'a str>,
    parameters: P,
}

impl<'a, P: Iterator<Item = (&'a str, &'a str)>> Parts<'a, P> {
    fn hash<H: Hasher>(self, state: &mut H) {
        (self.source, self.origin, self.host, self.template).hash(state);
        self.parameters.for_each(|parameter| parameter.hash(state));
    }
}
