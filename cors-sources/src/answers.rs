//! Kept answers, with the time at which each was given.

use std::time::Duration;

use cors_model::Keeping;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, UnitWeighter};
use tokio::time::Instant;

use crate::shown::{Borrowed, Question};

/// Answers in bounded memory. Those that are not asked for make room.
pub(crate) struct Answers(Cache<Question, Answer>);

/// An answer. How long it counts is decided when it is read, so that settings of a new policy apply to it, too.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Answer {
    pub(crate) belongs: bool,
    at: Instant,
}

impl Answers {
    pub(crate) fn new() -> Self {
        // With one shard the bound is exact. No answer needs any room before there is one.
        let options = OptionsBuilder::new().shards(1).estimated_items_capacity(0).weight_capacity(0).build();
        let (hasher, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        Self(match options {
            Ok(options) => Cache::with_options(options, UnitWeighter, hasher, lifecycle),
            Err(_) => Cache::new(0),
        })
    }

    /// The last known answer, however old it is.
    pub(crate) fn last(&self, question: &Borrowed<'_>) -> Option<Answer> {
        self.0.get(question)
    }

    pub(crate) fn keep(&self, question: Question, belongs: bool, keeping: &Keeping) {
        let answer = Answer { belongs, at: Instant::now() };
        if answer.time(keeping, keeping.stale_if_error).is_zero() {
            self.0.remove(&question);
            return;
        }
        let capacity = keeping.max_entries as u64;
        if self.0.capacity() != capacity {
            self.0.set_capacity(capacity);
        }
        self.0.insert(question, answer);
    }

    /// Removes every answer about an origin.
    pub(crate) fn forget(&self, origin: &str) {
        self.0.retain(|question, _| question.origin() != origin);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Answer {
    /// Does it count without asking?
    pub(crate) fn is_fresh(&self, keeping: &Keeping) -> bool {
        self.at.elapsed() < self.time(keeping, Duration::ZERO)
    }

    /// Does it count where the source fails? RFC 5861, section 4.
    pub(crate) fn is_usable_if_error(&self, keeping: &Keeping) -> bool {
        !keeping.stale_if_error.is_zero() && self.at.elapsed() < self.time(keeping, keeping.stale_if_error)
    }

    fn time(&self, keeping: &Keeping, past_its_end: Duration) -> Duration {
        let time = if self.belongs { keeping.ttl } else { keeping.negative_ttl };
        time.saturating_add(past_its_end)
    }
}
