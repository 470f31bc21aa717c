//! What a response has to be, by the policy alone.

use http::{HeaderMap, HeaderName, header};

use crate::decide::request::CorsRequest;
use crate::decide::verdict::Verdict;
use crate::grammar::token::elements;
use crate::policy::Cors;
use crate::policy::rules::Expose;

/// The headers that the policy owns wherever it decides (S17).
pub(super) const OWNED: [HeaderName; 6] = [
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
];

pub(super) const TIMING: HeaderName = HeaderName::from_static("timing-allow-origin");

#[derive(Clone, Debug)]
pub(super) struct Expected {
    /// None where the application answers, with a status of its own.
    pub(super) status: Option<u16>,
    pub(super) headers: HeaderMap,
    /// `Access-Control-Expose-Headers` names what the response has (S15), so its value is not known here.
    lists_present: bool,
}

/// What differs from the expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Difference {
    Status,
    /// Another value, or none, or one where none belongs.
    Line(HeaderName),
    /// More than one line.
    Repeated(HeaderName),
}

impl Expected {
    pub(super) fn of(cors: &Cors, request: &CorsRequest<'_, HeaderMap>) -> Self {
        let explained = cors.explain(request);
        let status = explained.answer().map(|answer| answer.status.as_u16());
        let grant = match explained.verdict() {
            Verdict::Actual(actual) => actual.grant,
            Verdict::Pass | Verdict::Answer(_) => None,
        };
        let expose = grant.map(|grant| &cors.0.entries[grant.entry as usize].expose);
        let lists_present = matches!(expose, Some(Expose::Present));
        Self { status, headers: explained.headers().clone(), lists_present }
    }

    pub(super) fn differences(&self, status: u16, received: &HeaderMap) -> Vec<Difference> {
        let mut differences = Vec::new();
        if self.status.is_some_and(|expected| expected != status) {
            differences.push(Difference::Status);
        }
        let timing = self.headers.contains_key(TIMING).then_some(TIMING);
        for name in OWNED.into_iter().chain(timing) {
            let mut lines = received.get_all(&name).iter();
            let (line, further) = (lines.next(), lines.next());
            if further.is_some() {
                differences.push(Difference::Repeated(name));
            } else if name == header::ACCESS_CONTROL_EXPOSE_HEADERS && self.lists_present {
                if line.is_some_and(|line| line == "*") {
                    differences.push(Difference::Line(name));
                }
            } else if line != self.headers.get(&name) {
                differences.push(Difference::Line(name));
            }
        }
        if !varies(received, &self.headers) {
            differences.push(Difference::Line(header::VARY));
        }
        differences
    }
}

/// Is there any header that the policy owns?
pub(super) fn has_owned(headers: &HeaderMap) -> bool {
    OWNED.iter().any(|name| headers.contains_key(name))
}

/// Does `Vary` name what it has to (S18)? It may name more.
fn varies(received: &HeaderMap, expected: &HeaderMap) -> bool {
    let members = |headers: &HeaderMap| -> Vec<Vec<u8>> {
        let lines = headers.get_all(header::VARY).into_iter();
        lines.flat_map(|line| elements(line.as_bytes())).map(<[u8]>::to_ascii_lowercase).collect()
    };
    let received = members(received);
    let has = |member: &[u8]| received.iter().any(|other| other == member);
    has(b"*") || members(expected).iter().all(|member| has(member))
}
