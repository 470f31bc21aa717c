//! The tools that do not come with cargo, each in one version.

use std::path::Path;
use std::process::Command;

use crate::Failure;
use crate::run::{cargo, output, run};

/// A subcommand of cargo that has to be installed.
pub(crate) struct Tool {
    name: &'static str,
    version: &'static str,
}

pub(crate) const HACK: Tool = Tool { name: "cargo-hack", version: "0.6.46" };
pub(crate) const DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2" };
pub(crate) const SEMVER_CHECKS: Tool = Tool { name: "cargo-semver-checks", version: "0.51.0" };
pub(crate) const PUBLIC_API: Tool = Tool { name: "cargo-public-api", version: "0.52.0" };

/// Those that are not needed for every change; they compile for minutes.
const WANTED: [Tool; 3] = [DENY, SEMVER_CHECKS, PUBLIC_API];

impl Tool {
    /// The tool with these arguments, or how to install it.
    pub(crate) fn command(&self, root: &Path, arguments: &[&str]) -> Result<Command, Failure> {
        if !self.is_there(root) {
            let message = format!("missing: {} {}: {}", self.name, self.version, self.install());
            return Err(Failure::Missing(message));
        }
        let mut command = cargo(root, &[self.subcommand()]);
        command.args(arguments);
        Ok(command)
    }

    /// Whether the tool is there. Says what is left out where it is not.
    pub(crate) fn is_there_or_skipped(&self, root: &Path, what: &str) -> bool {
        let is_there = self.is_there(root);
        if !is_there {
            eprintln!("SKIPPED: {what}: {} is not installed: {}", self.name, self.install());
        }
        is_there
    }

    fn is_there(&self, root: &Path) -> bool {
        let version = self.version(root);
        if let Some(other) = version.as_ref().filter(|version| *version != self.version) {
            let (name, pinned) = (self.name, self.version);
            eprintln!("note: {name} is {other}, and pinned is {pinned}: {}", self.install());
        }
        version.is_some()
    }

    /// The version that is installed.
    fn version(&self, root: &Path) -> Option<String> {
        let said = output(&mut cargo(root, &[self.subcommand(), "--version"])).ok()?;
        said.split_whitespace().nth(1).map(str::to_owned)
    }

    fn subcommand(&self) -> &'static str {
        self.name.trim_start_matches("cargo-")
    }

    fn install(&self) -> String {
        format!("cargo install {} --version {} --locked", self.name, self.version)
    }
}

/// Installs what every change needs, or also what a release wants.
pub(crate) fn install(root: &Path, all: bool) -> Result<(), Failure> {
    let wanted = if all { &WANTED[..] } else { &[] };
    for tool in [&HACK].into_iter().chain(wanted) {
        if tool.version(root).is_some_and(|version| version == tool.version) {
            eprintln!("{} {} is installed", tool.name, tool.version);
            continue;
        }
        run(&mut cargo(root, &["install", tool.name, "--version", tool.version, "--locked"]))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_tool_is_told_with_its_version_and_how_to_install_it() {
        let tool = Tool { name: "cargo-no-such-tool", version: "1.2.3" };
        let Err(Failure::Missing(message)) = tool.command(&crate::root(), &[]) else { panic!("it is there") };
        let install = "cargo install cargo-no-such-tool --version 1.2.3 --locked";
        assert_eq!(message, format!("missing: cargo-no-such-tool 1.2.3: {install}"));
    }
}
