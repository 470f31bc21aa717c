//! Strategies: the text of an origin.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::pools::*;

pub fn origin() -> impl Strategy<Value = Vec<u8>> + Clone {
    prop_oneof![
        10 => select(ORIGINS).prop_map(|text| text.as_bytes().to_vec()),
        3 => select(LOOK_ALIKES).prop_map(|text| text.as_bytes().to_vec()),
        2 => origin_text(),
    ]
}

/// The text of an origin, or nearly: from the pools, mutated. Never a byte that a header value cannot hold.
pub fn origin_text() -> impl Strategy<Value = Vec<u8>> + Clone {
    let pool: Vec<&'static str> =
        ORIGINS.iter().chain(LOOK_ALIKES).chain(MALFORMED).chain(MALFORMED).copied().collect();
    let byte = prop_oneof![
        6 => select(b".:/*-_~@[]%,0123456789abfxAZ \t".to_vec()),
        1 => (0x20u8..=0xff).prop_filter("no DEL", |b| *b != 0x7f),
    ];
    let step = (0u8..=3, any::<Index>(), byte);
    let mutated = (select(pool), vec(step, 0..=3)).prop_map(|(text, steps)| {
        let mut bytes = text.as_bytes().to_vec();
        for (kind, at, byte) in steps {
            let end = bytes.len();
            match kind {
                0 => bytes.insert(at.index(end + 1), byte),
                1 if end > 0 => drop(bytes.remove(at.index(end))),
                2 if end > 0 => bytes[at.index(end)] = byte,
                3 if end > 0 => bytes[at.index(end)].make_ascii_uppercase(),
                _ => {}
            }
        }
        bytes
    });
    let tail = select(vec![
        ".",
        "/",
        ":443",
        ":80",
        ":0",
        ":1",
        ":080",
        ":65535",
        ":65536",
        ".evil.com",
        "\t",
        "@evil.com",
    ]);
    let tailed = (select(ORIGINS), tail).prop_map(|(text, tail)| format!("{text}{tail}").into_bytes());
    let head = select(vec![
        "https://",
        "https://a.",
        "https://evil",
        "https://evil.com/.",
        "https://u@",
        "https://.",
        "",
    ]);
    let headed = (head, select(ORIGINS)).prop_map(|(head, text)| {
        let host = text.split("://").nth(1).unwrap_or(text);
        format!("{head}{host}").into_bytes()
    });
    // Around the limits of 63, 251 and 253 bytes.
    let long =
        (60usize..=66, 1usize..=5, 1usize..=64, select(vec!["", ".", ".example.com", ".example.com:8443"]))
            .prop_map(|(label, count, rest, tail)| {
                let mut labels = vec!["a".repeat(label); count - 1];
                labels.push("b".repeat(rest));
                format!("https://{}{tail}", labels.join(".")).into_bytes()
            });
    let piece = select(vec![0u16, 0, 0, 0, 1, 0xf, 0xab, 0xffff]);
    let ipv6 = (vec(piece, 8), any::<bool>(), any::<bool>()).prop_map(|(pieces, plain, upper)| {
        let text = if plain {
            pieces.iter().map(|p| format!("{p:x}")).collect::<Vec<_>>().join(":")
        } else {
            std::net::Ipv6Addr::from([0, 1, 2, 3, 4, 5, 6, 7].map(|i: usize| pieces[i])).to_string()
        };
        let text = if upper { text.to_ascii_uppercase() } else { text };
        format!("https://[{text}]").into_bytes()
    });
    prop_oneof![8 => mutated, 2 => tailed, 2 => headed, 1 => long, 1 => ipv6]
}
