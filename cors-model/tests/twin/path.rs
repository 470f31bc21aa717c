//! S24: which resource a request finds, however its path is spelled.

use serde_json::{Value, json};

use super::origin::patterns;
use super::template::{self, Segment};
use super::{lower_case_once, members, method_name, strings};

/// How a request finds its resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'t> {
    /// By its path alone.
    Path,
    /// By the template that the router reports, if any.
    Routed(Option<&'t str>),
    /// By the template of the one resource that the policy is attached to.
    Resource(&'t str),
}

/// A registered or an excluded template, or all other paths together.
#[derive(Clone, Debug)]
pub struct Entry<'c> {
    /// As the configuration writes it; "" for all other paths.
    pub template: String,
    /// `None` where it is excluded, `null` for all other paths.
    pub resource: Option<&'c Value>,
    segments: Vec<Segment>,
}

/// What an encoded slash and a backslash are in a reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slash {
    /// (a) Part of their segment.
    Part,
    /// (b) A separator.
    Separator,
}

/// The resource, or none.
pub fn find_resource<'c>(config: &'c Value, target: Target<'_>, path: &str) -> Option<&'c Value> {
    let entries = entries(config);
    let named = |told: &str| {
        let told = template::segments(told)?;
        entries.iter().find(|entry| entry.segments == told)
    };
    if let Target::Resource(template) = target {
        return named(template)?.resource;
    }
    let path = without_query(path);
    let parts = template::parts(path)?;
    let mut found = as_sent(config, &entries, path);
    let mut told = false;
    if let Target::Routed(template) = target {
        match template.and_then(named) {
            Some(entry) => {
                let further = found.filter(|other| other.is_more_specific_than(entry));
                told = further.is_none();
                found = Some(further.unwrap_or_else(|| entry.clone()));
            }
            None if config["all_resources"] == true => {}
            None => return None,
        }
    }
    let found = found?;
    let resource = found.resource?;
    let to_the_letter = entries.iter().any(|entry| entry.is_to_the_letter(&parts));
    if to_the_letter || is_plain(path, &parts) && nothing_beside(&entries, &found, &parts) {
        return Some(resource);
    }
    let split = read(path, Slash::Separator)?;
    if split.contains(&b"..".to_vec()) {
        return None;
    }
    let whole = reading(config, &entries, path, Slash::Part);
    if !(found.is_among(&whole) || told && whole.is_empty()) {
        return None;
    }
    let split = reading(config, &entries, path, Slash::Separator);
    if !found.is_among(&split) && !split.is_empty() {
        return None;
    }
    Some(resource)
}

/// What follows `?` or `#` is no part of a path.
pub fn without_query(path: &str) -> &str {
    path.split(['?', '#']).next().unwrap_or("")
}

/// What the path finds as it was sent: the best template, or else all other paths.
pub fn as_sent<'c>(config: &'c Value, entries: &[Entry<'c>], path: &str) -> Option<Entry<'c>> {
    let parts = template::parts(path)?;
    let best = best(entries, |entry| template::rank_if_matching(&entry.segments, &parts));
    best.into_iter().next().or_else(|| all_others(config))
}

/// What a reading finds. Several templates can have one form.
pub fn reading<'c>(config: &'c Value, entries: &[Entry<'c>], path: &str, slash: Slash) -> Vec<Entry<'c>> {
    let Some(parts) = read(path, slash) else { return Vec::new() };
    let mut found = best(entries, |entry| template::rank_if_matching(&entry.form(slash), &parts));
    if found.is_empty() {
        found.extend(all_others(config));
    }
    found
}

/// The segments of a path that is read.
pub fn read(path: &str, slash: Slash) -> Option<Vec<Vec<u8>>> {
    let mut all = Vec::new();
    for part in template::parts(path)? {
        all.extend(decoded_parts(&part, slash));
    }
    Some(all)
}

/// A segment decoded, taken apart if the reading does so, without what is empty or `.`.
fn decoded_parts(part: &[u8], slash: Slash) -> Vec<Vec<u8>> {
    let bytes = template::decoded(part);
    let mut all = vec![bytes.clone()];
    if slash == Slash::Separator {
        all = bytes.split(|byte| b"/\\".contains(byte)).map(<[u8]>::to_vec).collect();
    }
    all.retain(|part| !part.is_empty() && part != b".");
    all
}

/// Every template of the configuration.
pub fn entries(config: &Value) -> Vec<Entry<'_>> {
    let mut all = Vec::new();
    for (template, resource) in members(&config["resources"]) {
        all.push((template.to_string(), Some(resource)));
    }
    for template in strings(&config["excluded"]) {
        all.push((template, None));
    }
    let parsed = all.into_iter().filter_map(|(template, resource)| {
        let segments = template::segments(&template)?;
        Some(Entry { template, resource, segments })
    });
    parsed.collect()
}

/// `all_resources`: what no template matches is one resource.
fn all_others(config: &Value) -> Option<Entry<'_>> {
    if config["all_resources"] != true {
        return None;
    }
    Some(Entry { template: String::new(), resource: Some(&Value::Null), segments: Vec::new() })
}

