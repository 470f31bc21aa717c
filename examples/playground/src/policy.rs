//! The configuration as text, and the policy that it builds.

use cors_model::{ConfigError, ConfigErrors, Cors, CorsConfig};
use serde::Serialize;

/// One configuration, applied.
pub(crate) struct Policy {
    /// 1 for the configuration that the playground starts with, then counting up.
    pub(crate) number: u64,
    pub(crate) text: String,
    pub(crate) cors: Cors,
}

/// What is wrong with a text, and where, as far as is known.
#[derive(Serialize)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    place: String,
    line: Option<usize>,
}

impl Mistake {
    fn in_configuration(text: &str, error: &ConfigError) -> Self {
        let (place, message) = (error.place().to_string(), error.to_string());
        let message = message.strip_prefix(&format!("{place}: ")).unwrap_or(&message).to_owned();
        Self { message, place, line: line_of(text, error) }
    }

    fn in_toml(text: &str, error: &toml::de::Error) -> Self {
        let line =
            error.span().map(|span| text.bytes().take(span.start).filter(|&byte| byte == b'\n').count() + 1);
        Self { message: error.message().to_owned(), place: String::new(), line }
    }
}

/// Reports all mistakes at once, in the order of their lines. A text that is not TOML has one mistake.
pub(crate) fn build(text: &str) -> Result<Cors, Vec<Mistake>> {
    let config: CorsConfig = toml::from_str(text).map_err(|error| vec![Mistake::in_toml(text, &error)])?;
    config.build().map_err(|errors| mistakes(text, &errors))
}

pub(crate) fn mistakes(text: &str, errors: &ConfigErrors) -> Vec<Mistake> {
    let mut mistakes: Vec<_> = errors.iter().map(|error| Mistake::in_configuration(text, error)).collect();
    mistakes.sort_by_key(|mistake| mistake.line.unwrap_or(usize::MAX));
    mistakes
}

/// The line of a mistake, for a text with one table per entry, as the playground's own. In others it may not be found.
fn line_of(text: &str, error: &ConfigError) -> Option<usize> {
    let place = error.place();
    let names = [place.path(), place.method(), place.origin_pattern()];
    let is_table = |line: &str| line.trim_start().starts_with('[');
    let is_named = |line: &str| {
        is_table(line)
            && names.iter().flatten().all(|name| line.contains(name))
            && (place.path().is_some() || !line.contains("resources."))
    };
    let whole = names.iter().all(Option::is_none);
    let lines = || text.lines().enumerate().map(|(at, line)| (at + 1, line));

    let (table, _) = lines().find(|(_, line)| whole || is_named(line))?;
    let inside = lines().skip(table - 1).take_while(|&(at, line)| whole || at == table || !is_table(line));
    let value = inside.clone().find(|(_, line)| line.contains(error.value()));
    value.map(|(at, _)| at).or((!whole).then_some(table))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<Option<usize>> {
        build(text).err().unwrap_or_default().into_iter().map(|mistake| mistake.line).collect()
    }

    #[test]
    fn mistakes_have_their_line() {
        let text = "[defaults.origins.\"https://a.example\"]\nmax_age = -1\n\n\
            [resources.\"/x\".origins.\"https://a.example\"]\nmax_age = 1\nallow_methods = [\"GET\", \"HEAD\", \"POST\", \"TRACE\"]\n";
        assert_eq!(lines(text), [Some(2), Some(6)]);
    }

    #[test]
    fn text_that_is_no_toml_has_one() {
        assert_eq!(lines("excluded = []\n\n[defaults\n"), [Some(3)]);
    }
}
