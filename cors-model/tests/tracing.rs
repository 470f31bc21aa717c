//! S11 and S30 in the log of a program that uses `tracing`.
#![cfg(feature = "tracing")]

mod common;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use common::{A, build, headers};
use cors_model::{Attached, Cors, CorsConfig, CorsRequest, Resource, ResourceOptions};
use http::HeaderMap;
use tracing::Level;
use tracing_subscriber::fmt::MakeWriter;

/// Where a thread has the only subscriber, `tracing` takes what another thread logs first for something that nobody listens to.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn asks(origin: &str, method: &str) -> HeaderMap {
    headers(&[("origin", origin), ("access-control-request-method", method)])
}

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn with_log<T>(
    most: Level,
    writer: impl for<'w> MakeWriter<'w> + Send + Sync + 'static,
    work: impl FnOnce() -> T,
) -> T {
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let subscriber =
        tracing_subscriber::fmt().with_max_level(most).with_ansi(false).without_time().with_writer(writer);
    tracing::subscriber::with_default(subscriber.finish(), work)
}

fn logged(most: Level, work: impl FnOnce()) -> Vec<String> {
    let sink = Sink::default();
    let writer = sink.clone();
    with_log(most, move || writer.clone(), work);
    String::from_utf8(sink.0.lock().unwrap().clone()).unwrap().lines().map(str::to_owned).collect()
}

fn attached() -> Attached {
    let at = |template| Resource::at(template).also(A, ResourceOptions::new());
    Attached::from(build(CorsConfig::new().add(at("/r")).add(at("/items/{id}")).exclude("/items/admin")))
}

#[test]
fn s30_each_event_is_logged_at_debug_and_once_a_minute_at_warn() {
    let attached = attached();
    let get = |path: &str, origin: &str| {
        let _ = attached.current().judge(CorsRequest::new(path, "GET", &headers(&[("origin", origin)])));
    };
    let lines = logged(Level::DEBUG, || (0..3).for_each(|_| get("/r", "https://debug.example")));
    let fields = "event=\"not-shared\" reason=\"origin\" origin=\"https://debug.example\" method=\"GET\" path=\"/r\" resource=\"/r\" rule=\"S1\"";
    let debug = format!("DEBUG cors: CORS did not share a response {fields}");
    let warn = format!(" WARN cors: CORS did not share a response {fields} left_out=0");
    assert_eq!(lines, [debug.as_str(), warn.as_str(), debug.as_str(), debug.as_str()]);

    let lines = logged(Level::WARN, || {
        for _ in 0..3 {
            get("/r", "https://one.example");
            get("/r", "https://two.example");
            get("/items/1", "https://one.example");
            get("/r", "https://one.example x");
            get("/other", "https://one.example");
            get("/items/%61dmin", "https://one.example");
        }
    });
    assert_eq!(lines.len(), 4, "each reason, origin and resource: {lines:#?}");
    assert_eq!(logged(Level::ERROR, || get("/r", "https://three.example")), [""; 0]);
    assert_eq!(logged(Level::WARN, || get("/r", "https://three.example")).len(), 1);
}

#[test]
fn s30_what_is_no_resource_and_what_s24_leaves_unshared_is_logged_at_debug() {
    let attached = attached();
    let ask = |method, path: &str, request: &HeaderMap| {
        let _ = attached.current().judge(CorsRequest::new(path, method, request));
    };
    let (get, preflight) = (headers(&[("origin", A)]), asks(A, "PUT"));
    let lines = |level| {
        logged(level, || {
            ask("OPTIONS", "/other", &preflight);
            ask("OPTIONS", "/items/%61dmin", &preflight);
            ask("GET", "/items/%61dmin", &get);
            ask("GET", "/other", &get);
        })
    };
    let events = ["unregistered", "ambiguous", "ambiguous"];
    let found = lines(Level::DEBUG);
    assert_eq!(found.len(), events.len(), "{found:#?}");
    for (line, event) in found.iter().zip(events) {
        assert!(line.contains(&format!("event=\"{event}\"")), "{line}");
    }
    assert_eq!(lines(Level::WARN), [""; 0]);
}

/// A policy on which there is advice: some browsers keep a preflight for less than this.
fn advised(template: &str) -> Cors {
    let options = ResourceOptions::new().max_age(1000).expose_headers(["Expires"]);
    build(CorsConfig::new().add(Resource::at(template).also(A, options)))
}

