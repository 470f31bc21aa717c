//! The packages of the workspace, as their manifests describe them.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::files::{read, table};

/// One package of the workspace.
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) folder: PathBuf,
    /// The folder as seen from the root, with `/`.
    pub(crate) place: String,
    pub(crate) manifest: Table,
}

impl Package {
    pub(crate) fn is_published(&self) -> bool {
        self.manifest["package"].get("publish") != Some(&Value::Boolean(false))
    }

    pub(crate) fn is_library(&self) -> bool {
        self.folder.join("src/lib.rs").exists()
    }

    pub(crate) fn is_adapter(&self) -> bool {
        self.place.starts_with("adapters/")
    }

    /// The names in `[dependencies]`.
    pub(crate) fn dependencies(&self) -> impl Iterator<Item = &str> {
        let table = self.manifest.get("dependencies").and_then(Value::as_table);
        table.into_iter().flat_map(|table| table.keys().map(String::as_str))
    }

    pub(crate) fn inherits(&self, key: &str) -> bool {
        self.manifest["package"].get(key).and_then(|value| value.get("workspace"))
            == Some(&Value::Boolean(true))
    }

    /// The sources, each with its text.
    pub(crate) fn sources(&self) -> Result<Vec<(PathBuf, String)>, String> {
        let mut found = Vec::new();
        rust_files(&self.folder.join("src"), &mut found)?;
        Ok(found)
    }
}

/// All members, in the order of the manifest.
pub(crate) fn packages(root: &Path) -> Result<Vec<Package>, String> {
    let workspace = table(&root.join("Cargo.toml"))?;
    let members = workspace["workspace"]["members"].as_array().cloned().unwrap_or_default();
    let package = |place: &str| {
        let folder = root.join(place);
        let manifest = table(&folder.join("Cargo.toml"))?;
        let name = manifest["package"]["name"].as_str().unwrap_or_default().to_owned();
        Ok(Package { name, folder, place: place.to_owned(), manifest })
    };
    members.iter().filter_map(Value::as_str).map(package).collect()
}

/// The oldest Rust that packages need which say nothing else.
pub(crate) fn rust_version(root: &Path) -> Result<String, String> {
    let workspace = table(&root.join("Cargo.toml"))?;
    let version = workspace["workspace"]["package"]["rust-version"].as_str();
    Ok(version.ok_or("Cargo.toml: write `rust-version` in [workspace.package]")?.to_owned())
}

/// The names of the published packages that have an API.
pub(crate) fn libraries(root: &Path) -> Result<Vec<String>, String> {
    let libraries =
        packages(root)?.into_iter().filter(|package| package.is_published() && package.is_library());
    Ok(libraries.map(|package| package.name).collect())
}

/// The names of the packages that are published.
pub(crate) fn published(root: &Path) -> Result<Vec<String>, String> {
    let packages = packages(root)?;
    Ok(packages.into_iter().filter(Package::is_published).map(|package| package.name).collect())
}

fn rust_files(folder: &Path, found: &mut Vec<(PathBuf, String)>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in entries {
        let path = entry.map_err(|error| format!("{}: {error}", folder.display()))?.path();
        if path.is_dir() {
            rust_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = read(&path)?;
            found.push((path, text));
        }
    }
    found.sort();
    Ok(())
}
