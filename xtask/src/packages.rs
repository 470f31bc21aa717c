//! What goes into the published packages. The lists in `xtask/packages` are what should.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::{cargo, output, run};
use crate::{Failure, workspace};

/// Every published package, with the lists of their files checked against the committed ones.
///
/// Without verification, which compiles every package from its tarball, this takes seconds. `check` leaves it at that:
/// `release rehearse` compiles the same tarballs as a user would, and `hack` each crate by itself.
pub(crate) fn package(root: &Path, verify: bool) -> Result<(), Failure> {
    let faults = faults(root)?;
    if !faults.is_empty() {
        return Err(Failure::Failed(faults.join("\n")));
    }
    let mut package = cargo(root, &["package", "--quiet", "--locked", "--allow-dirty"]);
    // Cargo unpacks the packages below a name that it makes of this folder's, and unpacks a version once: in a folder of an earlier run
    // the adapters would be compiled with the `cors-model` of that run.
    let folder = root.join("target/package-check");
    let fresh = folder.join(std::process::id().to_string());
    if verify {
        package.arg("--target-dir").arg(&fresh);
    } else {
        package.arg("--no-verify");
    }
    // All at once, since none of them can be found elsewhere before it is published.
    for name in workspace::published(root)? {
        package.args(["--package", &name]);
    }
    let done = run(&mut package);
    // What an earlier run left if it was interrupted goes, too.
    let _ = fs::remove_dir_all(&folder);
    done
}

/// Where a package's files are not the committed list, or leave out a licence.
pub(crate) fn faults(root: &Path) -> Result<Vec<String>, Failure> {
    let mut faults = Vec::new();
    for name in workspace::published(root)? {
        let committed = fs::read_to_string(list(root, &name)).unwrap_or_default();
        faults.extend(differences(&name, &committed, &files(root, &name)?));
    }
    Ok(faults)
}

/// Writes the lists anew.
pub(crate) fn bless(root: &Path) -> Result<(), Failure> {
    for name in workspace::published(root)? {
        let path = list(root, &name);
        fs::write(&path, files(root, &name)?).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

fn list(root: &Path, name: &str) -> PathBuf {
    root.join("xtask/packages").join(format!("{name}.txt"))
}

/// Without `.cargo_vcs_info.json`, which is there only where git is.
fn files(root: &Path, name: &str) -> Result<String, Failure> {
    let list = ["package", "--quiet", "--list", "--locked", "--allow-dirty", "--package", name];
    let listed = output(&mut cargo(root, &list))?.replace('\\', "/");
    let files = listed.lines().filter(|file| *file != ".cargo_vcs_info.json");
    Ok(files.map(|file| format!("{file}\n")).collect())
}

fn differences(name: &str, committed: &str, found: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let help = "where that is right: cargo xtask package --bless";
    for file in found.lines().filter(|file| !committed.lines().any(|line| line == *file)) {
        faults.push(format!(
            "{name}: {file} would be published and is not in xtask/packages/{name}.txt; {help}"
        ));
    }
    for file in committed.lines().filter(|file| !found.lines().any(|line| line == *file)) {
        faults.push(format!(
            "{name}: {file} is in xtask/packages/{name}.txt and would not be published; {help}"
        ));
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        if !found.lines().any(|file| file == licence) {
            faults.push(format!("{name}: the package has no {licence}: link it from the root"));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_too_many_or_too_few_is_told() {
        let good = "Cargo.toml\nLICENSE-APACHE\nLICENSE-MIT\nsrc/lib.rs\n";
        assert_eq!(differences("x", good, good), [""; 0]);
        let key = differences("x", good, &format!("{good}src/key.pem\n"));
        assert!(key[0].contains("src/key.pem would be published"), "{key:?}");
        let gone = differences("x", good, &good.replace("src/lib.rs\n", ""));
        assert!(gone[0].contains("src/lib.rs is in xtask/packages/x.txt and would not"), "{gone:?}");
        let without = good.replace("LICENSE-MIT\n", "");
        assert!(differences("x", &without, &without)[0].contains("no LICENSE-MIT"));
    }
}
