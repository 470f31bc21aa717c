//! Whether everything is ready for the tag.

use std::path::Path;

use semver::Version;

use super::{changelog, git, public_api, version};
use crate::files::read;
use crate::run::run;
use crate::tools::SEMVER_CHECKS;
use crate::{Failure, packages, workspace};

pub(crate) fn check(root: &Path) -> Result<(), Failure> {
    let current = version::current(root)?;
    let tagged = git::tagged(root)?;
    let mut faults = faults(root, &current)?;
    if tagged.contains(&current) {
        let help = "that version is taken: cargo xtask release prepare, with a greater one";
        faults.push(format!("the tag v{current} is there already: {help}"));
    }
    end(faults)?;
    if version::repository(root)?.is_none() {
        eprintln!("note: [workspace.package] has no `repository`: it has to be set before a real publish");
    }
    semver(root, &current, &tagged)?;
    public_api::check(root)?;
    println!("{current} is ready for its tag: git tag v{current}, after this commit is merged");
    Ok(())
}

/// What a release needs besides its tag.
pub(crate) fn faults(root: &Path, current: &Version) -> Result<Vec<String>, Failure> {
    if current.pre.as_str().split('.').any(|mark| mark == "dev") {
        let help = "cargo xtask release prepare, with the version to release";
        return Ok(vec![format!("{current} is a development version: {help}")]);
    }
    let mut faults = version::disagreements(root)?;
    let changelog = read(&root.join("CHANGELOG.md"))?;
    faults.extend(changelog::fault(&changelog, current, version::repository(root)?.as_deref()));
    // Without a lock file that agrees, cargo could not list what is in a package.
    if faults.is_empty() {
        faults = packages::faults(root)?;
    }
    Ok(faults)
}

pub(crate) fn end(faults: Vec<String>) -> Result<(), Failure> {
    if faults.is_empty() { Ok(()) } else { Err(Failure::Failed(faults.join("\n"))) }
}

/// Against the version before.
fn semver(root: &Path, current: &Version, tagged: &[Version]) -> Result<(), Failure> {
    let Some(before) = tagged.iter().filter(|tagged| *tagged < current).max() else {
        eprintln!("semver: no tag of an earlier version, so this is the first release and has no baseline");
        return Ok(());
    };
    if !SEMVER_CHECKS.is_there_or_skipped(root, "semver") {
        return Ok(());
    }
    let mut command = SEMVER_CHECKS.command(root, &["--baseline-rev", &format!("v{before}")])?;
    for name in workspace::libraries(root)? {
        command.args(["--package", &name]);
    }
    run(&mut command).map_err(|_| {
        let help = "undo that, or prepare a version that may break";
        Failure::Failed(format!("{current} breaks users of {before}, which its number denies: {help}"))
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::fixture::{git, repository, told};
    use super::super::prepare;
    use super::*;
    use crate::files::write;

    #[test]
    fn what_is_not_ready_is_told() {
        let folder = repository();
        let root = folder.path();
        let refused = || told(check(root));
        assert!(refused().contains("no section for 0.1.0: cargo xtask release prepare 0.1.0"));
        assert_eq!(told(prepare::prepare(root, "0.1.0")), "");
        assert!(
            refused()
                .contains("cors-a: LICENSE-MIT is in xtask/packages/cors-a.txt and would not be published")
        );
        fs::write(root.join("cors-a/LICENSE-MIT"), "").expect("a file");
        assert!(refused().contains("the package has no LICENSE-APACHE"));
        fs::write(root.join("cors-a/LICENSE-APACHE"), "").expect("a file");
        assert_eq!(refused(), "");
        fs::write(root.join("cors-a/src/key.pem"), "").expect("a file");
        assert!(refused().contains("src/key.pem would be published and is not in"));
        fs::remove_file(root.join("cors-a/src/key.pem")).expect("no file");
        git(root, &["tag", "v0.1.0"]);
        assert!(refused().contains("the tag v0.1.0 is there already"));
        git(root, &["tag", "--delete", "v0.1.0"]);
        for file in version::LOCKS {
            let path = root.join(file);
            let text = read(&path).expect("a lock file");
            write(&path, &text.replace("0.1.0", "0.0.9")).expect("a lock file");
            assert!(refused().contains(&format!("{file}: cors-a is 0.0.9 and the workspace 0.1.0")));
            write(&path, &text).expect("a lock file");
        }
        let path = root.join("Cargo.toml");
        let text = read(&path).expect("a manifest");
        write(&path, &text.replace("'cors-a', version = \"0.1.0\"", "'cors-a', version = '0.2.0'"))
            .expect("a manifest");
        assert!(refused().contains("cors-a has to have version = \"0.1.0\""));
        write(&path, &text.replace("0.1.0", "0.1.1-dev")).expect("a manifest");
        assert!(refused().contains("0.1.1-dev is a development version"));
    }
}
