//! Other programs, run as a person would run them.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Failure;

/// Cargo, in a folder: the one that runs this.
pub(crate) fn cargo(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(folder);
    command
}

pub(crate) fn git(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(arguments).current_dir(folder);
    command
}

/// Tells the line, and runs it in front of the user.
pub(crate) fn run(command: &mut Command) -> Result<(), Failure> {
    let line = line(command);
    eprintln!("$ {line}");
    let status = command.status().map_err(|error| format!("{line}: {error}"))?;
    if status.success() { Ok(()) } else { Err(Failure::Failed(format!("failed: {line}"))) }
}

/// What it prints, where it ends well.
pub(crate) fn output(command: &mut Command) -> Result<String, Failure> {
    let line = line(command);
    let output = command.output().map_err(|error| format!("{line}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::Failed(format!("{}\nfailed: {line}", said.trim_end())))
}

/// What cargo knows of the workspace and of all its dependencies.
pub(crate) fn metadata(root: &Path) -> Result<Value, Failure> {
    let metadata = ["metadata", "--format-version", "1", "--locked", "--all-features"];
    let metadata = output(&mut cargo(root, &metadata)).map_err(|failure| match failure {
        Failure::Failed(said) => {
            let help =
                "where a dependency is not in cargo's cache: cargo fetch --locked, once, with the network";
            Failure::Failed(format!("{said}\n{help}"))
        }
        other => other,
    })?;
    Ok(serde_json::from_str(&metadata).map_err(|error| format!("cargo metadata: {error}"))?)
}

/// As it would be typed.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = [program].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
