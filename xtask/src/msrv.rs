//! The oldest Rust that each published crate promises. No toolchain is ever fetched for this.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use semver::Version;
use serde_json::Value;

use crate::run::{cargo, metadata, output, run};
use crate::{Failure, workspace};

/// With `required` a toolchain that is not installed is a failure, and is otherwise told.
pub(crate) fn check(root: &Path, required: bool) -> Result<(), Failure> {
    let needs = needs(&metadata(root)?);
    let installed = output(Command::new("rustup").args(["toolchain", "list"])).unwrap_or_default();
    let published = workspace::published(root)?;
    lint(root, &published)?;
    for name in published {
        let own = needs.iter().find(|((package, _), _)| *package == name);
        let (_, own) = own.ok_or_else(|| format!("{name}: write `rust-version.workspace = true`"))?;
        dependencies(root, &name, own, &needs)?;
        match toolchain(&installed, own) {
            Some(toolchain) => build(root, &name, &toolchain)?,
            None => {
                let told = format!(
                    "the build of {name} with Rust {own}: it is not installed: rustup toolchain install {}.{} --profile minimal",
                    own.major, own.minor
                );
                if required {
                    return Err(Failure::Missing(format!("missing: {told}")));
                }
                eprintln!("SKIPPED: {told}");
            }
        }
    }
    Ok(())
}

/// What each package says that it needs, by name and version.
fn needs(metadata: &Value) -> BTreeMap<(String, String), Version> {
    let text = |package: &Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let needs = packages.filter_map(|package| {
        let rust = version(package["rust_version"].as_str()?)?;
        Some(((text(package, "name"), text(package, "version")), rust))
    });
    needs.collect()
}

/// `1.85` is `1.85.0`.
fn version(text: &str) -> Option<Version> {
    let zeros = ".0".repeat(2_usize.saturating_sub(text.matches('.').count()));
    Version::parse(&format!("{text}{zeros}")).ok()
}

/// No locked dependency of a published crate asks for a newer Rust than the crate does.
fn dependencies(
    root: &Path,
    name: &str,
    own: &Version,
    needs: &BTreeMap<(String, String), Version>,
) -> Result<(), Failure> {
    let tree = ["tree", "--locked", "--all-features", "--target", "all", "--prefix", "none"];
    let mut tree = cargo(root, &tree);
    tree.args(["--edges", "normal,build", "--format", "{p}", "--package", name]);
    let newer: Vec<_> = newer(&output(&mut tree)?, own, needs).collect();
    if newer.is_empty() {
        return Ok(());
    }
    Err(Failure::Failed(format!(
        "msrv: {name} promises Rust {own}, and {}: raise its rust-version, or lock an older version of that \
         dependency: cargo update NAME --precise VERSION",
        newer.join(", ")
    )))
}

fn newer(
    tree: &str,
    own: &Version,
    needs: &BTreeMap<(String, String), Version>,
) -> impl Iterator<Item = String> {
    let packages: std::collections::BTreeSet<_> = tree.lines().collect();
    packages.into_iter().filter_map(|package| {
        let mut words = package.split(' ');
        let (name, version) = (words.next()?, words.next()?.trim_start_matches('v'));
        let rust = needs.get(&(name.to_owned(), version.to_owned()))?;
        (rust > own).then(|| format!("{name} {version} asks for {rust}"))
    })
}

/// Whatever toolchain there is, clippy knows since when the standard library has what.
fn lint(root: &Path, names: &[String]) -> Result<(), Failure> {
    let mut clippy = cargo(root, &["clippy", "--quiet", "--locked", "--all-features"]);
    clippy.args(names.iter().flat_map(|name| ["--package", name]));
    run(clippy.args(["--", "--allow", "clippy::all", "--deny", "clippy::incompatible_msrv"]))
}

/// The name of the installed toolchain that is this Rust.
fn toolchain(installed: &str, rust: &Version) -> Option<String> {
    let names = installed.lines().filter_map(|line| line.split_whitespace().next());
    let is_it = |name: &str| {
        let number = name.split('-').next().and_then(version);
        number.is_some_and(|number| (number.major, number.minor) == (rust.major, rust.minor))
    };
    names.filter(|name| is_it(name)).map(str::to_owned).next()
}

/// In a target folder of its own, so that the compilers do not throw out each other's work.
fn build(root: &Path, name: &str, toolchain: &str) -> Result<(), Failure> {
    let mut rustup = Command::new("rustup");
    rustup.args(["run", toolchain, "cargo", "check", "--quiet", "--locked", "--all-features"]);
    rustup.args(["--package", name, "--target-dir", "target/msrv"]);
    run(rustup.current_dir(root).env("RUSTUP_AUTO_INSTALL", "0").env_remove("CARGO").env_remove("RUSTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_installed_toolchain_is_used() {
        let installed =
            "stable-x86_64-unknown-linux-gnu (active, default)\n1.85.1-x86_64-unknown-linux-gnu\n1.89";
        let rust = |text| version(text).expect("a version");
        assert_eq!(toolchain(installed, &rust("1.85")).as_deref(), Some("1.85.1-x86_64-unknown-linux-gnu"));
        assert_eq!(toolchain(installed, &rust("1.89.0")).as_deref(), Some("1.89"));
        assert_eq!(toolchain(installed, &rust("1.8")), None);
    }

    #[test]
    fn a_dependency_that_asks_for_a_newer_rust_is_told() {
        let metadata = serde_json::json!({ "packages": [
            { "name": "old", "version": "1.0.0", "rust_version": "1.60" },
            { "name": "new", "version": "2.0.0", "rust_version": "1.86.1" },
            { "name": "silent", "version": "3.0.0", "rust_version": null },
        ]});
        let tree =
            "own v0.1.0 (/somewhere)\nold v1.0.0\nnew v2.0.0\nnew v2.0.0 (*)\nsilent v3.0.0 (proc-macro)";
        let newer: Vec<_> = newer(tree, &Version::new(1, 85, 0), &needs(&metadata)).collect();
        assert_eq!(newer[0], "new 2.0.0 asks for 1.86.1");
    }
}
