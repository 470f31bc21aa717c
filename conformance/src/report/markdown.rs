//! The table of the README: one column an adapter, both ways of attaching together.

use std::fmt::Write;

use super::{Cell, Kind, Report};
use crate::table;

impl Report {
    pub(super) fn markdown(&self) -> String {
        let mut adapters: Vec<&str> = Vec::new();
        for column in &self.columns {
            if !adapters.contains(&adapter(column)) {
                adapters.push(adapter(column));
            }
        }
        let mut reasons: Vec<&str> = Vec::new();
        for found in self.found(Kind::Deviates) {
            if !reasons.contains(&&*found.text) {
                reasons.push(&found.text);
            }
        }
        let mut text =
            format!("| rule | {} |\n|---|{}\n", adapters.join(" | "), ":-:|".repeat(adapters.len()));
        for (rule, cells) in self.rows() {
            let _ = write!(text, "| {rule} {} |", table::title(rule));
            for name in &adapters {
                let of_adapter =
                    self.columns.iter().zip(&cells).filter(|(column, _)| adapter(column) == *name);
                let cell = of_adapter.fold(Cell::default(), |sum, (_, cell)| sum.plus(cell));
                let notes = self
                    .found(Kind::Deviates)
                    .filter(|found| found.rule == rule && adapter(&found.column) == *name);
                let mut notes: Vec<_> = notes
                    .filter_map(|found| reasons.iter().position(|reason| *reason == found.text))
                    .collect();
                notes.dedup();
                let notes: String = notes.iter().map(|n| format!(" <sup>{}</sup>", n + 1)).collect();
                let _ = match cell {
                    _ if cell.total() == 0 => write!(text, " |"),
                    Cell { failed: 0, .. } => write!(text, " ✓{notes} |"),
                    Cell { failed, .. } => write!(text, " ✗ {failed}{notes} |"),
                };
            }
            text.push('\n');
        }
        for (n, reason) in reasons.iter().enumerate() {
            let _ = write!(text, "\n<sup>{}</sup> {reason}\n", n + 1);
        }
        text
    }
}

fn adapter(column: &str) -> &str {
    column.split('/').next().unwrap_or_default()
}
