//! Each line is one of `Access-Control-Request-Headers`.
#![no_main]

use std::sync::LazyLock;

use cors_fuzz::{agree, bare, build, config_of, request};
use cors_model::Cors;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

static POLICIES: LazyLock<Vec<(Value, Cors)>> = LazyLock::new(|| {
    let lists = [json!(["X-A", "x-b", "Content-Type"]), json!("*")];
    let options = lists.iter().flat_map(|list| {
        [true, false].map(|credentials| json!({ "allow_credentials": credentials, "allow_headers": list }))
    });
    let configs = options.map(|options| config_of("/r", "https://a.example", options));
    configs.map(|config| (config.clone(), build(&config).expect("a policy"))).collect()
});

fuzz_target!(|data: &[u8]| {
    let mut lines: Vec<(&str, &[u8])> =
        vec![("Origin", b"https://a.example"), ("Access-Control-Request-Method", b"GET")];
    lines.extend(data.split(|&byte| byte == b'\n').map(|line| ("Access-Control-Request-Headers", line)));
    let request = request("OPTIONS", "/r", &lines);
    POLICIES.iter().for_each(|(config, cors)| agree(cors, config, &request, &bare()));
});
