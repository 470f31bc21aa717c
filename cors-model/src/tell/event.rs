//! What a program can see of a request that is refused or not shared (S30).

use std::borrow::Cow;
use std::fmt::{self, Write};

use crate::decide::Refusal;
use crate::tell::request::Told;
use crate::tell::text::{Bounded, escaped};

/// A request that is refused or not shared, or what a second policy would change about it ([S27, S30](crate::rules)).
///
/// It prints as one line of at most 1,024 bytes of visible ASCII and spaces, in which everything else is written as `\xNN`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Event<'a> {
    pub(crate) kind: EventKind,
    pub(crate) reason: Option<Refusal>,
    pub(crate) request: &'a Told<'a>,
    pub(crate) resource: Option<&'a str>,
    pub(crate) rule: &'static str,
    pub(crate) missing: &'a str,
    pub(crate) source: Option<&'a str>,
    /// Why a source failed. Of a preflight: what was asked and what would be allowed, for the log (S11).
    pub(crate) detail: &'a str,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// A preflight was refused.
    Refused,
    /// The response of a cross-origin request was not shared with the page that made it.
    NotShared,
    /// The policy in [report-only mode](crate::Attached) would share what the one that serves does not, or allow credentials.
    WouldGain,
    /// The policy in report-only mode would not share what the one that serves does, or not allow credentials.
    WouldLose,
    /// Enforcement refused a request ([S28](crate::rules)).
    Enforced,
    /// Enforcement would have refused a request, but its mode is `report`.
    WouldEnforce,
    /// A question to an origin source failed ([S26](crate::rules)).
    SourceFailed,
    /// A preflight asked for a path that is no resource, and was left to the application. For the log alone.
    Unregistered,
    /// The path can be read in several ways that lead to different rules, so that nothing is shared ([S24](crate::rules)). For the log alone.
    Ambiguous,
}

impl EventKind {
    /// A stable name, for labels and for other programs: `not-shared`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NotShared => "not-shared",
            Self::WouldGain => "would-gain",
            Self::WouldLose => "would-lose",
            Self::Enforced => "enforced",
            Self::WouldEnforce => "would-enforce",
            Self::SourceFailed => "source-failed",
            Self::Unregistered => "unregistered",
            Self::Ambiguous => "ambiguous",
        }
    }

    /// Is it for the log at debug alone?
    pub(crate) fn is_detail(self) -> bool {
        matches!(self, Self::Unregistered | Self::Ambiguous)
    }
}

impl Event<'_> {
    /// What happened.
    pub fn kind(&self) -> EventKind {
        self.kind
    }

    /// Why the request is refused or not shared; for what a second policy would change, why one of the two does not share it. None where
    /// only credentials differ, where the path is no resource of that policy, and where a source failed.
    pub fn reason(&self) -> Option<Refusal> {
        self.reason
    }

    /// The `Origin` header as it was sent, several lines joined by commas. None without such a line.
    pub fn origin(&self) -> Option<&[u8]> {
        self.request.origin.as_deref()
    }

    /// The same, with everything but visible ASCII and spaces written as `\xNN`. Empty without such a line.
    pub fn origin_text(&self) -> Cow<'_, str> {
        escaped(self.origin().unwrap_or_default())
    }

    /// The method of the request as it was sent; of a preflight the one that it asks for.
    pub fn method(&self) -> &[u8] {
        &self.request.method
    }

    /// The same, with everything but visible ASCII and spaces written as `\xNN`.
    pub fn method_text(&self) -> Cow<'_, str> {
        escaped(self.method())
    }

    /// The path as it was sent, without the query.
    pub fn path(&self) -> &str {
        self.request.path
    }

    /// The same, with everything but visible ASCII and spaces written as `\xNN`.
    pub fn path_text(&self) -> Cow<'_, str> {
        escaped(self.path().as_bytes())
    }

    /// The template of the resource, as the configuration has it. None where the path is not registered.
    pub fn resource(&self) -> Option<&str> {
        self.resource
    }

    /// The rule that decided, as the project's page of rules numbers them: `S1`.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// What the policy lacks, in visible ASCII and spaces: the requested headers that are not allowed, joined by commas; the method that
    /// is not enabled; `credentials`, where a second policy differs in these alone. Empty for any other reason.
    pub fn missing(&self) -> &str {
        self.missing
    }

    /// The name of the origin source that failed, or that has an insecure origin which therefore does not belong ([S22](crate::rules)).
    pub fn source(&self) -> Option<&str> {
        self.source
    }

    /// Why the origin source failed, in visible ASCII and spaces, shortened.
    pub fn failure(&self) -> Option<&str> {
        (self.kind == EventKind::SourceFailed).then_some(self.detail)
    }

    fn write(&self, text: &mut Bounded) -> fmt::Result {
        text.write_str(self.kind.name())?;
        text.write_str(": ")?;
        if let Some(reason) = self.reason {
            write!(text, "reason {}, ", reason.name())?;
        }
        write!(text, "rule {}", self.rule)?;
        text.quote("method", self.method(), 32)?;
        text.quote("path", self.path().as_bytes(), 224)?;
        if let Some(resource) = self.resource {
            text.quote("resource", resource.as_bytes(), 128)?;
        }
        if let Some(origin) = self.origin() {
            text.quote("origin", origin, 224)?;
        }
        if !self.missing.is_empty() {
            text.quote("missing", self.missing.as_bytes(), 128)?;
        }
        if let Some(source) = self.source {
            text.quote("source", source.as_bytes(), 64)?;
        }
        match self.failure() {
            Some(why) => text.quote("why", why.as_bytes(), 128),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Bounded::default();
        // It fails only where there is no room for more.
        let _ = self.write(&mut text);
        f.write_str(&text.0)
    }
}
