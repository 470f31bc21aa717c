//! Finds wordings that readers stumble over, in pages, sources and manifests, and says what to write instead.

use std::path::Path;

use super::read;
use crate::run::{git, output};

/// A wording in lower case, and what to write instead. "There is no token" is correct English and no fault; "is no
/// resource" is the contract's own term.
const WORDS: [(&str, &str); 25] = [
    ("mend", "fix"),
    ("mends", "fixes"),
    ("mended", "fixed"),
    ("mending", "fixing"),
    ("is none", "is not one, is not a valid .."),
    ("are none", "are not valid"),
    ("held against", "checked against, compared with"),
    ("among it", "including .."),
    ("names aside", "ignoring parameter names"),
    ("names of its parameters aside", "ignoring parameter names"),
    ("is no header name", "is not a valid header name"),
    ("is no method", "is not a valid method"),
    ("is no token", "is not a token"),
    ("is no path template", "is not a valid path template"),
    ("is no template", "is not a valid template"),
    ("is no error", "is not an error"),
    ("is no preflight", "is not a preflight"),
    ("by name where that is meant", "explicitly: .."),
    ("counts a reference", "is cheap: it is reference counted"),
    ("in the shadow", "overlapping, covered by a wider template"),
    ("in their shadow", "overlapping, covered by a wider template"),
    ("no words for", "cannot be configured, cannot be expressed"),
    ("where none may stand", "in an unsupported place"),
    ("whom nothing is shared with", "an entry that shares nothing"),
    ("without any call", "by default"),
];

/// Files that are generated, or that have to contain the wordings.
const LEFT_OUT: [&str; 2] = ["docs/bench.md", "xtask/src/tidy/words.rs"];

pub(super) fn check(root: &Path, faults: &mut Vec<String>) -> Result<(), String> {
    // In an archive without git there is nothing to ask for.
    let files = output(&mut git(root, &["ls-files", "*.md", "*.rs", "*.toml"])).unwrap_or_default();
    for file in files.lines().filter(|file| !LEFT_OUT.contains(file)) {
        let path = root.join(file);
        if path.is_file() {
            let found = misleading(&read(&path)?);
            faults.extend(found.into_iter().map(|(line, fault)| format!("{file}:{line}: {fault}")));
        }
    }
    Ok(())
}

/// The lines of a text that have one of the wordings, each with the wording and what to write.
fn misleading(text: &str) -> Vec<(usize, String)> {
    let (running, starts) = running(text);
    let mut faults = Vec::new();
    for (wording, instead) in WORDS {
        for (at, _) in running.match_indices(wording) {
            let (before, after) = (&running[..at], &running[at + wording.len()..]);
            let is_whole =
                !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric);
            if is_whole && !before.ends_with("there ") {
                let line = starts.partition_point(|&start| start <= at);
                faults.push((line, format!("readers stumble over \"{wording}\": write \"{instead}\"")));
            }
        }
    }
    faults.sort();
    faults
}

/// The text as one line, in lower case and without comment signs, so that a wording is found across a line break too;
/// and where each line starts in it.
fn running(text: &str) -> (String, Vec<usize>) {
    let (mut running, mut starts) = (String::with_capacity(text.len()), Vec::new());
    for line in text.lines() {
        starts.push(running.len());
        let words = line.trim().trim_start_matches(['/', '!', '#', '>']).trim_end_matches('\\').trim();
        running.push_str(&words.to_ascii_lowercase());
        running.push(' ');
    }
    (running, starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_wording_is_found() {
        for (wording, instead) in WORDS {
            let faults = misleading(&format!("One line.\nA line, {wording}.\n"));
            let expected = format!("readers stumble over \"{wording}\": write \"{instead}\"");
            assert!(faults.contains(&(2, expected)), "{wording}: {faults:?}");
        }
    }

    #[test]
    fn a_wording_is_found_in_comments_in_code_and_across_lines() {
        for text in [
            "/// A name that is\n/// no token.",
            "//! It is\n//! no token",
            "# what is\n# no token",
            "    \"it is \\\n     no token\"",
            "Is no token",
        ] {
            let faults = misleading(text);
            let lines: Vec<_> = faults.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [1], "{text}: {faults:?}");
        }
        assert_eq!(misleading("let mend = error.mend();\nconst MEND: u8 = 1;").len(), 3);
    }

    #[test]
    fn other_words_are_left_alone() {
        for text in
            ["We recommend the amended tokens.", "value.is_none()", "There is none.", "if there is no token"]
        {
            assert_eq!(misleading(text), [], "{text}");
        }
        assert_eq!(misleading("It is\n\nnone of that."), []);
    }
}
