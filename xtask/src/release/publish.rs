//! Publishing: the same code for a rehearsal and in earnest. Only the registry differs.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use semver::Version;

use super::{Scratch, date, git, inspect, version};
use crate::run::{cargo, line};
use crate::{Failure, workspace};

/// How often in a row nothing new may be there after an upload. The pauses between them double and come to a minute.
const FRUITLESS: u32 = 6;
/// Longer than crates.io makes anybody wait for the next new crate.
const LONGEST_WAIT: Duration = Duration::from_secs(30 * 60);

/// Where packages go.
pub(crate) struct Registry {
    name: &'static str,
    /// Cargo's home, which says where that is. Without one it is the user's, with the user's token.
    home: Option<PathBuf>,
    /// What a rehearsal may do besides: package what is not committed.
    may_be_dirty: bool,
}

impl Registry {
    const CRATES_IO: Self = Self { name: "crates-io", home: None, may_be_dirty: false };

    /// crates.io as somebody sees it who never used cargo before.
    pub(crate) fn fresh(home: &Path) -> Self {
        Self { home: Some(home.to_owned()), ..Self::CRATES_IO }
    }

    pub(crate) fn rehearsal(home: &Path) -> Self {
        Self { name: "rehearsal", home: Some(home.to_owned()), may_be_dirty: true }
    }

    pub(crate) fn cargo(&self, folder: &Path, arguments: &[&str]) -> Command {
        let mut cargo = cargo(folder, arguments);
        if let Some(home) = &self.home {
            cargo.env("CARGO_HOME", home).env_remove("CARGO_NET_OFFLINE");
        }
        cargo
    }

    /// Packages or publishes some crates of the workspace.
    pub(crate) fn upload(&self, root: &Path, target: &Path, arguments: &[&str], names: &[String]) -> Command {
        let mut cargo = self.cargo(root, arguments);
        cargo.args(["--registry", self.name, "--locked", "--target-dir"]).arg(target);
        if self.may_be_dirty {
            cargo.arg("--allow-dirty");
        }
        cargo.args(names.iter().flat_map(|name| ["--package", name]));
        cargo
    }

    /// Those that the index does not have in this version.
    pub(crate) fn missing(&self, names: &[String], version: &Version) -> Result<Vec<String>, Failure> {
        // Outside of the workspace, where cargo would tell of the workspace's own crates.
        let elsewhere = Scratch::new("index")?;
        let mut missing = Vec::new();
        for name in names {
            let spec = format!("{name}@{version}");
            let info = ["info", "--color", "never", "--registry", self.name, &spec];
            let output =
                self.cargo(&elsewhere.0, &info).output().map_err(|error| format!("cargo info: {error}"))?;
            let said = String::from_utf8_lossy(&output.stderr);
            if said.contains(&format!("could not find `{spec}`")) {
                missing.push(name.clone());
            } else if !output.status.success() {
                let help = "see that it can be reached, and run the same command again";
                return Err(Failure::Failed(format!(
                    "{}\nthe registry did not tell what it has: {help}",
                    said.trim_end()
                )));
            }
        }
        Ok(missing)
    }
}

/// To crates.io, where nothing can be taken back.
pub(crate) fn in_earnest(root: &Path, confirm: Option<&str>) -> Result<(), Failure> {
    let current = version::current(root)?;
    permit(root, &current, confirm)?;
    inspect::end(inspect::faults(root, &current)?)?;
    let target = root.join("target/publish");
    publish(root, &Registry::CRATES_IO, &target, &workspace::published(root)?, &current, true)?;
    println!("{current} is published. Next: cargo xtask release verify");
    Ok(())
}

/// What has to be so before anything is asked of a registry.
fn permit(root: &Path, current: &Version, confirm: Option<&str>) -> Result<(), Failure> {
    if version::repository(root)?.is_none() {
        let help =
            "write `repository = \"https://..\"` in [workspace.package] of Cargo.toml, and prepare again";
        return Err(Failure::Failed(format!("the crates would not say where they come from: {help}")));
    }
    git::is_clean(root)?;
    if !git::is_tagged_here(root, current)? {
        let help = format!("git switch --detach v{current}, or set the tag first: git tag v{current}");
        return Err(Failure::Failed(format!("this commit is not v{current}: {help}")));
    }
    if confirm != Some(&current.to_string()) {
        let help = format!("cargo xtask release publish --confirm {current}");
        return Err(Failure::Misuse(format!("what is published stays for good: if you mean it: {help}")));
    }
    Ok(())
}

