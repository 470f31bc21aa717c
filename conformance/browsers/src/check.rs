//! The checks: what a page does, what it must see, and what the server must receive. Written in `checks/*.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use toml::Table;

const FILES: &[(&str, &str)] = &[
    ("reading", include_str!("../checks/reading.toml")),
    ("preflights", include_str!("../checks/preflights.toml")),
    ("caches", include_str!("../checks/caches.toml")),
];

/// One configuration and what is done under it.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    /// TOML, with `{page}` and the like for origins that are known at run time alone.
    pub(crate) config: String,
    pub(crate) checks: Vec<Check>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    pub(crate) name: String,
    /// The body of an async function of the page; what it returns is what the page saw.
    pub(crate) run: String,
    /// What every engine sees.
    page: Value,
    /// What the server receives: one text for each request, whose words must all be words of the record.
    server: Vec<String>,
    /// Where an engine differs from the others.
    #[serde(default)]
    only: BTreeMap<String, Differs>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Differs {
    page: Option<Value>,
    server: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    group: Vec<RawGroup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    name: String,
    config: Table,
    check: Vec<Check>,
}

/// Every group of every file.
///
/// # Errors
/// The file and what is wrong with it.
pub(crate) fn load() -> Result<Vec<Group>, String> {
    let mut groups = Vec::new();
    for (name, text) in FILES {
        let file: File = toml::from_str(text).map_err(|error| format!("checks/{name}.toml: {error}"))?;
        let group =
            |raw: RawGroup| Group { name: raw.name, config: raw.config.to_string(), checks: raw.check };
        groups.extend(file.group.into_iter().map(group));
    }
    Ok(groups)
}

impl Check {
    /// One that every engine sees alike.
    pub(crate) fn new(name: String, run: String, page: Value, server: Vec<String>) -> Self {
        Self { name, run, page, server, only: BTreeMap::new() }
    }

    /// Everything in which an engine's outcome departs from this.
    pub(crate) fn faults(&self, engine: &str, seen: &Value, received: &[String]) -> Vec<String> {
        let differs = self.only.get(engine).cloned().unwrap_or_default();
        let page = differs.page.as_ref().unwrap_or(&self.page);
        let server = differs.server.as_ref().unwrap_or(&self.server);
        let mut faults = Vec::new();
        if page != seen {
            faults.push(format!("the page saw {seen}, expected {page}"));
        }
        let fits = |(expected, got): (&String, &String)| {
            expected.split(' ').all(|word| got.split(' ').any(|other| other == word))
        };
        if server.len() != received.len() || !server.iter().zip(received).all(fits) {
            faults.push(format!("the server received {received:#?}, expected {server:#?}"));
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checks_can_be_read() {
        let groups = load().unwrap();
        let mut names: Vec<_> =
            groups.iter().flat_map(|group| &group.checks).map(|check| &check.name).collect();
        names.sort();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all, "a name stands twice");
    }

    #[test]
    fn an_outcome_must_fit_on_both_sides() {
        let text =
            "name = 'n'\nrun = ''\npage = [200]\nserver = ['GET /x 200']\nonly.firefox.page = 'blocked'";
        let check: Check = toml::from_str(text).unwrap();
        let (seen, blocked) = (serde_json::json!([200]), serde_json::json!("blocked"));
        let received = ["GET /x 200 origin=page".to_owned()];
        assert!(check.faults("chromium", &seen, &received).is_empty());
        assert!(check.faults("firefox", &blocked, &received).is_empty());
        assert_eq!(check.faults("firefox", &seen, &received).len(), 1);
        assert_eq!(check.faults("chromium", &blocked, &[]).len(), 2);
        assert_eq!(check.faults("chromium", &seen, &["GET /x 403".to_owned()]).len(), 1);
    }
}
