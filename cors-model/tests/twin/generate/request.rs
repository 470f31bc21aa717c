//! Strategies: a request and the application's response.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::pools::*;
use super::super::{Request, Response};
use super::origin::origin;

/// A request and the application's response. Every value is one that a header can hold.
pub fn request() -> impl Strategy<Value = (Request, Response)> {
    let origin_lines = prop_oneof![
        20 => origin().prop_map(|one| vec![one]),
        1 => vec(origin(), 2..=3),
        1 => origin().prop_map(|one| vec![one.clone(), one]),
        2 => Just(vec![]),
    ]
    .boxed();
    let method_lines = prop_oneof![
        20 => select(METHODS).prop_map(|one| vec![one.as_bytes().to_vec()]),
        2 => Just(vec![]),
        1 => select(vec!["", " ", "GET ", "G ET", "GET, PUT", "GET\t", "\"GET\"", "P\u{fc}T", "GET;", "G(T"])
            .prop_map(|one| vec![one.as_bytes().to_vec()]),
        1 => vec(select(METHODS).prop_map(|one| one.as_bytes().to_vec()), 2),
    ]
    .boxed();
    let header_lines =
        prop_oneof![2 => Just(vec![]), 4 => vec(header_line(), 1), 2 => vec(header_line(), 2..=3)].boxed();
    let preflight =
        (Just("OPTIONS".to_string()), origin_lines.clone(), method_lines.clone(), header_lines.clone());
    let odd_method = select(vec!["OPTIONS", "options", "GET", "POST"]).prop_map(String::from);
    let odd = (odd_method, origin_lines.clone(), method_lines, header_lines);
    let actual = (select(METHODS).prop_map(String::from), origin_lines, Just(vec![]), Just(vec![]));
    let shape = prop_oneof![6 => preflight, 1 => odd, 5 => actual];
    (shape, select(PATHS), any::<u8>(), response()).prop_map(
        |((method, origins, methods, names), path, turn, response)| {
            let mut headers = Vec::new();
            for (name, values) in [
                ("Origin", origins),
                ("Access-Control-Request-Method", methods),
                ("Access-Control-Request-Headers", names),
                ("Cookie", vec![b"a=b".to_vec()]),
                ("X-Origin", vec![b"https://example.com".to_vec()]),
            ] {
                let name = match turn % 3 {
                    0 => name.to_string(),
                    1 => name.to_ascii_lowercase(),
                    _ => name.to_ascii_uppercase(),
                };
                headers.extend(values.into_iter().map(|value| (name.clone(), value)));
            }
            // The lines turn round.
            let names = headers.len();
            headers.rotate_left(usize::from(turn) % names);
            (Request { method, path: path.to_string(), headers }, response)
        },
    )
}

/// One line of `Access-Control-Request-Headers`, in the odd forms of S10.
fn header_line() -> impl Strategy<Value = Vec<u8>> + Clone {
    let good = select(vec![
        "x-a",
        "X-A",
        "x-b",
        "x-requested-with",
        "content-type",
        "Content-Type",
        "authorization",
        "accept",
        "x!#$%&'+.^_`|~",
    ]);
    let unknown = select(vec!["x-c", "x", "x-ab", "cookie", "*", "origin", "sec-x"]);
    let bad = select(vec!["x a", "x:a", "\u{e9}", "\"x-a\"", "(x)", "x-a;q=1", "x\t-a", "\u{a0}", "/"]);
    let element = prop_oneof![60 => good, 2 => unknown, 1 => bad, 4 => Just("")];
    let comma = select(vec![",", ",", ", ", " ,", "\t, \t", ",,", " , , "]);
    let edge = select(vec!["", "", "", "", " ", "\t", ",", " ,", ", "]);
    prop_oneof![
        1 => select(vec!["", " ", ",", ", ,\t,"]).prop_map(|text| text.as_bytes().to_vec()),
        9 => (edge.clone(), vec((element, comma), 0..=4), edge).prop_map(|(before, elements, after)| {
            let mut line = before.to_string();
            for (i, (element, comma)) in elements.iter().enumerate() {
                if i > 0 {
                    line.push_str(comma);
                }
                line.push_str(element);
            }
            line.push_str(after);
            line.into_bytes()
        }),
    ]
}

fn response() -> impl Strategy<Value = Response> {
    let line = prop_oneof![
        4 => select(VARY_LINES).prop_map(|value| ("Vary".to_string(), value.as_bytes().to_vec())),
        3 => select(OWN_CORS).prop_map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())),
        6 => select(OTHER).prop_map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())),
        1 => Just(("vary".to_string(), b"X-\xe9, Accept".to_vec())),
    ];
    (select(vec![200u16, 200, 204, 302, 304, 401, 404, 405, 500]), vec(line, 0..=7))
        .prop_map(|(status, headers)| Response { status, headers })
}
