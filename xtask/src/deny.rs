//! Licences, bans and sources, by cargo-deny and deny.toml. Its advisories need a database from the network.

use std::path::Path;

use crate::Failure;
use crate::run::run;
use crate::tools::DENY;

pub(crate) fn run_here(root: &Path) -> Result<(), Failure> {
    let checks = ["--locked", "check", "--hide-inclusion-graph", "licenses", "bans", "sources"];
    run(&mut DENY.command(root, &checks)?)
}

/// As part of all checks: the tool compiles for minutes, so it need not be there.
pub(crate) fn run_if_there(root: &Path) -> Result<(), Failure> {
    if DENY.is_there_or_skipped(root, "licences, bans and sources") { run_here(root) } else { Ok(()) }
}
