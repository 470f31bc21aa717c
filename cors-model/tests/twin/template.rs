//! Path templates of the twin, by brute force: a path is compared with every template.

/// One segment of a template. The order is the order of choice: fixed before parameter before catch-all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    Fixed(String),
    Parameter,
    CatchAll,
}

/// The segments after each slash; `None` where the template cannot be parsed (S21).
pub fn segments(template: &str) -> Option<Vec<Segment>> {
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
            // Doubled, a brace is the path's own.
            let text = part.replace("{{", "\u{1}").replace("}}", "\u{2}");
            if text.contains(['{', '}']) {
                return None;
            }
            all.push(Segment::Fixed(text.replace('\u{1}', "{").replace('\u{2}', "}")));
            continue;
        };
        if name.is_empty() || name.contains(':') {
            return None;
        }
        if inner.starts_with('*') {
            if i + 1 != parts.len() {
                return None;
            }
            all.push(Segment::CatchAll);
        } else {
            all.push(Segment::Parameter);
        }
    }
    Some(all)
}

/// How well the template fits the path, segment by segment, the greater the better; `None` where it does not.
pub fn rank_if_matching(template: &str, path: &str) -> Option<Vec<u8>> {
    let template = segments(template)?;
    let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let mut rank = Vec::new();
    for (i, segment) in template.iter().enumerate() {
        // Fewer segments than the template has: no match, also for a catch-all, which is never empty.
        let part = parts.get(i)?;
        match segment {
            Segment::Fixed(text) if text == part => rank.push(2),
            Segment::Parameter if !part.is_empty() => rank.push(1),
            Segment::CatchAll if !parts[i..].join("/").is_empty() => {
                rank.push(0);
                return Some(rank);
            }
            _ => return None,
        }
    }
    if parts.len() == template.len() { Some(rank) } else { None }
}
