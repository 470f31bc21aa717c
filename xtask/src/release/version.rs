//! The one version of the workspace, and what follows it: the internal requirements and the lock files.

use std::path::Path;

use semver::Version;
use toml_edit::{DocumentMut, Item, Value};

use crate::files::{read, write};
use crate::workspace;

/// The fuzz targets are a workspace of their own, with a lock file that names the model.
pub(crate) const LOCKS: [&str; 2] = ["Cargo.lock", "cors-model/fuzz/Cargo.lock"];

/// As it stands in `[workspace.package]`.
pub(crate) fn current(root: &Path) -> Result<Version, String> {
    let manifest = parse("Cargo.toml", &read(&root.join("Cargo.toml"))?)?;
    in_manifest(&manifest)
}

/// The public address, without a slash at its end. It is unknown until `[workspace.package]` names it.
pub(crate) fn repository(root: &Path) -> Result<Option<String>, String> {
    let manifest = parse("Cargo.toml", &read(&root.join("Cargo.toml"))?)?;
    let address = get(manifest.as_item(), &["workspace", "package", "repository"]).and_then(Item::as_str);
    Ok(address.map(|address| address.trim_end_matches('/').to_owned()))
}

/// Writes the version wherever it stands. Nothing else in the files changes.
pub(crate) fn set(root: &Path, version: &Version) -> Result<(), String> {
    let names = workspace::published(root)?;
    let path = root.join("Cargo.toml");
    write(&path, &manifest_with(&read(&path)?, &workspace::libraries(root)?, version)?)?;
    for lock in LOCKS {
        let path = root.join(lock);
        write(&path, &lock_with(&read(&path)?, &names, version)?)?;
    }
    Ok(())
}

/// Where a version is another than the workspace's, each with how to fix it.
pub(crate) fn disagreements(root: &Path) -> Result<Vec<String>, String> {
    let names = workspace::published(root)?;
    let manifest = parse("Cargo.toml", &read(&root.join("Cargo.toml"))?)?;
    let version = in_manifest(&manifest)?.to_string();
    let mut faults = Vec::new();
    for name in &workspace::libraries(root)? {
        let required = ["workspace", "dependencies", name, "version"];
        if get(manifest.as_item(), &required).and_then(Item::as_str) != Some(&version) {
            faults.push(format!(
                "Cargo.toml: in [workspace.dependencies], {name} has to have version = \"{version}\""
            ));
        }
    }
    for lock in LOCKS {
        let document = parse(lock, &read(&root.join(lock))?)?;
        for (name, locked) in own_packages(&document, &names) {
            if locked != version {
                let manifest = lock.replace("lock", "toml");
                let help = format!("cargo update --workspace --manifest-path {manifest}");
                faults.push(format!("{lock}: {name} is {locked} and the workspace {version}: {help}"));
            }
        }
    }
    Ok(faults)
}

fn in_manifest(manifest: &DocumentMut) -> Result<Version, String> {
    let version = get(manifest.as_item(), &["workspace", "package", "version"]).and_then(Item::as_str);
    version
        .and_then(|version| Version::parse(version).ok())
        .ok_or_else(|| "Cargo.toml: write `version = \"X.Y.Z\"` in [workspace.package]".into())
}

fn manifest_with(text: &str, names: &[String], version: &Version) -> Result<String, String> {
    let mut manifest = parse("Cargo.toml", text)?;
    in_manifest(&manifest)?;
    set_text(&mut manifest["workspace"]["package"]["version"], version);
    for name in names {
        let place = ["workspace", "dependencies", name, "version"];
        if get(manifest.as_item(), &place).is_none() {
            return Err(format!("Cargo.toml: add {name} to [workspace.dependencies], with path and version"));
        }
        set_text(&mut manifest["workspace"]["dependencies"][name]["version"], version);
    }
    Ok(manifest.to_string())
}

fn lock_with(text: &str, names: &[String], version: &Version) -> Result<String, String> {
    let mut lock = parse("Cargo.lock", text)?;
    let packages = lock.get_mut("package").and_then(Item::as_array_of_tables_mut);
    for package in packages.into_iter().flat_map(|packages| packages.iter_mut()) {
        let is_own = package
            .get("name")
            .and_then(Item::as_str)
            .is_some_and(|name| names.iter().any(|own| own == name));
        if is_own && package.get("source").is_none() {
            set_text(&mut package["version"], version);
        }
    }
    Ok(lock.to_string())
}

/// The packages of the workspace in a lock file, each with its version.
fn own_packages<'a>(lock: &'a DocumentMut, names: &'a [String]) -> impl Iterator<Item = (&'a str, &'a str)> {
    let packages = lock.get("package").and_then(Item::as_array_of_tables);
    packages.into_iter().flatten().filter_map(|package| {
        let name = package.get("name").and_then(Item::as_str)?;
        let is_own = package.get("source").is_none() && names.iter().any(|own| own == name);
        is_own.then_some((name, package.get("version").and_then(Item::as_str)?))
    })
}

fn get<'a>(item: &'a Item, place: &[&str]) -> Option<&'a Item> {
    place.iter().try_fold(item, |item, key| item.get(key))
}

/// With the space and the comment that stand around it.
fn set_text(item: &mut Item, version: &Version) {
    if let Some(value) = item.as_value_mut() {
        let decor = value.decor().clone();
        *value = Value::from(version.to_string());
        *value.decor_mut() = decor;
    }
}

fn parse(name: &str, text: &str) -> Result<DocumentMut, String> {
    text.parse().map_err(|error| format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MANIFEST: &str = "[workspace.package]\nversion = \"0.1.0\" # the one place\n\n[workspace.dependencies]\n\
                            cors-a = { path = \"a\", version = \"0.1.0\" }\nhttp = \"0.1.0\"\n";
    const LOCK: &str = "version = 4\n\n[[package]]\nname = \"cors-a\"\nversion = \"0.1.0\"\n\n\
                        [[package]]\nname = \"http\"\nversion = \"0.1.0\"\nsource = \"registry\"\n";

    #[test]
    fn the_version_is_set_wherever_it_stands_and_nowhere_else() {
        let names = ["cors-a".to_owned()];
        let next = Version::new(0, 2, 0);
        let manifest = manifest_with(MANIFEST, &names, &next).expect("a manifest");
        assert_eq!(manifest, MANIFEST.replacen("0.1.0", "0.2.0", 2));
        assert_eq!(lock_with(LOCK, &names, &next).expect("a lock file"), LOCK.replacen("0.1.0", "0.2.0", 1));
    }

    #[test]
    fn a_manifest_without_its_parts_is_told() {
        let told = |text: &str| manifest_with(text, &["cors-a".into()], &Version::new(1, 0, 0)).unwrap_err();
        assert!(told("[workspace]").contains("write `version"));
        assert!(
            told(&MANIFEST.replace("cors-a", "cors-b")).contains("add cors-a to [workspace.dependencies]")
        );
    }
}
