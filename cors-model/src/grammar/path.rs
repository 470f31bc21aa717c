//! Path templates: `/items/{id}`, `/files/{*rest}`.

/// One step of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Fixed(String),
    /// Exactly one segment, never empty.
    Parameter,
    /// All that is left, never empty.
    CatchAll,
}

/// A parsed template. Two templates that match the same paths are equal: the names of parameters do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Template(pub(crate) Vec<Segment>);

impl Template {
    /// Reads `/items/{id}` or `/files/{*rest}`; `{{` and `}}` stand for braces. The error says how to fix it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let Some(rest) = text.strip_prefix('/') else {
            return Err("a template begins with `/`");
        };
        if rest.contains(['?', '#']) {
            return Err("leave out `?` and `#` and what follows");
        }
        let segments = rest.split('/').map(parse_segment).collect::<Result<Vec<_>, _>>()?;
        match segments.iter().position(|segment| *segment == Segment::CatchAll) {
            Some(at) if at + 1 < segments.len() => Err("a catch-all stands at the end"),
            _ => Ok(Self(segments)),
        }
    }

    /// A text that is the same for templates that match the same paths.
    pub(crate) fn shape(&self) -> String {
        let mut shape = String::new();
        for segment in &self.0 {
            shape.push('/');
            match segment {
                Segment::Fixed(text) => shape.push_str(&text.replace('{', "{{")),
                Segment::Parameter => shape.push_str("{}"),
                Segment::CatchAll => shape.push_str("{*}"),
            }
        }
        shape
    }

    pub(crate) fn is_fixed(&self) -> bool {
        self.0.iter().all(|segment| matches!(segment, Segment::Fixed(_)))
    }
}

fn parse_segment(text: &str) -> Result<Segment, &'static str> {
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
            return if name.contains(':') { Err("a parameter has no pattern: {id}") } else { Ok(segment) };
        }
    }
    let mut fixed = String::new();
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if matches!(character, '{' | '}') && characters.next_if_eq(&character).is_none() {
            return Err("a parameter takes one whole segment: /{id}/; braces of the path are doubled: {{ }}");
        }
        fixed.push(character);
    }
    Ok(Segment::Fixed(fixed))
}

impl Segment {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Fixed(text) => text,
            Self::Parameter | Self::CatchAll => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s21_what_is_no_template() {
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
        ] {
            assert!(Template::parse(bad).is_err(), "{bad}");
        }
    }
}
