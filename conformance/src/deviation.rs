//! Cases that an adapter fails because of its framework: declared in `deviations.toml`, and checked to fail.

use std::fmt;

use serde::Deserialize;

use crate::subject::{self, Attach};
use crate::table::Table;

const TEXT: &str = include_str!("../deviations.toml");

/// One case that an adapter fails, and why.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deviation {
    /// The adapter.
    pub adapter: String,
    /// The way of attaching; both if absent.
    pub attach: Option<Attach>,
    /// The name of the case.
    pub case: String,
    /// The limit of the framework.
    pub reason: String,
    /// The framework and the version in which it was seen.
    pub version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    deviation: Vec<Deviation>,
}

impl Deviation {
    /// Whether it is about this trial.
    pub fn covers(&self, adapter: &str, attach: Attach, case: &str) -> bool {
        self.adapter == adapter && self.case == case && self.attach.is_none_or(|of| of == attach)
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason, self.version)
    }
}

/// The declared deviations.
///
/// # Errors
/// The file is not a list of deviations, or one names an adapter or a case that does not exist.
pub fn load(table: &Table) -> Result<Vec<Deviation>, String> {
    parse(TEXT, table)
}

fn parse(text: &str, table: &Table) -> Result<Vec<Deviation>, String> {
    let file: File = toml::from_str(text).map_err(|error| format!("deviations.toml: {error}"))?;
    for deviation in &file.deviation {
        if subject::find(&deviation.adapter).is_none() {
            return Err(format!("deviations.toml: there is no adapter `{}`", deviation.adapter));
        }
        if !table.cases().any(|case| case.name == deviation.case) {
            return Err(format!("deviations.toml: there is no case `{}`", deviation.case));
        }
    }
    Ok(file.deviation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_case_or_adapter_is_an_error() {
        let table = Table::load().unwrap();
        let text = "[[deviation]]\nadapter = 'tower'\ncase = 'x'\nreason = 'r'\nversion = 'v'";
        assert!(parse(text, &table).unwrap_err().contains("no case `x`"));
        assert!(parse(&text.replace("tower", "gopher"), &table).unwrap_err().contains("no adapter `gopher`"));
        assert!(load(&table).is_ok());
    }
}
