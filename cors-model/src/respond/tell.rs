//! Whether there is anything to tell of a decision, and to whom (S27, S30). Usually that takes a look at a flag or two.

use crate::config::enforce::Mode;
use crate::decide::{CorsRequest, Reply, RequestHeaders, Target, Verdict};
use crate::grammar::header::RequestField;
use crate::respond::Current;
use crate::tell::compare::compare;
use crate::tell::find::{Details, events};
use crate::tell::observers::{Observers, details, is_on};
use crate::tell::request::Told;
use crate::tell::text::shortened;
use crate::tell::{Event, EventKind};

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Not a resource.
    LeftAlone,
    Shared,
    /// Of a request without an `Origin` line there is nothing to tell.
    Unshared,
    Refused,
}

impl Reply {
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Preflight(preflight) if preflight.outcome.is_ok() => Outcome::Shared,
            Self::Preflight(_) | Self::Refused(_) => Outcome::Refused,
        }
    }
}

impl Verdict {
    pub(super) fn outcome(&self) -> Outcome {
        match self {
            Self::Pass => Outcome::LeftAlone,
            Self::Answer(reply) => reply.outcome(),
            Self::Actual(actual) if actual.grant.is_some() => Outcome::Shared,
            Self::Actual(_) => Outcome::Unshared,
        }
    }
}

impl Current<'_> {
    #[inline]
    pub(super) fn tell<H>(&self, outcome: impl FnOnce() -> Outcome, request: &CorsRequest<'_, H>)
    where
        H: RequestHeaders + ?Sized,
    {
        let somebody_listens = self.attached.extras.0.is_some() || is_on();
        if !somebody_listens {
            return;
        }
        if request.answers.has_failures() {
            for (source, why) in self.cors.0.failures(request.answers) {
                self.tell_failure(source, &why, request);
            }
        }
        if self.may_be_told(outcome(), request) {
            self.tell_now(request);
        }
    }

    fn may_be_told<H>(&self, outcome: Outcome, request: &CorsRequest<'_, H>) -> bool
    where
        H: RequestHeaders + ?Sized,
    {
        let has_second = self.attached.extras.second().is_some();
        let has_origin = || request.headers.lines(RequestField::Origin).next().is_some();
        let enforcement = self.cors.0.enforcement.as_ref();
        match outcome {
            Outcome::Refused => true,
            _ if enforcement.is_some_and(|enforcement| enforcement.mode == Mode::Report) => true,
            Outcome::LeftAlone => (has_second || details() == Details::Wanted) && has_origin(),
            Outcome::Shared => has_second && has_origin(),
            Outcome::Unshared => has_origin(),
        }
    }

    #[cold]
    fn tell_now<H: RequestHeaders + ?Sized>(&self, request: &CorsRequest<'_, H>) {
        let told = Told::of(request);
        events(&self.cors, request, &told, details(), |event| self.show(event));
        if let Some(second) = self.attached.extras.second() {
            let next = second.serving.load();
            let target = second.resource_of(&next).map_or(request.target, Target::Resource);
            compare(&self.cors, &next, target, request, &told, |event| self.show(event));
        }
    }

    /// Tells that a question to an origin source failed (S26).
    #[cold]
    fn tell_failure<H>(&self, source: &str, why: &str, request: &CorsRequest<'_, H>)
    where
        H: RequestHeaders + ?Sized,
    {
        let told = Told::of(request);
        let event = Event::new(EventKind::SourceFailed, None, &told);
        self.show(&Event { source: Some(source), detail: &shortened(why.as_bytes()), ..event });
    }

    fn show(&self, event: &Event<'_>) {
        match &self.attached.extras.0 {
            Some(extras) => extras.observers.show(event),
            None => Observers::default().show(event),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use http::HeaderMap;

    use super::*;
    use crate::config::CorsConfig;
    use crate::respond::Attached;

    #[test]
    fn s26_a_failure_of_a_source_has_its_name() {
        let (events, seen) = mpsc::channel();
        let attached = Attached::from(CorsConfig::new().build().unwrap()).observe(move |event| {
            events.send(event.to_string()).unwrap();
        });
        let headers = HeaderMap::new();
        attached.current().tell_failure("tenants", "no\nroute", &CorsRequest::new("/r?x", "GET", &headers));
        let line =
            "source-failed: rule S26, method \"GET\", path \"/r\", source \"tenants\", why \"no\\x0Aroute\"";
        assert_eq!(seen.try_iter().collect::<Vec<_>>(), [line]);
    }
}
