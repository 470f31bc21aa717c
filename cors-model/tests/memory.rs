//! S30: what strangers send leaves nothing in memory, also while every event is logged, observed and counted.
#![cfg(all(feature = "metrics", feature = "replace", feature = "tracing"))]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use allocation_counter::measure;
use common::{A, build, headers};
use cors_model::{Attached, CorsConfig, CorsHandle, CorsRequest, Resource, ResourceOptions, count_event};
use tracing::Level;

/// More than anything in the code keeps: warnings are remembered in 1,024 slots.
const FILLED: u64 = 2_000;
/// A debug build takes far longer for each.
const ORIGINS: u64 = if cfg!(debug_assertions) { 10_000 } else { 1_000_000 };
/// What one request needs while it is handled, and not two bytes for each origin.
const BYTES: u64 = 16 * 1024;

#[test]
fn s30_distinct_origins_leave_memory_flat() {
    let allowed = Resource::at("/items/{id}").also(A, ResourceOptions::new());
    let next = allowed.clone().also("https://*.strangers.example", ResourceOptions::new());
    let next = CorsHandle::new(build(CorsConfig::new().add(next)));
    let seen = Arc::new(AtomicU64::new(0));
    let events = seen.clone();
    let handle = CorsHandle::new(build(CorsConfig::new().add(allowed)))
        .observe(move |_| {
            events.fetch_add(1, Ordering::Relaxed);
        })
        .observe(count_event)
        .report_only(&next);
    let attached = Attached::from(handle);
    let send = |from: u64, to: u64| {
        for number in from..to {
            let origin = format!("https://o{number}.strangers.example");
            let (path, method) = (format!("/items/{number}"), format!("METHOD{number}"));
            let get = headers(&[("origin", &origin)]);
            let _ = attached.current().decide(CorsRequest::new(&path, "GET", &get));
            let asks = headers(&[("origin", &origin), ("access-control-request-method", &method)]);
            let _ = attached.current().decide(CorsRequest::new(&path, "OPTIONS", &asks));
        }
    };
    let log = tracing_subscriber::fmt().with_max_level(Level::DEBUG).with_writer(std::io::sink).finish();
    tracing::subscriber::with_default(log, || {
        send(0, FILLED);
        let used = measure(|| send(FILLED, FILLED + ORIGINS));
        // Not shared or refused; and the next policy would share the first, but has nothing for the second.
        assert_eq!(seen.load(Ordering::Relaxed), 3 * (FILLED + ORIGINS));
        assert!(used.bytes_current <= 0 && used.bytes_max < BYTES, "{used:?}");
    });
}
