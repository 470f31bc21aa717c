//! Origin sources as a policy asks them (S26), and what they answered.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::check::risks::is_insecure;
use crate::config::{CorsConfig, Keeping, OriginSource};
use crate::error::{ConfigError, ErrorKind, Place, Risk};
use crate::grammar::origin::Origin;
use crate::grammar::pattern::{SOURCE_NAME, is_source_name, source_name};
use crate::policy::origins::Found;
use crate::policy::paths::ResourceId;
use crate::policy::rules::{Pick, Policy, RouteRules};

/// How many sources a policy has at most: as many as [`Answers`] has bits.
const MOST: usize = u64::BITS as usize;

/// The sources of a policy that are named in a map.
#[derive(Default)]
pub(crate) struct Sources {
    /// In the order of their names.
    list: Vec<Source>,
    /// An insecure origin may have credentials (S22).
    accepts_insecure: bool,
}

pub(crate) struct Source {
    pub(crate) name: String,
    pub(crate) source: Arc<dyn OriginSource>,
    pub(crate) keeping: Keeping,
    /// Why it failed the last time.
    failure: Mutex<String>,
}

/// The place of a source among those of its policy, in the order of their names.
pub(crate) type SourceId = usize;

/// What the sources of a policy said of the origin of one request. Made by [`Cors::ask`](crate::Cors::ask), and given to the decision
/// with [`CorsRequest::answers`](crate::CorsRequest::answers). It means nothing to any other policy. By default no source was asked,
/// and so no origin belongs to one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    policy: u32,
    /// One bit for each source.
    asked: u64,
    yes: u64,
    failed: u64,
}

impl Answers {
    /// Nothing was asked.
    pub(crate) const NONE: Self = Self { policy: 0, asked: 0, yes: 0, failed: 0 };

    /// Was no source asked?
    pub fn is_empty(&self) -> bool {
        self.asked == 0
    }

    /// Did a question to a source fail?
    pub(crate) fn has_failures(&self) -> bool {
        self.failed != 0
    }

    /// None if the source was not asked.
    fn of(&self, source: SourceId) -> Option<bool> {
        (self.asked >> source & 1 != 0).then_some(self.yes >> source & 1 != 0)
    }
}

/// Who makes a request: an origin, as it was sent, and what the sources said of it.
#[derive(Clone, Copy)]
pub(crate) struct Sender<'a> {
    pub(crate) origin: &'a [u8],
    pub(crate) answers: &'a Answers,
}

/// How sure it is that a pattern matches.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    Certain,
    /// It is a source, which was not asked.
    Unasked(SourceId),
    /// It is a source, which said no.
    No,
}

impl Sources {
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    pub(crate) fn get(&self, source: SourceId) -> Option<&Source> {
        self.list.get(source)
    }

    fn find(&self, name: &str) -> Option<SourceId> {
        self.list.binary_search_by(|source| source.name.as_str().cmp(name)).ok()
    }
}

