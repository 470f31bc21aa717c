//! One error or advice, with its place in the file.

use std::ops::Range;

use cors_model::{Advice, ConfigError, ErrorKind, Level};

use crate::locate::Locator;

/// What a check found.
pub(crate) struct Finding {
    pub(crate) severity: Severity,
    /// In lower case, with hyphens: `missing-scheme`.
    pub(crate) kind: String,
    /// The place as a key of the file; none where the file could not be parsed.
    pub(crate) place: Option<String>,
    pub(crate) value: Option<String>,
    /// What is wrong.
    pub(crate) message: String,
    /// What to write instead.
    pub(crate) help: Option<String>,
    /// The bytes of the file that it is about, where they are known.
    pub(crate) span: Option<Range<usize>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    Error,
    Advice,
}

impl Finding {
    pub(crate) fn syntax(message: &str, span: Option<Range<usize>>) -> Self {
        Self {
            severity: Severity::Error,
            kind: "syntax".into(),
            place: None,
            value: None,
            message: message.trim().replace('\n', ", "),
            help: None,
            span,
        }
    }

    pub(crate) fn error(error: &ConfigError, locator: Option<&Locator<'_>>) -> Self {
        let kind = match error.kind() {
            ErrorKind::Risk(risk) => risk.name().into(),
            kind => hyphenated(&format!("{kind:?}")),
        };
        let value = error.value();
        let span = locator.and_then(|locator| locator.value(error.place(), value));
        let (message, help) = match error.kind() {
            // Here each source counts as bound that a map names.
            ErrorKind::UnboundSource => (
                format!("no map names the source @{value}"),
                format!("name @{value} in a map, or remove these settings"),
            ),
            _ => (what(error), error.help().into()),
        };
        Self {
            severity: Severity::Error,
            kind,
            place: Some(error.place().to_string()),
            value: Some(value.into()),
            message,
            help: Some(help),
            span,
        }
    }

    pub(crate) fn advice(advice: &Advice, locator: Option<&Locator<'_>>) -> Self {
        Self {
            severity: Severity::Advice,
            kind: hyphenated(&format!("{:?}", advice.kind())),
            place: Some(advice.place().to_string()),
            value: None,
            message: match advice.place().level() {
                Level::Config if advice.place().value_key().is_none() => {
                    format!("{} {}", advice.place(), advice.text())
                }
                _ => advice.text().into(),
            },
            help: None,
            span: locator.and_then(|locator| locator.named_in(advice.place(), advice.text())),
        }
    }
}

/// What is wrong with which value: an error as it prints, without its place and without how to fix it.
fn what(error: &ConfigError) -> String {
    let (printed, place) = (error.to_string(), error.place().to_string());
    let what = printed.strip_prefix(&place).unwrap_or(&printed);
    what.strip_suffix(error.help()).unwrap_or(what).trim_matches([':', ' ']).into()
}

fn hyphenated(name: &str) -> String {
    let mut text = String::new();
    for char in name.chars() {
        if char.is_ascii_uppercase() && !text.is_empty() {
            text.push('-');
        }
        text.push(char.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use cors_model::{CorsConfig, ResourceOptions};

    use super::*;

    #[test]
    fn an_error_is_taken_apart() {
        let config = CorsConfig::new().defaults([("app.example", ResourceOptions::new().max_age(u32::MAX))]);
        let errors = config.build().expect_err("errors");
        let findings: Vec<_> = errors.iter().map(|error| Finding::error(error, None)).collect();
        let kinds: Vec<_> = findings.iter().map(|finding| finding.kind.as_str()).collect();
        assert_eq!(kinds, ["missing-scheme", "max-age-out-of-range"]);
        for (finding, start) in findings.iter().zip(["\"app.example\" ", "4294967295 "]) {
            assert!(finding.message.starts_with(start), "{}", finding.message);
            assert!(!finding.message.contains("write"), "{}", finding.message);
        }
    }
}
