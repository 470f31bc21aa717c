//! Advice on a policy is logged once, although actix-web builds the application once for each worker.
#![cfg(feature = "tracing")]

use std::sync::{LazyLock, Mutex};
use std::thread;

use actix_web::App;
use actix_web::rt::System;
use actix_web::test::init_service;
use cors_actix_web::{CorsConfig, CorsMiddleware, ResourceOptions};
use log::{LevelFilter, Log, Metadata, Record};

struct Logger;

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "cors"
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            LINES.lock().unwrap().push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

/// Some browsers keep a preflight for less than this.
fn middleware(seconds: u32) -> CorsMiddleware {
    let options = ResourceOptions::new().max_age(seconds);
    let config = CorsConfig::new().defaults([("https://app.example", options)]).all_resources();
    CorsMiddleware::new(config.build().unwrap())
}

/// What is logged while four workers build an application each.
fn logged(middleware: impl Fn() -> CorsMiddleware + Sync) -> Vec<String> {
    let worker = || {
        System::new().block_on(async { drop(init_service(App::new().wrap(middleware())).await) });
    };
    thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(worker))));
    std::mem::take(&mut *LINES.lock().unwrap())
}

#[test]
fn four_workers_log_advice_once() {
    log::set_logger(&Logger).unwrap();
    log::set_max_level(LevelFilter::Warn);
    assert_eq!(logged(|| middleware(600)), [""; 0]);
    let built_by_each = logged(|| middleware(1000));
    assert_eq!(built_by_each.len(), 1, "{built_by_each:#?}");
    assert!(built_by_each[0].contains("browsers cap this"), "{built_by_each:#?}");
    let built_once = logged(|| {
        static MIDDLEWARE: LazyLock<CorsMiddleware> = LazyLock::new(|| middleware(2000));
        MIDDLEWARE.clone()
    });
    assert_eq!(built_once.len(), 1, "{built_once:#?}");
}