#[test]
fn s23_advice_is_logged_once_when_a_policy_is_attached() {
    let advice = |template: &str, key: &str, text: &str| {
        let place = format!("resources.\"{template}\".origins.\"{A}\".{key}");
        format!(" WARN cors: advice on the CORS policy: {place}: {text} rule=\"S23\"")
    };
    let lines = |template: &str| {
        [
            advice(template, "max_age", "browsers cap this: WebKit at 600"),
            advice(template, "expose_headers", "every page can read Expires anyway: remove it"),
        ]
    };
    let cors = advised("/once");
    assert_eq!(logged(Level::ERROR, || drop(Attached::from(cors.clone()))), [""; 0]);
    let found = logged(Level::WARN, || {
        let attached = [Attached::from(cors.clone()), Attached::from(cors.clone())];
        // As each worker of actix-web may do.
        let again = Attached::from(advised("/once"));
        let _ = (attached[0].current().judge(CorsRequest::new("/once", "GET", &HeaderMap::new())), again);
    });
    assert_eq!(found, lines("/once"));
    let found = logged(Level::WARN, || {
        let resource = advised("/resource").resource("/resource").unwrap();
        let _ = (Attached::from(resource.clone()), resource.at(vec!["/resource".into()]).unwrap());
    });
    assert_eq!(found, lines("/resource"));
    assert_eq!(logged(Level::WARN, || drop(attached())), [""; 0]);
}

#[test]
fn s23_advice_is_logged_of_a_policy_at_other_templates_alone() {
    let resource = advised("/at").resource("/at").unwrap();
    let found = logged(Level::WARN, || drop(resource.at(vec!["/elsewhere".into()]).unwrap()));
    assert_eq!(found.len(), 2, "{found:#?}");
    let unseen = Attached::from(advised("/beside"));
    let found = logged(Level::WARN, || drop(unseen.beside(vec!["/beside".into()]).unwrap()));
    assert_eq!(found.len(), 2, "{found:#?}");
}

#[test]
fn s23_what_a_template_contains_is_escaped_in_advice() {
    let found = logged(Level::WARN, || drop(Attached::from(advised("/\u{e9}"))));
    assert!(found[0].contains("/\\xC3\\xA9"), "{found:#?}");
}

#[cfg(feature = "replace")]
#[test]
fn s23_advice_is_logged_when_a_policy_is_replaced() {
    let handle = cors_model::CorsHandle::new(advised("/handle"));
    let found = logged(Level::WARN, || {
        let next = cors_model::CorsHandle::new(advised("/next"));
        drop([Attached::from(&handle), handle.clone().report_only(&next).into()]);
    });
    assert_eq!(found.len(), 4, "{found:#?}");
    assert!(found[0].contains("/handle") && found[2].contains("/next"), "{found:#?}");
    let found = logged(Level::WARN, || {
        let _ = handle.replace(advised("/replaced")).unwrap();
        let _ = handle.replace(advised("/handle")).unwrap();
    });
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().all(|line| line.contains("/replaced")), "{found:#?}");
}

#[test]
fn s11_details_of_a_refused_preflight_go_to_the_log_at_debug() {
    let attached = attached();
    let lines = logged(Level::DEBUG, || {
        let request = asks("https://detail.example", "PUT");
        let _ = attached.current().judge(CorsRequest::new("/r", "OPTIONS", &request));
    });
    assert!(lines[0].contains(&format!("Allowed origins: {A}")), "{lines:#?}");
    assert!(!lines[1].contains("Allowed"), "{lines:#?}");
}

#[test]
fn s30_a_hundred_thousand_distinct_origins_leave_memory_flat() {
    let count = Arc::new(AtomicU64::new(0));
    let counted = count.clone();
    let attached = attached().observe(move |_| {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let ask = |origins: std::ops::Range<u32>| {
        for at in origins {
            let request = headers(&[("origin", &format!("https://m{at}.example"))]);
            let _ = attached.current().judge(CorsRequest::new("/r", "GET", &request));
        }
    };
    with_log(Level::WARN, std::io::sink, || {
        ask(0..5000);
        let info = allocation_counter::measure(|| ask(5000..100_000));
        assert!(info.bytes_current.abs() < 1000, "{} bytes are kept", info.bytes_current);
    });
    assert_eq!(count.load(Ordering::Relaxed), 100_000);
}
