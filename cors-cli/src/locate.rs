//! From a place in a configuration to the bytes of its file.

use std::ops::Range;

use cors_model::Place;

use crate::tree::{Item, Node, Value};

/// Finds places in one file.
pub(crate) struct Locator<'a> {
    text: &'a str,
    tree: Node,
}

/// One step from a table to what is in it.
enum Step<'p> {
    Key(&'p str),
    /// A key that has this pattern, perhaps beside others.
    Pattern(&'p str),
}

impl<'a> Locator<'a> {
    pub(crate) fn new(text: &'a str, tree: Node) -> Self {
        Self { text, tree }
    }

    /// Where a value stands that is wrong at this place; or else the nearest key above it.
    pub(crate) fn value(&self, place: &Place, value: &str) -> Option<Range<usize>> {
        self.find(place, |text| text == value)
    }

    /// Where a value stands that this sentence about the place names; or else the nearest key above it.
    pub(crate) fn named_in(&self, place: &Place, sentence: &str) -> Option<Range<usize>> {
        let words = sentence.split_whitespace().map(|word| word.trim_matches(['`', '"', ',', ':', ';']));
        let words: Vec<_> = words.collect();
        self.find(place, |text| words.contains(&text))
    }

    fn find(&self, place: &Place, is_meant: impl Fn(&str) -> bool) -> Option<Range<usize>> {
        let mut found: Option<&Item> = None;
        for step in steps(place) {
            let table = found.map_or(&self.tree, |item| &item.node).table();
            match table.and_then(|table| table.iter().find(|item| step.leads_to(&item.key))) {
                Some(item) => found = Some(item),
                // What is missing would stand below this.
                None => return found.map(|item| item.span.clone()),
            }
        }
        let Some(Item { key, span, node }) = found else {
            return self.tree.table().is_none().then(|| self.tree.span.clone());
        };
        if let (Some(pattern), None) = (place.origin_pattern(), place.value_key()) {
            return Some(self.pattern(span.clone(), pattern));
        }
        if let Value::List(list) = &node.value {
            // Of a repeated name, the repetition.
            if let Some(named) = list.iter().rfind(|node| is_meant(self.text_of(node))) {
                return Some(named.span.clone());
            }
        }
        let is_key = is_meant(key) && place.value_key().is_some();
        let is_all_of_it = is_key || node.table().is_some();
        Some(if is_all_of_it { span } else { &node.span }.clone())
    }

    /// The value as errors print it.
    fn text_of<'n>(&'n self, node: &'n Node) -> &'n str {
        match &node.value {
            Value::Text(text) => text,
            _ => self.text.get(node.span.clone()).unwrap_or_default(),
        }
    }

    /// One pattern of a key.
    fn pattern(&self, key: Range<usize>, pattern: &str) -> Range<usize> {
        let raw = self.text.get(key.clone()).unwrap_or_default();
        let mut start = 0;
        for part in raw.split_inclusive(|char: char| is_between(char) || matches!(char, '"' | '\'')) {
            let name = part.trim_end_matches(|char: char| is_between(char) || matches!(char, '"' | '\''));
            if name == pattern {
                return key.start + start..key.start + start + name.len();
            }
            start += part.len();
        }
        key
    }
}

impl Step<'_> {
    fn leads_to(&self, key: &str) -> bool {
        match self {
            Self::Key(name) => key == *name,
            Self::Pattern(pattern) => key == *pattern || key.split(is_between).any(|text| text == *pattern),
        }
    }
}

/// What separates the patterns of a key.
fn is_between(char: char) -> bool {
    char == ',' || char.is_ascii_whitespace()
}

fn steps(place: &Place) -> Vec<Step<'_>> {
    let mut steps: Vec<_> = place.table().into_iter().flat_map(keys).map(Step::Key).collect();
    match (place.level(), place.path()) {
        (_, Some(path)) => steps.extend([Step::Key("resources"), Step::Key(path)]),
        (cors_model::Level::Defaults, None) => steps.push(Step::Key("defaults")),
        _ => {}
    }
    if let Some(method) = place.method() {
        steps.extend([Step::Key("routes"), Step::Key(method)]);
    }
    if let Some(pattern) = place.origin_pattern() {
        steps.extend([Step::Key("origins"), Step::Pattern(pattern)]);
    }
    steps.extend(place.value_key().map(Step::Key));
    steps
}

/// The keys of a table, the last of which may be quoted.
fn keys(table: &str) -> impl Iterator<Item = &str> {
    let (first, rest) = table.split_once('.').unwrap_or((table, ""));
    let rest = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(rest);
    [first, rest].into_iter().filter(|key| !key.is_empty())
}

