//! HTTP tokens and lists of them (RFC 9110, sections 5.6.1 and 5.6.2).

const fn table(alphabet: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut i = 0;
    while i < alphabet.len() {
        table[alphabet[i] as usize] = true;
        i += 1;
    }
    table
}

const TCHAR: [bool; 256] = table(b"!#$%&'*+-.^_`|~");

/// Is this a `token`, at least one byte long?
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|&byte| TCHAR[byte as usize])
}

/// The elements of one line of a `#token` list, white space around them taken off, empty ones left out.
/// They are not checked to be tokens.
pub(crate) fn elements(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = line;
    std::iter::from_fn(move || {
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
