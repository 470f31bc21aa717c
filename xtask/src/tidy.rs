//! The invariants of ARCHITECTURE.md, checked in the repository's own files. Each message says how to fix it.

mod pages;
mod rooms;
mod words;

use std::fs;
use std::path::Path;

use toml::Value;

use crate::files::read;
use crate::release::version;
use crate::workspace::{self, Package, packages};

/// What `cors-model` may depend on: pure crates, no IO, no runtime. `arc-swap` replaces a policy without a reader that waits; `log` and
/// `metrics` are facades, as `tracing` is, to which the program brings what writes.
const MODEL_DEPENDENCIES: [&str; 10] =
    ["arc-swap", "bytes", "hashbrown", "http", "idna", "log", "metrics", "psl", "serde", "tracing"];
const ADAPTER_LINES: usize = 270;
const FILE_LINES: usize = 400;

pub(crate) fn run(root: &Path) -> Result<(), String> {
    let packages = packages(root)?;
    let has_address = version::repository(root)?.is_some();
    let rust = workspace::rust_version(root)?;
    let mut faults = Vec::new();
    for package in &packages {
        manifest(package, &mut faults);
        if package.is_published() {
            if has_address && !package.inherits("repository") {
                faults.push(format!("{}/Cargo.toml: write `repository.workspace = true`", package.place));
            }
            sources(package, &mut faults)?;
            licences(root, package, &mut faults);
            readme(package, &rust, &mut faults)?;
        }
        if package.is_adapter() {
            adapter(root, package, &mut faults)?;
        }
    }
    faults.extend(version::disagreements(root)?);
    pages::check(root, &mut faults)?;
    rooms::check(root, &packages, &mut faults)?;
    words::check(root, &mut faults)?;
    if faults.is_empty() {
        eprintln!("tidy: {} packages keep the invariants", packages.len());
        return Ok(());
    }
    Err(faults.into_iter().map(|fault| format!("tidy: {fault}")).collect::<Vec<_>>().join("\n"))
}

/// Invariants 2, 3 and 5: dependencies, versions, lints.
fn manifest(package: &Package, faults: &mut Vec<String>) {
    let Package { name, place, .. } = package;
    let mut fault = |text: String| faults.push(format!("{place}/Cargo.toml: {text}"));
    if package.manifest.get("lints").and_then(|lints| lints.get("workspace")) != Some(&Value::Boolean(true)) {
        fault("write `[lints] workspace = true`".into());
    }
    if package.manifest["package"].get("rust-version").is_none() {
        fault("say which Rust it needs: `rust-version.workspace = true`, or a newer one that its framework asks for".into());
    }
    for key in ["edition", "license"] {
        if !package.inherits(key) {
            fault(format!("write `{key}.workspace = true`"));
        }
    }
    if package.is_published() && !package.inherits("version") {
        fault("a published crate has the workspace's version: write `version.workspace = true`".into());
    }
    if !package.is_published()
        && package.manifest["package"].get("version") != Some(&Value::String("0.0.0".into()))
    {
        fault("a crate that is not published has version 0.0.0".into());
    }
    for dependency in package.dependencies() {
        if name == "cors-model" && !MODEL_DEPENDENCIES.contains(&dependency) {
            fault(format!(
                "the model is pure: take out {dependency}, or add it to the list in xtask with a reason"
            ));
        }
        if package.is_published() && ["cors-conformance", "cors-test-support"].contains(&dependency) {
            fault(format!(
                "nothing that is published depends on the conformance suite: {dependency} is for [dev-dependencies]"
            ));
        }
        let is_adapter = dependency.starts_with("cors-") && dependency != "cors-model";
        if package.is_adapter() && is_adapter && (name.as_str(), dependency) != ("cors-warp", "cors-tower") {
            fault(format!(
                "no adapter depends on another: take out {dependency}, and move what is shared to the model"
            ));
        }
    }
}

/// Invariants 6 and 7: nothing that panics, nothing unfinished, no file that wants splitting.
fn sources(package: &Package, faults: &mut Vec<String>) -> Result<(), String> {
    const PANICS: [&str; 6] =
        [".unwrap()", ".expect(", "panic!(", "unreachable!(", "todo!(", "unimplemented!("];
    for (path, text) in package.sources()? {
        if text.lines().count() > FILE_LINES {
            faults.push(format!("{}: more than {FILE_LINES} lines: split it by concept", path.display()));
        }
        for (at, line) in before_tests(&text).lines().enumerate() {
            let place = format!("{}:{}", path.display(), at + 1);
            if ["TODO", "FIXME"].iter().any(|mark| line.contains(mark)) {
                faults.push(format!("{place}: finish it, or say in an issue what is missing"));
            }
            let is_comment = line.trim_start().starts_with("//");
            if let Some(call) = PANICS.iter().find(|call| !is_comment && line.contains(**call)) {
                faults.push(format!("{place}: `{call}` can panic: return what is wrong instead"));
            }
        }
    }
    Ok(())
}

