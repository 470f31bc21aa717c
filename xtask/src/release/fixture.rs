//! For tests: a small repository that can be released.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::Failure;
use crate::run::output;

pub(crate) fn git(root: &Path, arguments: &[&str]) -> String {
    output(&mut crate::run::git(root, arguments)).expect("git")
}

const LOCK: &str = "version = 4\n\n[[package]]\nname = \"cors-a\"\nversion = \"0.1.0\"\n";

/// A workspace of one crate under git, with something to release.
pub(crate) fn repository() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let root = folder.path();
    for (file, text) in [
        (
            "Cargo.toml",
            "[workspace]\nmembers = ['cors-a']\n[workspace.package]\nversion = '0.1.0'\n\
             [workspace.dependencies]\ncors-a = { path = 'cors-a', version = '0.1.0' }\n",
        ),
        ("cors-a/Cargo.toml", "[package]\nname = 'cors-a'\nversion.workspace = true\nedition = '2024'\n"),
        ("cors-a/src/lib.rs", ""),
        ("Cargo.lock", LOCK),
        ("cors-model/fuzz/Cargo.lock", LOCK),
        (
            "xtask/packages/cors-a.txt",
            "Cargo.lock\nCargo.toml\nCargo.toml.orig\nLICENSE-APACHE\nLICENSE-MIT\nsrc/lib.rs\n",
        ),
        ("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n- A thing.\n"),
    ] {
        let path = root.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    git(root, &["init", "--quiet", "--initial-branch", "main"]);
    git(root, &["config", "user.name", "A"]);
    git(root, &["config", "user.email", "a@example.com"]);
    git(root, &["config", "commit.gpgsign", "false"]);
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "--message", "Begin"]);
    folder
}

/// What a user is told, or nothing.
pub(crate) fn told(result: Result<(), Failure>) -> String {
    match result {
        Ok(()) => String::new(),
        Err(Failure::Failed(message) | Failure::Missing(message) | Failure::Misuse(message)) => message,
    }
}
