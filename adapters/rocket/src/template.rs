/// The template of a policy that matches the same paths as one of rocket's: `/items/<id>` is `/items/{id}`,
/// `/files/<rest..>` is `/files/{*rest}`. An empty rest belongs to rocket's path but not to the template.
///
/// A route's base belongs to its path: that of `/<id>` mounted at `/items` is `/items/<id>`.
///
/// # Errors
/// The path has a query, or a parameter that is less than a segment. The error is a sentence.
pub fn template(path: &str) -> Result<String, String> {
    let mut template = String::new();
    // rocket takes several slashes for one, and drops the last.
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let inside = segment.strip_prefix('<').and_then(|inside| inside.strip_suffix('>'));
        let rest = inside.and_then(|inside| inside.strip_suffix(".."));
        let name = rest.or(inside).filter(|name| !name.contains(['<', '>', '{', '}', '*', '.']));
        let fixed = segment.replace('{', "{{").replace('}', "}}");
        match (name, rest) {
            (Some(name), Some(_)) => template.extend(["/{*", name, "}"]),
            (Some(name), None) => template.extend(["/{", name, "}"]),
            (None, _) if !segment.contains(['<', '>', '?']) => template.extend(["/", &fixed]),
            (None, _) => return Err(format!("`{path}`: at `{segment}`: {MEND}")),
        }
    }
    Ok(if template.is_empty() { "/".into() } else { template })
}

const MEND: &str = "a policy's segment is fixed, `<name>` or `<rest..>`, and it has no query: leave that out";

/// The templates of these paths: two for one that ends in `<rest..>`, which rocket lets be empty.
pub(crate) fn templates<P: AsRef<str>>(paths: impl Iterator<Item = P>) -> Result<Vec<String>, String> {
    let mut templates = Vec::new();
    for path in paths {
        let template = template(path.as_ref())?;
        templates.extend(template.rfind("/{*").map(|at| template[..at.max(1)].to_owned()));
        templates.push(template);
    }
    Ok(templates)
}
