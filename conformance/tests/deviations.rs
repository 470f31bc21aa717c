//! A declared deviation must really fail, and no other case may fail.

use cors_conformance::deviation::Deviation;
use cors_conformance::matrix::{Outcome, trials};
use cors_conformance::subject::{self, Attach};
use cors_conformance::table::Table;
use cors_conformance::target::Target;

const CASES: &str = r#"
[[group]]
name = "one origin"
[group.config.resources."/hello".origins."https://a.example"]

[[group.case]]
name = "right"
rules = ["S13"]
send = ["GET /hello", "Origin: https://a.example"]
expect = ["200", "ACAO: https://a.example", "Vary: Origin"]

[[group.case]]
name = "wrong"
rules = ["S13"]
send = ["GET /hello", "Origin: https://a.example"]
expect = ["200", "ACAO: https://a.example"]
"#;

fn outcomes(attach: Option<Attach>, deviations: &[Deviation]) -> Vec<(String, Outcome)> {
    let mut table = Table::default();
    table.add(CASES).unwrap();
    let target = Target::Subject(subject::find("tower").unwrap());
    let trials = trials(&table, &[target], attach, deviations).into_iter();
    trials.map(|trial| (trial.name(), trial.run())).collect()
}

fn deviation(case: &str, attach: Option<Attach>) -> Deviation {
    let (adapter, case) = ("tower".into(), case.into());
    Deviation { adapter, attach, case, reason: "a limit".into(), version: "1".into() }
}

#[test]
fn a_case_that_fails_fails() {
    let outcomes = outcomes(Some(Attach::App), &[]);
    assert_eq!(outcomes[0], ("tower/app S13: right".into(), Outcome::Pass));
    let Outcome::Fail(text) = &outcomes[1].1 else { panic!("{outcomes:?}") };
    for part in [
        "one origin",
        "vary: Origin is not expected",
        "> GET /hello HTTP/1.1",
        "> Origin: https://a.example",
        "< 200",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn a_declared_deviation_that_fails_is_not_a_failure() {
    let outcomes = outcomes(None, &[deviation("wrong", Some(Attach::App))]);
    assert_eq!(outcomes[1], ("tower/app S13: wrong".into(), Outcome::Deviates("a limit (1)".into())));
    assert!(matches!(&outcomes[3], (name, Outcome::Fail(_)) if name == "tower/resource S13: wrong"));
}

#[test]
fn a_declared_deviation_that_passes_fails() {
    let outcomes = outcomes(None, &[deviation("right", None)]);
    assert!(outcomes.iter().all(|(_, outcome)| matches!(outcome, Outcome::Fail(_))), "{outcomes:?}");
}
