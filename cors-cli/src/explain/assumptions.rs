//! What is assumed of origin sources, which only the program can ask (S26).

use std::collections::BTreeMap;

use cors_model::{Cors, Exchange, PageRequest};

use crate::Misuse;
use crate::args::Explain;
use crate::file::File;
use crate::text::hanging;

/// For each source what it says of the origin, by its name.
pub(crate) struct Assumptions<'a>(BTreeMap<&'a str, bool>);

impl<'a> Assumptions<'a> {
    /// Those of the command line, each about a source that the file names.
    pub(crate) fn new(explain: &'a Explain, cors: &Cors, file: &File) -> Result<Self, Misuse> {
        let named = cors.config().named_sources();
        let assumptions = &explain.assumptions;
        if let Some(other) = assumptions.iter().find(|assumption| !named.contains(&*assumption.name)) {
            let names: Vec<_> = named.iter().map(|name| format!("@{name}")).collect();
            let names = if names.is_empty() { "no source".into() } else { names.join(" and ") };
            let message = format!("--assume {}: {} names {names}", other.name, file.name);
            return Err(Misuse(message));
        }
        Ok(Self(assumptions.iter().map(|assumption| (&*assumption.name, assumption.belongs)).collect()))
    }

    pub(crate) fn exchange(&self, cors: &Cors, path: &str, request: &PageRequest) -> Exchange {
        cors.exchange_assuming(path, request, |name| self.0.get(name).copied())
    }

    /// `, assuming tenants=yes`; nothing where nothing is assumed.
    pub(crate) fn clause(&self) -> String {
        let said = |belongs: &bool| if *belongs { "yes" } else { "no" };
        let each: Vec<_> = self.0.iter().map(|(name, belongs)| format!("{name}={}", said(belongs))).collect();
        if each.is_empty() { String::new() } else { format!(", assuming {}", each.join(" and ")) }
    }
}

/// What to write for the sources on which an answer depends.
pub(crate) fn missing<'n>(unasked: impl IntoIterator<Item = &'n str>) -> String {
    let options: Vec<_> = unasked.into_iter().map(|name| format!("--assume {name}=yes")).collect();
    match options.len() {
        0 => String::new(),
        _ => format!("\n{}", hanging("", &format!("With {} it may be different.", options.join(" or ")))),
    }
}
