//! The checks: what a page does, what it must see, and what the server must receive. Written in `checks/*.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use toml::Table;

const FILES: &[(&str, &str)] = &[
    ("reading", include_str!("../checks/reading.toml")),
    ("preflights", include_str!("../checks/preflights.toml")),
    ("caches", include_str!("../checks/caches.toml")),
    ("enforcement", include_str!("../checks/enforcement.toml")),
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
    /// What differs where the group's configuration does without `enforce`.
    #[serde(default)]
    off: Differs,
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
        for raw in file.group {
            let without = raw.without_enforce();
            groups.extend([Some(raw), without].into_iter().flatten().map(Group::from));
        }
    }
    Ok(groups)
}

impl From<RawGroup> for Group {
    fn from(raw: RawGroup) -> Self {
        Self { name: raw.name, config: raw.config.to_string(), checks: raw.check }
    }
}

impl RawGroup {
    /// The same checks without `enforce`, where there is one: a check that cannot fail proves nothing.
    fn without_enforce(&self) -> Option<Self> {
        let mut config = self.config.clone();
        config.remove("enforce")?;
        let check = self.check.iter().cloned().map(Check::without_enforce).collect();
        Some(Self { name: format!("{}, off", self.name), config, check })
    }
}

impl Check {
    /// One that every engine sees alike.
    pub(crate) fn new(name: String, run: String, page: Value, server: Vec<String>) -> Self {
        Self { name, run, page, server, only: BTreeMap::new(), off: Differs::default() }
    }

    fn without_enforce(mut self) -> Self {
        let off = std::mem::take(&mut self.off);
        self.name += ", off";
        self.page = off.page.unwrap_or(self.page);
        self.server = off.server.unwrap_or(self.server);
        self
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
    fn a_group_that_enforces_is_run_without_it_too() {
        let text = "name = 'g'\ncheck = [{ name = 'n', run = '', page = 0, server = ['403'], off = { page = 1 } }]\n\
                    [config.enforce]\n[config.resources.'/x']";
        let raw: RawGroup = toml::from_str(text).unwrap();
        let off = Group::from(raw.without_enforce().unwrap());
        assert!(off.config.contains("/x") && !off.config.contains("enforce"), "{}", off.config);
        let faults = off.checks[0].faults("chromium", &1.into(), &["403".into()]);
        assert!(faults.is_empty(), "{faults:?}");
        assert_eq!(off.checks[0].faults("chromium", &0.into(), &["403".into()]).len(), 1);
        let raw: RawGroup = toml::from_str("name = 'g'\nconfig = {}\ncheck = []").unwrap();
        assert!(raw.without_enforce().is_none());
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
