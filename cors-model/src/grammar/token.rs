//! HTTP tokens and lists of them (RFC 9110, sections 5.6.1 and 5.6.2).

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
    /// Something that no token list contains.
    Malformed,
}

impl Line {
    /// Looks at each byte: at those of the usual kind sixteen at a time, at others one by one.
    pub(crate) fn of(line: &[u8]) -> Self {
        let of_chunk = |chunk: &[u8]| match chunk.try_into() {
            Ok(whole) if is_usual(whole) => Self::Tight,
            _ => Self::of_bytes(chunk),
        };
        line.chunks(16).map(of_chunk).max().unwrap_or(Self::Tight)
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

/// Only lower-case letters, digits, hyphens, commas and some that are as good? Without a branch, so that the compiler takes all bytes at
/// once.
fn is_usual(chunk: &[u8; 16]) -> bool {
    // How far a byte is beyond `size` bytes from the first one; 0 for those bytes.
    let beyond = |byte: u8, first: u8, size: u8| byte.wrapping_sub(first).saturating_sub(size - 1);
    // From `*` to `9` and from `^` to `z` all are, but the slash.
    let unusual = |byte: u8| {
        beyond(byte, b'*', 16).min(beyond(byte, b'^', 29)) | if byte == b'/' { u8::MAX } else { 0 }
    };
    chunk.iter().fold(0, |any, &byte| any | unusual(byte)) == 0
}

/// Skips the known names with which a line begins, and the commas around them: was there one, and what is left? Most repetitions of
/// one that is repeated at once are skipped with it.
pub(crate) fn skip_known(line: &[u8], mut is_known: impl FnMut(&[u8]) -> bool) -> (bool, &[u8]) {
    let mut rest = skip_commas(line);
    let mut any = false;
    while !rest.is_empty() {
        let end = position(rest, b',').unwrap_or(rest.len());
        if !is_known(&rest[..end]) {
            break;
        }
        any = true;
        rest = rest.get(end + 1..).map_or(&[], |_| skip_commas(&rest[repeated(rest, end + 1)..]));
    }
    (any, rest)
}

/// How many bytes at the beginning are its first ones over and over: all of them where nothing else follows, and at least half of them
/// otherwise.
fn repeated(line: &[u8], first: usize) -> usize {
    let is_twice = |known: usize| line.get(known..known * 2).is_some_and(|next| *next == line[..known]);
    if !is_twice(first) {
        return first;
    }
    if line[first..] == line[..line.len() - first] {
        return line.len() - line.len() % first;
    }
    let mut known = first * 2;
    while is_twice(known) {
        known *= 2;
    }
    known
}

/// Where the first of these ASCII characters is, eight bytes at a time.
pub(crate) fn position(text: &[u8], character: u8) -> Option<usize> {
    // The highest bit of the first such byte, and none before it.
    let found = |bytes: &[u8; 8]| {
        let others = u64::from_le_bytes(*bytes) ^ u64::from_le_bytes([character; 8]);
        others.wrapping_sub(u64::from_le_bytes([1; 8])) & !others & u64::from_le_bytes([0x80; 8])
    };
    let (mut at, mut rest) = (0, text);
    while let Some((bytes, after)) = rest.split_first_chunk() {
        match found(bytes) {
            0 => (at, rest) = (at + 8, after),
            found => return Some(at + found.trailing_zeros() as usize / 8),
        }
    }
    rest.iter().position(|&byte| byte == character).map(|end| at + end)
}

/// Skips the commas at the beginning.
pub(crate) fn skip_commas(mut line: &[u8]) -> &[u8] {
    while let [b',', after @ ..] = line {
        line = if after.first() == Some(&b',') { &line[repeated(line, 1)..] } else { after };
    }
    line
}

/// Are these the same but for one slip: a character more or less, another one, or two exchanged?
pub(crate) fn is_slip(one: &[u8], other: &[u8]) -> bool {
    let same = one.iter().zip(other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[same..], &other[same..]);
    let same = one.iter().rev().zip(other.iter().rev()).take_while(|(one, other)| one == other).count();
    match (&one[..one.len() - same], &other[..other.len() - same]) {
        ([] | [_], [] | [_]) => true,
        ([a, b], [c, d]) => (a, b) == (d, c),
        _ => false,
    }
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

    /// Lines of every length up to some chunks, with one byte of another kind in every place.
    #[test]
    fn a_line_is_what_its_bytes_are() {
        for len in 0..=150 {
            let mut line: Vec<u8> = b"x-a,0z-".iter().copied().cycle().take(len).collect();
            assert_eq!(Line::of(&line), Line::Tight);
            for at in 0..len {
                for (byte, kind) in [
                    (b'_', Line::Tight),
                    (b'\t', Line::Loose),
                    (b'/', Line::Malformed),
                    (0xe4, Line::Malformed),
                ] {
                    let usual = std::mem::replace(&mut line[at], byte);
                    assert_eq!(Line::of(&line), kind, "{byte} at {at} of {len}");
                    line[at] = usual;
                }
            }
        }
    }

    #[test]
    fn each_byte_is_looked_at_in_the_same_way_in_every_place() {
        for byte in 0..=u8::MAX {
            let kind = Line::of_bytes(&[byte]);
            for at in 0..90 {
                let mut line = [b'x'; 90];
                line[at] = byte;
                assert_eq!(Line::of(&line), kind, "{byte} at {at}");
            }
        }
    }

    #[test]
    fn what_is_known_is_skipped_and_nothing_else() {
        let commas = ",".repeat(200);
        for line in [
            "",
            ",",
            "a",
            "a,",
            ",,a,b",
            "a,a,a,b,b,a",
            "ab,a,abc,ab",
            "a, b",
            "a,x,a",
            "a,a,a,a,ax",
            "aab,aab,aa",
            "aab,aab,aab,aab,aab,",
            &commas,
            &format!("{commas}a{commas}a,b{commas}x"),
        ] {
            let is_known = |name: &[u8]| matches!(name, b"a" | b"b" | b"ab" | b"aab");
            let left = line.split_inclusive(',').skip_while(|name| {
                let name = name.trim_end_matches(',').as_bytes();
                name.is_empty() || is_known(name)
            });
            let left: String = left.collect();
            let any = line[..line.len() - left.len()].contains(['a', 'b']);
            assert_eq!(skip_known(line.as_bytes(), is_known), (any, left.as_bytes()), "{line}");
        }
    }
}
