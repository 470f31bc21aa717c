//! What routers, file servers and layers do to a path, each undoing some of its spellings (S24).

use serde_json::Value;

use super::path::{Slash, as_sent, entries, reading};
use super::template::{canonical, decoded, encoded};

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

/// Is everything undone that one of the two readings undoes?
pub fn is_complete(steps: &[Undo]) -> bool {
    ALL.iter().all(|step| *step == Undo::Separate || steps.contains(step))
}

/// May the path, undone, lead to a resource with other rules? S24 allows it where the path is a template to the letter,
/// and where templates with other rules have the form of the path. A template with an empty segment or an encoded
/// slash has the form of others.
pub fn may_lead_to_others(config: &Value, path: &str) -> bool {
    let entries = entries(config);
    let odd = |text: &str| ["//", "%2F", "%5C"].iter().any(|piece| text.contains(piece));
    if entries.iter().any(|entry| odd(&canonical(&entry.template).unwrap())) {
        return true;
    }
    let Some(found) = as_sent(config, &entries, path) else { return false };
    let with_other_rules = |slash| {
        let several = reading(config, &entries, path, slash);
        several.len() > 1 && !several.iter().all(|entry| entry.is_no_other_than(&found))
    };
    found.template == path || with_other_rules(Slash::Part) || with_other_rules(Slash::Separator)
}

/// Does the path, undone, lead to an exclusion, where the router does not find again what the path found as sent by
/// taking away the slash at its end?
pub fn leads_to_an_exclusion(config: &Value, path: &str, undone: &str) -> bool {
    let entries = entries(config);
    let excluded = as_sent(config, &entries, undone).is_some_and(|entry| entry.resource.is_none());
    let with_slash = as_sent(config, &entries, &format!("{undone}/"));
    let same = |one: Option<_>, other: Option<super::path::Entry<'_>>| match (one, other) {
        (Some(one), Some(other)) => other.is_no_other_than(&one),
        _ => false,
    };
    excluded && !same(as_sent(config, &entries, path), with_slash)
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
