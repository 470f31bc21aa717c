//! The report for a terminal.

use std::fmt::Write;

use super::{Cell, Kind, Report};

impl Report {
    pub(super) fn text(&self) -> String {
        let mut text = String::from("rule");
        for column in &self.columns {
            let _ = write!(text, "  {column:>width$}", width = width(column));
        }
        text.push('\n');
        for (rule, cells) in self.rows() {
            let _ = write!(text, "{rule:<4}");
            for (column, cell) in self.columns.iter().zip(cells) {
                let _ = write!(text, "  {:>width$}", cell.text(), width = width(column));
            }
            text.push('\n');
        }
        for found in self.found(Kind::Deviates) {
            let _ = writeln!(
                text,
                "\nDEVIATES {} {}: {}\n  {}",
                found.column, found.rule, found.case, found.text
            );
        }
        for found in self.found(Kind::Failed) {
            let _ = write!(text, "\nFAILED {} {}: {}\n{}", found.column, found.rule, found.case, found.text);
        }
        let sum = self.sum();
        let _ = writeln!(
            text,
            "\n{} trials: {} passed, {} failed, {} declared deviations",
            sum.total(),
            sum.passed,
            sum.failed,
            sum.deviating
        );
        text
    }
}

impl Cell {
    fn text(self) -> String {
        match self.deviating {
            _ if self.total() == 0 => "-".into(),
            0 => format!("{}/{}", self.passed, self.total()),
            deviating => format!("{}+{deviating}/{}", self.passed, self.total()),
        }
    }
}

fn width(column: &str) -> usize {
    column.len().max(7)
}
