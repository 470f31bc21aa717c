//! The commit that a version is released from, and the one that comes after it.

use std::path::Path;

use semver::{Prerelease, Version};

use super::{changelog, date, git, version};
use crate::Failure;
use crate::files::{read, write};

/// Checks everything before it writes anything.
pub(crate) fn prepare(root: &Path, next: &str) -> Result<(), Failure> {
    let next = parse(next)?;
    git::is_clean(root)?;
    let current = version::current(root)?;
    let path = root.join("CHANGELOG.md");
    let text = read(&path)?;
    let tagged = git::tagged(root)?;
    let is_released = changelog::has(&text, &current) || tagged.contains(&current);
    greater(&next, &current, is_released)?;
    if tagged.contains(&next) {
        return Err(Failure::Failed(format!("the tag v{next} is there already: take the next version")));
    }
    let repository = version::repository(root)?;
    let text = changelog::release(&text, &next, &date::today(), repository.as_deref())?;

    let branch = format!("release-{next}");
    git::branch(root, &branch)?;
    version::set(root, &next)?;
    write(&path, &text)?;
    git::commit_all(root, &format!("Release {next}"))?;
    println!("committed on the branch {branch}. Next: cargo xtask release check");
    Ok(())
}

/// The next patch is what development goes on as, since any version that can come is greater than that.
pub(crate) fn post(root: &Path) -> Result<(), Failure> {
    git::is_clean(root)?;
    let released = version::current(root)?;
    if !git::tagged(root)?.contains(&released) {
        let help = "release it first, or fetch its tag by git fetch --tags";
        return Err(Failure::Failed(format!("there is no tag v{released}: {help}")));
    }
    let mut next = released.clone();
    let mark = if released.pre.is_empty() { "dev".to_owned() } else { format!("{}.dev", released.pre) };
    next.patch += u64::from(released.pre.is_empty());
    next.pre = Prerelease::new(&mark).map_err(|error| error.to_string())?;
    let branch = format!("after-{released}");
    let path = root.join("CHANGELOG.md");
    let text = changelog::open(&read(&path)?, version::repository(root)?.as_deref());

    git::branch(root, &branch)?;
    version::set(root, &next)?;
    write(&path, &text)?;
    git::commit_all(root, &format!("Open {next}"))?;
    println!("committed on the branch {branch}: the version is {next}. Next: merge it");
    Ok(())
}

fn parse(text: &str) -> Result<Version, Failure> {
    match Version::parse(text) {
        Ok(version) if version.build.is_empty() => Ok(version),
        Ok(_) => Err(Failure::Misuse(format!("{text}: a registry ignores what follows `+`: leave it out"))),
        Err(_) => Err(Failure::Misuse(format!("{text} is no version: write three numbers, such as 0.2.0"))),
    }
}

/// The version that stands in the manifest may be the first one, which was never released.
fn greater(next: &Version, current: &Version, is_released: bool) -> Result<(), Failure> {
    if next > current || (next == current && !is_released) {
        return Ok(());
    }
    let least = Version::new(current.major, current.minor, current.patch + u64::from(current.pre.is_empty()));
    Err(Failure::Failed(format!("{next} is not greater than {current}: take {least} or a greater one")))
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{git, repository, told};
    use super::*;

    #[test]
    fn from_the_first_version_to_the_next_one() {
        let folder = repository();
        let root = folder.path();
        assert_eq!(told(prepare(root, "0.1.0")), "");
        assert_eq!(git(root, &["log", "-1", "--format=%s %D"]).trim(), "Release 0.1.0 HEAD -> release-0.1.0");
        assert_eq!(git(root, &["status", "--porcelain"]), "");
        assert!(told(post(root)).contains("there is no tag v0.1.0"));
        git(root, &["tag", "v0.1.0"]);
        assert_eq!(told(post(root)), "");
        assert_eq!(version::current(root).expect("a version").to_string(), "0.1.1-dev");
        assert_eq!(version::disagreements(root).expect("versions"), [""; 0]);
        let text = read(&root.join("CHANGELOG.md")).expect("a changelog");
        write(&root.join("CHANGELOG.md"), &text.replace("[Unreleased]\n", "[Unreleased]\n\n- More.\n"))
            .expect("written");
        git(root, &["commit", "--quiet", "--all", "--message", "More"]);
        assert!(told(prepare(root, "0.1.0")).contains("0.1.0 is not greater than 0.1.1-dev: take 0.1.1"));
        assert_eq!(told(prepare(root, "0.2.0")), "");
        assert_eq!(version::current(root).expect("a version"), Version::new(0, 2, 0));
    }

    #[test]
    fn nothing_is_written_where_something_is_wrong() {
        let folder = repository();
        let root = folder.path();
        assert!(told(prepare(root, "two")).contains("write three numbers"));
        assert!(told(prepare(root, "0.2.0+build")).contains("leave it out"));
        assert!(told(prepare(root, "0.0.9")).contains("0.0.9 is not greater than 0.1.0"));
        assert!(told(prepare(root, "0.1.0-rc.1")).contains("is not greater"));
        git(root, &["tag", "v0.2.0"]);
        assert!(told(prepare(root, "0.2.0")).contains("the tag v0.2.0 is there already"));
        git(root, &["tag", "v0.1.0"]);
        assert!(told(prepare(root, "0.1.0")).contains("is not greater"), "it was released");
        git(root, &["branch", "release-0.3.0"]);
        assert!(told(prepare(root, "0.3.0")).contains("the branch release-0.3.0 is there already"));
        write(&root.join("CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n\n### Added\n").expect("written");
        assert!(told(prepare(root, "0.4.0")).contains("not everything is committed (CHANGELOG.md, ..)"));
        git(root, &["commit", "--quiet", "--all", "--message", "Nothing to tell"]);
        assert!(told(prepare(root, "0.4.0")).contains("nothing stands under [Unreleased]"));
        assert_eq!(git(root, &["status", "--porcelain", "--branch"]).trim(), "## main");
        assert_eq!(version::current(root).expect("a version"), Version::new(0, 1, 0));
    }
}
