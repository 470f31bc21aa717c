/// The template of a policy that matches the same paths as a pattern of actix-web: `{id}` stays, `{tail}*`,
/// `{tail:.*}` and `{tail:.+}` become `{*tail}`. In actix the tail may be empty; in a template it may not.
///
/// For a pattern inside a scope, put the scope's prefix in front of it.
///
/// # Errors
/// The pattern has another regular expression, or a parameter that is only a part of a segment. The error is a sentence that says so.
pub fn template(pattern: &str) -> Result<String, String> {
    let mut template = String::new();
    let pattern = pattern.replace(":[^/]+}", "}");
    for segment in pattern.strip_prefix('/').unwrap_or(&pattern).split('/') {
        let inside = segment.strip_prefix('{').unwrap_or_default();
        let tail = [":.*}", ":.+}", "}*"].iter().find_map(|end| inside.strip_suffix(end));
        let name = tail.or(inside.strip_suffix('}')).filter(|name| !name.contains([':', '{', '}']));
        match (name, tail) {
            (Some(name), Some(_)) => template.extend(["/{*", name, "}"]),
            (Some(name), None) => template.extend(["/{", name, "}"]),
            (None, _) if !segment.contains(['{', '}', '*']) => template.extend(["/", segment]),
            (None, _) => return Err(format!("`{pattern}`: {HELP}")),
        }
    }
    Ok(template)
}

const HELP: &str = "a policy has whole segments and no regular expressions; wrap the resource instead";

#[cfg(test)]
mod tests {
    use super::template;
    use actix_web::dev::ResourceDef;
    use cors_model::{CorsConfig, Resource, ResourceOptions};

    #[test]
    fn a_pattern_becomes_a_template_that_builds() {
        for (pattern, expected) in [
            ("/hello", "/hello"),
            ("hello", "/hello"),
            ("/", "/"),
            ("", "/"),
            ("/items/{id}", "/items/{id}"),
            ("items/{id:[^/]+}/parts/{part}", "/items/{id}/parts/{part}"),
            ("/files/{tail:.*}", "/files/{*tail}"),
            ("/files/{tail:.+}", "/files/{*tail}"),
            ("/files/{tail}*", "/files/{*tail}"),
            ("/items:batch", "/items:batch"),
            ("/a//b/", "/a//b/"),
        ] {
            assert_eq!(template(pattern).as_deref(), Ok(expected));
            let resource = Resource::at(expected).also("https://app.example", ResourceOptions::new());
            assert!(CorsConfig::new().add(resource).build().is_ok(), "{expected}");
        }
    }

    #[test]
    fn a_pattern_that_says_more_is_refused_with_the_help() {
        for pattern in [
            r"/items/{id:\d+}",
            "/items/{id:[[:digit:]]{6}}",
            "/items/{id:a|b/c}",
            "/v{version}/items",
            "/{name}.json",
            "/{id}:cancel",
            "/{a}{b}",
            "/files*",
        ] {
            ResourceDef::new(pattern);
            let error = template(pattern).unwrap_err();
            assert!(
                error.starts_with(&format!("`{pattern}`: ")) && error.contains("wrap the resource"),
                "{error}"
            );
        }
    }

    /// Where the tail stands is the policy's own rule.
    #[test]
    fn a_tail_in_the_middle_does_not_build() {
        let resource = Resource::at(template("/files/{tail:.*}/end").unwrap());
        assert!(CorsConfig::new().add(resource).build().is_err());
    }
}
