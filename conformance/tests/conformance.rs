//! Every case with every adapter and way of attaching, each as a test with its own name.

use std::process::ExitCode;

use cors_conformance::deviation;
use cors_conformance::matrix::{Outcome, trials};
use cors_conformance::subject::{SUBJECTS, app};
use cors_conformance::table::Table;
use cors_conformance::target::Target;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    app::hush_the_panic();
    let arguments = Arguments::from_args();
    let table = Table::load().unwrap_or_else(|error| panic!("{error}"));
    let deviations = deviation::load(&table).unwrap_or_else(|error| panic!("{error}"));
    let targets: Vec<_> = SUBJECTS.iter().map(Target::Subject).collect();
    let tests = trials(&table, &targets, None, &deviations).into_iter().map(|trial| {
        Trial::test(trial.name(), move || match trial.run() {
            Outcome::Pass | Outcome::Deviates(_) => Ok(()),
            Outcome::Fail(text) | Outcome::CannotExpress(text) => Err(Failed::from(text)),
        })
    });
    libtest_mimic::run(&arguments, tests.collect()).exit_code()
}
