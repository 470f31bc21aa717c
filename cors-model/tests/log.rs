//! S11: the details of a refused preflight go to the log, the body stays as it is.
#![cfg(feature = "tracing")]

mod common;

use std::io::Write;
use std::sync::{Arc, Mutex};

use common::{A, build, refused};
use cors_model::{CorsConfig, Refusal, Resource, ResourceOptions};

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn logged(most: tracing::Level) -> String {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(most)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let cors = build(CorsConfig::new().add(Resource::at("/r").also(A, ResourceOptions::new())));
    tracing::subscriber::with_default(subscriber, || {
        assert_eq!(
            refused(&cors, "/r", "https://evil.example\u{20}x", "GET", &[]),
            Refusal::Malformed.sentence()
        );
        assert_eq!(refused(&cors, "/r", "https://evil.example", "GET", &[]), Refusal::Origin.sentence());
    });
    let bytes = sink.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn s11_details_go_to_the_log_at_debug() {
    let log = logged(tracing::Level::DEBUG);
    assert!(log.contains("origin \"https://evil.example x\""), "{log}");
    assert!(log.contains(&format!("Allowed origins: {A}")), "{log}");
    assert_eq!(logged(tracing::Level::INFO), "");
}
