//! Parses the text of a file into cases.

use serde::Deserialize;
use toml::{Table as TomlTable, Value};

use super::text::{expand, repeat, unescape};
use super::{Build, Case, Group, Step, Table};
use crate::config::{Format, Source};
use crate::expect::{Expectation, full_name};
use crate::subject::{Attach, app};
use crate::wire::Request;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    group: Vec<RawGroup>,
    #[serde(default)]
    build: Vec<TomlTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGroup {
    name: String,
    config: TomlTable,
    case: Vec<TomlTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCase {
    name: String,
    rules: Vec<String>,
    #[serde(default)]
    peer: Vec<String>,
    attach: Option<Vec<Attach>>,
    steps: Vec<RawStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStep {
    send: Vec<String>,
    expect: Vec<String>,
    #[serde(default = "once")]
    repeat: usize,
    body: Option<String>,
    #[serde(default)]
    body_has: Vec<String>,
    #[serde(default)]
    body_lacks: Vec<String>,
    body_max: Option<usize>,
    body_length: Option<usize>,
    #[serde(default)]
    body_as: Vec<usize>,
    #[serde(default)]
    body_unlike: Vec<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBuild {
    name: String,
    rules: Vec<String>,
    #[serde(default)]
    peer: Vec<String>,
    config: Option<TomlTable>,
    toml: Option<String>,
    json: Option<String>,
    #[serde(default)]
    errors: Vec<Vec<String>>,
    #[serde(default)]
    advice: Vec<Vec<String>>,
    #[serde(default)]
    further_errors: bool,
}

fn once() -> usize {
    1
}

impl Table {
    /// Adds the cases of one file.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn add(&mut self, text: &str) -> Result<(), String> {
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        for raw in file.group {
            let source = Source { text: raw.config.to_string(), format: Format::Toml };
            let mut cases = Vec::new();
            for case in raw.case {
                let name = case.get("name").map_or_else(String::new, Value::to_string);
                let read = expand(case).into_iter().map(|case| read_case(case, &raw.config));
                cases
                    .extend(read.collect::<Result<Vec<_>, _>>().map_err(|error| format!("{name}: {error}"))?);
            }
            self.groups.push(Group { name: raw.name, source, cases });
        }
        for build in file.build.into_iter().flat_map(expand) {
            self.builds.push(read_build(build)?);
        }
        Ok(())
    }
}

fn read_case(mut table: TomlTable, config: &TomlTable) -> Result<Case, String> {
    if !table.contains_key("steps") {
        let of_case = ["name", "rules", "peer", "attach"];
        let (case, step): (TomlTable, TomlTable) =
            table.into_iter().partition(|(key, _)| of_case.contains(&key.as_str()));
        table = case;
        table.insert("steps".into(), Value::Array(vec![Value::Table(step)]));
    }
    let raw: RawCase = table.try_into().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let steps = raw.steps.into_iter().map(read_step).collect::<Result<Vec<_>, _>>()?;
    let mut attach = raw.attach.unwrap_or_else(|| vec![Attach::App, Attach::Resource]);
    if !steps.iter().all(|step| holds_at_resource(config, &step.request.target)) {
        attach.retain(|attach| *attach == Attach::App);
    }
    Ok(Case { name: raw.name, rules: raw.rules, peers: raw.peer, attach, steps })
}

/// Whether attaching by resource must give the same answers as attaching around the application.
fn holds_at_resource(config: &TomlTable, target: &str) -> bool {
    let path = target.split('?').next().unwrap_or_default();
    let whole_application = config.contains_key("all_resources") || config.contains_key("excluded");
    let Some(template) = app::template_of(path).filter(|_| !whole_application) else { return false };
    let registered: Vec<_> =
        config.get("resources").and_then(Value::as_table).map_or(Vec::new(), |table| table.keys().collect());
    let known = registered.iter().all(|name| app::TEMPLATES.contains(&name.as_str()));
    let shadowed = path == "/items/admin" && !registered.iter().any(|name| *name == template);
    known && !shadowed
}

fn read_step(raw: RawStep) -> Result<Step, String> {
    let (first, lines) = raw.send.split_first().ok_or("nothing to send")?;
    let (method, target) = first.split_once(' ').ok_or("the first line is METHOD TARGET")?;
    let line = |line: &String| {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let colon = if line.contains(':') { ":" } else { "" };
        unescape(&format!("{}{colon}{}", full_name(name), repeat(value)))
    };
    let request =
        Request { method: method.into(), target: repeat(target), lines: lines.iter().map(line).collect() };
    let expect: Vec<_> = raw.expect.iter().map(|line| repeat(line)).collect();
    let mut expect = Expectation::parse(&expect)?;
    expect.body = raw.body;
    expect.body_has = raw.body_has;
    expect.body_lacks = raw.body_lacks;
    expect.body_max = raw.body_max;
    expect.body_length = raw.body_length;
    Ok(Step { request, repeat: raw.repeat, expect, body_as: raw.body_as, body_unlike: raw.body_unlike })
}

fn read_build(table: TomlTable) -> Result<Build, String> {
    let raw: RawBuild = table.try_into().map_err(|error: toml::de::Error| error.to_string())?;
    let (text, format) = match (raw.config, raw.toml, raw.json) {
        (Some(config), None, None) => (config.to_string(), Format::Toml),
        (None, Some(text), None) => (repeat(&text), Format::Toml),
        (None, None, Some(text)) => (text, Format::Json),
        _ => return Err(format!("{}: one of config, toml, json", raw.name)),
    };
    Ok(Build {
        name: raw.name,
        rules: raw.rules,
        peers: raw.peer,
        source: Source { text, format },
        errors: raw.errors,
        advice: raw.advice,
        further_errors: raw.further_errors,
    })
}