#[cfg(test)]
mod tests {
    use cors_model::CorsConfig;
    use toml::de::DeTable;

    use super::*;

    /// What of the file the errors are about.
    fn found(text: &str) -> Vec<&str> {
        let config: CorsConfig = toml::from_str(text).expect("a table");
        located(text, Node::of_toml(DeTable::parse(text).expect("a table")), config)
    }

    fn found_in_json(text: &str) -> Vec<&str> {
        let config: CorsConfig = serde_json::from_str(text).expect("a table");
        located(text, Node::of_json(text).expect("a table"), config)
    }

    fn located(text: &str, tree: Node, config: CorsConfig) -> Vec<&str> {
        let locator = Locator::new(text, tree);
        match config.build() {
            Ok(cors) => {
                let at = |advice: &cors_model::Advice| locator.named_in(advice.place(), advice.text());
                cors.advice().iter().map(|advice| at(advice).map_or("", |span| &text[span])).collect()
            }
            Err(errors) => {
                let at = |error: &cors_model::ConfigError| locator.value(error.place(), error.value());
                errors.iter().map(|error| at(error).map_or("", |span| &text[span])).collect()
            }
        }
    }

    #[test]
    fn one_pattern_of_several_is_found() {
        let text = "[defaults.origins.\"https://a.example:81, https://a.example/ https://b.example\"]\n";
        assert_eq!(found(text), ["https://a.example/"]);
    }

    #[test]
    fn an_element_of_a_list_is_found_and_not_the_list() {
        let text = "[resources.'/x'.origins.'https://a.example']\nallow_headers = ['X-A', 'Cookie']\n";
        assert_eq!(found(text), ["'Cookie'"]);
        let text = "accept_risks = ['no-such', 'null-origin']\nexcluded = ['/a', 'b']\n";
        assert_eq!(found(text), ["'no-such'", "'b'"]);
    }

    #[test]
    fn what_is_no_text_is_found_in_its_list() {
        assert_eq!(found("enforce.exempt = ['/a', 1]\nexcluded = [true]\n"), ["1", "true"]);
    }

    #[test]
    fn places_are_found_in_json() {
        let text = r#"{"defaults": {"origins": {"https://a.example, https://b.example/": {"max_age": "1 h"}}},
            "resources": {"/x": {"inherits": true, "routes": {"G T": {}}}}, "excluded": ["/a", "b"]}"#;
        assert_eq!(
            found_in_json(text),
            ["\"1 h\"", "\"inherits\"", "https://b.example/", "\"b\"", "\"G T\""]
        );
        assert_eq!(found_in_json("[ ]"), ["[ ]"]);
        assert_eq!(found_in_json(r#"{"defaults": 1}"#), ["1"]);
    }

    #[test]
    fn a_value_of_the_wrong_type_is_found_and_an_unknown_key() {
        let text =
            "[resources.\"/x\"]\ninherit = 'no'\nroute = 1\n[resources.'/x'.routes.GET]\norigins = 1\n";
        assert_eq!(found(text), ["'no'", "route", "1"]);
    }

    #[test]
    fn a_method_and_a_template_are_found() {
        let text = "[resources.'x']\n[resources.'/y'.routes.'G T']\n";
        assert_eq!(found(text), ["'x'", "'G T'"]);
    }

    #[test]
    fn what_an_advice_names_is_found() {
        let text = "resources.'/x' = {}\n[defaults.origins.'https://a.example']\n\
                    expose_headers = ['ETag', 'Content-Type']\nmax_age = 86400\n";
        assert_eq!(found(text), ["86400", "'Content-Type'"]);
        let text = "accept_risks = ['null-origin']\nresources.'/x'.origins.'*' = {}\n";
        assert_eq!(found(text), ["'null-origin'"]);
    }

    #[test]
    fn a_host_that_is_served_is_found() {
        assert_eq!(
            found("[enforce]\nhosts = ['a.example', 'https://b.example']\nmode = 'no'\n"),
            ["'no'", "'https://b.example'"]
        );
    }

    #[test]
    fn the_settings_of_a_source_are_found() {
        assert_eq!(found("[sources.'A.b']\n[sources.a]\nttl = -1\n"), ["'A.b'", "-1", "a"]);
    }

    #[test]
    fn what_is_not_in_the_file_is_not_found() {
        assert_eq!(found("all_resources = false\n"), [""]);
    }
}
