//! What routers, file servers and layers do to a path, each undoing some of its spellings (S24).

use super::template::{decoded, encoded};

/// One thing that is undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    /// Percent-decodes once. A path that is written as browsers send it stands for what was decoded.
    Decode,
    /// Takes an encoded slash, and a backslash, encoded or not, for a slash.
    Separate,
    DropEmpty,
    DropDots,
    /// Drops one slash at the end.
    Trim,
}

pub const ALL: [Undo; 5] = [Undo::Decode, Undo::Separate, Undo::DropEmpty, Undo::DropDots, Undo::Trim];

/// Every combination.
pub fn combinations() -> Vec<Vec<Undo>> {
    let chosen = |set: usize| (0..ALL.len()).filter(|i| set >> i & 1 == 1).map(|i| ALL[i]).collect();
    (0..1 << ALL.len()).map(chosen).collect()
}

/// The path afterwards.
pub fn undo(path: &str, steps: &[Undo]) -> String {
    let mut parts: Vec<String> = path.split('/').skip(1).map(String::from).collect();
    for step in steps {
        match step {
            Undo::Decode => {
                for part in &mut parts {
                    *part = String::from_utf8(encoded(&decoded(part.as_bytes()))).unwrap();
                }
            }
            Undo::Separate => {
                let mut path = parts.join("/");
                for text in ["%2f", "%2F", "%5c", "%5C", "\\"] {
                    path = path.replace(text, "/");
                }
                parts = path.split('/').map(String::from).collect();
            }
            Undo::DropEmpty => {
                // The slash at the end stays.
                let last = parts.pop().unwrap();
                parts.retain(|part| !part.is_empty());
                parts.push(last);
            }
            Undo::DropDots => parts.retain(|part| part != "." && !part.eq_ignore_ascii_case("%2e")),
            Undo::Trim => {
                if parts.len() > 1 && parts.last().is_some_and(|part| part.is_empty()) {
                    parts.pop();
                }
            }
        }
    }
    format!("/{}", parts.join("/"))
}