/// How to get it, and for which Rust.
fn readme(package: &Package, oldest: &str, faults: &mut Vec<String>) -> Result<(), String> {
    let Package { name, place, .. } = package;
    let text = read(&package.folder.join("README.md"))?;
    let rust = package.manifest["package"]["rust-version"].as_str().unwrap_or(oldest);
    let wanted = [
        format!("cargo {} {name}", if package.is_library() { "add" } else { "install" }),
        format!("Rust {rust} or later"),
    ];
    let missing = wanted.iter().filter(|wanted| !text.contains(*wanted));
    faults.extend(missing.map(|missing| format!("{place}/README.md: write `{missing}` near its beginning")));
    Ok(())
}

fn licences(root: &Path, package: &Package, faults: &mut Vec<String>) {
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        // Through the link, which git writes as a file of one line where it may make none.
        let own = fs::read(package.folder.join(licence));
        if own.is_err() || own.ok() != fs::read(root.join(licence)).ok() {
            faults.push(format!(
                "{}: link {licence} from the root, so that the package holds it",
                package.place
            ));
        }
    }
}

/// Invariants 1 and 4: an adapter maps types, and has all that goes with it.
fn adapter(root: &Path, package: &Package, faults: &mut Vec<String>) -> Result<(), String> {
    let mut lines = 0;
    for (path, text) in package.sources()? {
        let code = before_tests(&text);
        lines +=
            code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count();
        for (at, line) in code.lines().enumerate() {
            let lower = line.to_ascii_lowercase();
            let is_comment = line.trim_start().starts_with("//");
            if !is_comment && (lower.contains("access-control-") || lower.contains("access_control_")) {
                let place = format!("{}:{}", path.display(), at + 1);
                faults.push(format!(
                    "{place}: an adapter names no header of the protocol: let the model do it"
                ));
            }
        }
    }
    if lines > ADAPTER_LINES {
        let place = &package.place;
        faults.push(format!("{place}: {lines} code lines, {ADAPTER_LINES} at most: is there policy in it?"));
    }
    let framework = package.place.trim_start_matches("adapters/");
    let readme = read(&root.join("README.md"))?;
    let subject = format!("conformance/src/subject/{}.rs", framework.replace('-', "_"));
    let example = format!("examples/{framework}");
    for (is_there, missing) in [
        (
            readme.contains(&format!("({})", package.place)),
            format!("a row in README.md that links {}", package.place),
        ),
        (root.join(&subject).exists(), subject),
        (root.join(&example).exists(), example),
    ] {
        if !is_there {
            faults.push(format!("{}: every adapter has {missing}: add it", package.place));
        }
    }
    Ok(())
}

/// The part of a file above its unit tests.
fn before_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use toml::Table;

    use super::*;

    fn package(place: &str, manifest: &str) -> Package {
        let manifest: Table = manifest.parse().expect("a manifest");
        let name = manifest["package"]["name"].as_str().expect("a name").to_owned();
        Package { name, folder: place.into(), place: place.into(), manifest }
    }

    const GOOD: &str = "[package]\nname = 'cors-x'\nversion.workspace = true\nedition.workspace = true\n\
                        rust-version.workspace = true\nlicense.workspace = true\n\
                        [lints]\nworkspace = true\n";

    fn faults(place: &str, text: &str) -> Vec<String> {
        let mut faults = Vec::new();
        manifest(&package(place, text), &mut faults);
        faults
    }

    #[test]
    fn a_manifest_that_keeps_the_invariants_has_no_fault() {
        assert_eq!(faults("adapters/x", GOOD), [""; 0]);
    }

    #[test]
    fn each_broken_invariant_of_a_manifest_is_told() {
        let broken = |from: &str, to: &str| faults("adapters/x", &GOOD.replace(from, to)).join("\n");
        assert!(broken("[lints]\nworkspace = true", "").contains("[lints]"));
        assert!(
            broken("version.workspace = true\nedition", "version = '1.0.0'\nedition").contains("version")
        );
        assert!(broken("license.workspace = true\n", "").contains("license.workspace"));
        assert!(
            broken("[lints]", "[dependencies]\ncors-tower = '1'\n[lints]").contains("no adapter depends")
        );
        for suite in ["cors-conformance", "cors-test-support"] {
            let table = |name| format!("[{name}]\n{suite} = '1'\n[lints]");
            assert!(broken("[lints]", &table("dependencies")).contains("conformance suite"));
            assert_eq!(broken("[lints]", &table("dev-dependencies")), "");
        }
        let with_layer = GOOD
            .replace("cors-x", "cors-warp")
            .replace("[lints]", "[dependencies]\ncors-tower = '1'\n[lints]");
        assert_eq!(faults("adapters/warp", &with_layer), [""; 0]);
        let with_other = with_layer.replace("cors-tower", "cors-poem");
        assert!(faults("adapters/warp", &with_other).join("\n").contains("no adapter depends"));
        let model =
            GOOD.replace("cors-x", "cors-model").replace("[lints]", "[dependencies]\ntokio = '1'\n[lints]");
        assert!(faults("cors-model", &model).join("\n").contains("take out tokio"));
    }

    #[test]
    fn this_repository_keeps_the_invariants() {
        run(&crate::root()).unwrap_or_else(|faults| panic!("{faults}"));
    }
}
