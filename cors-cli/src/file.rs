//! A configuration file: reading it, and what is wrong with it before the model sees it.

use std::fs;
use std::ops::Range;
use std::path::Path;

use cors_model::{Cors, CorsConfig};
use toml::de::DeTable;

use crate::Misuse;
use crate::finding::Finding;
use crate::locate::Locator;
use crate::tree::Node;

/// A file, as it was read.
pub(crate) struct File {
    /// As it was named on the command line.
    pub(crate) name: String,
    pub(crate) text: String,
    form: Form,
}

enum Form {
    Toml,
    Json,
}

impl File {
    pub(crate) fn read(path: &Path) -> Result<Self, Misuse> {
        let name = path.display().to_string();
        let form = match path.extension().and_then(|extension| extension.to_str()) {
            Some("toml") => Form::Toml,
            Some("json") => Form::Json,
            _ => return Err(Misuse(format!("{name}: the name of a configuration ends in .toml or .json"))),
        };
        match fs::read_to_string(path) {
            Ok(text) => Ok(Self { name, text, form }),
            Err(error) => Err(Misuse(format!("{name}: {error}"))),
        }
    }

    /// The policy, and what could be better in it; or every error. Both in the order of the file. The program binds the sources, so
    /// here each counts as bound.
    pub(crate) fn build(&self) -> Result<(Cors, Vec<Finding>), Vec<Finding>> {
        let (config, tree) = match self.form {
            Form::Toml => self.toml()?,
            Form::Json => self.json()?,
        };
        let locator = tree.map(|tree| Locator::new(&self.text, tree));
        let locator = locator.as_ref();
        match config.without_sources().build() {
            Ok(cors) => {
                let advice = cors.advice().iter().map(|advice| Finding::advice(advice, locator));
                let advice = in_order(advice.collect());
                Ok((cors, advice))
            }
            Err(errors) => Err(in_order(errors.iter().map(|error| Finding::error(error, locator)).collect())),
        }
    }

    fn toml(&self) -> Result<(CorsConfig, Option<Node>), Vec<Finding>> {
        let syntax = |error: &toml::de::Error| self.syntax(error);
        let (tree, errors) = DeTable::parse_recoverable(&self.text);
        if !errors.is_empty() {
            return Err(in_order(errors.iter().map(syntax).collect()));
        }
        let config = toml::from_str(&self.text).map_err(|error| vec![syntax(&error)])?;
        Ok((config, Some(Node::of_toml(tree))))
    }

    fn syntax(&self, error: &toml::de::Error) -> Finding {
        let span = error.span();
        let key = span.clone().and_then(|span| self.text.get(span));
        match key.filter(|_| error.message() == "duplicate key") {
            Some(key) => Finding {
                help: Some("write it once, with all that belongs to it".into()),
                ..Finding::syntax(&format!("the key {key} is written twice"), span)
            },
            None => Finding::syntax(error.message(), span),
        }
    }

    fn json(&self) -> Result<(CorsConfig, Option<Node>), Vec<Finding>> {
        let config = serde_json::from_str(&self.text).map_err(|error| {
            let text = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let message = text.strip_suffix(&place).unwrap_or(&text);
            vec![Finding::syntax(message, self.byte(error.line(), error.column()))]
        })?;
        Ok((config, Node::of_json(&self.text)))
    }

    /// The byte at a line and a column, both counted from 1.
    fn byte(&self, line: usize, column: usize) -> Option<Range<usize>> {
        let before: usize = self.text.split_inclusive('\n').take(line.checked_sub(1)?).map(str::len).sum();
        let at = (before + column.saturating_sub(1)).min(self.text.len());
        let char = self.text.get(at..)?.chars().next().map_or(0, char::len_utf8);
        Some(at..at + char)
    }
}

fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| finding.span.as_ref().map(|span| span.start));
    findings
}
