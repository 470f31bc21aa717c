//! Licences, bans and sources, by cargo-deny and deny.toml. Its advisories need a database from the network.

use std::path::Path;
use std::process::Command;

use crate::Failure;

const VERSION: &str = "0.20.2";

pub(crate) fn run(root: &Path) -> Result<(), Failure> {
    let deny = || {
        let mut command = Command::new("cargo-deny");
        command.current_dir(root);
        command
    };
    if deny().arg("--version").output().is_err() {
        let install = format!("cargo install cargo-deny --version {VERSION} --locked");
        return Err(Failure::Missing(format!("missing: cargo-deny {VERSION}: {install}")));
    }
    let checks = ["--locked", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"];
    let status = deny().args(checks).status().map_err(|error| format!("cargo-deny: {error}"))?;
    if status.success() { Ok(()) } else { Err(Failure::Failed("failed: cargo deny check".into())) }
}
