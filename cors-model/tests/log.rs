//! S11 and S30 in a program that uses `log` alone: there is no subscriber of `tracing` in this process.
#![cfg(feature = "tracing")]

mod common;

use std::sync::Mutex;

use common::{A, build, headers};
use cors_model::{Attached, CorsConfig, CorsRequest, Resource, ResourceOptions};
use log::{Level, LevelFilter, Log, Metadata, Record};

struct Logger(Mutex<Vec<String>>);

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "cors"
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            self.0.lock().unwrap().push(format!("{} {}", record.level(), record.args()));
        }
    }

    fn flush(&self) {}
}

static LOGGER: Logger = Logger(Mutex::new(Vec::new()));

/// What is logged of a preflight that asks for `GET`, and of a request of another origin.
fn logged(most: LevelFilter, origin: &str) -> Vec<String> {
    log::set_max_level(most);
    let at = |template| Resource::at(template).also(A, ResourceOptions::new());
    let config = CorsConfig::new().add(at("/r")).add(at("/items/{id}")).exclude("/items/admin");
    let attached = Attached::from(build(config));
    let preflight = headers(&[("origin", origin), ("access-control-request-method", "GET")]);
    let _ = attached.current().judge(CorsRequest::new("/r", "OPTIONS", &preflight));
    let _ = attached.current().decide(CorsRequest::new("/r", "GET", &headers(&[("origin", origin)])));
    let _ = attached.current().judge(CorsRequest::new("/x", "OPTIONS", &preflight));
    let _ = attached.current().judge(CorsRequest::new("/items/%61dmin", "GET", &preflight));
    std::mem::take(&mut *LOGGER.0.lock().unwrap())
}

#[test]
fn s30_a_program_with_log_alone_sees_all_at_debug_and_each_once_at_warn() {
    log::set_logger(&LOGGER).unwrap();
    let count =
        |lines: &[String], level: Level| lines.iter().filter(|line| line.starts_with(level.as_str())).count();
    let lines = logged(LevelFilter::Debug, "https://evil.example x");
    assert_eq!((count(&lines, Level::Debug), count(&lines, Level::Warn)), (4, 1), "{lines:#?}");
    let refused = &lines[0];
    for part in [
        "origin \"https://evil.example x\"",
        "event=\"refused\"",
        "reason=\"malformed\"",
        "method=\"GET\"",
        "path=\"/r\"",
        "resource=\"/r\"",
        "rule=\"S19\"",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
    assert!(lines.iter().any(|line| line.contains("event=\"not-shared\"")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("event=\"unregistered\"")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("event=\"ambiguous\"")), "{lines:#?}");
    let detail = logged(LevelFilter::Debug, "https://evil.example").remove(0);
    assert!(detail.contains(&format!("Allowed origins: {A}")), "{detail}");

    let advised = Resource::at("/r").also(A, ResourceOptions::new().max_age(1000));
    drop(Attached::from(build(CorsConfig::new().add(advised))));
    let advice = std::mem::take(&mut *LOGGER.0.lock().unwrap());
    let line =
        r#"WARN advice on the CORS policy: resources."/r".origins."https://a.example".max_age: browsers"#;
    assert!(advice.len() == 1 && advice[0].starts_with(line), "{advice:#?}");

    let lines = logged(LevelFilter::Info, "https://other.example");
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].starts_with("WARN CORS refused a preflight"), "{lines:#?}");
    assert!(lines[0].contains("left_out=0"), "{lines:#?}");
    assert_eq!(logged(LevelFilter::Warn, "https://other.example"), [""; 0]);
    assert_eq!(logged(LevelFilter::Error, "https://third.example"), [""; 0]);
}
