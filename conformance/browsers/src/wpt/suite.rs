//! Which files run, what WPT's own server gives for each subtest, and where the library may differ.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// `wpt.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Suite {
    pub(super) run: Vec<String>,
    #[serde(rename = "left-out")]
    _left_out: Vec<LeftOut>,
    differs: Vec<Differs>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LeftOut {
    #[serde(rename = "files")]
    _files: Vec<String>,
    #[serde(rename = "reason")]
    _reason: String,
}

/// Subtests that pass with WPT's handlers and must fail with the library.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Differs {
    file: String,
    subtests: Vec<String>,
    #[serde(rename = "reason")]
    _reason: String,
}

/// What a page says.
#[derive(Deserialize)]
pub(super) struct Reported {
    pub(super) path: String,
    pub(super) ended: bool,
    pub(super) subtests: Vec<Subtest>,
}

#[derive(Deserialize)]
pub(super) struct Subtest {
    pub(super) name: String,
    pub(super) passed: bool,
    pub(super) message: String,
}

/// For each file and subtest the engines in which it passes with WPT's own server.
pub(super) type Baseline = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// How a subtest ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Outcome {
    Passed,
    /// Fails with WPT's own server as well.
    FailsThere,
    /// Fails as `wpt.toml` says.
    Differs,
    Fault,
}

/// One subtest in one engine.
#[derive(Debug, Serialize)]
pub(super) struct Judged {
    pub(super) engine: &'static str,
    pub(super) file: String,
    pub(super) subtest: String,
    pub(super) outcome: Outcome,
    pub(super) message: String,
}

impl Suite {
    /// The list, and what WPT's own server gives.
    ///
    /// # Errors
    /// What is wrong with a file.
    pub(super) fn load() -> Result<(Self, Baseline), String> {
        let suite =
            toml::from_str(include_str!("../../wpt.toml")).map_err(|error| format!("wpt.toml: {error}"))?;
        let baseline = serde_json::from_str(include_str!("../../wpt-baseline.json"))
            .map_err(|error| format!("wpt-baseline.json: {error}"))?;
        Ok((suite, baseline))
    }

    fn differs(&self, file: &str, subtest: &str) -> bool {
        let known =
            |differs: &&Differs| differs.file == file && differs.subtests.iter().any(|name| name == subtest);
        self.differs.iter().find(known).is_some()
    }

    /// Holds what a file's page found against the baseline. What should have run and did not is a fault.
    pub(super) fn judge(
        &self,
        baseline: &Baseline,
        engine: &'static str,
        file: &str,
        found: &[Subtest],
    ) -> Vec<Judged> {
        let known = baseline.get(file);
        let passes_there = |name: &str| {
            known.and_then(|known| known.get(name)).is_some_and(|engines| engines.contains(engine))
        };
        let judged = |subtest: &str, outcome, message: &str| Judged {
            engine,
            file: file.to_owned(),
            subtest: subtest.to_owned(),
            outcome,
            message: message.to_owned(),
        };
        let mut all: Vec<_> = found
            .iter()
            .map(|subtest| {
                let name = &*subtest.name;
                let is_known = known.is_some_and(|known| known.contains_key(name));
                match (subtest.passed, self.differs(file, name)) {
                    (true, true) => judged(name, Outcome::Fault, "passes: take it out of wpt.toml"),
                    (true, false) => judged(name, Outcome::Passed, ""),
                    (false, true) => judged(name, Outcome::Differs, &subtest.message),
                    (false, false) if is_known && !passes_there(name) => {
                        judged(name, Outcome::FailsThere, &subtest.message)
                    }
                    (false, false) => judged(name, Outcome::Fault, &subtest.message),
                }
            })
            .collect();
        let ran = |name: &str| found.iter().any(|subtest| subtest.name == name);
        for (name, engines) in known.into_iter().flatten() {
            if engines.contains(engine) && !ran(name) {
                all.push(judged(name, Outcome::Fault, "did not run"));
            }
        }
        if all.is_empty() {
            all.push(judged("", Outcome::Fault, "the page reported nothing"));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_and_the_baseline_agree() {
        let (suite, baseline) = Suite::load().unwrap();
        let listed: BTreeSet<_> = suite.run.iter().collect();
        assert_eq!(listed.len(), suite.run.len(), "a file stands twice");
        assert_eq!(listed, baseline.keys().collect());
        for differs in &suite.differs {
            for name in &differs.subtests {
                let passes = baseline.get(&differs.file).and_then(|known| known.get(name));
                assert!(passes.is_some_and(|engines| !engines.is_empty()), "{}: {name}", differs.file);
            }
        }
    }

    #[test]
    fn a_subtest_counts_only_against_the_baseline() {
        let text = "run = ['f']\nleft-out = []\n[[differs]]\nfile = 'f'\nsubtests = ['d']\nreason = 'r'";
        let suite: Suite = toml::from_str(text).unwrap();
        let baseline: Baseline =
            serde_json::from_str(r#"{"f":{"a":["x"],"b":[],"c":["x"],"d":["x"]}}"#).unwrap();
        let subtest = |name: &str, passed| Subtest { name: name.into(), passed, message: String::new() };
        let outcomes = |found: &[Subtest]| {
            suite
                .judge(&baseline, "x", "f", found)
                .into_iter()
                .map(|judged| judged.outcome)
                .collect::<Vec<_>>()
        };
        let mut found =
            vec![subtest("a", true), subtest("b", false), subtest("c", true), subtest("d", false)];
        assert_eq!(
            outcomes(&found),
            [Outcome::Passed, Outcome::FailsThere, Outcome::Passed, Outcome::Differs]
        );
        found[0].passed = false;
        found[3].passed = true;
        found.remove(2);
        assert_eq!(outcomes(&found), [Outcome::Fault, Outcome::FailsThere, Outcome::Fault, Outcome::Fault]);
    }
}
