//! Configurations as text: from a file, or from the table of cases.

use std::fs;
use std::path::Path;

use cors_model::{Cors, CorsConfig};

use crate::database::Database;

/// The two forms of a configuration file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `.toml` files.
    #[default]
    Toml,
    /// `.json` files.
    Json,
}

impl Format {
    /// The extension of the file's name, without the dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Toml => "toml",
            Self::Json => "json",
        }
    }
}

/// A configuration that has not been parsed yet.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file's content.
    pub text: String,
    /// Its form.
    pub format: Format,
}

impl Source {
    /// Reads a file; its extension decides its form.
    ///
    /// # Errors
    /// The file cannot be read, or has another extension.
    pub fn from_file(path: &Path) -> Result<Self, String> {
        let format = match path.extension().and_then(|ending| ending.to_str()) {
            Some("toml") => Format::Toml,
            Some("json") => Format::Json,
            _ => return Err(format!("{}: a configuration ends in .toml or .json", path.display())),
        };
        let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self { text, format })
    }

    /// Parses and builds it.
    ///
    /// # Errors
    /// Every error that the model reports, one line each.
    pub fn build(&self) -> Result<Cors, Vec<String>> {
        self.build_with(&[])
    }

    /// The same, with these origin sources bound.
    ///
    /// # Errors
    /// Every error that the model reports, one line each.
    pub fn build_with(&self, sources: &[Database]) -> Result<Cors, Vec<String>> {
        let config: CorsConfig = match self.format {
            Format::Toml => toml::from_str(&self.text).map_err(|error| vec![self.syntax(&error)])?,
            Format::Json => {
                serde_json::from_str(&self.text).map_err(|error| vec![one_line(&error.to_string())])?
            }
        };
        let config = Database::bind(sources, config);
        config.build().map_err(|errors| errors.iter().map(|error| one_line(&error.to_string())).collect())
    }

    fn syntax(&self, error: &toml::de::Error) -> String {
        let span = error.span().unwrap_or_default();
        let start = span.start.min(self.text.len());
        let line = self.text.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count() + 1;
        match (error.message(), self.text.get(span)) {
            ("duplicate key", Some(key)) => {
                format!("line {line}: {} is given twice: write each key and each table once", one_line(key))
            }
            (message, _) => format!("line {line}: {}", one_line(message)),
        }
    }
}

fn one_line(text: &str) -> String {
    text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_key_or_table_is_named() {
        for (text, error) in [
            ("all_resources = true\nall_resources = true\n", "line 2: all_resources is given twice"),
            ("[resources.\"/a\"]\n[resources.\"/b\"]\n[resources.\"/a\"]\n", "line 3: \"/a\" is given twice"),
            ("all_resources = \n", "line 1: "),
        ] {
            let source = Source { text: text.into(), format: Format::Toml };
            let errors = source.build().unwrap_err();
            assert!(errors.len() == 1 && errors[0].starts_with(error), "{errors:?}");
        }
    }
}
