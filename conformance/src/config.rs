//! Configurations as text: from a file, or from the table of cases.

use std::fs;
use std::path::Path;

use cors_model::{Cors, CorsConfig};

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
        let config: CorsConfig = match self.format {
            Format::Toml => toml::from_str(&self.text).map_err(|error| vec![self.syntax(&error)])?,
            Format::Json => {
                serde_json::from_str(&self.text).map_err(|error| vec![one_line(&error.to_string())])?
            }
        };
        config.build().map_err(|errors| errors.iter().map(|error| one_line(&error.to_string())).collect())
    }

    fn syntax(&self, error: &toml::de::Error) -> String {
        let start = error.span().map_or(0, |span| span.start.min(self.text.len()));
        let line = self.text.as_bytes()[..start].iter().filter(|&&byte| byte == b'\n').count() + 1;
        format!("line {line}: {}", one_line(error.message()))
    }
}

fn one_line(text: &str) -> String {
    text.split('\n').map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
