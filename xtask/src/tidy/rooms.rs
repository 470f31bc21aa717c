//! Where things live: the folders at the top, and the rooms of `cors-model`, each of which imports only from those above it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::before_tests;
use crate::run::{git, output};
use crate::workspace::Package;

/// The folders at the top.
const TOP: [&str; 8] =
    ["cors-model", "cors-sources", "cors-cli", "adapters", "conformance", "examples", "xtask", "docs"];

/// The folders of `cors-model/src`, from the first to the last.
const ROOMS: [&str; 9] =
    ["error", "grammar", "config", "check", "policy", "decide", "tell", "respond", "explain"];

pub(super) fn check(root: &Path, packages: &[Package], faults: &mut Vec<String>) -> Result<(), String> {
    faults.extend(folders(root)?.iter().filter_map(|folder| beside_the_top(folder)));
    for package in packages.iter().filter(|package| package.name == "cors-model") {
        let src = package.folder.join("src");
        let entries: Vec<_> = entries(&src)?.into_iter().map(|(name, _)| name).collect();
        faults.extend(entries.iter().filter_map(|entry| beside_the_rooms(entry)));
        for room in ROOMS {
            let text = fs::read_to_string(src.join(room).join("mod.rs")).unwrap_or_default();
            faults.extend(introduction(room, &text));
        }
        for (path, text) in package.sources()? {
            let place = path.strip_prefix(&src).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            faults.extend(imports(&place, &text));
        }
    }
    Ok(())
}

/// The folders at the top, on disk or known to git.
fn folders(root: &Path) -> Result<BTreeSet<String>, String> {
    let on_disk = entries(root)?.into_iter().filter(|(_, is_folder)| *is_folder).map(|(name, _)| name);
    // In an archive without git there is nothing to ask for.
    let tracked = output(&mut git(root, &["ls-files"])).unwrap_or_default();
    let tracked = tracked.lines().filter_map(|file| Some(file.split_once('/')?.0.to_owned()));
    Ok(on_disk.chain(tracked).collect())
}

/// The names in a folder, and whether each is a folder itself.
fn entries(folder: &Path) -> Result<Vec<(String, bool)>, String> {
    let failed = |error| format!("{}: {error}", folder.display());
    let entries = fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let named =
        |entry: fs::DirEntry| (entry.file_name().to_string_lossy().into_owned(), entry.path().is_dir());
    Ok(entries.into_iter().map(named).collect())
}

fn beside_the_top(folder: &str) -> Option<String> {
    let is_known = TOP.contains(&folder) || folder.starts_with('.') || folder == "target";
    (!is_known).then(|| format!("{folder}/: move it into one of the folders at the top: {}", TOP.join(", ")))
}

fn beside_the_rooms(entry: &str) -> Option<String> {
    let is_known = entry == "lib.rs" || ROOMS.contains(&entry);
    (!is_known).then(|| {
        format!(
            "cors-model/src/{entry}: only lib.rs stands beside the rooms: move it into one of {}",
            ROOMS.join(", ")
        )
    })
}

/// A room says at its door what goes in and what comes out.
fn introduction(room: &str, text: &str) -> Option<String> {
    (!text.starts_with("//!")).then(|| {
        format!("cors-model/src/{room}/mod.rs: begin it with `//!` lines that say what the room is for")
    })
}

/// The imports of one file, named as seen from `cors-model/src`, that do not come from its own room or from one above.
fn imports(place: &str, text: &str) -> Vec<String> {
    let room = place.split_once('/').and_then(|(room, file)| Some((room_number(room)?, file)));
    let Some((own, file)) = room else { return Vec::new() };
    let room = ROOMS[own];
    let through_the_root = |path: &str| {
        let above = ROOMS[..=own].join(", ");
        format!("`{path}` leads through the crate's root: write `crate::ROOM::..`, with one of {above}")
    };
    // In a room's own mod.rs one step leads out of it, elsewhere two.
    let way_out = if file == "mod.rs" { "super::" } else { "super::super::" };
    let mut faults = Vec::new();
    for (at, line) in before_tests(text).lines().enumerate() {
        let code = code(line);
        let mut fault = |text: String| faults.push(format!("cors-model/src/{place}:{}: {text}", at + 1));
        for path in code.split("crate::").skip(1) {
            let from =
                path.split(|char: char| !char.is_alphanumeric() && char != '_').next().unwrap_or_default();
            match room_number(from) {
                Some(number) if number <= own => {}
                Some(_) => fault(format!(
                    "{room} imports from {from}, which is below it: move what both need into {room} or above"
                )),
                None => fault(through_the_root(&format!("crate::{from}"))),
            }
        }
        if code.contains(way_out) {
            fault(through_the_root(way_out));
        }
    }
    faults
}

