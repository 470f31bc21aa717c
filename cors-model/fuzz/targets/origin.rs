//! The first line is a pattern or several, the rest an origin.
#![no_main]

use cors_fuzz::{agree, bare, build, config_of, request};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|data: &[u8]| {
    let (pattern, origin) = match data.iter().position(|&byte| byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, data),
    };
    let Ok(pattern) = std::str::from_utf8(pattern) else { return };
    for credentials in [true, false] {
        let config = config_of("/r", pattern, json!({ "allow_credentials": credentials }));
        if let Some(cors) = build(&config) {
            agree(&cors, &config, &request("GET", "/r", &[("Origin", origin)]), &bare());
        }
    }
});
