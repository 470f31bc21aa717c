//! Path templates of the twin: what one may look like (S21), its canonical form, and whether it matches.

/// One segment of a template. A fixed one is kept as browsers send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    Fixed(Vec<u8>),
    Parameter,
    CatchAll,
}

/// The segments after each slash; `None` where the template cannot be parsed (S21).
pub fn segments(template: &str) -> Option<Vec<Segment>> {
    Some(named_segments(template)?.into_iter().map(|(segment, _)| segment).collect())
}

/// The template in canonical form, in which two spellings of one template are the same text.
pub fn canonical(template: &str) -> Option<String> {
    let mut text = String::new();
    for (segment, name) in named_segments(template)? {
        text.push('/');
        match segment {
            Segment::Fixed(bytes) => text.push_str(&String::from_utf8(bytes).ok()?),
            Segment::Parameter => text.push_str(&format!("{{{name}}}")),
            Segment::CatchAll => text.push_str(&format!("{{*{name}}}")),
        }
    }
    Some(text)
}

/// Each segment with the name of its parameter, or "".
fn named_segments(template: &str) -> Option<Vec<(Segment, String)>> {
    // A path ends there.
    if template.contains(['?', '#']) {
        return None;
    }
    let parts: Vec<&str> = template.strip_prefix('/')?.split('/').collect();
    let mut all = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let inner = part.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
        let name = inner.map(|inner| inner.strip_prefix('*').unwrap_or(inner));
        let (Some(inner), Some(name)) = (inner, name.filter(|name| !name.contains(['{', '}', '*']))) else {
            all.push((Segment::Fixed(fixed(part)?), String::new()));
            continue;
        };
        if name.is_empty() || name.contains(':') {
            return None;
        }
        if inner.starts_with('*') {
            if i + 1 != parts.len() {
                return None;
            }
            all.push((Segment::CatchAll, name.to_string()));
        } else {
            all.push((Segment::Parameter, name.to_string()));
        }
    }
    Some(all)
}

/// A segment without a parameter, in canonical form.
fn fixed(part: &str) -> Option<Vec<u8>> {
    let angled = part.starts_with('<') && part.ends_with('>');
    if part.starts_with(':') || angled || part.contains('*') {
        // Another router's way to write a parameter.
        return None;
    }
    // A brace of the path's own is doubled.
    let mut text = String::new();
    let mut rest = part.chars();
    while let Some(c) = rest.next() {
        if (c == '{' || c == '}') && rest.next() != Some(c) {
            return None;
        }
        text.push(c);
    }
    let bytes = decoded(text.as_bytes());
    if bytes == b"." || bytes == b".." {
        return None;
    }
    Some(encoded(&bytes))
}

/// Percent-decoded once; what is no escape stays as it is.
pub fn decoded(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let digits = text.get(at + 1..at + 3).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        match digits {
            Some(digits) if text[at] == b'%' => {
                let digits = std::str::from_utf8(digits).unwrap();
                bytes.push(u8::from_str_radix(digits, 16).unwrap());
                at += 3;
            }
            _ => {
                bytes.push(text[at]);
                at += 1;
            }
        }
    }
    bytes
}

/// A segment as browsers send it, and with `%`, `/` and a backslash encoded.
pub fn encoded(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::new();
    for &byte in bytes {
        if is_sent_unencoded(byte) && !b"%/\\".contains(&byte) {
            text.push(byte);
        } else {
            text.extend(format!("%{byte:02X}").bytes());
        }
    }
    text
}

/// Is the byte outside the path percent-encode set of the URL Standard?
pub fn is_sent_unencoded(byte: u8) -> bool {
    (0x21..=0x7e).contains(&byte) && !b"\"#<>?^`{}".contains(&byte)
}

/// The parts of a path between its slashes.
pub fn parts(path: &str) -> Option<Vec<Vec<u8>>> {
    Some(path.strip_prefix('/')?.split('/').map(|part| part.as_bytes().to_vec()).collect())
}

/// How well the template fits the path, segment by segment, the greater the better; `None` where it does not.
pub fn rank_if_matching(template: &[Segment], parts: &[Vec<u8>]) -> Option<Vec<u8>> {
    for (i, segment) in template.iter().enumerate() {
        // Fewer segments than the template has: no match, also for a catch-all, which is never empty.
        let part = parts.get(i)?;
        match segment {
            Segment::Fixed(text) if text == part => {}
            Segment::Parameter if !part.is_empty() => {}
            Segment::CatchAll if !parts[i..].join(&b'/').is_empty() => return Some(rank(template)),
            _ => return None,
        }
    }
    if parts.len() == template.len() { Some(rank(template)) } else { None }
}

/// The order of choice: fixed before parameter before catch-all, segment by segment.
pub fn rank(template: &[Segment]) -> Vec<u8> {
    let of = |segment: &Segment| match segment {
        Segment::Fixed(_) => 2,
        Segment::Parameter => 1,
        Segment::CatchAll => 0,
    };
    template.iter().map(of).collect()
}
