//! Strategies of somebody who means harm: any byte in any line of a request, and configurations that are nearly valid.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use super::generate::{self, spelling};
use super::{Request, Response, members};

/// One change to a text of bytes.
#[derive(Clone, Debug)]
pub struct Step {
    change: Change,
    at: Index,
    length: usize,
}

#[derive(Clone, Debug)]
enum Change {
    Insert(Vec<u8>),
    Delete,
    Flip(u8),
    Repeat,
}

/// A few changes, each at a place of its own.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let piece = select(vec![
        "\r\n",
        "\n",
        "\r",
        "\0",
        "\r\n ",
        "\r\n\t",
        "\n\n",
        ",",
        ", ",
        " ",
        "\t",
        "*",
        ", *",
        "\"",
        ":",
        ";",
        "\u{7f}",
        "true",
        "null",
        "x-a",
        "https://example.com",
        "\r\nAccess-Control-Allow-Origin: *",
        "\r\nVary: *",
    ]);
    let change = prop_oneof![
        4 => piece.prop_map(|piece| Change::Insert(piece.as_bytes().to_vec())),
        3 => any::<u8>().prop_map(|byte| Change::Insert(vec![byte])),
        2 => Just(Change::Delete),
        2 => (0u8..8).prop_map(Change::Flip),
        1 => Just(Change::Repeat),
    ];
    vec(
        (change, any::<Index>(), 1usize..=8).prop_map(|(change, at, length)| Step { change, at, length }),
        1..=4,
    )
}

/// Applies the changes.
pub fn spoil(bytes: &mut Vec<u8>, steps: &[Step]) {
    for Step { change, at, length } in steps {
        let at = at.index(bytes.len() + 1);
        let end = bytes.len().min(at + length);
        match change {
            Change::Insert(piece) => drop(bytes.splice(at..at, piece.iter().copied())),
            Change::Delete => drop(bytes.drain(at..end)),
            Change::Flip(bit) => bytes[at..end].iter_mut().take(1).for_each(|byte| *byte ^= 1 << bit),
            Change::Repeat => {
                let again = bytes[at..end].to_vec();
                drop(bytes.splice(at..at, again));
            }
        }
    }
}

/// A configuration that may not build, and a request with any bytes in its lines and any characters in its path.
pub fn scenario() -> impl Strategy<Value = (Value, Request, Response)> {
    let line_steps = vec((any::<Index>(), steps()), 0..=2);
    let config_steps = proptest::option::weighted(0.5, (any::<Index>(), 0..OPTIONS, steps(), any::<i64>()));
    let twice = proptest::option::weighted(0.1, any::<Index>());
    let path = proptest::option::weighted(0.1, (spelling::any_spellings(), steps()));
    (generate::scenario().boxed(), line_steps, twice, path, config_steps).prop_map(
        |((mut config, mut request, response), lines, twice, path, entry)| {
            if let Some((spellings, steps)) = path {
                request.path = spoilt(&spelling::spell(&request.path, &spellings), &steps);
            }
            for (at, steps) in lines {
                let at = at.index(request.headers.len());
                spoil(&mut request.headers[at].1, &steps);
            }
            if let Some(at) = twice {
                let line = request.headers[at.index(request.headers.len())].clone();
                request.headers.push(line);
            }
            if let Some((at, option, steps, number)) = entry {
                spoil_entry(&mut config, at, option, &steps, number);
            }
            (config, request, response)
        },
    )
}

/// The text with the changes. A byte is a `char` of the same number.
fn spoilt(text: &str, steps: &[Step]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    spoil(&mut bytes, steps);
    bytes.into_iter().map(char::from).collect()
}

const OPTIONS: usize = 6;

/// Changes one thing of one entry of a configuration.
fn spoil_entry(config: &mut Value, at: Index, option: usize, steps: &[Step], number: i64) {
    let mut places = vec!["/defaults/origins".to_string()];
    for (template, resource) in members(&config["resources"]) {
        let template = template.replace('~', "~0").replace('/', "~1");
        places.push(format!("/resources/{template}/origins"));
        for (method, _) in members(&resource["routes"]) {
            places.push(format!("/resources/{template}/routes/{method}/origins"));
        }
    }
    let Some(Value::Object(origins)) = config.pointer_mut(&places[at.index(places.len())]) else { return };
    let keys: Vec<String> = origins.keys().cloned().collect();
    if keys.is_empty() {
        return;
    }
    let key = &keys[at.index(keys.len())];
    let lists = ["allow_methods", "allow_headers", "expose_headers"];
    match option {
        0..3 => {
            let list = &mut origins[key][lists[option]];
            if !list.is_array() {
                *list = json!([]);
            }
            list.as_array_mut().unwrap().push(json!(spoilt("X-Spoilt", steps)));
        }
        // Often near the limit, which a number of 64 bits hardly ever is.
        3 => {
            origins[key]["max_age"] = json!(if number % 2 == 0 { number } else { 2_147_483_647 + number % 4 })
        }
        4 => origins[key]["allow_credentials"] = json!(spoilt("true", steps)),
        _ => {
            let options = origins.remove(key).unwrap();
            origins.insert(spoilt(key, steps), options);
        }
    }
}
