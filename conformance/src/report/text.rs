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
        let (total, Cell { passed, failed, deviating, beyond }) = (sum.total(), sum);
        let _ = write!(
            text,
            "\n{total} trials: {passed} passed, {failed} failed, {deviating} declared deviations"
        );
        let _ = match beyond {
            0 => writeln!(text),
            beyond => writeln!(text, ", {beyond} that cannot be expressed"),
        };
        text
    }
}

impl Cell {
    fn text(self) -> String {
        let total = self.total() - self.beyond;
        match self.deviating {
            _ if total == 0 => "-".into(),
            0 => format!("{}/{total}", self.passed),
            deviating => format!("{}+{deviating}/{total}", self.passed),
        }
    }
}

fn width(column: &str) -> usize {
    column.len().max(7)
}
