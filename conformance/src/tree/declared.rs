//! What the test accepts, with the reason.

use super::judge::{Finding, Kind};

/// A finding that follows from a limit of a framework. The test fails if it does not occur.
pub struct Declared {
    /// The application, and the place of the policy.
    pub place: (&'static str, &'static str),
    /// The policy.
    pub policy: &'static str,
    /// A leak, or a loss.
    pub kind: Kind,
    /// The target of the request.
    pub target: &'static str,
    /// The limit.
    pub reason: &'static str,
    /// The framework's version.
    pub version: &'static str,
}

/// The list. It is empty: no framework has such a limit.
pub const DECLARED: &[Declared] = &[];

impl Declared {
    /// Whether a finding is the declared one.
    pub fn is(&self, finding: &Finding) -> bool {
        (self.policy, self.kind, self.target) == (finding.policy, finding.kind, &*finding.target)
    }
}
