//! What a release asks of git.

use std::path::Path;

use semver::Version;

use crate::Failure;
use crate::run::{git, output};

/// That nothing is uncommitted.
pub(crate) fn is_clean(root: &Path) -> Result<(), Failure> {
    let status = output(&mut git(root, &["status", "--porcelain"]))?;
    match status.lines().next() {
        None => Ok(()),
        Some(line) => {
            let file = line.get(3..).unwrap_or_default();
            Err(Failure::Failed(format!(
                "not everything is committed ({file}, ..): commit it, or put it away by git stash -u"
            )))
        }
    }
}

/// The versions that have a tag.
pub(crate) fn tagged(root: &Path) -> Result<Vec<Version>, Failure> {
    let tags = output(&mut git(root, &["tag", "--list", "v*"]))?;
    Ok(tags.lines().filter_map(|tag| Version::parse(tag.trim_start_matches('v')).ok()).collect())
}

/// Whether the tag of a version is on the commit that is checked out.
pub(crate) fn is_tagged_here(root: &Path, version: &Version) -> Result<bool, Failure> {
    let tags = output(&mut git(root, &["tag", "--points-at", "HEAD"]))?;
    Ok(tags.lines().any(|tag| tag == format!("v{version}")))
}

/// Goes to a new branch.
pub(crate) fn branch(root: &Path, name: &str) -> Result<(), Failure> {
    if output(&mut git(root, &["branch", "--list", name]))?.is_empty() {
        return output(&mut git(root, &["switch", "--quiet", "--create", name])).map(drop);
    }
    Err(Failure::Failed(format!(
        "the branch {name} is there already: go on with it, or git branch -D {name}"
    )))
}

pub(crate) fn commit_all(root: &Path, message: &str) -> Result<(), Failure> {
    output(&mut git(root, &["commit", "--quiet", "--all", "--message", message])).map(drop)
}
