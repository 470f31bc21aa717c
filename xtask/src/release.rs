//! From a changelog to crates on crates.io: `cargo xtask release`. RELEASING.md has the order of the steps.

mod changelog;
mod consumer;
mod date;
#[cfg(test)]
mod fixture;
mod git;
mod index;
mod inspect;
mod prepare;
mod public_api;
mod publish;
mod registry;
mod rehearse;
mod seed;
pub(crate) mod version;

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::{Failure, workspace};

#[derive(Subcommand)]
pub(crate) enum Step {
    /// Set the version, date the changelog and commit both on a branch.
    Prepare {
        /// The version to release, such as 0.2.0.
        version: String,
    },
    /// Whether versions, changelog, packages and public API are ready for the tag.
    Check {
        /// Write the snapshots of the public API anew; needs cargo-public-api.
        #[arg(long)]
        bless: bool,
    },
    /// Publish to a registry on this machine, faults included, and build a user's project from it.
    Rehearse {
        /// Do not compile each package before it is uploaded.
        #[arg(long)]
        no_verify: bool,
    },
    /// Publish to crates.io, or go on where an earlier run stopped.
    Publish {
        /// The version that is to be published for good.
        #[arg(long, value_name = "VERSION")]
        confirm: Option<String>,
    },
    /// Build a user's project with the published crates and ask each adapter once.
    Verify,
    /// Open the next development version and a new section of the changelog, on a branch.
    Post,
}

pub(crate) fn run(root: &Path, step: Step) -> Result<(), Failure> {
    match step {
        Step::Prepare { version } => prepare::prepare(root, &version),
        Step::Check { bless: true } => public_api::bless(root),
        Step::Check { bless: false } => inspect::check(root),
        Step::Rehearse { no_verify } => rehearse::rehearse(root, !no_verify),
        Step::Publish { confirm } => publish::in_earnest(root, confirm.as_deref()),
        Step::Verify => {
            let scratch = Scratch::new("verify")?;
            let registry = publish::Registry::fresh(&scratch.folder("home")?);
            consumer::verify(&registry, &scratch, &workspace::published(root)?, &version::current(root)?)
        }
        Step::Post => prepare::post(root),
    }
}

/// A folder outside of the workspace that goes away with this.
struct Scratch(PathBuf);

impl Scratch {
    fn new(purpose: &str) -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("cors-{purpose}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }

    /// A folder in it, made where it is not there.
    fn folder(&self, name: &str) -> Result<PathBuf, Failure> {
        let folder = self.0.join(name);
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
