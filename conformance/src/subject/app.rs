//! The parts of the application that are the same for every framework: paths, header lines, texts.

use std::panic;
use std::time::Duration;

/// Every template of the application, in the syntax of a configuration.
pub const TEMPLATES: &[&str] = &[
    "/hello",
    "/other",
    "/private",
    "/strict",
    "/get-only",
    "/items/{id}",
    "/items/admin",
    "/files/{*rest}",
    "/status/{code}",
    "/reject/{n}",
    "/error",
    "/panic",
    "/stream",
    "/own-cors",
    "/own-cors-all",
    "/vary",
    "/vary-origin",
    "/vary-star",
    "/vary-two",
    "/timing",
    "/many-headers",
    "/options",
    "/ws",
    "/count",
    "/cookie",
    "/login",
    "/login-required",
];

/// Paths whose handlers answer like that of `/hello`.
pub const PLAIN: &[&str] =
    &["/hello", "/other", "/private", "/strict", "/items/{id}", "/items/admin", "/files/{*rest}"];

/// Paths whose handlers answer like that of `/hello`, with further header lines.
pub const WITH_HEADERS: &[(&str, &[(&str, &str)])] = &[
    ("/own-cors", OWN_CORS),
    (
        "/own-cors-all",
        &[
            OWN_CORS[0],
            OWN_CORS[1],
            ("access-control-expose-headers", "x-own"),
            ("access-control-allow-methods", "*"),
            ("access-control-allow-headers", "*"),
            ("access-control-max-age", "1"),
        ],
    ),
    ("/vary", &[("vary", "Accept-Encoding")]),
    ("/vary-origin", &[("vary", "origin")]),
    ("/vary-star", &[("vary", "*")]),
    ("/vary-two", &[("vary", "Accept-Encoding"), ("vary", "Accept-Language")]),
    ("/timing", &[("timing-allow-origin", "https://handler.example")]),
    (
        "/many-headers",
        &[
            ("x-one", "1"),
            ("x-two", "2"),
            ("set-cookie", "many=1; Path=/"),
            ("etag", "\"many\""),
            ("cache-control", "no-cache"),
            ("content-language", "en"),
        ],
    ),
    ("/login", &[("set-cookie", "session=1; Path=/")]),
];

const OWN_CORS: &[(&str, &str)] = &[
    ("access-control-allow-origin", "https://handler.example"),
    ("access-control-allow-credentials", "true"),
];

/// The header line that every handler adds.
pub const CUSTOM: (&str, &str) = ("x-custom-server-header", "custom");

/// The number of chunks that `/stream` sends, and their length in bytes.
pub const STREAM: (usize, usize) = (64, 1024);

/// How long a stopping server waits for open connections.
pub const PATIENCE: Duration = Duration::from_millis(500);

/// The message with which `/panic` panics.
pub const PANIC: &str = "the handler of /panic panics";

/// Keeps the message of `/panic` off standard error, for tests that run the server in this process.
pub fn hush_the_panic() {
    let loud = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if info.payload().downcast_ref::<String>().is_none_or(|text| text != PANIC) {
            loud(info);
        }
    }));
}

/// The template that the application's routers choose for a path: fixed before parameter.
pub fn template_of(path: &str) -> Option<&'static str> {
    let fits = |template: &&&str| {
        let Some((prefix, parameter)) = template.split_once('{') else { return path == **template };
        path.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty() && (parameter.starts_with('*') || !rest.contains('/')))
    };
    let fixed = TEMPLATES.iter().find(|template| **template == path);
    fixed.or_else(|| TEMPLATES.iter().find(fits)).copied()
}

#[cfg(test)]
mod tests {
    use super::template_of;

    #[test]
    fn a_path_finds_its_template() {
        assert_eq!(template_of("/hello"), Some("/hello"));
        assert_eq!(template_of("/items/admin"), Some("/items/admin"));
        assert_eq!(template_of("/items/7"), Some("/items/{id}"));
        assert_eq!(template_of("/items/7/8"), None);
        assert_eq!(template_of("/items/"), None);
        assert_eq!(template_of("/files/a/b"), Some("/files/{*rest}"));
        assert_eq!(template_of("/nothing"), None);
    }
}
