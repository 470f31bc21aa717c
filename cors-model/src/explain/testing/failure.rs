//! A response that is not what the policy decides.

use std::fmt;

use http::{HeaderMap, HeaderName, header};

use super::cause::Cause;
use super::expected::{Difference, Expected, OWNED, TIMING, has_owned};
use super::question::Question;

/// A response that is not what the policy decides. It prints the request, what came, what was expected, and the usual causes.
#[derive(Clone, Debug)]
pub struct Failure(pub(super) Box<Inner>);

#[derive(Clone, Debug)]
pub(super) struct Inner {
    pub(super) question: Question,
    pub(super) expected: Expected,
    pub(super) status: u16,
    pub(super) received: HeaderMap,
    pub(super) wrong: Vec<Difference>,
}

impl Failure {
    /// The question.
    pub fn question(&self) -> &Question {
        &self.0.question
    }

    /// The status that came.
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// What usually causes such a response, the likeliest first.
    pub fn causes(&self) -> Vec<Cause> {
        self.0.causes()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { question, expected, status, received, wrong } = &*self.0;
        writeln!(f, "{question}")?;
        writeln!(f, "asks at {}", question.about())?;
        writeln!(f, "got {status}{}", without(received))?;
        lines(f, received)?;
        match expected.status {
            Some(status) => writeln!(f, "expected {status}{}", without(&expected.headers))?,
            None => writeln!(f, "expected any status{}", without(&expected.headers))?,
        }
        lines(f, &expected.headers)?;
        let wrong: Vec<_> = wrong.iter().map(Difference::to_string).collect();
        writeln!(f, "wrong: {}", wrong.join(", "))?;
        writeln!(f, "usual causes:")?;
        self.causes().iter().try_for_each(|cause| writeln!(f, "  - {cause}"))
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => f.write_str("the status"),
            Self::Line(name) => write!(f, "{name}"),
            Self::Repeated(name) => write!(f, "{name}, which is there more than once"),
        }
    }
}

/// Headers that say something about CORS or about who answered.
fn is_shown(name: &HeaderName) -> bool {
    let about = [header::VARY, header::ALLOW, header::LOCATION, header::WWW_AUTHENTICATE];
    OWNED.contains(name) || about.contains(name) || *name == TIMING
}

fn without(headers: &HeaderMap) -> &'static str {
    if has_owned(headers) { "" } else { ", without Access-Control headers" }
}

fn lines(f: &mut fmt::Formatter<'_>, headers: &HeaderMap) -> fmt::Result {
    let mut lines: Vec<_> = headers.iter().filter(|(name, _)| is_shown(name)).collect();
    lines.sort_by_key(|(name, _)| name.as_str());
    let mut lines = lines.into_iter();
    lines.try_for_each(|(name, value)| writeln!(f, "  {name}: {}", value.as_bytes().escape_ascii()))
}
