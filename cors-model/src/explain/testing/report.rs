//! What came of all questions.

use std::fmt;

use super::failure::Failure;

/// What came of all questions. It prints one failure in full for each set of causes, and what was skipped.
#[must_use]
#[derive(Clone, Debug)]
pub struct Report {
    asked: usize,
    failures: Vec<Failure>,
    skipped: Vec<String>,
}

impl Report {
    pub(super) fn new(skipped: Vec<String>) -> Self {
        Self { asked: 0, failures: Vec::new(), skipped }
    }

    /// Adds what a check returned.
    pub fn add(&mut self, checked: Result<(), Failure>) {
        self.asked += 1;
        self.failures.extend(checked.err());
    }

    /// Was something asked, and everything answered as the policy decides? A resource that was skipped does not count.
    pub fn is_good(&self) -> bool {
        self.asked > 0 && self.failures.is_empty()
    }

    /// How many questions were asked.
    pub fn asked(&self) -> usize {
        self.asked
    }

    /// Every failure, in the order of the questions.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The resources at which nothing was asked, each with the reason.
    pub fn skipped(&self) -> &[String] {
        &self.skipped
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} of {} questions failed", self.failures.len(), self.asked)?;
        for (at, failure) in self.failures.iter().enumerate() {
            let alike = |other: &Failure| other.causes() == failure.causes();
            if self.failures[..at].iter().any(alike) {
                continue;
            }
            write!(f, "\n{failure}")?;
            match self.failures[at + 1..].iter().filter(|&other| alike(other)).count() {
                0 => {}
                1 => writeln!(f, "1 more failure has the same usual causes")?,
                others => writeln!(f, "{others} more failures have the same usual causes")?,
            }
        }
        if !self.skipped.is_empty() {
            writeln!(f, "\nskipped:")?;
        }
        self.skipped.iter().try_for_each(|skipped| writeln!(f, "  {skipped}"))
    }
}
