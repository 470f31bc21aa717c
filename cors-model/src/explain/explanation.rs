//! A decision in words.

mod at_resource;
mod elsewhere;
mod steps;

use std::fmt;

use http::{HeaderMap, HeaderValue, header};

use crate::decide::request::{CorsRequest, RequestHeaders};
use crate::decide::verdict::{Reply, Verdict};
use crate::explain::explanation::steps::Steps;
use crate::grammar::header::RequestField;
use crate::policy::Cors;
use crate::respond::Answer;

/// One step on the way to a verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    rule: &'static str,
    text: String,
}

impl Step {
    /// The rule that was applied: the number of one of [the rules](crate::rules), such as `S4`.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// What it came to.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// Why a request gets the answer that it gets. It prints as lines of text, with everything from the request escaped.
#[derive(Clone, Debug)]
pub struct Explanation {
    request: String,
    verdict: Verdict,
    steps: Vec<Step>,
    answer: Option<Answer>,
    headers: HeaderMap,
    unasked: Vec<String>,
}

impl Explanation {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The steps that led to it.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The answer to a preflight; none for anything else, which the application answers.
    pub fn answer(&self) -> Option<&Answer> {
        self.answer.as_ref()
    }

    /// The headers of that answer, or what is written on a response of the application that has no headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The origin sources ([S26](crate::rules)) that the verdict depends on and that were not asked, in the order of their names.
    pub fn unasked(&self) -> impl Iterator<Item = &str> {
        self.unasked.iter().map(String::as_str)
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match (&self.verdict, self.verdict.refusal()) {
            (Verdict::Pass, _) => "not a CORS resource",
            (Verdict::Answer(Reply::Preflight(_)), None) => "preflight allowed",
            (Verdict::Answer(Reply::Preflight(_)), Some(_)) => "preflight refused",
            (Verdict::Answer(Reply::Refused(_)), _) => "refused",
            (Verdict::Actual(actual), _) if actual.grant.is_some() => "shared",
            (Verdict::Actual(_), Some(_)) => "not shared with this origin",
            (Verdict::Actual(_), None) => "not a cross-origin request",
        };
        writeln!(f, "{}: {outcome}", self.request)?;
        for step in &self.steps {
            writeln!(f, "  {:<4} {}", step.rule, step.text)?;
        }
        match &self.answer {
            Some(answer) => {
                writeln!(f, "  answered with {}, before the application", answer.status.as_u16())?
            }
            None => writeln!(f, "  answered by the application")?,
        }
        for (name, value) in &self.headers {
            writeln!(f, "       {name}: {}", value.as_bytes().escape_ascii())?;
        }
        Ok(())
    }
}

impl Cors {
    /// Tells how a request is decided: which resource, level, pattern and rule, and what would be answered.
    /// Where it is not shared, also what was probably meant, and what to write. For tools and tests; it allocates.
    pub fn explain<H: RequestHeaders + ?Sized>(&self, request: &CorsRequest<'_, H>) -> Explanation {
        let headers = &copied(request.headers);
        let CorsRequest { target, path, method, authority, answers, .. } = *request;
        let request = &CorsRequest { target, path, method, authority, headers, answers };
        let verdict = self.judge(request);
        let mut written = HeaderMap::new();
        let mut answer = None;
        match verdict {
            Verdict::Pass => {}
            Verdict::Answer(reply) => answer = Some(self.answer(reply, headers, &mut written)),
            Verdict::Actual(actual) => self.decorate(actual, headers, &mut written),
        }
        let Steps { steps, unasked, .. } = Steps::of(&self.0, request, verdict);
        Explanation { request: line(request), verdict, steps, answer, headers: written, unasked }
    }
}

/// The lines that a decision reads. What no header line can hold is escaped, and so stays malformed.
fn copied<H: RequestHeaders + ?Sized>(headers: &H) -> HeaderMap {
    let mut copy = HeaderMap::new();
    for field in RequestField::ALL {
        for line in headers.lines(field) {
            let line = line.as_ref();
            let escaped = || HeaderValue::from_str(&line.escape_ascii().to_string()).ok();
            if let Some(value) = HeaderValue::from_bytes(line).ok().or_else(escaped) {
                copy.append(field.http(), value);
            }
        }
    }
    copy
}

/// `GET /notes at api.example from https://app.example`
fn line(request: &CorsRequest<'_, HeaderMap>) -> String {
    let mut line = format!("{} {}", request.method.escape_debug(), request.path.escape_debug());
    if let Some(authority) = request.authority {
        line += &format!(" at {}", authority.escape_debug());
    }
    for (at, origin) in request.headers.get_all(header::ORIGIN).iter().enumerate() {
        let word = if at == 0 { "from" } else { "and" };
        line += &format!(" {word} {}", origin.as_bytes().escape_ascii());
    }
    line
}
