//! What the strategies choose from.

mod enforce;
mod origins;
mod paths;

pub use enforce::*;
pub use origins::*;
pub use paths::*;

pub const ROUTES: &[&str] =
    &["GET", "get", "HEAD", "POST", "PUT", "pUt", "DELETE", "OPTIONS", "patch", "PATCH", "PROPFIND"];

pub const LISTED_METHODS: &[&str] = &[
    "GET", "get", "HEAD", "head", "POST", "PUT", "put", "DELETE", "Delete", "OPTIONS", "PATCH", "patch",
    "Patch", "PROPFIND", "QUERY", "x-!#$'",
];

pub const METHODS: &[&str] = &[
    "GET", "GET", "HEAD", "HEAD", "POST", "PUT", "PUT", "DELETE", "OPTIONS", "PATCH", "patch", "Patch",
    "get", "put", "PROPFIND", "QUERY", "BREW", "x-!#$'",
];

pub const ALLOW_HEADERS: &[&str] = &[
    "X-A",
    "x-b",
    "X-Requested-With",
    "Content-Type",
    "content-type",
    "Authorization",
    "Accept",
    "x!#$%&'+.^_`|~",
];

pub const EXPOSE_HEADERS: &[&str] = &[
    "X-Custom-Server-Header",
    "ETag",
    "etag",
    "X-One",
    "Content-Type",
    "Vary",
    "Access-Control-Allow-Origin",
];

pub const VARY_LINES: &[&str] = &[
    "Accept-Encoding",
    "Accept-Encoding",
    "Accept-Language",
    "origin",
    "Origin",
    "ORIGIN, Accept",
    "Accept , Origin,",
    "origin, Origin",
    "X-Origin",
    "Origins",
    "*",
    "*",
    "Accept, *",
    "",
    ", ,",
    "accept-encoding,\tAccept-Encoding",
];

pub const OWN_CORS: &[(&str, &str)] = &[
    ("Access-Control-Allow-Origin", "https://handler.example"),
    ("access-control-allow-origin", "*"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Methods", "*"),
    ("Access-Control-Allow-Headers", "*"),
    ("Access-Control-Expose-Headers", "x-own"),
    ("Access-Control-Max-Age", "1"),
    ("Access-Control-Allow-Private-Network", "true"),
];

pub const OTHER: &[(&str, &str)] = &[
    ("X-One", "1"),
    ("x-one", "2"),
    ("X-Two", "1"),
    ("ETag", "\"a\""),
    ("Set-Cookie", "a=b"),
    ("Set-Cookie2", "a=b"),
    ("Cache-Control", "no-store"),
    ("Content-Type", "text/plain"),
    ("Content-Language", "en"),
    ("Content-Length", "0"),
    ("Expires", "0"),
    ("Last-Modified", "x"),
    ("Pragma", "no-cache"),
    ("Connection", "close"),
    ("Keep-Alive", "timeout=5"),
    ("Proxy-Authenticate", "Basic"),
    ("Proxy-Connection", "close"),
    ("TE", "trailers"),
    ("Trailer", "x-t"),
    ("Transfer-Encoding", "chunked"),
    ("Upgrade", "websocket"),
    ("Location", "/hello"),
    ("Access-Control-Allow-Origins", "x"),
];
