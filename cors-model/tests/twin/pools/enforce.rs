//! What enforcement reads.

/// Entries of `hosts`.
pub const HOSTS: &[&str] = &[
    "example.com",
    "Example.COM",
    "example.com:8443",
    "example.com:80",
    "example.com:443",
    "example.com:*",
    "a.example.com",
    "localhost:*",
    "127.0.0.1:*",
    "[::1]:3000",
    "[::1]:*",
    "[::1]",
    "example.com.",
];

/// What a request says its host is.
pub const REQUEST_HOSTS: &[&str] = &[
    "example.com",
    "example.com",
    "EXAMPLE.com",
    "example.com:80",
    "example.com:443",
    "example.com:8443",
    "a.example.com",
    "foo.com",
    "localhost",
    "localhost:3000",
    "127.0.0.1:8080",
    "[::1]:3000",
    "[::1]",
    "example.com.",
    "",
    ":80",
    "example.com:",
    "example.com:0",
    "example.com:080",
    "example.com:65536",
    "example.com:*",
    "me@example.com",
    "example.com/",
    "[::1",
    "[0:0:0:0:0:0:0:1]:3000",
    "exa mple.com",
    "*",
    "xn--p1ai",
    "AbC-1",
    "1.2.3",
];

/// Entries of `exempt`; a `!` stands for a template of the configuration's kind.
pub const EXEMPT: &[&str] = &[
    "!",
    "!",
    "POST !",
    "post !",
    "PUT !",
    "patch !",
    "GET !",
    "HEAD !",
    "/items/{id}",
    "POST /items/{id}",
    "PUT /items/admin",
    "/files/{*rest}",
    "/hello",
    "POST /{*rest}",
    "/",
];

/// What some of them are for, or nearly.
pub const EXEMPT_PATHS: &[&str] =
    &["/items/7", "/items/a%2Fb", "/items/a\\b", "/items/admin", "/items/7/", "/files/a/b", "/hello", "/"];

pub const SITES: &[&str] = &[
    "same-origin",
    "none",
    "cross-site",
    "cross-site",
    "cross-site",
    "same-site",
    "Same-Origin",
    "",
    "same-origin, none",
];

pub const UPGRADES: &[&str] =
    &["websocket", "WebSocket", "h2c", "h2c, websocket", "websocket/13", "websockets", ""];
