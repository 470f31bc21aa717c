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
    /// What a GET is served there, in whatever way the target is spelled.
    pub served: &'static str,
    /// The limit.
    pub reason: &'static str,
    /// The framework's version.
    pub version: &'static str,
}

/// The list.
pub const DECLARED: &[Declared] = &[
    untold("everything for everybody, some strict", Kind::Leak),
    untold("everything for everybody, some strict", Kind::Lost),
    untold("everything for everybody, some excluded", Kind::Leak),
];

const fn untold(policy: &'static str, kind: Kind) -> Declared {
    Declared {
        place: ("axum, told nothing of nesting", "inside nest"),
        policy,
        kind,
        served: "/admin/users",
        reason: "without the feature `axum`, cors-tower does not know which prefix a nested router has cut, and sees `/users`",
        version: "axum 0.8",
    }
}

impl Declared {
    /// Whether a finding is the declared one.
    pub fn is(&self, finding: &Finding) -> bool {
        (self.policy, self.kind, self.served) == (finding.policy, finding.kind, &*finding.served)
    }
}
