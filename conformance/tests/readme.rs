//! The matrix in the README is that of a run without faults. The test of the table itself checks that there are no faults.

use cors_conformance::matrix::{Outcome, trials};
use cors_conformance::report::Report;
use cors_conformance::subject::SUBJECTS;
use cors_conformance::target::Target;
use cors_conformance::{deviation, table::Table};

#[test]
fn the_matrix_of_the_readme_is_up_to_date() {
    let table = Table::load().unwrap();
    let targets: Vec<_> = SUBJECTS.iter().map(Target::Subject).collect();
    let mut report = Report::default();
    for trial in trials(&table, &targets, None, &deviation::load(&table).unwrap()) {
        let outcome = trial.deviates.map_or(Outcome::Pass, Outcome::Deviates);
        report.add(&trial.column, &trial.rules[0], &trial.case, outcome);
    }
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once("<!-- matrix -->\n").unwrap();
    let (matrix, _) = rest.split_once("<!-- end of matrix -->").unwrap();
    assert_eq!(
        matrix.trim(),
        report.table().trim(),
        "write into README.md what `cargo run -p cors-conformance -- run --format markdown` prints"
    );
}
