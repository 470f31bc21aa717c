//! The matrix on the terminal: rules down, adapters across, then what failed.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::matrix::Outcome;

/// What has run so far.
#[derive(Debug, Default)]
pub struct Report {
    columns: Vec<String>,
    cells: BTreeMap<(usize, String), Vec<Cell>>,
    failures: Vec<String>,
    deviations: usize,
    total: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    passed: usize,
    deviating: usize,
    total: usize,
}

impl Report {
    /// Adds a trial's end.
    pub fn add(&mut self, name: &str, column: &str, rule: &str, outcome: Outcome) {
        let place = self.columns.iter().position(|known| known == column).unwrap_or_else(|| {
            self.columns.push(column.to_owned());
            self.columns.len() - 1
        });
        let row = self.cells.entry((number(rule), rule.to_owned())).or_default();
        row.resize(row.len().max(place + 1), Cell::default());
        let cell = &mut row[place];
        cell.total += 1;
        self.total += 1;
        match outcome {
            Outcome::Pass => cell.passed += 1,
            Outcome::Deviates => {
                cell.deviating += 1;
                self.deviations += 1;
            }
            Outcome::Fail(text) => self.failures.push(format!("{name}\n{text}")),
        }
    }

    /// Whether nothing failed.
    pub fn passed(&self) -> bool {
        self.failures.is_empty()
    }

    /// The whole report as text.
    pub fn text(&self) -> String {
        let mut text = String::from("rule");
        for column in &self.columns {
            let _ = write!(text, "  {column:>width$}", width = width(column));
        }
        text.push('\n');
        for ((_, rule), row) in &self.cells {
            let _ = write!(text, "{rule:<4}");
            for (n, column) in self.columns.iter().enumerate() {
                let cell = row.get(n).copied().unwrap_or_default();
                let _ = write!(text, "  {:>width$}", cell.text(), width = width(column));
            }
            text.push('\n');
        }
        for failure in &self.failures {
            let _ = write!(text, "\nFAILED {failure}");
        }
        let failed = self.failures.len();
        let passed = self.total - failed - self.deviations;
        let _ = writeln!(
            text,
            "\n{} trials: {passed} passed, {failed} failed, {} declared deviations",
            self.total, self.deviations
        );
        text
    }
}

impl Cell {
    fn text(self) -> String {
        match self {
            Self { total: 0, .. } => "-".into(),
            Self { passed, deviating: 0, total } => format!("{passed}/{total}"),
            Self { passed, deviating, total } => format!("{passed}+{deviating}/{total}"),
        }
    }
}

fn width(column: &str) -> usize {
    column.len().max(10)
}

fn number(rule: &str) -> usize {
    rule.trim_start_matches(char::is_alphabetic).parse().unwrap_or(usize::MAX)
}