/// Uploads what the index does not have, until it has everything. What cargo says of an upload decides nothing but how
/// long to wait, so it makes no difference whether an earlier run was cut off.
pub(crate) fn publish(
    root: &Path,
    registry: &Registry,
    target: &Path,
    names: &[String],
    version: &Version,
    verify: bool,
) -> Result<(), Failure> {
    let mut missing = registry.missing(names, version)?;
    eprintln!("publish {version}: {} of {} crates are there", names.len() - missing.len(), names.len());
    // All of them before the first upload, and once.
    if verify && !missing.is_empty() {
        let mut package = registry.upload(root, target, &["package"], &missing);
        let (is_packaged, _) = shown(&mut package)?;
        if !is_packaged {
            return Err(Failure::Failed(format!("nothing was uploaded. failed: {}", line(&package))));
        }
    }
    let mut fruitless = 0;
    while !missing.is_empty() {
        let publish = ["publish", "--no-verify"];
        let (_, said) = shown(&mut registry.upload(root, target, &publish, &missing))?;
        let left = registry.missing(names, version)?;
        fruitless = if left.len() < missing.len() { 0 } else { fruitless + 1 };
        missing = left;
        if missing.is_empty() {
            break;
        }
        let again = "run the same command again: it goes on where this ended";
        if let Some(wait) = rate_limit(&said, SystemTime::now()) {
            if wait > LONGEST_WAIT {
                let until = date::http(SystemTime::now() + wait);
                return Err(Failure::Failed(format!(
                    "the registry takes no more before {until}: then {again}"
                )));
            }
            eprintln!("the registry asks to wait {} seconds for {}", wait.as_secs(), missing.join(", "));
            sleep(wait);
            fruitless = 0;
        } else if fruitless == FRUITLESS || !is_worth_another(&said) {
            let missing = missing.join(", ");
            return Err(Failure::Failed(format!(
                "the index still lacks {missing}: fix what cargo says above, then {again}"
            )));
        } else {
            sleep(Duration::from_secs(1 << fruitless));
        }
    }
    eprintln!("publish {version}: the index has {}", names.join(", "));
    Ok(())
}

/// Runs it in front of the user. Gives whether it ended well, and what it said.
fn shown(command: &mut Command) -> Result<(bool, String), Failure> {
    let line = line(command);
    eprintln!("$ {line}");
    let mut child = command.stderr(Stdio::piped()).spawn().map_err(|error| format!("{line}: {error}"))?;
    let mut said = String::new();
    for line in child.stderr.take().into_iter().flat_map(|stderr| BufReader::new(stderr).lines()) {
        let line = line.map_err(|error| format!("cargo's output: {error}"))?;
        // Tests stay out of the packages.
        if !line.starts_with("warning: ignoring test ") {
            eprintln!("{line}");
        }
        said += &(line + "\n");
    }
    let status = child.wait().map_err(|error| format!("{line}: {error}"))?;
    Ok((status.success(), said))
}

/// Whether it may go better the next time: it was the connection, or the index was late. What cargo refuses before it
/// uploads is to be fixed.
fn is_worth_another(said: &str) -> bool {
    said.contains("Uploading ") || said.contains("already exists")
}

/// How long to wait, where the registry has asked for that. It names the time.
fn rate_limit(said: &str, now: SystemTime) -> Option<Duration> {
    if !["status 429", "got 429"].iter().any(|status| said.contains(status)) {
        return None;
    }
    let until = said.split("try again after ").nth(1).and_then(date::from_http);
    match until {
        // A second more, since the time is told in whole seconds.
        Some(until) => Some(until.duration_since(now).unwrap_or_default() + Duration::from_secs(1)),
        // What crates.io gives to one new crate.
        None => Some(Duration::from_secs(10 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{git, repository, told};
    use super::*;
    use crate::files::{read, write};

    #[test]
    fn nothing_is_published_by_accident() {
        let folder = repository();
        let root = folder.path();
        let current = Version::new(0, 1, 0);
        let refused = |confirm| told(permit(root, &current, confirm));
        assert!(refused(Some("0.1.0")).contains("write `repository"));
        let manifest = root.join("Cargo.toml");
        let address = "[workspace.package]\nrepository = 'https://forge.example/cors'";
        let with_address = read(&manifest).expect("a manifest").replace("[workspace.package]", address);
        write(&manifest, &with_address).expect("a manifest");
        assert!(refused(Some("0.1.0")).contains("not everything is committed (Cargo.toml, ..)"));
        git(root, &["commit", "--quiet", "--all", "--message", "Name the place"]);
        assert!(refused(Some("0.1.0")).contains("this commit is not v0.1.0: git switch --detach v0.1.0"));
        git(root, &["tag", "v0.1.0"]);
        assert!(refused(None).contains("cargo xtask release publish --confirm 0.1.0"));
        assert!(refused(Some("0.2.0")).contains("--confirm 0.1.0"));
        assert_eq!(refused(Some("0.1.0")), "");
        git(root, &["commit", "--quiet", "--allow-empty", "--message", "More"]);
        assert!(refused(Some("0.1.0")).contains("this commit is not v0.1.0"));
    }

    #[test]
    fn a_registry_that_asks_to_wait_is_heard() {
        let now = date::from_http("Thu, 01 Jan 2026 00:00:00 GMT").expect("a time");
        let said = "error: failed to publish cors-x v0.1.0 to registry\n\nCaused by:\n  the remote server responded with an \
                    error (status 429 Too Many Requests): You have published too many new crates. Please try again \
                    after Thu, 01 Jan 2026 00:09:00 GMT and see https://crates.io/docs/rate-limits for more.";
        assert_eq!(rate_limit(said, now), Some(Duration::from_secs(541)));
        assert_eq!(rate_limit("error: got 429 and no time", now), Some(Duration::from_secs(600)));
        let reset = "   Uploading cors-x v0.1.0 to http://127.0.0.1:42900\nerror: the connection was reset";
        assert_eq!(rate_limit(reset, now), None);
        assert!(is_worth_another(reset) && !is_worth_another("error: no matching package named `x` found"));
    }
}
