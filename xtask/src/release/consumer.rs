//! A user's project: every adapter by its version alone, built from the registry, and asked once; and the commands, installed
//! from it.

use std::path::Path;
use std::process::Command;

use semver::Version;

use super::Scratch;
use super::publish::Registry;
use crate::Failure;
use crate::files::{read, write};
use crate::run::{output, run};

const MANIFEST: &str = include_str!("../../consumer/Cargo.toml.in");
const SOURCES: [(&str, &str); 7] = [
    ("main.rs", include_str!("../../consumer/main.rs")),
    ("actix.rs", include_str!("../../consumer/actix.rs")),
    ("poem.rs", include_str!("../../consumer/poem.rs")),
    ("rocket.rs", include_str!("../../consumer/rocket.rs")),
    ("sources.rs", include_str!("../../consumer/sources.rs")),
    ("tower.rs", include_str!("../../consumer/tower.rs")),
    ("warp.rs", include_str!("../../consumer/warp.rs")),
];

/// Packages that are installed: each with the name of its command.
const COMMANDS: [(&str, &str); 1] = [("cors-cli", "cors")];

/// The same after a rehearsal and after a release.
pub(crate) fn verify(
    registry: &Registry,
    scratch: &Scratch,
    names: &[String],
    version: &Version,
) -> Result<(), Failure> {
    let missing = registry.missing(names, version)?;
    if !missing.is_empty() {
        let help = "publish it, or wait for the index, and verify again";
        return Err(Failure::Failed(format!("the registry has no {} {version}: {help}", missing.join(", "))));
    }
    let (commands, libraries): (Vec<_>, Vec<_>) =
        names.iter().cloned().partition(|name| command(name).is_some());
    let folder = scratch.folder("consumer")?;
    write(&folder.join("Cargo.toml"), &manifest(&libraries, version)?)?;
    let sources = scratch.folder("consumer/src")?;
    for (name, text) in SOURCES {
        write(&sources.join(name), text)?;
    }
    // Neither the workspace's target folder nor its flags.
    let mut build = registry.cargo(&folder, &["run", "--quiet"]);
    build
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env_remove("RUSTFLAGS");
    run(&mut build).map_err(|_| {
        let help = "fix what is reported above; the project is in xtask/consumer";
        Failure::Failed(format!("a user of {version} would get this: {help}"))
    })?;
    locked(&folder.join("Cargo.lock"), &libraries, version)?;
    commands.iter().try_for_each(|name| install(registry, &folder, name, version))
}

fn command(package: &str) -> Option<&'static str> {
    COMMANDS.iter().find(|(name, _)| *name == package).map(|(_, command)| *command)
}

/// Installs a command, and asks it for its version.
fn install(registry: &Registry, folder: &Path, name: &str, version: &Version) -> Result<(), Failure> {
    let Some(command) = command(name) else { return Ok(()) };
    let package = format!("{name}@={version}");
    let mut install =
        registry.cargo(folder, &["install", "--quiet", "--debug", "--no-track", &package, "--root"]);
    install.arg(folder).env("CARGO_TARGET_DIR", folder.join("target"));
    install.env("CARGO_PROFILE_DEV_DEBUG", "0").env_remove("RUSTFLAGS");
    run(&mut install)?;
    let told = output(Command::new(folder.join("bin").join(command)).arg("--version"))?;
    if told.trim() == format!("{command} {version}") {
        println!("{name}: {}", told.trim());
        return Ok(());
    }
    Err(Failure::Failed(format!("{name} {version} was installed, and its command reports {told:?}")))
}

/// With each published crate at exactly this version.
fn manifest(names: &[String], version: &Version) -> Result<String, Failure> {
    let unused = names.iter().find(|name| !MANIFEST.contains(&format!("{name} = ")));
    match unused {
        None => Ok(MANIFEST.replace("{version}", &version.to_string())),
        Some(name) => {
            Err(Failure::Failed(format!("xtask/consumer does not use {name}: add it to the manifest there")))
        }
    }
}

/// That what was built is what the registry has, as if from crates.io.
fn locked(path: &Path, names: &[String], version: &Version) -> Result<(), Failure> {
    let lock = read(path)?;
    for name in names {
        let source = "registry+https://github.com/rust-lang/crates.io-index";
        let entry = format!("name = \"{name}\"\nversion = \"{version}\"\nsource = \"{source}\"\nchecksum = ");
        if !lock.replace('\r', "").contains(&entry) {
            return Err(Failure::Failed(format!(
                "{name} {version} was not built from the registry: see xtask/consumer"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_crate_is_used() {
        let names = crate::workspace::published(&crate::root()).expect("the crates");
        let (commands, names): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| command(name).is_some());
        assert_eq!(commands.len(), COMMANDS.len());
        let manifest = manifest(&names, &Version::new(1, 2, 3)).expect("a crate is not used");
        assert_eq!(manifest.matches("\"=1.2.3\"").count(), names.len());
        assert!(super::manifest(&["cors-new".into()], &Version::new(1, 2, 3)).is_err());
    }
}
