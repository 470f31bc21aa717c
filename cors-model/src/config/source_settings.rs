//! How the answers of a source are kept (S26).

use std::time::Duration;

/// How the answers of an origin source are kept, as `[sources.NAME]` in a file. Only sources that are awaited keep answers; a
/// function is asked each time.
///
/// ```
/// use std::time::Duration;
/// use cors_model::{CorsConfig, SourceSettings};
///
/// let settings = SourceSettings::new().ttl(Duration::from_secs(300)).timeout(Duration::from_millis(200));
/// let config = CorsConfig::new().source_settings("tenants", settings);
/// # let _ = config;
/// ```
#[must_use]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceSettings {
    pub(crate) ttl: Option<i64>,
    pub(crate) negative_ttl: Option<i64>,
    pub(crate) max_entries: Option<i64>,
    pub(crate) timeout_ms: Option<i64>,
    pub(crate) stale_if_error: Option<i64>,
}

impl SourceSettings {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// How long a yes is kept, in whole seconds; 0 keeps none. Default: 60 seconds.
    pub fn ttl(mut self, time: Duration) -> Self {
        self.ttl = Some(whole(time.as_secs().into()));
        self
    }

    /// How long a no is kept, in whole seconds; 0 keeps none. Default: 5 seconds.
    pub fn negative_ttl(mut self, time: Duration) -> Self {
        self.negative_ttl = Some(whole(time.as_secs().into()));
        self
    }

    /// How many answers are kept at most. Default: 10,000.
    pub fn max_entries(mut self, entries: u32) -> Self {
        self.max_entries = Some(entries.into());
        self
    }

    /// How long a request waits for an answer, in whole milliseconds. After that the answer is no. Default: 500 milliseconds.
    pub fn timeout(mut self, time: Duration) -> Self {
        self.timeout_ms = Some(whole(time.as_millis()));
        self
    }

    /// For how long past its end the last known answer is used when the source fails, in whole seconds. Default: 0, not at all.
    pub fn stale_if_error(mut self, time: Duration) -> Self {
        self.stale_if_error = Some(whole(time.as_secs().into()));
        self
    }

    /// Each key of a file with its value.
    pub(crate) fn values(&self) -> [(&'static str, Option<i64>); 5] {
        [
            ("ttl", self.ttl),
            ("negative_ttl", self.negative_ttl),
            ("max_entries", self.max_entries),
            ("timeout_ms", self.timeout_ms),
            ("stale_if_error", self.stale_if_error),
        ]
    }

    /// With the defaults, where nothing is out of range.
    pub(crate) fn keeping(&self) -> Keeping {
        let or = |value: Option<i64>, default| value.map_or(default, i64::unsigned_abs);
        let seconds = |value, default| Duration::from_secs(or(value, default));
        Keeping {
            ttl: seconds(self.ttl, 60),
            negative_ttl: seconds(self.negative_ttl, 5),
            max_entries: usize::try_from(or(self.max_entries, 10_000)).unwrap_or(usize::MAX),
            timeout: Duration::from_millis(or(self.timeout_ms, 500)),
            stale_if_error: seconds(self.stale_if_error, 0),
        }
    }
}

impl Default for Keeping {
    fn default() -> Self {
        SourceSettings::new().keeping()
    }
}

/// Out of range is an error when it is built.
fn whole(number: u128) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// [`SourceSettings`] that were checked, as a source gets them with each question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Keeping {
    /// How long a yes is kept.
    pub ttl: Duration,
    /// How long a no is kept.
    pub negative_ttl: Duration,
    /// How many answers are kept at most.
    pub max_entries: usize,
    /// How long a request waits for an answer.
    pub timeout: Duration,
    /// For how long past its end the last known answer is used when the source fails.
    pub stale_if_error: Duration,
}
