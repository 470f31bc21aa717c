//! Strategies: one path in many spellings, as routers, file servers and layers undo them (S24).

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::template::decoded;

/// One change to the spelling of a path.
#[derive(Clone, Debug)]
pub struct Spelling {
    change: Change,
    at: Index,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    /// One byte of a segment, percent-encoded.
    EncodeLower,
    EncodeUpper,
    /// One byte of a segment, percent-encoded twice.
    EncodeTwice,
    EncodeAll,
    /// A slash, but the first, written in another way.
    InPlaceOfASlash(&'static str),
    /// After a slash.
    Insert(&'static str),
    Append(&'static str),
    /// Everything decoded that is encoded, which no browser sends.
    Decode,
}

/// A few spellings that a client can send.
pub fn spellings() -> impl Strategy<Value = Vec<Spelling>> {
    vec(spelling(sent()), 1..=3)
}

/// A few spellings, also those that no client can send.
pub fn any_spellings() -> impl Strategy<Value = Vec<Spelling>> {
    let never_sent = vec![
        Change::Decode,
        Change::Append("#x"),
        Change::Append("#/../x"),
        Change::Insert("\u{fc}"),
        Change::Insert(" "),
        Change::Insert("%00"),
        Change::Insert("%ff"),
        Change::Insert("%"),
        Change::Insert("^"),
    ];
    vec(prop_oneof![5 => spelling(sent()), 2 => spelling(never_sent)], 1..=4)
}

fn spelling(changes: Vec<Change>) -> impl Strategy<Value = Spelling> {
    (select(changes), any::<Index>()).prop_map(|(change, at)| Spelling { change, at })
}

fn sent() -> Vec<Change> {
    let mut all = vec![Change::EncodeLower, Change::EncodeUpper, Change::EncodeTwice, Change::EncodeAll];
    all.extend(["%2f", "%2F", "\\", "%5c", "%5C", "%252f", "//"].map(Change::InPlaceOfASlash));
    all.extend(["/", "//", "./", "%2e/", "%2E/", "./%2f"].map(Change::Insert));
    all.extend(["../", "x/../", "x/%2e%2e/", "x/.%2E/", "x%2f..%2f", "x\\..\\"].map(Change::Insert));
    all.extend(["/", "//", "/.", "/%2e", "%2f", "\\", "%5C", "/..", "?x", "?/../x"].map(Change::Append));
    all
}

/// Applies the changes, one after the other.
pub fn spell(path: &str, spellings: &[Spelling]) -> String {
    let mut path = path.to_string();
    for Spelling { change, at } in spellings {
        let mut places: Vec<usize> = (0..path.len()).collect();
        places.retain(|at| match change {
            Change::InPlaceOfASlash(_) => *at > 0 && path.as_bytes()[*at] == b'/',
            Change::Insert(_) => path.as_bytes()[*at] == b'/',
            _ => path.as_bytes()[*at].is_ascii_graphic() && !b"/?#".contains(&path.as_bytes()[*at]),
        });
        let place = if places.is_empty() { None } else { Some(places[at.index(places.len())]) };
        match (change, place) {
            (Change::EncodeLower, Some(at)) => replace(&mut path, at, |byte| format!("%{byte:02x}")),
            (Change::EncodeUpper, Some(at)) => replace(&mut path, at, |byte| format!("%{byte:02X}")),
            (Change::EncodeTwice, Some(at)) => replace(&mut path, at, |byte| format!("%25{byte:02X}")),
            (Change::EncodeAll, Some(_)) => {
                places.iter().rev().for_each(|at| replace(&mut path, *at, |byte| format!("%{byte:02X}")));
            }
            (Change::InPlaceOfASlash(text), Some(at)) => replace(&mut path, at, |_| text.to_string()),
            (Change::Insert(text), Some(at)) => path.insert_str(at + 1, text),
            (Change::Append(text), _) => path.push_str(text),
            (Change::Decode, _) => {
                path = String::from_utf8_lossy(&decoded(path.as_bytes())).into_owned();
            }
            (_, None) => {}
        }
    }
    path
}

/// Writes the byte there in another way.
fn replace(path: &mut String, at: usize, write: impl Fn(u8) -> String) {
    let text = write(path.as_bytes()[at]);
    path.replace_range(at..=at, &text);
}
