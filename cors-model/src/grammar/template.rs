//! Path templates: `/items/{id}`, `/files/{*rest}`.

use crate::grammar::path::{decoded, encode};

/// One step of a template.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Segment {
    /// As browsers send it.
    Fixed(String),
    /// Exactly one segment, never empty.
    Parameter,
    /// The rest of the path, never empty.
    CatchAll,
}

/// A parsed template. Two templates that match the same paths are equal, ignoring parameter names and how they were encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(Vec<Segment>);

impl Template {
    /// Reads `/items/{id}` or `/files/{*rest}`; `{{` and `}}` stand for braces. The error says how to fix it.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Self::parse_behind("", text)
    }

    /// Reads a template behind some other text, which the error repeats.
    pub(crate) fn parse_behind(before: &str, text: &str) -> Result<Self, String> {
        Self::read(text).map_err(|help| match translated(text) {
            Some(ours) => format!("{help}; write {before}{ours}"),
            None => help.into(),
        })
    }

    fn read(text: &str) -> Result<Self, &'static str> {
        let Some(rest) = text.strip_prefix('/') else {
            return Err("a template begins with `/`");
        };
        if rest.contains(['?', '#']) {
            return Err("leave out `?` and `#` and what follows");
        }
        let segments = rest.split('/').map(read_segment).collect::<Result<Vec<_>, _>>()?;
        if segments.iter().rev().skip(1).any(|segment| *segment == Segment::CatchAll) {
            return Err("a catch-all is the last segment");
        }
        Ok(Self(segments))
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// A text that is the same for templates that match the same paths: that of a template without parameters is its path.
    pub(crate) fn shape(&self) -> String {
        let mut shape = String::new();
        for segment in &self.0 {
            shape.push('/');
            shape.push_str(match segment {
                Segment::Fixed(text) => text,
                Segment::Parameter => "{}",
                Segment::CatchAll => "{*}",
            });
        }
        shape
    }

    pub(crate) fn is_fixed(&self) -> bool {
        self.0.iter().all(|segment| matches!(segment, Segment::Fixed(_)))
    }

    /// The template without the slash at its end, if it has one and more than that.
    pub(crate) fn without_slash(&self) -> Option<Self> {
        let (last, before) = self.0.split_last()?;
        (*last == Segment::Fixed(String::new()) && !before.is_empty()).then(|| Self(before.into()))
    }
}

fn read_segment(text: &str) -> Result<Segment, &'static str> {
    if let Some(name) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        let (segment, name) = match name.strip_prefix('*') {
            Some(name) => (Segment::CatchAll, name),
            None => (Segment::Parameter, name),
        };
        if name.is_empty() {
            return Err("a parameter has a name: {id}, or {*rest}");
        }
        if !name.contains(['{', '}', '*']) {
            // Some routers know `{id:[0-9]+}`. Taken for a name, it would reach further than the route does.
            return if name.contains(':') { Err("a parameter has a name alone") } else { Ok(segment) };
        }
    }
    // Taken literally, what other routers write for a parameter would match nothing.
    if text.starts_with(':') || (text.starts_with('<') && text.ends_with('>')) || text.contains('*') {
        return Err(
            "a parameter is {id}, a catch-all {*rest}, and a literal `:`, `<` or `*` is %3A, %3C or %2A",
        );
    }
    let mut fixed = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if matches!(character, '{' | '}') && characters.next_if_eq(&character).is_none() {
            return Err(
                "a parameter is a whole segment, as in /items/{id}; a literal brace is doubled: {{ or }}",
            );
        }
        fixed.push(character);
    }
    let fixed: Vec<u8> = decoded(fixed.as_bytes()).collect();
    if matches!(&fixed[..], b"." | b"..") {
        return Err("browsers resolve `.` and `..` before they send a path, so leave such a segment out");
    }
    Ok(Segment::Fixed(encode(&fixed)))
}

/// What was probably meant: a template of another router in our form, with the slash in front and without a query.
fn translated(text: &str) -> Option<String> {
    let path = &text[..text.find(['?', '#']).unwrap_or(text.len())];
    let rest = path.strip_prefix('/').unwrap_or(path);
    let segments: Vec<_> = rest.split('/').map(translated_segment).collect();
    let ours = format!("/{}", segments.join("/"));
    (!rest.is_empty() && ours != text && !ours.contains("{{") && Template::read(&ours).is_ok())
        .then_some(ours)
}

fn translated_segment(text: &str) -> String {
    let parameter = |name: &str, mark_of_rest: &str| match name.strip_suffix(mark_of_rest) {
        Some(name) => format!("{{*{name}}}"),
        None => format!("{{{name}}}"),
    };
    if let Some(name) = text.strip_prefix(':') {
        parameter(name, "*")
    } else if let Some(name) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) {
        parameter(name, "..")
    } else if let Some(name) = text.strip_prefix('*') {
        format!("{{*{}}}", if matches!(name, "" | "*") { "rest" } else { name })
    } else {
        match text.split_once(':') {
            Some((parameter, _)) if text.starts_with('{') => format!("{parameter}}}"),
            _ => text.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s21_what_is_not_a_template() {
        for bad in [
            "",
            "x",
            "/{}",
            "/{*}",
            "/{a",
            "/a}",
            "/a{b}",
            "/{a}.json",
            "/{*a}/b",
            "/a?b",
            "/a#b",
            "/{a}{b}",
            "/{a:b}",
            "/{*a:b}",
            "/.",
            "/a/../b",
            "/a/%2e",
            "/%2E./b",
        ] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn s21_a_template_of_another_router_leads_to_ours() {
        for (theirs, ours) in [
            ("/admin/:id", "/admin/{id}"),
            ("/admin/:id/x", "/admin/{id}/x"),
            ("/files/:rest*", "/files/{*rest}"),
            ("/users/<id>", "/users/{id}"),
            ("/files/<path..>", "/files/{*path}"),
            ("/internal/*", "/internal/{*rest}"),
            ("/api/**", "/api/{*rest}"),
            ("/files/*path", "/files/{*path}"),
            ("items", "/items"),
            ("users/:id", "/users/{id}"),
            ("/search?q={q}", "/search"),
            ("/items/{id:[0-9]+}", "/items/{id}"),
            ("/files/{*rest:.+}", "/files/{*rest}"),
        ] {
            let help = Template::parse(theirs).unwrap_err();
            assert!(help.ends_with(&format!("; write {ours}")), "{theirs}: {help}");
        }
        for odd in ["/a*b", "/*/x", "/x/:", "/<>", "/:{id}"] {
            let help = Template::parse(odd).unwrap_err();
            assert!(help.ends_with("%2A"), "{odd}: {help}");
        }
    }

    #[test]
    fn a_template_is_kept_as_browsers_send_it() {
        for (written, kept) in [
            ("/\u{fc}", "/%C3%BC"),
            ("/%C3%BC", "/%C3%BC"),
            ("/%c3%bc", "/%C3%BC"),
            ("/a b", "/a%20b"),
            ("/%40me", "/@me"),
            ("/100%", "/100%25"),
            ("/100%25", "/100%25"),
            ("/%2541", "/%2541"),
            ("/a%2fb", "/a%2Fb"),
            ("/a\\b", "/a%5Cb"),
            ("/{{id}}", "/%7Bid%7D"),
            ("/%3Aid/%3Cid%3E/%2A", "/:id/%3Cid%3E/*"),
            ("/a/{id}/", "/a/{}/"),
        ] {
            assert_eq!(Template::parse(written).unwrap().shape(), kept, "{written}");
        }
    }
}
