//! Strategies: a valid configuration.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};

use super::super::method_name;
use super::super::pools::*;
use super::super::template::segments;
use super::super::valid::RISKS;

/// A valid configuration with every risk accepted.
pub fn config() -> impl Strategy<Value = Value> {
    prop_oneof![5 => config_of(ALL), 3 => config_of(DOMAIN), 2 => config_of(STAR), 2 => config_of(ODD)]
}

fn config_of(pool: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let templates = select(vec![TEMPLATES, TEMPLATES, TEMPLATES, STATIC, STATIC, ENCODED, ENCODED, SCOPED]);
    let flags =
        (prop::bool::weighted(0.3), option::weighted(0.3, select(vec![200, 204, 299])), any::<bool>());
    let chosen = templates.prop_flat_map(move |templates| {
        vec((select(templates), prop::bool::weighted(0.2), resource(pool), any::<Index>()), 0..=6)
    });
    (origins(pool), chosen, flags).prop_map(|(defaults, chosen, (all_resources, status, diagnostics))| {
        let mut config = json!({ "accept_risks": RISKS, "defaults": { "origins": defaults } });
        let mut registered = Map::new();
        let mut excluded: Vec<&str> = Vec::new();
        for (template, exclude, resource, same) in chosen {
            let is_taken = |other: &str| segments(other) == segments(template);
            if registered.keys().any(|other| is_taken(other)) || excluded.iter().any(|other| is_taken(other))
            {
                continue;
            }
            if exclude {
                excluded.push(template);
                continue;
            }
            // Now and then what another one says, or nothing.
            let further: Vec<Value> = registered.values().cloned().chain([json!({})]).collect();
            let resource = further.get(same.index(4 * further.len())).unwrap_or(&resource).clone();
            registered.insert(template.to_string(), resource);
        }
        config["resources"] = Value::Object(registered);
        config["excluded"] = json!(excluded);
        if all_resources {
            config["all_resources"] = json!(true);
        }
        if let Some(status) = status {
            config["preflight_status"] = json!(status);
        }
        if diagnostics {
            config["diagnostics"] = json!(true);
        }
        config
    })
}

fn resource(pool: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let routes = vec((select(ROUTES), level(pool)), 0..=3);
    (level(pool), prop_oneof![Just(None), routes.prop_map(Some)]).prop_map(|(mut resource, routes)| {
        let mut map = Map::new();
        for (name, route) in routes.unwrap_or_default() {
            // S21: a route once, however it is written.
            if !map.keys().any(|other| method_name(other) == method_name(name)) {
                map.insert(name.to_string(), route);
            }
        }
        if !map.is_empty() {
            resource["routes"] = Value::Object(map);
        }
        resource
    })
}

/// A resource without routes, or a route.
fn level(pool: &'static [&'static str]) -> impl Strategy<Value = Value> {
    (option::weighted(0.7, origins(pool)), option::weighted(0.3, prop::bool::weighted(0.3))).prop_map(
        |(origins, inherit)| {
            let mut level = json!({});
            if let Some(origins) = origins {
                level["origins"] = origins;
            }
            if let Some(inherit) = inherit {
                level["inherit"] = json!(inherit);
            }
            level
        },
    )
}

/// A map of patterns; some share a key.
fn origins(pool: &'static [&'static str]) -> BoxedStrategy<Value> {
    let gap =
        option::weighted(0.25, select(vec![" ", "  ", "\t", "\n", "\r\n", " \u{c} ", ",", ", ", " ,\t,"]));
    vec((select(pool), gap, options()), 0..=5)
        .prop_map(|chosen| {
            let mut keys: Vec<(String, Value)> = Vec::new();
            let mut seen = Vec::new();
            for (pattern, gap, options) in chosen {
                if seen.contains(&pattern) {
                    continue;
                }
                seen.push(pattern);
                match (gap, keys.last_mut()) {
                    (Some(gap), Some((key, _))) => *key = format!("{key}{gap}{pattern}"),
                    (Some("\t"), None) => keys.push((format!(" {pattern}\t"), options)),
                    (Some(","), None) => keys.push((format!(",{pattern} ,"), options)),
                    _ => keys.push((pattern.to_string(), options)),
                }
            }
            Value::Object(keys.into_iter().collect())
        })
        .boxed()
}

fn options() -> impl Strategy<Value = Value> {
    (
        prop_oneof![3 => Just(None), 2 => Just(Some(true)), 1 => Just(Some(false))],
        listing(LISTED_METHODS),
        listing(ALLOW_HEADERS),
        listing(EXPOSE_HEADERS),
        option::weighted(0.4, select(vec![0u64, 1, 600, 86_400, 2_147_483_647])),
    )
        .prop_map(|(credentials, methods, headers, expose, max_age)| {
            let mut options = json!({});
            if let Some(credentials) = credentials {
                options["allow_credentials"] = json!(credentials);
            }
            for (name, list) in
                [("allow_methods", methods), ("allow_headers", headers), ("expose_headers", expose)]
            {
                if let Some(list) = list {
                    options[name] = list;
                }
            }
            if let Some(max_age) = max_age {
                options["max_age"] = json!(max_age);
            }
            options
        })
}

/// Unset, a list (also an empty one, also with a name twice), or `*`.
fn listing(pool: &'static [&'static str]) -> impl Strategy<Value = Option<Value>> {
    prop_oneof![
        3 => Just(None),
        4 => vec(select(pool), 0..=5).prop_map(|names| Some(json!(names))),
        3 => Just(Some(json!("*"))),
    ]
}
