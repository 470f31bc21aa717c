//! From a place in a configuration to the bytes of a TOML file.

use std::ops::Range;

use cors_model::Place;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// Finds places in one file.
pub(crate) struct Locator<'a> {
    text: &'a str,
    tree: DeTable<'a>,
}

/// A key of the file and its value.
type Item<'t, 'a> = (&'t Spanned<DeString<'a>>, &'t Spanned<DeValue<'a>>);

/// One step from a table to what is in it.
enum Step<'p> {
    Key(&'p str),
    /// A key that has this pattern, perhaps beside others.
    Pattern(&'p str),
}

impl<'a> Locator<'a> {
    pub(crate) fn new(text: &'a str, tree: DeTable<'a>) -> Self {
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
        let mut found: Option<Item<'_, 'a>> = None;
        for step in steps(place) {
            let table = match found {
                Some((_, value)) => value.get_ref().as_table(),
                None => Some(&self.tree),
            };
            match table.and_then(|table| table.iter().find(|(key, _)| step.leads_to(key.get_ref()))) {
                Some(item) => found = Some(item),
                // What is missing would stand below this.
                None => return found.map(|(key, _)| key.span()),
            }
        }
        let (key, value) = found?;
        if let (Some(pattern), None) = (place.origin_pattern(), place.value_key()) {
            return Some(self.pattern(key.span(), pattern));
        }
        if let DeValue::Array(list) = value.get_ref() {
            // Of a repeated name, the repetition.
            let named = list.iter().rfind(|item| item.get_ref().as_str().is_some_and(&is_meant));
            if let Some(named) = named {
                return Some(named.span());
            }
        }
        let is_key = is_meant(key.get_ref()) && place.value_key().is_some();
        let span = if is_key || value.get_ref().is_table() { key.span() } else { value.span() };
        Some(span)
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

    use super::*;

    /// What of the file the errors are about.
    fn found(text: &str) -> Vec<&str> {
        let config: CorsConfig = toml::from_str(text).expect("a table");
        let locator = Locator::new(text, DeTable::parse(text).expect("a table").into_inner());
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
