//! Events in the log, through `tracing` (S30). Programs that use `log` alone see them, too.

use std::hash::Hash;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Instant;

use tracing::level_filters::LevelFilter;
use tracing::{Level, dispatcher, enabled};

use crate::decide::Refusal;
use crate::tell::event::{Event, EventKind};
use crate::tell::text::shortened;
use crate::tell::throttle::Throttle;

/// The target of all events.
pub(super) const TARGET: &str = "cors";

static WARNED: LazyLock<Mutex<Throttle>> = LazyLock::new(Mutex::default);

/// Might anything be logged?
#[inline]
pub(crate) fn is_on() -> bool {
    LevelFilter::current() >= LevelFilter::WARN || ::log::max_level() >= ::log::LevelFilter::Warn
}

pub(crate) fn shows_details() -> bool {
    enabled!(target: TARGET, Level::DEBUG)
        || is_log_alone() && ::log::log_enabled!(target: TARGET, ::log::Level::Debug)
}

pub(super) fn shows_warnings() -> bool {
    enabled!(target: TARGET, Level::WARN)
        || is_log_alone() && ::log::log_enabled!(target: TARGET, ::log::Level::Warn)
}

/// Where there is no subscriber, `tracing` writes what it is given to `log`.
fn is_log_alone() -> bool {
    !dispatcher::has_been_set()
}

/// At debug each event; at warn one a minute for each reason, origin and resource.
pub(crate) fn write(event: &Event<'_>) {
    if shows_details() {
        Line::of(event).debug(event);
    }
    if !event.kind.is_detail() && shows_warnings() {
        let mut warned = WARNED.lock().unwrap_or_else(PoisonError::into_inner);
        let admitted = warned.admit(key(event), Instant::now());
        drop(warned);
        if let Some(left_out) = admitted {
            Line::of(event).warn(event, left_out);
        }
    }
}

/// What is warned of once a minute: what serves and what a second policy would change apart, each by reason, origin and resource.
fn key<'a>(event: &'a Event<'_>) -> impl Hash + 'a {
    let kind = match event.kind {
        EventKind::WouldGain | EventKind::WouldLose | EventKind::SourceFailed => Some(event.kind),
        _ => None,
    };
    (kind, event.reason, event.origin(), event.resource, event.source)
}

/// The texts of an event that strangers or a configuration had a part in, as they are logged.
struct Line {
    origin: Option<String>,
    method: String,
    path: String,
    resource: Option<String>,
    missing: Option<String>,
}

macro_rules! emit {
    ($level:expr, $line:expr, $event:expr, $($more:tt)*) => {
        tracing::event!(
            target: TARGET,
            $level,
            event = $event.kind.name(),
            reason = $event.reason.map(Refusal::name),
            origin = $line.origin.as_deref(),
            method = $line.method.as_str(),
            path = $line.path.as_str(),
            resource = $line.resource.as_deref(),
            rule = $event.rule,
            missing = $line.missing.as_deref(),
            source = $event.source,
            $($more)*
        )
    };
}

impl Line {
    fn of(event: &Event<'_>) -> Self {
        let text = |text: &str| shortened(text.as_bytes());
        Self {
            origin: event.origin().map(shortened),
            method: shortened(event.method()),
            path: text(event.path()),
            resource: event.resource.map(text),
            missing: Some(event.missing).filter(|missing| !missing.is_empty()).map(text),
        }
    }

    fn debug(&self, event: &Event<'_>) {
        // A refused preflight has a sentence of its own (S11).
        let text = if event.detail.is_empty() { sentence(event.kind) } else { event.detail };
        emit!(Level::DEBUG, self, event, "{text}");
    }

    fn warn(&self, event: &Event<'_>, left_out: u64) {
        let sentence = sentence(event.kind);
        match event.failure() {
            Some(why) => emit!(Level::WARN, self, event, left_out, "{sentence}: {why}"),
            None => emit!(Level::WARN, self, event, left_out, "{sentence}"),
        }
    }
}

fn sentence(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Refused => "CORS refused a preflight",
        EventKind::NotShared => "CORS did not share a response",
        EventKind::WouldGain => "the next CORS policy would share more",
        EventKind::WouldLose => "the next CORS policy would share less",
        EventKind::Enforced => "CORS enforcement refused a request",
        EventKind::WouldEnforce => "CORS enforcement would refuse a request",
        EventKind::SourceFailed => "a source of CORS origins failed",
        EventKind::Unregistered => "a preflight asked for a path that is not a CORS resource",
        EventKind::Ambiguous => "CORS shared nothing at a path that can be read in several ways",
    }
}
