//! The tables of the README and of docs/peers.md: one column per adapter, for both ways of attaching together.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Cell, Finding, Kind, Report};
use crate::table;

impl Report {
    pub(super) fn markdown(&self) -> String {
        self.table() + &self.details()
    }

    /// The table alone.
    pub fn table(&self) -> String {
        let adapters = self.adapters();
        let reasons = self.reasons();
        let mut text =
            format!("| rule | {} |\n|---|{}\n", adapters.join(" | "), ":-:|".repeat(adapters.len()));
        for (rule, cells) in self.rows() {
            let _ = write!(text, "| {rule} {} |", table::title(rule));
            for name in &adapters {
                let own = self.columns.iter().zip(&cells).filter(|(column, _)| adapter(column) == *name);
                let cell = own.fold(Cell::default(), |sum, (_, cell)| sum.plus(cell));
                let noted = |finding: &&Finding| finding.rule == rule && adapter(&finding.column) == *name;
                let here: Vec<_> =
                    self.found(Kind::Deviates).filter(noted).map(|found| &*found.text).collect();
                let notes = reasons.iter().enumerate().filter(|(_, reason)| here.contains(reason));
                let notes: String = notes.map(|(n, _)| format!(" <sup>{}</sup>", n + 1)).collect();
                let _ = write!(text, "{}{notes} |", cell.markdown());
            }
            text.push('\n');
        }
        for (n, reason) in reasons.iter().enumerate() {
            let _ = write!(text, "\n<sup>{}</sup> {reason}\n", n + 1);
        }
        text
    }

    /// What failed and what cannot be expressed, adapter by adapter.
    fn details(&self) -> String {
        let mut text = String::new();
        for name in self.adapters() {
            let own = |kind| self.found(kind).filter(move |found| adapter(&found.column) == name);
            let mut beyond = BTreeMap::<_, usize>::new();
            own(Kind::CannotExpress).for_each(|found| *beyond.entry(&*found.text).or_default() += 1);
            if own(Kind::Failed).next().is_some() || !beyond.is_empty() {
                let _ = write!(text, "\n## {name}\n");
            }
            if own(Kind::Failed).next().is_some() {
                text.push_str("\nFails:\n\n");
            }
            for found in own(Kind::Failed) {
                let faults = found.text.lines().filter_map(|line| line.strip_prefix("  - "));
                let faults: Vec<_> = faults.map(|fault| fault.replace('`', "'")).collect();
                let _ = writeln!(text, "- {} {}: {}", found.rule, code(&found.case), faults.join("; "));
            }
            if !beyond.is_empty() {
                text.push_str("\nCannot express:\n\n");
            }
            for (reason, times) in beyond {
                let _ = writeln!(text, "- {reason}: {times} {}", if times == 1 { "case" } else { "cases" });
            }
        }
        text
    }

    fn adapters(&self) -> Vec<&str> {
        unique(self.columns.iter().map(|column| adapter(column)))
    }

    fn reasons(&self) -> Vec<&str> {
        unique(self.found(Kind::Deviates).map(|found| &*found.text))
    }
}

impl Cell {
    fn markdown(self) -> String {
        let part = |n: usize, sign: &str| if n == 0 { String::new() } else { format!(" {n} {sign}") };
        match self {
            _ if self.total() == 0 => String::new(),
            Self { failed: 0, beyond: 0, .. } => " ✓".into(),
            Self { passed, failed, beyond, .. } => {
                format!("{}{}{}", part(passed, "✓"), part(failed, "✗"), part(beyond, "–"))
            }
        }
    }
}

fn adapter(column: &str) -> &str {
    column.split('/').next().unwrap_or_default()
}

fn unique<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    texts.fold(Vec::new(), |mut all, text| {
        if !all.contains(&text) {
            all.push(text);
        }
        all
    })
}

/// A code span, whatever backticks the text has.
fn code(text: &str) -> String {
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}
