//! HTTP tokens and lists of them (RFC 9110, sections 5.6.1 and 5.6.2).

use std::ops::ControlFlow;

/// Which bytes are in an alphabet.
pub(crate) const fn table(alphabet: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut i = 0;
    while i < alphabet.len() {
        table[alphabet[i] as usize] = true;
        i += 1;
    }
    table
}

const TCHAR: [bool; 256] =
    table(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
/// Is this a `token`, at least one byte long?
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| TCHAR[byte as usize])
}

/// The elements of one line of a `#token` list, white space around them taken off, empty ones left out.
/// They are not checked to be tokens.
pub(crate) fn elements(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = skip_commas(rest);
        let start = rest.iter().position(|byte| !matches!(byte, b',' | b' ' | b'\t'))?;
        let end = rest[start..].iter().position(|&byte| byte == b',').map_or(rest.len(), |end| start + end);
        let mut element = &rest[start..end];
        while let [front @ .., b' ' | b'\t'] = element {
            element = front;
        }
        rest = &rest[end..];
        Some(element)
    })
}

/// What a line holds, the worst of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Line {
    /// Tokens and commas, as browsers send it.
    Tight,
    /// White space, too.
    Loose,
    /// What is in no token list.
    Malformed,
}

impl Line {
    /// Looks at each byte: at those of the usual kind many at a time, at others one by one.
    pub(crate) fn of(line: &[u8]) -> Self {
        let mut kind = Self::Tight;
        let mut rest = line;
        while let Some((chunk, after)) = rest.split_first_chunk::<CHUNK>() {
            if !is_usual(chunk) {
                kind = kind.max(Self::of_bytes(chunk));
            }
            rest = after;
        }
        match line.last_chunk() {
            // With some that were looked at already.
            Some(last) if is_usual(last) => kind,
            _ => kind.max(Self::of_bytes(rest)),
        }
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        let of_byte = |byte: u8| match byte {
            b' ' | b'\t' => Self::Loose,
            _ if byte == b',' || TCHAR[byte as usize] => Self::Tight,
            _ => Self::Malformed,
        };
        bytes.iter().map(|&byte| of_byte(byte)).max().unwrap_or(Self::Tight)
    }
}

const CHUNK: usize = 16;

/// Only lower-case letters, digits, hyphens and commas? Without a branch, so that the compiler takes all bytes at once.
fn is_usual(chunk: &[u8; CHUNK]) -> bool {
    // How far a byte is beyond `size` bytes from the first one; 0 for those bytes.
    let beyond = |byte: u8, first: u8, size: u8| byte.wrapping_sub(first).saturating_sub(size - 1);
    let unusual = |byte| beyond(byte, b'a', 26).min(beyond(byte, b'0', 10)).min(beyond(byte, b',', 2));
    chunk.iter().fold(0, |most, &byte| unusual(byte).max(most)) == 0
}

/// The names of a tight line until `each` breaks; one that is repeated at once is shown once.
#[inline]
pub(crate) fn tight_names(line: &[u8], mut each: impl FnMut(&[u8]) -> ControlFlow<()>) -> ControlFlow<()> {
    let mut rest = line;
    while let [first, after @ ..] = rest {
        if *first == b',' {
            rest = skip_commas(after);
            continue;
        }
        let Some(end) = after.iter().position(|&byte| byte == b',') else { return each(rest) };
        each(&rest[..=end])?;
        let (again, after) = rest.split_at(end + 2);
        rest = after;
        while let Some(after) = rest.strip_prefix(again) {
            rest = after;
        }
    }
    ControlFlow::Continue(())
}

/// Skips most of the commas at the beginning, many at once.
fn skip_commas(mut line: &[u8]) -> &[u8] {
    while let Some(rest) = line.strip_prefix(&[b','; 32]) {
        line = rest;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_use_the_whole_alphabet_and_nothing_else() {
        assert!(is_token(b"x-!#$%&'*+.^_`|~09AZ"));
        for bad in [&b""[..], b"a b", b"a,b", b"\"x\"", b"x:", b"x;", b"@", b"\x7f", b"\xc3\xa9", b"a\0"] {
            assert!(!is_token(bad), "{bad:?}");
        }
    }

    #[test]
    fn lists_tolerate_white_space_and_empty_elements() {
        let found: Vec<_> = elements(b" ,x-a\t, ,x-b ,,x c").collect();
        assert_eq!(found, [&b"x-a"[..], b"x-b", b"x c"]);
    }
}
