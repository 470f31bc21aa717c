/// The template of a policy that matches the same paths as one of rocket's: `/items/<id>` is `/items/{id}`,
/// `/files/<rest..>` is `/files/{*rest}`. In rocket the rest may be empty; in a template it may not.
///
/// Include the base that the route is mounted at: for `/<id>` mounted at `/items`, pass `/items/<id>`.
///
/// # Errors
/// The path has a query, or a parameter that is only a part of a segment. The error is a sentence that says so.
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
            (None, _) => return Err(format!("`{path}`: at `{segment}`: {HELP}")),
        }
    }
    Ok(if template.is_empty() { "/".into() } else { template })
}

const HELP: &str = "a policy's segment is fixed, `<name>` or `<rest..>`, and it has no query: leave that out";

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

#[cfg(test)]
mod tests {
    use super::{template, templates};
    use cors_model::{CorsConfig, Resource};

    #[test]
    fn a_path_becomes_a_template_that_builds() {
        for (path, expected) in [
            ("/", "/"),
            ("", "/"),
            ("/hello", "/hello"),
            ("hello", "/hello"),
            ("//hello///there//", "/hello/there"),
            ("/items/<id>", "/items/{id}"),
            ("/<a>/b/<_c>", "/{a}/b/{_c}"),
            ("/items/<_>", "/items/{_}"),
            ("/files/<rest..>", "/files/{*rest}"),
            ("/<_..>", "/{*_}"),
            ("/set/{x}", "/set/{{x}}"),
        ] {
            assert_eq!(template(path).as_deref(), Ok(expected));
            assert!(CorsConfig::new().add(Resource::at(expected)).build().is_ok(), "{expected}");
        }
    }

    #[test]
    fn what_is_no_template_is_refused_with_its_place_and_the_help() {
        for (path, place) in [
            ("/items?<q>", "items?<q>"),
            ("/items/<id>?<q..>", "<id>?<q..>"),
            ("/<a>-<b>/c", "<a>-<b>"),
            ("/v<n>", "v<n>"),
            ("/<n>.json", "<n>.json"),
            ("/<{id}>", "<{id}>"),
        ] {
            let error = template(path).unwrap_err();
            assert!(error.starts_with(&format!("`{path}`: at `{place}`: ")), "{error}");
            assert!(error.contains("leave that out"), "{error}");
        }
    }

    /// Where the rest stands, and that a parameter has a name, are the policy's own rules.
    #[test]
    fn a_rest_in_the_middle_does_not_build() {
        for path in ["/files/<rest..>/end", "/<>", "/<..>"] {
            assert!(CorsConfig::new().add(Resource::at(template(path).unwrap())).build().is_err(), "{path}");
        }
    }

    #[test]
    fn a_rest_is_two_templates() {
        let of = |path: &str| templates([path].into_iter()).unwrap();
        assert_eq!(of("/files/<rest..>"), ["/files", "/files/{*rest}"]);
        assert_eq!(of("/<rest..>"), ["/", "/{*rest}"]);
        assert_eq!(of("/{*x}"), ["/{{*x}}"]);
    }
}
