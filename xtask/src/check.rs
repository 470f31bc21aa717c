//! The steps of `cargo xtask check`. Each runs cargo as a person would.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::run::{cargo, line, run};
use crate::tools::HACK;
use crate::{Failure, deny, msrv, packages, tidy};

type Outcome = Result<(), Failure>;

/// What is quick comes first.
pub(crate) fn all(root: &Path) -> Outcome {
    fmt(root)?;
    tidy::run(root)?;
    deny::run_if_there(root)?;
    packages::package(root, false)?;
    clippy(root)?;
    hack(root)?;
    msrv::check(root, false)?;
    doc(root)?;
    test(root)
}

pub(crate) fn fmt(root: &Path) -> Outcome {
    run(&mut cargo(root, &["fmt", "--all", "--check"]))?;
    run(&mut cargo(root, &["fmt", "--manifest-path", "cors-model/fuzz/Cargo.toml", "--check"]))
}

pub(crate) fn clippy(root: &Path) -> Outcome {
    let workspace = ["clippy", "--workspace", "--all-targets", "--all-features"];
    run(cargo(root, &workspace).args(["--", "--deny", "warnings"]))
}

/// Each published crate by itself and without what only its tests have, since a workspace build unites the features of
/// all and so hides one that is missing. `cors-model`, where the features' code is, with every two of them; the others with
/// each feature for which they have code of their own.
pub(crate) fn hack(root: &Path) -> Outcome {
    let lints = ["--no-dev-deps", "--", "--deny", "warnings"];
    let model = ["clippy", "--quiet", "--package", "cors-model", "--feature-powerset", "--depth", "2"];
    run(HACK.command(root, &model)?.args(lints))?;
    let others = ["clippy", "--quiet", "--workspace", "--no-private", "--exclude", "cors-model"];
    let passed_on = ["--each-feature", "--exclude-features", "default,idna,metrics,replace,serde"];
    run(HACK.command(root, &others)?.args(passed_on).args(lints))
}

pub(crate) fn doc(root: &Path) -> Outcome {
    let arguments = ["doc", "--workspace", "--all-features", "--no-deps"];
    run(cargo(root, &arguments).env("RUSTDOCFLAGS", "--deny warnings"))
}

pub(crate) fn test(root: &Path) -> Outcome {
    run(&mut cargo(root, &["test", "--workspace", "--all-features"]))
}

pub(crate) fn browsers(root: &Path, arguments: &[String]) -> ExitCode {
    program(cargo(root, &["run", "--quiet", "--package", "cors-browsers", "--"]).args(arguments))
}

pub(crate) fn bench(root: &Path, arguments: &[String]) -> ExitCode {
    program(
        cargo(root, &["run", "--quiet", "--profile", "bench", "--package", "cors-bench", "--"])
            .args(arguments),
    )
}

/// With the program's own exit status, which tells a failure from a misuse.
fn program(program: &mut Command) -> ExitCode {
    match program.status() {
        Ok(status) => {
            status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            eprintln!("{}: {error}", line(program));
            ExitCode::FAILURE
        }
    }
}

pub(crate) fn load(root: &Path, seconds: u32, adapter: Option<&str>) -> Outcome {
    let seconds = seconds.to_string();
    let load = ["run", "--release", "--package", "cors-conformance", "--", "load", "--seconds", &seconds];
    run(cargo(root, &load).args(adapter.into_iter().flat_map(|adapter| ["--adapter", adapter])))
}
