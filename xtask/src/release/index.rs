//! The index of the rehearsal's registry: which versions of which packages there are, and the lines that cargo reads of them.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use serde_json::{Map, Value, json};

/// One version of one package.
pub(crate) struct Release {
    pub(crate) line: Value,
    pub(crate) tarball: Tarball,
    pub(crate) visible_from: Instant,
}

pub(crate) enum Tarball {
    File(PathBuf),
    Bytes(Vec<u8>),
}

/// Names to versions to releases.
pub(crate) type Index = BTreeMap<String, BTreeMap<String, Release>>;

/// The line of a package that `cargo metadata` describes.
pub(crate) fn from_metadata(package: &Value, checksum: &str) -> Value {
    let dependency = |dependency: &Value| {
        let renamed = &dependency["rename"];
        json!({
            "name": if renamed.is_null() { &dependency["name"] } else { renamed },
            "package": if renamed.is_null() { &Value::Null } else { &dependency["name"] },
            "req": dependency["req"],
            "features": dependency["features"],
            "optional": dependency["optional"],
            "default_features": dependency["uses_default_features"],
            "target": dependency["target"],
            "kind": dependency["kind"].as_str().unwrap_or("normal"),
        })
    };
    line(&package["name"], &package["version"], package, &package["dependencies"], &dependency, checksum)
}

/// The same, from what cargo says of a package that it uploads.
///
/// It names crates.io as the registry of every dependency. That is what this registry stands in for, so it is left out.
pub(crate) fn from_upload(about: &Value, checksum: &str) -> Value {
    let dependency = |dependency: &Value| {
        let renamed = &dependency["explicit_name_in_toml"];
        json!({
            "name": if renamed.is_null() { &dependency["name"] } else { renamed },
            "package": if renamed.is_null() { &Value::Null } else { &dependency["name"] },
            "req": dependency["version_req"],
            "features": dependency["features"],
            "optional": dependency["optional"],
            "default_features": dependency["default_features"],
            "target": dependency["target"],
            "kind": dependency["kind"],
        })
    };
    line(&about["name"], &about["vers"], about, &about["deps"], &dependency, checksum)
}

/// In the second form of the index, which knows every form of a feature.
fn line(
    name: &Value,
    version: &Value,
    about: &Value,
    dependencies: &Value,
    dependency: &dyn Fn(&Value) -> Value,
    checksum: &str,
) -> Value {
    let dependencies: Vec<_> = dependencies.as_array().into_iter().flatten().map(dependency).collect();
    let features = about["features"].as_object().cloned().unwrap_or_else(Map::new);
    json!({
        "v": 2,
        "name": name,
        "vers": version,
        "deps": dependencies,
        "features2": features,
        "features": {},
        "links": about["links"],
        "rust_version": about["rust_version"],
        "cksum": checksum,
        "yanked": false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_descriptions_of_a_package_make_the_same_line() {
        let metadata = json!({
            "name": "a", "version": "1.0.0", "features": { "x": ["dep:c"] }, "links": null, "rust_version": "1.85",
            "dependencies": [{
                "name": "b", "rename": "c", "req": "^1", "features": ["f"], "optional": true,
                "uses_default_features": false, "target": null, "kind": null,
            }],
        });
        let upload = json!({
            "name": "a", "vers": "1.0.0", "features": { "x": ["dep:c"] }, "links": null, "rust_version": "1.85",
            "deps": [{
                "name": "b", "explicit_name_in_toml": "c", "version_req": "^1", "features": ["f"], "optional": true,
                "default_features": false, "target": null, "kind": "normal",
                "registry": "registry+https://github.com/rust-lang/crates.io-index",
            }],
        });
        let line = from_metadata(&metadata, "0");
        assert_eq!(line, from_upload(&upload, "0"));
        assert_eq!((&line["deps"][0]["name"], &line["deps"][0]["package"]), (&json!("c"), &json!("b")));
    }
}
