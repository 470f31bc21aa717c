//! The checks that aiohttp-cors ran by hand: five servers, each with a path that was added and one that was not, read without and
//! with credentials.

use crate::check::{Check, Group};

/// One server of the five, and whether a page of another origin can read what was added there.
const SERVERS: &[(&str, &str, bool)] = &[
    (
        "allowing",
        "[defaults.origins.\"{page}\"]\nallow_credentials = true\nexpose_headers = \"*\"\nallow_headers = \"*\"\n",
        true,
    ),
    (
        "denying",
        "[defaults.origins.\"{other}\"]\nallow_credentials = true\nexpose_headers = \"*\"\nallow_headers = \"*\"\n",
        false,
    ),
    (
        "free for all",
        "accept_risks = [\"any-origin-with-credentials\"]\n[defaults.origins.\"*\"]\nallow_credentials = true\nexpose_headers = \"*\"\nallow_headers = \"*\"\n",
        true,
    ),
    ("no CORS", "", false),
];

/// The fifth is the server of the page itself, whose requests are of the same origin.
pub(crate) fn groups() -> Vec<Group> {
    SERVERS.iter().map(|&(name, defaults, readable)| group(name, defaults, readable)).collect()
}

fn group(name: &str, defaults: &str, readable: bool) -> Group {
    // Without CORS nothing is added.
    let added = if defaults.is_empty() { "" } else { "[resources.\"/hello\"]\n" };
    let seen = if readable { serde_json::json!([200, "GET /hello"]) } else { "blocked".into() };
    let check = |what: &str, path: &str, init: &str, seen: serde_json::Value| {
        let name = format!("aiohttp-cors: {name}, {what}");
        let run =
            format!("return await read(\"{path}?aiohttp-{}\", {init});", name.replace([' ', ':', ','], "-"));
        Check::new(name, run, seen, vec![format!("GET {path} 200 origin=page")])
    };
    Group {
        name: format!("aiohttp-cors, {name}"),
        config: format!("{defaults}{added}"),
        checks: vec![
            check("a path that was not added", "/other", "{}", "blocked".into()),
            check("a path that was added", "/hello", "{}", seen.clone()),
            check("the same with credentials", "/hello", "{ credentials: \"include\" }", seen),
        ],
    }
}
