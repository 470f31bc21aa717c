//! Strategies: small but nasty configurations, and requests aimed at them. Large ones are boxed: by value, the tree of
//! them is too much for the stack of a test.

mod aimed;
mod broken;
mod config;
mod enforce;
mod origin;
mod request;
pub mod spelling;

use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use super::path::{self, Slash};
use super::pools::NO_PATHS;
use super::{Request, Response};

pub use aimed::{Aimed, aimed};
pub use broken::{REPEATED_KEYS, broken_config};
pub use config::config;
pub use enforce::enforced;
pub use origin::origin_text;
pub use request::request;
use spelling::{any_spellings, spell};

/// A configuration, and a request that is mostly turned to what the configuration names.
pub fn scenario() -> impl Strategy<Value = (Value, Request, Response)> {
    let odd_path = option::weighted(0.02, select(NO_PATHS));
    (config(), aimed(), option::weighted(0.1, any_spellings()), odd_path).prop_map(
        |(config, aimed, spellings, odd_path)| {
            let (mut request, response) = aimed.at(&config);
            request.path = spell(odd_path.unwrap_or(&request.path), &spellings.unwrap_or_default());
            (config, request, response)
        },
    )
}

/// A scenario, and the template that a router reports for it, if any: mostly one that it could have found.
pub fn routed() -> impl Strategy<Value = (Value, Request, Response, Option<String>)> {
    (scenario(), any::<Index>()).prop_map(|((config, request, response), turn)| {
        let path = path::without_query(&request.path);
        let entries = path::entries(&config);
        let mut told: Vec<Option<String>> = vec![None, Some("/not/{registered}".into())];
        for found in [
            path::as_sent(&config, &entries, path).into_iter().collect(),
            path::reading(&config, &entries, path, Slash::Part),
            path::reading(&config, &entries, path, Slash::Separator),
        ] {
            let found = found.into_iter().filter(|entry| !entry.template.is_empty());
            // The names of the parameters do not count.
            told.extend(found.flat_map(|entry| {
                [Some(entry.template.replace("{id}", "{other}")), Some(entry.template.clone())]
            }));
        }
        // Where a nested router has cut the path, any other one.
        told.extend(entries.iter().map(|entry| Some(entry.template.clone())));
        let told = told[turn.index(told.len())].clone();
        (config, request, response, told)
    })
}
