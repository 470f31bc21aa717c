//! The path of a request, and how else it may be read (S24).

use crate::grammar::token::table;

/// Is this path the same for everybody who reads it? It has only characters that browsers send unencoded, no backslash, no empty,
/// `.` or `..` segment, and no slash at its end.
#[inline]
pub(crate) fn is_plain(path: &str) -> bool {
    let bytes = path.as_bytes();
    let [b'/', .., last] = bytes else { return false };
    *last != b'/' && (is_surely_plain(bytes) || is_plain_by_segment(path))
}

/// Looks at many bytes at a time, each with the one behind it.
fn is_surely_plain(path: &[u8]) -> bool {
    let unsure = match path.len() {
        17.. => unsure_chunks::<17>(path),
        9.. => unsure_chunks::<9>(path),
        _ => path.windows(2).fold(0, |unsure, pair| unsure | unsure_byte(pair[0], pair[1])),
    };
    unsure | unsure_byte(path[path.len() - 1], 0) == 0
}

/// The last chunk may have bytes that were looked at already. Without a branch, so that the compiler takes all bytes at once.
#[inline]
fn unsure_chunks<const N: usize>(path: &[u8]) -> u8 {
    let unsure =
        |chunk: &[u8; N]| (0..N - 1).fold(0, |unsure, at| unsure | unsure_byte(chunk[at], chunk[at + 1]));
    let mut all = path.last_chunk().map_or(0, unsure);
    let mut rest = path;
    while let Some(chunk) = rest.first_chunk() {
        all |= unsure(chunk);
        rest = &rest[N - 1..];
    }
    all
}

/// 0 for letters, digits and `&'()*+,-./:;@_`, of which browsers encode none, unless an empty segment, `.` or `..` may begin behind it.
#[inline]
fn unsure_byte(byte: u8, next: u8) -> u8 {
    // How far a byte is beyond `size` bytes from the first one; 0 for those bytes.
    let beyond = |byte: u8, first: u8, size: u8| byte.wrapping_sub(first).saturating_sub(size - 1);
    let mask = |is: bool| if is { u8::MAX } else { 0 };
    let others = beyond(byte, b'&', b'z' - b'&' + 1);
    let between = mask(byte & 0xfc == b'<') | mask(beyond(byte, b'[', 6) == 0) & mask(byte != b'_');
    let segment = mask(byte == b'/') & (mask(next == b'/') | mask(next == b'.'));
    others | between | segment
}

#[cold]
fn is_plain_by_segment(path: &str) -> bool {
    let is_plain = |segment: &str| !matches!(segment, "" | "." | "..") && segment.bytes().all(is_unencoded);
    path.strip_prefix('/').is_some_and(|rest| rest.split('/').all(is_plain))
}

/// What browsers send as it is in a segment of a path (URL Standard, "path percent-encode set"). They take a backslash for a slash.
const UNENCODED: [bool; 256] =
    table(b"!$&'()*+,-.0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]_abcdefghijklmnopqrstuvwxyz|~");

pub(crate) fn is_unencoded(byte: u8) -> bool {
    UNENCODED[byte as usize]
}

