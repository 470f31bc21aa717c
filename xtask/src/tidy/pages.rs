//! What pages, workflows and sources say about this repository: commands that exist, no place on somebody's machine,
//! pinned actions.

use std::path::Path;

use clap::{Command, CommandFactory};

use crate::files::read;
use crate::run::{git, output};

pub(super) fn check(root: &Path, faults: &mut Vec<String>) -> Result<(), String> {
    let files = ["ls-files", "*.md", "*.rs", "*.toml", "*.yml", ".ci/run"];
    // In an archive without git there is nothing to ask for.
    for file in output(&mut git(root, &files)).unwrap_or_default().lines() {
        let path = root.join(file);
        if !path.is_file() {
            continue;
        }
        let text = read(&path)?;
        for (at, line) in text.lines().enumerate() {
            let fault = unknown_command(line)
                .or_else(|| machine(line))
                .or_else(|| file.starts_with(".github/").then(|| unpinned(line)).flatten());
            faults.extend(fault.map(|fault| format!("{file}:{}: {fault}", at + 1)));
        }
        if file.ends_with(".md") {
            let hidden =
                "rustdoc hides this line, and other readers of the page see it: write an example without it";
            faults.extend(hidden_lines(&text).map(|line| format!("{file}:{line}: {hidden}")));
        }
    }
    Ok(())
}

/// The lines of examples that rustdoc hides, by number.
fn hidden_lines(text: &str) -> impl Iterator<Item = usize> {
    let mut is_rust = false;
    text.lines().zip(1..).filter_map(move |(line, at)| {
        let line = line.trim_start();
        if let Some(language) = line.strip_prefix("```") {
            is_rust = language.starts_with("rust");
        }
        (is_rust && (line == "#" || line.starts_with("# "))).then_some(at)
    })
}

/// A `cargo xtask` command that there is not.
fn unknown_command(line: &str) -> Option<String> {
    let cli = crate::Cli::command();
    line.split("cargo xtask ").skip(1).find_map(|rest| {
        let (name, rest) = word(rest);
        let command = if name.is_empty() { return None } else { cli.find_subcommand(name) };
        let Some(command) = command else {
            return Some(format!("there is no `cargo xtask {name}`: write one of {}", names(&cli)));
        };
        let (step, _) = word(rest.strip_prefix(' ')?);
        let is_unknown =
            command.has_subcommands() && !step.is_empty() && command.find_subcommand(step).is_none();
        is_unknown
            .then(|| format!("there is no `cargo xtask {name} {step}`: write one of {}", names(command)))
    })
}

/// The letters that a text begins with, and what follows.
fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|char: char| !char.is_ascii_lowercase()).unwrap_or(text.len()))
}

fn names(command: &Command) -> String {
    command.get_subcommands().map(Command::get_name).collect::<Vec<_>>().join(", ")
}

/// A path that exists on one machine only.
fn machine(line: &str) -> Option<String> {
    let homes = [concat!("/", "home/"), concat!("/", "root/"), concat!("/", "Users/"), concat!("C:", "\\")];
    let place = homes.iter().find(|home| line.contains(**home))?;
    Some(format!("{place} is a place on one machine: write a path from the root of the repository"))
}

/// A step of a workflow that is somebody else's, and may change.
fn unpinned(line: &str) -> Option<String> {
    let action = line.split("uses: ").nth(1)?;
    let commit = action.split(['@', ' ']).nth(1).unwrap_or_default();
    let is_pinned = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!is_pinned)
        .then(|| format!("{action}: pin the action to a commit: `@` and its 40 digits, `#` and its version"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_there_is_not_is_told() {
        for line in [
            "run `cargo xtask check`",
            "cargo xtask release prepare X.Y.Z",
            "cargo xtask release",
            "`cargo xtask` and",
        ] {
            assert_eq!(unknown_command(line), None, "{line}");
        }
        let told = |line: String| unknown_command(&line).unwrap_or_default();
        // In two parts, or this line would be told.
        let xtask = "cargo xtask";
        assert!(told(format!("{xtask} chekc")).contains("chekc`: write one of check, "));
        assert!(
            told(format!("{xtask} check; {xtask} release prepair"))
                .contains("prepair`: write one of prepare, ")
        );
    }

    #[test]
    fn a_hidden_line_is_told() {
        let page =
            "# Title\n\n```sh\n# a comment\n```\n```rust\n#[test]\nfn a() {}\n # use b;\n#\n```\n# Title\n";
        assert_eq!(hidden_lines(page).collect::<Vec<_>>(), [9, 10]);
    }

    #[test]
    fn a_place_on_one_machine_is_told() {
        assert_eq!(machine("see docs/rules.md, or https://a.example/home"), None);
        assert!(machine(concat!("cd /", "home/me")).is_some_and(|fault| fault.contains("from the root")));
    }

    #[test]
    fn an_action_that_may_change_is_told() {
        assert_eq!(
            unpinned("- uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0"),
            None
        );
        assert!(
            unpinned("- uses: actions/checkout@v5").is_some_and(|fault| fault.contains("pin the action"))
        );
        assert_eq!(unpinned("- run: cargo xtask check"), None);
    }
}
