//! The table of cases: the files of `cases/`, one per rule.

mod read;
mod text;

use crate::config::Source;
use crate::expect::Expectation;
use crate::subject::Attach;
use crate::wire::Request;

/// Name and text of each file.
macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../cases/", $name, ".toml")))),*]
    };
}

/// Every file of the table.
pub const FILES: &[(&str, &str)] = files![
    "application",
    "resources",
    "s01-specificity",
    "s02-whole-options",
    "s03-inherit",
    "s04-methods",
    "s05-built",
    "s06-before-the-application",
    "s07-order",
    "s08-success",
    "s09-allow-methods",
    "s10-allow-headers",
    "s11-refusal",
    "s12-nothing-blocked",
    "s13-allowed",
    "s14-allow-origin",
    "s15-expose-star",
    "s16-every-response",
    "s17-owned-headers",
    "s18-vary",
    "s19-malformed",
    "s20-all-errors",
    "s21-invalid",
    "s22-risks",
    "s23-advice",
    "s24-one-path",
    "s28-enforcement",
    "s29-timing",
];

/// The subject of a rule in a few words: the rest of its file's name. Empty for a rule without a file.
pub fn title(rule: &str) -> String {
    let of_rule = |name: &&str| {
        let number = name.strip_prefix('s').and_then(|rest| rest.get(..2));
        number.and_then(|digits| digits.parse().ok())
            == rule.strip_prefix('S').and_then(|n| n.parse::<u8>().ok())
    };
    let name = FILES.iter().map(|(name, _)| *name).filter(|name| name.starts_with("s")).find(of_rule);
    name.map_or_else(String::new, |name| name[4..].replace('-', " "))
}

/// The whole table.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Configurations that are served, with their cases.
    pub groups: Vec<Group>,
    /// Configurations that are only built.
    pub builds: Vec<Build>,
}

/// One configuration and the cases that are sent to a server with it.
#[derive(Clone, Debug)]
pub struct Group {
    /// A name for the configuration.
    pub name: String,
    /// The configuration.
    pub source: Source,
    /// The cases.
    pub cases: Vec<Case>,
}

/// One or more requests and the expected answers.
#[derive(Clone, Debug)]
pub struct Case {
    /// Unique in the table.
    pub name: String,
    /// The rules that it tests; the first is one of docs/rules.md.
    pub rules: Vec<String>,
    /// The faults of other libraries that it would find.
    pub peers: Vec<String>,
    /// The ways of attaching for which it must pass.
    pub attach: Vec<Attach>,
    /// Sent one after another.
    pub steps: Vec<Step>,
}

/// One request and its answer.
#[derive(Clone, Debug)]
pub struct Step {
    /// The request.
    pub request: Request,
    /// How often it is sent. Every answer must match, with byte for byte the same CORS headers.
    pub repeat: usize,
    /// The expected answer.
    pub expect: Expectation,
    /// The steps, counted from 0, whose body must be the same.
    pub body_as: Vec<usize>,
    /// The steps whose body must be another one.
    pub body_unlike: Vec<usize>,
}

/// A configuration that must build, or must be rejected with these errors.
#[derive(Clone, Debug)]
pub struct Build {
    /// Unique in the table.
    pub name: String,
    /// The rules that it tests.
    pub rules: Vec<String>,
    /// The faults of other libraries that it would find.
    pub peers: Vec<String>,
    /// The configuration.
    pub source: Source,
    /// For each error, words that it contains, in any case. If empty, the configuration must build.
    pub errors: Vec<Vec<String>>,
    /// For each piece of advice, words that it contains. If empty, the advice is not checked.
    pub advice: Vec<Vec<String>>,
    /// Whether there may be further errors.
    pub further_errors: bool,
}

impl Table {
    /// Reads every file.
    ///
    /// # Errors
    /// The file and what is wrong with it.
    pub fn load() -> Result<Self, String> {
        let mut table = Self::default();
        for (name, text) in FILES {
            table.add(text).map_err(|error| format!("cases/{name}.toml: {error}"))?;
        }
        Ok(table)
    }

    /// The cases of all groups.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.groups.iter().flat_map(|group| &group.cases)
    }
}