fn room_number(name: &str) -> Option<usize> {
    ROOMS.iter().position(|room| *room == name)
}

/// A line without its comment, which rustfmt keeps apart by a space.
fn code(line: &str) -> &str {
    if line.starts_with("//") { "" } else { line.split(" //").next().unwrap_or(line) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_beside_those_at_the_top_is_told() {
        let known = [
            "cors-model",
            "cors-sources",
            "cors-cli",
            "adapters",
            "conformance",
            "examples",
            "xtask",
            "docs",
            ".github",
            "target",
        ];
        assert_eq!(known.map(beside_the_top), [const { None }; 10]);
        assert!(beside_the_top("fuzz").is_some_and(|fault| fault.starts_with("fuzz/: move it into one of")));
    }

    #[test]
    fn a_folder_is_found_on_disk_and_in_git() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let root = folder.path();
        for name in ["gone", "kept", "new"] {
            fs::create_dir(root.join(name)).expect("a folder");
            fs::write(root.join(name).join("file"), "").expect("a file");
        }
        output(&mut git(root, &["init", "--quiet"])).expect("git");
        output(&mut git(root, &["add", "gone", "kept"])).expect("git");
        fs::remove_dir_all(root.join("gone")).expect("a folder");
        let found = folders(root).expect("the folders");
        assert!(found.iter().map(String::as_str).eq([".git", "gone", "kept", "new"]), "{found:?}");
    }

    #[test]
    fn what_stands_beside_the_rooms_is_told() {
        assert_eq!(["lib.rs", "error", "explain"].map(beside_the_rooms), [const { None }; 3]);
        for entry in ["judge.rs", "judge"] {
            assert!(
                beside_the_rooms(entry).is_some_and(|fault| fault.contains("into one of error, grammar"))
            );
        }
    }

    #[test]
    fn a_room_without_an_introduction_is_told() {
        assert_eq!(introduction("error", "//! Kinds of errors.\n\nmod kind;\n"), None);
        for text in ["", "mod kind;\n", "// Kinds of errors.\n"] {
            assert!(
                introduction("error", text).is_some_and(|fault| fault.contains("error/mod.rs: begin it"))
            );
        }
    }

    #[test]
    fn an_import_from_the_own_room_or_one_above_is_right() {
        let text = "//! See [`crate::Cors`].\n\
                    use crate::error::{ErrorKind, Risk};\n\
                    pub(crate) use crate::policy::rules::Rule;\n\
                    pub(in crate::policy) fn find() -> crate::grammar::path::Path {} // crate::explain\n\
                    #[cfg(test)]\n\
                    mod tests {\n    use crate::CorsConfig;\n}\n";
        assert_eq!(imports("policy/rules.rs", text), [""; 0]);
        assert_eq!(imports("policy/rules/entry.rs", text), [""; 0]);
        assert_eq!(imports("lib.rs", "pub use crate::explain::Step;"), [""; 0]);
    }

    #[test]
    fn an_import_from_a_room_below_is_told() {
        let text = "use crate::error::Risk;\n\nfn of(url: &str) -> crate::decide::Verdict {}\n";
        let found = imports("policy/mod.rs", text);
        let [fault] = &found[..] else { panic!("{found:?}") };
        assert!(
            fault
                .starts_with("cors-model/src/policy/mod.rs:3: policy imports from decide, which is below it")
        );
        assert!(fault.ends_with("into policy or above"));
        let after_an_address = "of(\"https://a.example\", crate::explain::Step::A)";
        assert_eq!(imports("respond/write.rs", after_an_address).len(), 1);
        assert_eq!(imports("error/kind.rs", "use crate::grammar::origin::Origin;").len(), 1);
    }

    #[test]
    fn an_import_from_the_root_is_told() {
        for import in
            ["use crate::Cors;", "use crate::{Cors, error::Risk};", "use crate::*;", "crate::judge()"]
        {
            let found = imports("explain/mod.rs", import);
            let [fault] = &found[..] else { panic!("{import}: {found:?}") };
            assert!(
                fault
                    .contains("leads through the crate's root: write `crate::ROOM::..`, with one of error, ")
            );
        }
    }
}
