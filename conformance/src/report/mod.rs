//! The matrix: a row per rule, a column per adapter, then every trial that did not end as expected.

mod html;
mod markdown;
mod text;

pub use html::STYLE;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::matrix::Outcome;
use crate::table;

/// The forms of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For the terminal.
    #[default]
    Text,
    /// One self-contained page.
    Html,
    /// For machines.
    Json,
    /// The table in the README.
    Markdown,
}

/// The results so far.
#[derive(Debug, Default)]
pub struct Report {
    columns: Vec<String>,
    rows: BTreeMap<(usize, String), Vec<Cell>>,
    findings: Vec<Finding>,
}

/// How the cases of one rule ended for one adapter.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Cell {
    passed: usize,
    failed: usize,
    deviating: usize,
    /// Those for which another library cannot be configured.
    #[serde(rename = "cannot_express")]
    beyond: usize,
}

/// A trial that did not end as expected.
#[derive(Debug, Serialize)]
struct Finding {
    #[serde(rename = "outcome")]
    kind: Kind,
    column: String,
    rule: String,
    case: String,
    /// The faults and the recorded exchange, or the reason.
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Failed,
    Deviates,
    CannotExpress,
}

impl Report {
    /// Adds a trial's result.
    pub fn add(&mut self, column: &str, rule: &str, case: &str, outcome: Outcome) {
        let place = self.columns.iter().position(|known| known == column).unwrap_or_else(|| {
            self.columns.push(column.to_owned());
            self.columns.len() - 1
        });
        let row = self.rows.entry((number(rule), rule.to_owned())).or_default();
        row.resize(row.len().max(place + 1), Cell::default());
        let (kind, text) = match outcome {
            Outcome::Pass => return row[place].passed += 1,
            Outcome::Fail(text) => (Kind::Failed, text),
            Outcome::Deviates(reason) => (Kind::Deviates, reason),
            Outcome::CannotExpress(reason) => (Kind::CannotExpress, reason),
        };
        match kind {
            Kind::Failed => row[place].failed += 1,
            Kind::Deviates => row[place].deviating += 1,
            Kind::CannotExpress => row[place].beyond += 1,
        }
        let (column, rule, case) = (column.to_owned(), rule.to_owned(), case.to_owned());
        self.findings.push(Finding { kind, column, rule, case, text });
    }

    /// Whether nothing failed.
    pub fn passed(&self) -> bool {
        self.sum().failed == 0
    }

    /// The whole report.
    pub fn render(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Html => self.html(),
            Format::Json => self.json(),
            Format::Markdown => self.markdown(),
        }
    }

    fn json(&self) -> String {
        #[derive(Serialize)]
        struct Document<'a> {
            columns: &'a [String],
            rules: Vec<Row<'a>>,
            findings: &'a [Finding],
            sum: Cell,
        }
        #[derive(Serialize)]
        struct Row<'a> {
            rule: &'a str,
            title: String,
            /// In the order of the columns.
            cells: Vec<Cell>,
        }
        let rules = self.rows().map(|(rule, cells)| Row { rule, title: table::title(rule), cells }).collect();
        let document = Document { columns: &self.columns, rules, findings: &self.findings, sum: self.sum() };
        serde_json::to_string_pretty(&document).map_or_else(|error| error.to_string(), |text| text + "\n")
    }

    /// Each rule with one cell for each column.
    fn rows(&self) -> impl Iterator<Item = (&str, Vec<Cell>)> {
        self.rows.iter().map(|((_, rule), cells)| {
            let mut cells = cells.clone();
            cells.resize(self.columns.len(), Cell::default());
            (&**rule, cells)
        })
    }

    fn sum(&self) -> Cell {
        self.rows.values().flatten().fold(Cell::default(), Cell::plus)
    }

    fn found(&self, kind: Kind) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.kind == kind)
    }
}

impl Cell {
    fn plus(self, other: &Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            deviating: self.deviating + other.deviating,
            beyond: self.beyond + other.beyond,
        }
    }

    fn total(self) -> usize {
        self.passed + self.failed + self.deviating + self.beyond
    }
}

fn number(rule: &str) -> usize {
    rule.trim_start_matches(char::is_alphabetic).parse().unwrap_or(usize::MAX)
}
