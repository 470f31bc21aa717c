//! The path of a request, and how else it may be read (S24).

use crate::grammar::token::{position, table};

/// Is this path the same for everybody who reads it? It has only characters that browsers send unencoded, no backslash, no empty,
/// `.` or `..` segment, and no slash at its end.
pub(crate) fn is_plain(path: &str) -> bool {
    let is_plain = |segment: &[u8]| {
        !matches!(segment, b"" | b"." | b"..") && segment.iter().all(|&byte| is_unencoded(byte))
    };
    let rest = path.as_bytes().strip_prefix(b"/");
    rest.is_some_and(|rest| rest.split(|&byte| byte == b'/').all(is_plain))
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
    Reading::Whole.bytes(segment)
}

/// The ways to read a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As it was sent: nothing is decoded, and every segment counts.
    Sent,
    /// Decoded, with an encoded slash and a backslash as a part of their segment.
    Whole,
    /// Decoded, with an encoded slash and a backslash, encoded or not, as a separator.
    Split,
}

impl Reading {
    /// The bytes of a segment.
    pub(crate) fn bytes(self, segment: &[u8]) -> impl Iterator<Item = u8> {
        let mut rest = segment;
        std::iter::from_fn(move || {
            let (byte, len) = self.first(rest)?;
            rest = &rest[len..];
            Some(byte)
        })
    }

    /// The first byte, and how many bytes stand for it.
    fn first(self, text: &[u8]) -> Option<(u8, usize)> {
        let hex = |digit: u8| char::from(digit).to_digit(16);
        match *text {
            [b'%', high, low, ..] if self != Self::Sent => match (hex(high), hex(low)) {
                (Some(high), Some(low)) => Some(((high << 4 | low) as u8, 3)),
                _ => Some((b'%', 1)),
            },
            [byte, ..] => Some((byte, 1)),
            [] => None,
        }
    }

    /// The first segment of a path, and what is behind the separator that follows.
    fn split(self, path: &[u8]) -> (&[u8], Option<&[u8]>) {
        if self == Self::Sent {
            let end = position(path, b'/').unwrap_or(path.len());
            return (&path[..end], path.get(end + 1..));
        }
        let mut end = 0;
        while let Some((byte, len)) = self.first(&path[end..]) {
            let is_separator = match self {
                Self::Sent | Self::Whole => byte == b'/' && len == 1,
                Self::Split => matches!(byte, b'/' | b'\\'),
            };
            if is_separator {
                return (&path[..end], Some(&path[end + len..]));
            }
            end += len;
        }
        (path, None)
    }
}

/// The segments of a path in one reading, still encoded. Unless the path is taken as it was sent, empty segments and `.` are left out,
/// and so is the slash at the end.
#[derive(Clone, Copy)]
pub(crate) struct Segments<'a> {
    rest: Option<&'a [u8]>,
    reading: Reading,
}

impl<'a> Segments<'a> {
    pub(crate) fn of(path: &'a str, reading: Reading) -> Self {
        Self { rest: Some(path.strip_prefix('/').unwrap_or(path).as_bytes()), reading }
    }

    /// Has the path come to its end?
    pub(crate) fn is_empty(&self) -> bool {
        self.rest.is_none()
    }

    /// Does a segment lead to the parent of another one?
    pub(crate) fn have_parent(mut self) -> bool {
        self.any(|segment| decoded(segment).eq(*b".."))
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
        loop {
            let (segment, rest) = self.reading.split(self.rest?);
            self.rest = rest;
            let counts = !segment.is_empty() && !decoded(segment).eq(*b".");
            if counts || self.reading == Reading::Sent {
                return Some(segment);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s24_a_plain_path_is_the_same_for_everybody() {
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
