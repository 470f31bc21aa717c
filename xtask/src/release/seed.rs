//! What the index of the rehearsal's registry begins with: every dependency in the lock file, out of cargo's cache.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::index::{Index, Release, Tarball, from_metadata};
use crate::files::read;
use crate::run::metadata;
use crate::{Failure, workspace};

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

const FETCH: &str = "the registry is filled from cargo's cache: cargo fetch --locked, once, with the network";

/// Everything that crates.io has for this workspace. `cargo metadata` tells what an index tells.
pub(crate) fn from_cache(root: &Path) -> Result<Index, Failure> {
    let metadata = metadata(root)?;
    let lock = read(&root.join("Cargo.lock"))?;
    let lock: toml::Table = lock.parse().map_err(|error| format!("Cargo.lock: {error}"))?;
    let own = workspace::published(root)?;
    let caches = caches()?;
    let visible_from = Instant::now();
    let mut index = Index::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        let (name, version) = (text("name"), text("version"));
        if text("source") != CRATES_IO {
            continue;
        }
        if own.iter().any(|own| own == name) {
            return Err(Failure::Failed(format!(
                "{name} is on crates.io already, and a dependency: take another name"
            )));
        }
        let file = format!("{name}-{version}.crate");
        let path = caches.iter().map(|cache| cache.join(&file)).find(|path| path.exists());
        let path = path.ok_or_else(|| format!("{file} is not there. {FETCH}"))?;
        let sum = checksum(&lock, name, version)
            .ok_or_else(|| format!("Cargo.lock has no checksum of {name} {version}"))?;
        let release =
            Release { line: from_metadata(package, sum), tarball: Tarball::File(path), visible_from };
        index.entry(name.to_owned()).or_default().insert(version.to_owned(), release);
    }
    Ok(index)
}

/// The folders in which cargo keeps packages, one a registry.
fn caches() -> Result<Vec<PathBuf>, String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    let cache = home.unwrap_or_default().join("registry/cache");
    let folders =
        std::fs::read_dir(&cache).map_err(|_| format!("{} is not there. {FETCH}", cache.display()))?;
    Ok(folders.filter_map(|folder| Some(folder.ok()?.path())).collect())
}

fn checksum<'a>(lock: &'a toml::Table, name: &str, version: &str) -> Option<&'a str> {
    let packages = lock.get("package")?.as_array()?.iter();
    let is = |package: &toml::Value, key: &str, text: &str| {
        package.get(key).and_then(toml::Value::as_str) == Some(text)
    };
    let mut found = packages.filter(|package| is(package, "name", name) && is(package, "version", version));
    found.next()?.get("checksum")?.as_str()
}