/// Encodes a segment as browsers do, and `%`, `/` and a backslash, too.
pub(crate) fn encode(segment: &[u8]) -> String {
    let mut text = String::with_capacity(segment.len());
    for &byte in segment {
        if is_unencoded(byte) {
            text.push(byte.into());
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

/// The bytes of a segment, percent-decoded once. What is not an escape stays as it is.
pub(crate) fn decoded(segment: &[u8]) -> impl Iterator<Item = u8> {
    let mut rest = segment;
    std::iter::from_fn(move || {
        let (byte, len) = first(rest)?;
        rest = &rest[len..];
        Some(byte)
    })
}

/// The first byte, decoded, and how many bytes stand for it.
#[inline]
fn first(text: &[u8]) -> Option<(u8, usize)> {
    let hex = |digit: u8| char::from(digit).to_digit(16);
    match *text {
        [b'%', high, low, ..] => match (hex(high), hex(low)) {
            (Some(high), Some(low)) => Some(((high << 4 | low) as u8, 3)),
            _ => Some((b'%', 1)),
        },
        [byte, ..] => Some((byte, 1)),
        [] => None,
    }
}

/// The two ways to read an encoded slash and a backslash, encoded or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As a part of their segment.
    Whole,
    /// As a separator.
    Split,
}

/// The segments of a path in one reading, still encoded: without empty ones, `.`, and the slash at the end.
#[derive(Clone, Copy)]
pub(crate) struct Segments<'a> {
    rest: &'a [u8],
    reading: Reading,
}

impl<'a> Segments<'a> {
    pub(crate) fn of(path: &'a str, reading: Reading) -> Self {
        Self { rest: path.as_bytes(), reading }
    }

    /// Does a segment lead to the parent of another one?
    pub(crate) fn have_parent(mut self) -> bool {
        self.any(|segment| decoded(segment).eq(*b".."))
    }

    /// The bytes of the first segment, and of the separator behind it.
    fn first_segment(&self) -> (usize, usize) {
        let mut end = 0;
        while let Some((byte, len)) = first(&self.rest[end..]) {
            let is_separator = match self.reading {
                Reading::Whole => byte == b'/' && len == 1,
                Reading::Split => matches!(byte, b'/' | b'\\'),
            };
            if is_separator {
                return (end, len);
            }
            end += len;
        }
        (end, 0)
    }
}

/// A path as browsers would send what it is read as.
pub(crate) fn respelled(path: &str, reading: Reading) -> String {
    let segments = Segments::of(path, reading).map(|segment| encode(&decoded(segment).collect::<Vec<_>>()));
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

impl<'a> Iterator for Segments<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while !self.rest.is_empty() {
            let (end, separator) = self.first_segment();
            let segment = &self.rest[..end];
            self.rest = &self.rest[end + separator..];
            if !segment.is_empty() && !decoded(segment).eq(*b".") {
                return Some(segment);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Paths of every length up to some chunks, with one byte of every kind in every place.
    #[test]
    fn s24_a_plain_path_is_one_by_each_of_its_bytes() {
        for len in 1..60 {
            let path: String = "/ab/c-d_e".chars().cycle().take(len).collect();
            assert_eq!(is_plain(&path), is_plain_by_segment(&path), "{path}");
            for at in 0..len {
                for byte in 0..128_u8 {
                    let mut bytes = path.clone().into_bytes();
                    bytes[at] = byte;
                    let path = String::from_utf8(bytes).unwrap();
                    assert_eq!(is_plain(&path), is_plain_by_segment(&path), "{path}");
                }
            }
        }
        for plain in ["/a", "/a.b/.c", "/..a", "/$~|=[]!", "/a/b/@me"] {
            assert!(is_plain(plain), "{plain}");
        }
        for odd in [
            "", "/", "a", "*", "/a/", "/a//b", "/./a", "/a/..", "/%61", "/a\\b", "/a b", "/{a}", "/a?b",
            "/a#b", "/\u{fc}",
        ] {
            assert!(!is_plain(odd), "{odd}");
        }
    }

    #[test]
    fn s24_what_browsers_send_unencoded() {
        for byte in 0..=u8::MAX {
            // URL Standard, "path percent-encode set", and what is kept encoded here.
            let encoded = byte <= b' ' || byte >= 0x7f || b"\"#<>?^`{}%/\\".contains(&byte);
            assert_eq!(UNENCODED[byte as usize], !encoded, "{byte}");
        }
    }

    #[test]
    fn s24_a_path_has_two_readings() {
        let read = |path: &str, reading| -> Vec<String> {
            let segment =
                |segment: &[u8]| String::from_utf8_lossy(&decoded(segment).collect::<Vec<_>>()).into_owned();
            Segments::of(path, reading).map(segment).collect()
        };
        for (path, whole, split) in [
            ("/", &[][..], &[][..]),
            ("//a///b/", &["a", "b"], &["a", "b"]),
            ("/./a/%2e/b/.", &["a", "b"], &["a", "b"]),
            ("/%61%2", &["a%2"], &["a%2"]),
            ("/%2561/%zz%", &["%61", "%zz%"], &["%61", "%zz%"]),
            ("/a%2Fb%2f", &["a/b/"], &["a", "b"]),
            ("/a\\b%5C.%5cc", &["a\\b\\.\\c"], &["a", "b", "c"]),
            ("/a%2f%2E%2e%2Fb", &["a/../b"], &["a", "..", "b"]),
        ] {
            assert_eq!(read(path, Reading::Whole), whole, "{path}");
            assert_eq!(read(path, Reading::Split), split, "{path}");
            assert_eq!(Segments::of(path, Reading::Split).have_parent(), split.contains(&".."), "{path}");
        }
    }
}
