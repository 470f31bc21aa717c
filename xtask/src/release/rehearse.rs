//! A whole release on this machine: the code that publishes, against a registry that stands in for crates.io.

use std::path::{Path, PathBuf};
use std::time::Duration;

use semver::Version;

use super::publish::{Registry, publish};
use super::registry::{Fault, Server};
use super::{Scratch, consumer, seed, version};
use crate::files::write;
use crate::run::{git, output};
use crate::{Failure, workspace};

/// The first upload is taken, so that what follows has to go on in the middle.
const FAULTS: [Fault; 4] = [Fault::None, Fault::Cut, Fault::Busy(Duration::from_secs(3)), Fault::Unanswered];

pub(crate) fn rehearse(root: &Path, verify: bool) -> Result<(), Failure> {
    let (names, current) = (workspace::published(root)?, version::current(root)?);
    // Nothing, where there is no git to ask.
    let status = || output(&mut git(root, &["status", "--porcelain"])).unwrap_or_default();
    let before = status();
    let scratch = Scratch::new("rehearsal")?;
    let server = Server::start(seed::from_cache(root)?, FAULTS)?;
    let registry = Registry::rehearsal(&home(&scratch, &server)?);
    let target = scratch.folder("target")?;

    publish(root, &registry, &target, &names, &current, verify)?;
    through_faults(&server, &names)?;
    again(root, &registry, &target, &server, &names, &current)?;
    // What was compiled to verify the packages is large, and the consumer needs room.
    let _ = std::fs::remove_dir_all(&target);
    consumer::verify(&registry, &scratch, &names, &current)?;

    if status() != before {
        return Err(Failure::Failed("the rehearsal has changed files: see git status".into()));
    }
    if !before.is_empty() {
        eprintln!("note: not everything is committed; that was published, too, which only a rehearsal does");
    }
    println!("rehearsed {current}: {} crates are published, found and used", names.len());
    Ok(())
}

/// A home of cargo's for which the server is crates.io.
fn home(scratch: &Scratch, server: &Server) -> Result<PathBuf, Failure> {
    let home = scratch.folder("home")?;
    let index = server.index();
    let config = format!(
        "[registries.rehearsal]\nindex = \"{index}\"\n\n\
         [source.crates-io]\nreplace-with = \"rehearsal\"\n\n\
         # To this machine there is none, and it gets no better by waiting.\n\
         [http]\nproxy = \"\"\n\n[net]\nretry = 0\n"
    );
    write(&home.join("config.toml"), &config)?;
    write(&home.join("credentials.toml"), "[registries.rehearsal]\ntoken = \"of no worth\"\n")?;
    Ok(home)
}

/// That the faults came, and that each crate arrived once all the same.
fn through_faults(server: &Server, names: &[String]) -> Result<(), Failure> {
    if server.faults_to_come() > 0 {
        return Err(Failure::Failed(
            "not every fault was met: see FAULTS in xtask, or publish more crates".into(),
        ));
    }
    let (mut uploaded, mut wanted) = (server.uploaded(), names.to_vec());
    eprintln!("uploaded, in this order, after a cut, a 429 and a lost answer: {}", uploaded.join(", "));
    uploaded.sort();
    wanted.sort();
    if uploaded == wanted {
        Ok(())
    } else {
        Err(Failure::Failed("the registry has not each crate once".into()))
    }
}

/// That a version that exists is left alone, and refused where it is uploaded nevertheless.
fn again(
    root: &Path,
    registry: &Registry,
    target: &Path,
    server: &Server,
    names: &[String],
    current: &Version,
) -> Result<(), Failure> {
    publish(root, registry, target, names, current, false)?;
    let mut upload = registry.upload(root, target, &["publish", "--no-verify"], &names[..1]);
    let refused = upload.output().map_err(|error| format!("cargo publish: {error}"))?;
    let said = String::from_utf8_lossy(&refused.stderr);
    if server.uploaded().len() != names.len() || refused.status.success() || !said.contains("already") {
        return Err(Failure::Failed(format!("{said}\na version that exists was not refused")));
    }
    eprintln!("publish {current} once more: nothing was uploaded, and cargo refuses what exists");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::fixture::told;
    use super::*;

    /// Two crates without dependencies, so that it takes seconds.
    fn workspace(scratch: &Scratch) -> PathBuf {
        let root = scratch.folder("workspace").expect("a folder");
        let about = "version = '0.1.0'\nedition = '2024'\ndescription = 'x'\nlicense = 'MIT'\n";
        let needs = "[dependencies]\ncors-b = { path = '../b', version = '0.1.0' }\n";
        for (name, needs) in [("a", needs), ("b", "")] {
            let folder = scratch.folder(&format!("workspace/{name}/src")).expect("a folder");
            write(&folder.join("lib.rs"), "").expect("a file");
            let manifest = format!("[package]\nname = 'cors-{name}'\n{about}{needs}");
            write(&root.join(name).join("Cargo.toml"), &manifest).expect("a file");
        }
        write(&root.join("Cargo.toml"), "[workspace]\nresolver = '3'\nmembers = ['a', 'b']\n")
            .expect("a file");
        let lock = "version = 4\n\n[[package]]\nname = \"cors-a\"\nversion = \"0.1.0\"\ndependencies = [\n \"cors-b\",\n]\n\n\
                    [[package]]\nname = \"cors-b\"\nversion = \"0.1.0\"\n";
        write(&root.join("Cargo.lock"), lock).expect("a file");
        root
    }

    #[test]
    fn an_upload_that_fails_is_resumed() {
        let scratch = Scratch::new("test-of-publish").expect("a folder");
        let root = workspace(&scratch);
        let faults = [Fault::Cut, Fault::Busy(Duration::from_secs(1))];
        let server = Server::start(Default::default(), faults).expect("a registry");
        let registry = Registry::rehearsal(&home(&scratch, &server).expect("a home"));
        let target = scratch.folder("target").expect("a folder");
        let names = ["cors-a".to_owned(), "cors-b".to_owned()];
        let version = Version::new(0, 1, 0);
        assert_eq!(told(publish(&root, &registry, &target, &names, &version, true)), "");
        assert_eq!(server.uploaded(), ["cors-b", "cors-a"], "what the other needs comes first");
        assert_eq!(told(through_faults(&server, &names)), "");
        drop(server);
        let gone = told(publish(&root, &registry, &target, &names, &version, false));
        assert!(gone.contains("the registry did not tell what it has: see that it can be reached"), "{gone}");
    }
}
