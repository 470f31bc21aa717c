//! What enters: a plain path. What leaves: the other ways to write it that a router, a file server or a handler may undo,
//! and some that nothing should undo.
//!
//! A spelling replaces one or two characters of the path.

use std::collections::BTreeSet;

/// Replacements of a slash. Those of the first list are common.
const SLASHES: [&[&str]; 2] = [
    &["%2f", "%5c", "\\", "//", "/./", "/../", "/x/../"],
    &[
        "%2F",
        "%5C",
        "%252f",
        "%255c",
        "///",
        "/%2f",
        "/\\",
        "/%5c",
        "\\/",
        "/%2e/",
        "/.%2f",
        "/.\\",
        "/%2e%2e/",
        "/.%2E/",
        "/..%2f",
        "/..\\",
        "/..%5C",
        "/x/%2e%2e/",
        "/x/%2E./",
        "/x%2f../",
        "/x/..%2F",
        "/x\\..\\",
        "/x%5c..%5c",
        "/x//..//",
        "/%2e%2e%2f",
        "/%c0%af",
        "/x/",
    ],
];

/// Additions at the end. Those of the first list are common.
const ENDS: [&[&str]; 2] = [
    &["/", "%2f", "/.", "/x/.."],
    &[
        "//",
        "///",
        "/./",
        "/%2e",
        "%2F",
        "\\",
        "%5c",
        "%5C",
        "/%2f",
        "/x/%2e%2e",
        "/x%2f..",
        "?",
        "?x=//y",
        "#x",
        "%00",
        "%20",
    ],
];

/// Replaces the first slash: the absolute form of a target.
const HOST: &str = "http://tree.example/";

/// Which spellings of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// One common replacement each.
    Common,
    /// Every replacement, and every pair of common ones.
    Full,
}

/// The spellings of a path, and the path itself.
pub fn spellings(path: &str, extent: Extent) -> BTreeSet<String> {
    let plain: Vec<_> = path.chars().map(String::from).collect();
    let mut spellings = BTreeSet::from([path.to_owned()]);
    let changes = changes(path);
    let common: Vec<_> = changes.iter().filter(|change| change.is_common).collect();
    spellings.extend(common.iter().map(|change| written(&plain, &[change])));
    if extent == Extent::Common {
        return spellings;
    }
    spellings.extend(changes.iter().map(|change| written(&plain, &[change])));
    for (n, one) in common.iter().enumerate() {
        let others = common[n..].iter().filter(|two| two.at > one.at);
        spellings.extend(others.map(|two| written(&plain, &[one, two])));
    }
    for encode in ENCODINGS {
        let but_slashes = |c| if c == '/' { "/".into() } else { encode(c) };
        let encoded: Vec<_> = path.chars().map(but_slashes).collect();
        spellings.insert(encoded.concat());
        spellings.insert(format!("/{}", path.chars().skip(1).map(encode).collect::<String>()));
        let slashes = common.iter().filter(|change| plain.get(change.at).is_none_or(|c| c == "/"));
        spellings.extend(slashes.map(|slash| written(&encoded, &[slash])));
    }
    spellings
}

/// A replacement of one character, or an addition at the end.
struct Change {
    at: usize,
    text: String,
    is_common: bool,
}

const ENCODINGS: [fn(char) -> String; 3] =
    [|c| format!("%{:02x}", c as u32), |c| format!("%{:02X}", c as u32), |c| format!("%25{:02x}", c as u32)];

fn changes(path: &str) -> Vec<Change> {
    let mut changes = vec![Change { at: 0, text: HOST.into(), is_common: false }];
    let mut before = '/';
    for (at, c) in path.chars().enumerate() {
        if c == '/' {
            for (texts, is_common) in SLASHES.into_iter().zip([true, false]) {
                // Servers refuse a target without a slash at its start.
                let texts = texts.iter().filter(|text| at > 0 || text.starts_with('/'));
                changes.extend(texts.map(|&text| Change { at, text: text.into(), is_common }));
            }
        } else {
            let texts = ENCODINGS.map(|encode| encode(c)).into_iter();
            // The first character of a segment stands for all of them.
            let common = [before == '/', false, false];
            changes.extend(texts.zip(common).map(|(text, is_common)| Change { at, text, is_common }));
        }
        before = c;
    }
    for (texts, is_common) in ENDS.into_iter().zip([true, false]) {
        changes.extend(texts.iter().map(|&text| Change { at: path.len(), text: text.into(), is_common }));
    }
    changes
}

fn written(path: &[String], changes: &[&Change]) -> String {
    let of = |at| changes.iter().find(|change| change.at == at).map(|change| change.text.as_str());
    let mut text: String = path.iter().enumerate().map(|(at, c)| of(at).unwrap_or(c)).collect();
    text.push_str(of(path.len()).unwrap_or_default());
    text
}

#[cfg(test)]
mod tests {
    use super::{Extent, spellings};

    #[test]
    fn every_way_to_write_a_path_is_among_its_spellings() {
        let spellings = spellings("/static/sub/secret.txt", Extent::Full);
        for spelling in [
            "/static/sub/secret.txt",
            "/static/sub/%73ecret.txt",
            "/static/sub/secr%65t.txt",
            "/static/sub/secret%2Etxt",
            "/static/sub/secret%2etxt",
            "/static/sub/%2573ecret.txt",
            "/%73%74%61%74%69%63/%73%75%62/%73%65%63%72%65%74%2e%74%78%74",
            "/%73%74%61%74%69%63%2f%73%75%62%2f%73%65%63%72%65%74%2e%74%78%74",
            "/static/sub%2fsecret.txt",
            "/static%2Fsub/secret.txt",
            "//static/sub/secret.txt",
            "/static//sub/secret.txt",
            "/static/sub//secret.txt",
            "/static/sub/./secret.txt",
            "/static/sub/secret.txt/",
            "/static/sub/secret.txt//",
            "/static/sub\\secret.txt",
            "/static/sub%5csecret.txt",
            "/static/sub%5Csecret.txt",
            "/static/x/../sub/secret.txt",
            "/static/x/%2e%2e/sub/secret.txt",
            "/../static/sub/secret.txt",
            "/x/static/sub/secret.txt",
            "http://tree.example/static/sub/secret.txt",
            "//static/sub/%73ecret.txt",
            "/static/sub%2fsecret.txt/",
            "/static%2fsub%5csecret.txt",
            "/static/./sub/%73ecret.txt",
        ] {
            assert!(spellings.contains(spelling), "{spelling}");
        }
    }

    #[test]
    fn every_spelling_can_be_sent() {
        for path in ["/strict", "/static/a%20b.txt"] {
            for spelling in spellings(path, Extent::Full) {
                assert!(spelling.starts_with(['/', 'h']), "{spelling}");
                assert!(spelling.bytes().all(|byte| byte.is_ascii_graphic()), "{spelling}");
            }
        }
    }
}