/// All of the highest rank.
fn best<'c>(entries: &[Entry<'c>], rank: impl Fn(&Entry<'c>) -> Option<Vec<u8>>) -> Vec<Entry<'c>> {
    let highest = entries.iter().filter_map(&rank).max();
    entries.iter().filter(|entry| highest.is_some() && rank(entry) == highest).cloned().collect()
}

/// Nothing in the path can be read in two ways.
fn is_plain(path: &str, parts: &[Vec<u8>]) -> bool {
    let clean = |part: &Vec<u8>| !part.is_empty() && part != b"." && part != b"..";
    path.bytes().all(|byte| template::is_sent_unencoded(byte) && !b"%\\".contains(&byte))
        && parts.iter().all(clean)
}

/// No template, with or without a slash at its end, gives another result.
fn nothing_beside(entries: &[Entry<'_>], found: &Entry<'_>, parts: &[Vec<u8>]) -> bool {
    let rank = |entry: &Entry<'_>| {
        let slash = Segment::Fixed(Vec::new());
        let mut with = entry.segments.clone();
        if with.last() != Some(&Segment::CatchAll) {
            with.push(slash.clone());
        }
        let mut without = entry.segments.clone();
        if without.len() > 1 && without.last() == Some(&slash) {
            without.pop();
        }
        let each = [&entry.segments, &with, &without];
        each.iter().filter_map(|segments| template::rank_if_matching(segments, parts)).max()
    };
    best(entries, rank).iter().all(|other| other.is_no_other_than(found))
}

impl Entry<'_> {
    /// Fixed where the other one is not, in the first segment in which they differ.
    fn is_more_specific_than(&self, other: &Self) -> bool {
        let (own, others) = (template::rank(&self.segments), template::rank(&other.segments));
        own.iter().zip(&others).find(|(own, others)| own != others).is_some_and(|(own, others)| own > others)
    }

    /// Is this template, which has no parameters, the path itself?
    fn is_to_the_letter(&self, parts: &[Vec<u8>]) -> bool {
        let fixed: Vec<Segment> = parts.iter().map(|part| Segment::Fixed(part.clone())).collect();
        self.segments == fixed
    }

    /// The template in the form that a reading has.
    fn form(&self, slash: Slash) -> Vec<Segment> {
        let mut all = Vec::new();
        for segment in &self.segments {
            match segment {
                Segment::Fixed(text) => {
                    all.extend(decoded_parts(text, slash).into_iter().map(Segment::Fixed));
                }
                other => all.push(other.clone()),
            }
        }
        all
    }

    /// Of several templates with one form a reading finds this one, if it is there; else all of them have to be equal.
    fn is_among(&self, found: &[Self]) -> bool {
        let itself = found.iter().any(|other| other.template == self.template);
        itself || !found.is_empty() && found.iter().all(|other| other.is_no_other_than(self))
    }

    /// Two resources that say the same are one.
    pub fn is_no_other_than(&self, other: &Self) -> bool {
        match (self.resource, other.resource) {
            (Some(one), Some(another)) => rules(one) == rules(another),
            _ => self.template == other.template,
        }
    }
}

/// What a resource says, in one way of writing it.
fn rules(resource: &Value) -> Value {
    let mut routes = json!({});
    for (method, route) in members(&resource["routes"]) {
        routes[method_name(method)] = json!([route["inherit"] != false, entries_of(&route["origins"])]);
    }
    json!([resource["inherit"] != false, entries_of(&resource["origins"]), routes])
}

/// The entries of one level, each with its patterns in alphabetical order.
fn entries_of(origins: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    for (key, options) in members(origins) {
        let mut patterns = patterns(key);
        patterns.sort();
        let names = |list: &str| match &options[list] {
            Value::String(star) => json!(star),
            listed => json!(lower_case_once(&strings(listed))),
        };
        let methods = match &options["allow_methods"] {
            Value::Array(_) => {
                json!(strings(&options["allow_methods"]).iter().map(|m| method_name(m)).collect::<Vec<_>>())
            }
            unset_or_star => unset_or_star.clone(),
        };
        all.push(json!([
            patterns,
            options["allow_credentials"] == true,
            methods,
            names("allow_headers"),
            names("expose_headers"),
            options["max_age"],
        ]));
    }
    all.sort_by_key(Value::to_string);
    all
}
