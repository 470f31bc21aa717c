//! A configuration as JSON: whatever it is, building it ends with a policy or with errors that can be told. A policy
//! is written and read back to the same.
#![no_main]

use cors_model::CorsConfig;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(config) = serde_json::from_str::<CorsConfig>(text) else { return };
    match config.build() {
        Err(errors) => assert!(errors.iter().all(|error| !error.to_string().is_empty())),
        Ok(cors) => {
            let written = serde_json::to_string(cors.config()).expect("it is written");
            let read: CorsConfig = serde_json::from_str(&written).expect("it is read");
            assert_eq!(read.build().as_ref(), Ok(&cors), "{written}");
            assert!(cors.advice().iter().all(|advice| !advice.to_string().is_empty()));
        }
    }
});
