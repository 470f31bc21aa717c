//! The steps of `cargo xtask check`. Each runs cargo as a person would.

use std::path::Path;
use std::process::{Command, ExitCode};

use crate::tidy;

type Outcome = Result<(), String>;

pub(crate) fn all(root: &Path) -> Outcome {
    fmt(root)?;
    tidy::run(root)?;
    clippy(root)?;
    doc(root)?;
    test(root)
}

pub(crate) fn fmt(root: &Path) -> Outcome {
    cargo(root, &["fmt", "--all", "--check"], &[])?;
    cargo(root, &["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"], &[])
}

/// Each published crate also by itself and with its own features alone, since a workspace build unites the features of
/// all and so hides one that is missing.
pub(crate) fn clippy(root: &Path) -> Outcome {
    let strict = ["--", "--deny", "warnings"];
    cargo(root, &[&["clippy", "--workspace", "--all-targets", "--all-features"][..], &strict].concat(), &[])?;
    for package in tidy::published(root)? {
        for features in [&["--no-default-features"][..], &[], &["--all-features"]] {
            let arguments = [&["clippy", "--package", &package][..], features, &strict].concat();
            cargo(root, &arguments, &[])?;
        }
    }
    Ok(())
}

pub(crate) fn doc(root: &Path) -> Outcome {
    let arguments = ["doc", "--workspace", "--all-features", "--no-deps"];
    cargo(root, &arguments, &[("RUSTDOCFLAGS", "--deny warnings")])
}

pub(crate) fn test(root: &Path) -> Outcome {
    cargo(root, &["test", "--workspace"], &[])?;
    cargo(root, &["test", "--package", "cors-conformance", "--features", "peers", "--test", "peers"], &[])
}

/// With the program's own exit status, which tells a failure from a misuse.
pub(crate) fn browsers(root: &Path, arguments: &[String]) -> ExitCode {
    let run = ["run", "--quiet", "--package", "cors-browsers", "--"];
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    match Command::new(cargo).args(run).args(arguments).current_dir(root).status() {
        Ok(status) => {
            status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(error) => {
            eprintln!("cargo run --package cors-browsers: {error}");
            ExitCode::FAILURE
        }
    }
}

pub(crate) fn load(root: &Path, seconds: u32, adapter: Option<&str>) -> Outcome {
    let seconds = seconds.to_string();
    let mut arguments =
        vec!["run", "--release", "--package", "cors-conformance", "--", "load", "--seconds", &seconds];
    arguments.extend(adapter.into_iter().flat_map(|adapter| ["--adapter", adapter]));
    cargo(root, &arguments, &[])
}

fn cargo(root: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let line = format!("cargo {}", arguments.join(" "));
    eprintln!("$ {line}");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(root)
        .status()
        .map_err(|error| format!("{line}: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("failed: {line}")) }
}
