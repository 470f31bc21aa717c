//! A response that is not what the policy decides.

use std::fmt;

use http::{HeaderMap, HeaderName, Method, header};

use super::cause::{Cause, Symptoms};
use super::expected::{Difference, Expected, OWNED};
use super::question::Question;

/// A response that is not what the policy decides. It prints the request, what came, what was expected, and the usual causes.
#[derive(Clone, Debug)]
pub struct Failure(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    question: Question,
    expected: Expected,
    status: u16,
    received: HeaderMap,
    wrong: Vec<Difference>,
    causes: Vec<Cause>,
}

impl Failure {
    pub(super) fn new(
        question: Question,
        expected: Expected,
        status: u16,
        mut received: HeaderMap,
        wrong: Vec<Difference>,
    ) -> Self {
        let method = question.request().method().clone();
        let is_preflight = expected.status.is_some() && method == Method::OPTIONS;
        let symptoms =
            Symptoms { is_preflight, status, received: &received, expected: &expected, wrong: &wrong };
        let causes = symptoms.causes();
        let shown = received.keys().filter(|name| is_shown(name)).cloned().collect::<Vec<_>>();
        received = shown.into_iter().fold(HeaderMap::new(), |mut kept, name| {
            received.get_all(&name).iter().for_each(|line| {
                kept.append(name.clone(), line.clone());
            });
            kept
        });
        Self(Box::new(Inner { question, expected, status, received, wrong, causes }))
    }

    /// The question.
    pub fn question(&self) -> &Question {
        &self.0.question
    }

    /// The status that came.
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// What usually causes such a response, the likeliest first.
    pub fn causes(&self) -> &[Cause] {
        &self.0.causes
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { question, expected, status, received, wrong, causes } = &*self.0;
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
        causes.iter().try_for_each(|cause| writeln!(f, "  - {cause}"))
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
    OWNED.contains(name) || about.contains(name) || name.as_str() == "timing-allow-origin"
}

fn without(headers: &HeaderMap) -> &'static str {
    if OWNED.iter().any(|name| headers.contains_key(name)) { "" } else { ", without Access-Control headers" }
}

fn lines(f: &mut fmt::Formatter<'_>, headers: &HeaderMap) -> fmt::Result {
    let mut lines: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    lines.sort_by_key(|(name, _)| *name);
    lines.into_iter().try_for_each(|(name, value)| writeln!(f, "  {name}: {}", value.escape_ascii()))
}
