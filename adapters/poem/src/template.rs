use std::error::Error;
use std::fmt;

/// Converts one of poem's path patterns to a template of a policy: `/items/:id` becomes `/items/{id}`, `/files/*rest` becomes
/// `/files/{*rest}`.
///
/// # Errors
///
/// The pattern has a regular expression, or a parameter that is only a part of a segment: templates have neither. For such a
/// route use [`CorsMiddleware::resource`](crate::CorsMiddleware::resource), which does not look at the path.
pub fn template(pattern: &str) -> Result<String, PatternError> {
    let mut template = String::new();
    let mut rest = pattern.trim_start_matches('/');
    loop {
        // poem takes several slashes for one.
        let (segment, after) = match rest.split_once('/') {
            Some((segment, after)) => (segment, Some(after.trim_start_matches('/'))),
            None => (rest, None),
        };
        template.push('/');
        push(&mut template, segment, after.is_none()).map_err(|help| PatternError {
            pattern: pattern.into(),
            segment: segment.into(),
            help,
        })?;
        match after {
            Some(after) => rest = after,
            None => return Ok(template),
        }
    }
}

/// Adds a segment to a template. The error says how to fix it.
fn push(template: &mut String, segment: &str, is_last: bool) -> Result<(), &'static str> {
    if segment.contains('<') {
        return Err("a template has no regular expressions: attach the policy to this route's methods");
    }
    let (kind, name) = match segment.strip_prefix('*') {
        Some(_) if !is_last => return Err("a catch-all stands at the end"),
        Some("") => ("*", "rest"),
        Some(name) => ("*", name),
        None => match segment.strip_prefix(':') {
            Some("") => return Err("a parameter has a name"),
            Some(name) => ("", name),
            None if segment.contains([':', '*']) => {
                return Err("a parameter takes one whole segment: attach the policy to this route's methods");
            }
            None => {
                template.push_str(&segment.replace('{', "{{").replace('}', "}}"));
                return Ok(());
            }
        },
    };
    if name.contains(['{', '}', '*']) {
        return Err("a parameter's name has neither braces nor asterisks");
    }
    template.push_str(&format!("{{{kind}{name}}}"));
    Ok(())
}

/// Why a path pattern of poem is not a valid template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    pattern: String,
    segment: String,
    help: &'static str,
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: at `{}`: {}", self.pattern, self.segment, self.help)
    }
}

impl Error for PatternError {}

#[cfg(test)]
mod tests {
    use super::template;

    #[test]
    fn a_pattern_becomes_a_template_that_builds() {
        let cases = [
            ("/", "/"),
            ("", "/"),
            ("/hello", "/hello"),
            ("hello", "/hello"),
            ("//hello///there//", "/hello/there/"),
            ("/items/:id", "/items/{id}"),
            ("/items/:id/", "/items/{id}/"),
            ("/:a/b/:c", "/{a}/b/{c}"),
            ("/files/*rest", "/files/{*rest}"),
            ("/files/*", "/files/{*rest}"),
            ("/set/{x}", "/set/{{x}}"),
        ];
        for (pattern, expected) in cases {
            let template = template(pattern).unwrap();
            assert_eq!(template, expected);
            crate::CorsConfig::new().add(crate::Resource::at(template)).build().unwrap();
        }
    }

    #[test]
    fn what_is_no_template_is_refused_with_its_place_and_the_help() {
        let cases = [
            ("/d/<\\d+>", "<\\d+>", "regular expressions"),
            ("/e/:id<\\d+>/x", ":id<\\d+>", "regular expressions"),
            ("/item-:id", "item-:id", "one whole segment"),
            ("/files/v*rest", "v*rest", "one whole segment"),
            ("/:id*rest", ":id*rest", "neither braces nor asterisks"),
            ("/:{id}", ":{id}", "neither braces nor asterisks"),
            ("/*rest/more", "*rest", "at the end"),
            ("/:/more", ":", "a parameter has a name"),
        ];
        for (pattern, place, help) in cases {
            let error = template(pattern).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{pattern}: at `{place}`: ")), "{error}");
            assert!(error.contains(help), "{error}");
        }
    }
}