impl Source {
    fn failure(&self) -> String {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Policy {
    /// Does a pattern match that was found for an origin?
    pub(crate) fn matches(&self, found: Found, answers: &Answers) -> Match {
        let Found::Source(source) = found else { return Match::Certain };
        match answers.of(source).filter(|_| answers.policy == self.number) {
            Some(true) => Match::Certain,
            Some(false) => Match::No,
            None => Match::Unasked(source),
        }
    }

    /// S22: may an origin that a source admits have credentials?
    pub(crate) fn may_be_trusted(&self, origin: &[u8]) -> bool {
        self.sources.accepts_insecure || Origin::parse(origin).is_some_and(|origin| !is_insecure(&origin))
    }

    /// The source to ask next, of which the entry for this origin depends.
    pub(crate) fn question(
        &self,
        resource: ResourceId,
        route: Option<&RouteRules>,
        sender: Sender<'_>,
    ) -> Option<SourceId> {
        self.each_match(resource, route, sender.origin, |found, pick| {
            match self.matches(found, sender.answers) {
                Match::Unasked(source) => Some(Some(source)),
                Match::No => None,
                Match::Certain => pick.map(|_| None),
            }
        })?
    }

    /// S9: the entry that wins whatever the sources say that were not asked.
    pub(crate) fn certain_pick(
        &self,
        resource: ResourceId,
        route: Option<&RouteRules>,
        sender: Sender<'_>,
    ) -> Option<Pick> {
        self.each_match(resource, route, sender.origin, |found, pick| {
            let pick = pick?;
            match self.matches(found, sender.answers) {
                Match::Certain => Some(Some(pick)),
                Match::Unasked(_) => Some(None),
                Match::No => None,
            }
        })?
    }

    /// The answers of a request that asks nothing.
    pub(crate) fn no_answers(&self) -> Answers {
        Answers { policy: self.number, ..Answers::NONE }
    }

    /// Were the sources asked, if there are any?
    pub(crate) fn has_asked(&self, answers: Answers) -> bool {
        self.sources.is_empty() || answers.policy == self.number
    }

    /// The answers with one more.
    pub(crate) fn answered(&self, answers: Answers, source: SourceId, belongs: bool) -> Answers {
        let known = if answers.policy == self.number { answers } else { Answers::NONE };
        let bit = 1 << source;
        let yes = known.yes | if belongs { bit } else { 0 };
        Answers { policy: self.number, asked: known.asked | bit, yes, ..known }
    }

    /// The answers for an origin that the source of this pattern has, if it is one, and no other.
    pub(crate) fn answers_of_one(&self, pattern: &str) -> Answers {
        let source = source_name(pattern).and_then(|name| self.sources.find(name));
        source.map_or(Answers::NONE, |source| self.answered(Answers::NONE, source, true))
    }

    /// The answers of a policy, with the note that one source failed, and why.
    pub(crate) fn failed(&self, answers: Answers, source: SourceId, why: String) -> Answers {
        if let Some(source) = self.sources.list.get(source) {
            *source.failure.lock().unwrap_or_else(PoisonError::into_inner) = why;
        }
        Answers { failed: answers.failed | 1 << source, ..answers }
    }

    /// Each source that was asked, and what it said.
    pub(crate) fn said(&self, answers: Answers) -> impl Iterator<Item = (&str, bool)> {
        let sources = self.sources.list.iter().enumerate();
        sources.filter_map(move |(id, source)| {
            let answer = answers.of(id).filter(|_| answers.policy == self.number)?;
            Some((source.name.as_str(), answer))
        })
    }

    /// Each source that failed, and why it did so the last time.
    pub(crate) fn failures(&self, answers: Answers) -> impl Iterator<Item = (&str, String)> {
        let sources = self.sources.list.iter().enumerate();
        sources.filter_map(move |(id, source)| {
            let has_failed = answers.policy == self.number && answers.failed >> id & 1 != 0;
            has_failed.then(|| (source.name.as_str(), source.failure()))
        })
    }

    /// S22: the source that admits an origin which, since it is insecure, does not belong.
    pub(crate) fn admits_insecure(
        &self,
        resource: ResourceId,
        route: Option<&RouteRules>,
        sender: Sender<'_>,
    ) -> Option<&str> {
        self.each_match(resource, route, sender.origin, |found, pick| {
            let Found::Source(source) = found else { return None };
            let is_admitted = self.matches(found, sender.answers) == Match::Certain;
            (is_admitted && pick.is_none()).then_some(self.sources.list.get(source)?.name.as_str())
        })
    }
}

/// The sources that a configuration names, each with what it is bound to.
pub(super) fn sources(config: &CorsConfig, errors: &mut Vec<ConfigError>) -> Sources {
    let mut bound = BTreeMap::new();
    for binding in &config.sources {
        let place = Place::source(&binding.name);
        if !is_source_name(&binding.name) {
            errors.push(ConfigError::new(ErrorKind::InvalidSourceName, place, &binding.name, SOURCE_NAME));
        } else if bound.insert(binding.name.as_str(), &binding.source).is_some() {
            let help = "bind each name once";
            errors.push(ConfigError::new(ErrorKind::Duplicate, place, &binding.name, help));
        }
    }
    let mut settings = BTreeMap::new();
    for (name, source_settings) in &config.source_settings {
        let place = Place::source(name);
        for (key, value) in source_settings.values() {
            let value = value.filter(|value| !(0..=i64::from(i32::MAX)).contains(value));
            errors.extend(value.map(|value| {
                let help = "write a whole number from 0 to 2147483647";
                ConfigError::new(ErrorKind::SettingOutOfRange, place.key(key), value, help)
            }));
        }
        let (kind, help) = if !is_source_name(name) {
            (ErrorKind::InvalidSourceName, SOURCE_NAME.into())
        } else if settings.insert(name.as_str(), source_settings).is_some() {
            (ErrorKind::Duplicate, "write the settings of each source once".into())
        } else if !bound.contains_key(name.as_str()) {
            (ErrorKind::UnboundSource, unbound(name, "remove its settings"))
        } else {
            continue;
        };
        errors.push(ConfigError::new(kind, place, name, help));
    }
    let names = config.named_sources();
    if let Some(name) = names.iter().nth(MOST) {
        let help = format!("name at most {MOST} sources, and let one of them stand for several");
        errors.push(ConfigError::new(ErrorKind::TooManySources, Place::config(), *name, help));
    }
    let list = names.into_iter().take(MOST).filter_map(|name| {
        Some(Source {
            name: name.into(),
            source: (*bound.get(name)?).clone(),
            keeping: settings.get(name).map_or_else(Keeping::default, |settings| settings.keeping()),
            failure: Mutex::default(),
        })
    });
    Sources {
        list: list.collect(),
        accepts_insecure: config.accept_risks.contains(&Risk::InsecureOriginWithCredentials),
    }
}

/// What to do with a name to which nothing is bound.
pub(super) fn unbound(name: &str, or: &str) -> String {
    format!("bind it in code with `.source(\"{name}\", ..)`, or {or}")
}
