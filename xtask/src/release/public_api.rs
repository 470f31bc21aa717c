//! The public API of each published library, as text that a review can see change.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::files::{read, write};
use crate::run::output;
use crate::tools::PUBLIC_API;
use crate::{Failure, workspace};

/// Holds the snapshots against the code, where the tools for that are there.
pub(crate) fn check(root: &Path) -> Result<(), Failure> {
    if !PUBLIC_API.is_there_or_skipped(root, "public API") || !has_nightly() {
        return Ok(());
    }
    for name in workspace::libraries(root)? {
        let path = snapshot(root, &name);
        if !path.exists() {
            eprintln!("public API: {name} has no snapshot yet: cargo xtask release check --bless");
        } else if let Some(line) = difference(&read(&path)?, &listing(root, &name)?) {
            let help = "undo that, or: cargo xtask release check --bless";
            return Err(Failure::Failed(format!(
                "{name}: the public API is not its snapshot ({line}): {help}"
            )));
        }
    }
    Ok(())
}

pub(crate) fn bless(root: &Path) -> Result<(), Failure> {
    if !has_nightly() {
        return Ok(());
    }
    for name in workspace::libraries(root)? {
        write(&snapshot(root, &name), &listing(root, &name)?)?;
    }
    Ok(())
}

fn snapshot(root: &Path, name: &str) -> PathBuf {
    root.join("xtask/public-api").join(format!("{name}.txt"))
}

/// rustdoc tells an API in a form that programs read only in a nightly toolchain.
fn has_nightly() -> bool {
    let installed = output(Command::new("rustup").args(["toolchain", "list"])).unwrap_or_default();
    let is_there = installed.lines().any(|line| line.starts_with("nightly"));
    if !is_there {
        eprintln!(
            "SKIPPED: public API: no nightly toolchain: rustup toolchain install nightly --profile minimal"
        );
    }
    is_there
}

fn listing(root: &Path, name: &str) -> Result<String, Failure> {
    // Without what the compiler implements for every type.
    let list = ["--package", name, "--all-features", "--omit", "blanket-impls,auto-trait-impls"];
    let mut command = PUBLIC_API.command(root, &list)?;
    output(command.env("RUSTUP_AUTO_INSTALL", "0").env_remove("RUSTUP_TOOLCHAIN"))
}

fn difference(old: &str, new: &str) -> Option<String> {
    let gone = old.lines().find(|line| !new.lines().any(|other| other == *line));
    let come = new.lines().find(|line| !old.lines().any(|other| other == *line));
    gone.map(|line| format!("gone: {line}")).or(come.map(|line| format!("new: {line}")))
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn the_first_difference_is_told() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        assert_eq!(difference("a\nb\n", "a\n").as_deref(), Some("gone: b"));
        assert_eq!(difference("a\n", "a\nb\n").as_deref(), Some("new: b"));
    }
}
