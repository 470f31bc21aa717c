//! A server as it runs in production: the policy is a file that is read again while it serves, a second policy only reports what
//! it would change, and what is refused is in a log and in counters.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use cors_tower::CorsLayer;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tokio::net::TcpListener;
use tokio::time::interval;
use tracing::Level;

use crate::files::{Files, Look};

mod files;

fn app(files: &Files) -> Router {
    let note = || async { "milk\n" };
    Router::new()
        .route("/status", get(|| async { "up\n" }))
        .route("/notes", get(|| async { ([("X-Total-Count", "1")], "milk\n") }).post(note))
        .route("/notes/{id}", get(note).put(note).delete(note))
        .layer(CorsLayer::new(files.serving.clone()))
}

/// For Prometheus alone, so it is not where the public gets to.
fn metrics(counters: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(move || async move { counters.render() }))
}

/// Looks at the files each second, and reads them at SIGHUP.
async fn watch(mut files: Files, mut hang_up: HangUp) {
    let mut second = interval(Duration::from_secs(1));
    loop {
        let look = tokio::select! {
            _ = second.tick() => Look::Changed,
            () = hang_up.received() => Look::All,
        };
        files.look(look);
    }
}

/// SIGHUP, where there are signals.
struct HangUp(#[cfg(unix)] tokio::signal::unix::Signal);

#[cfg(unix)]
impl HangUp {
    fn listen() -> io::Result<Self> {
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).map(Self)
    }

    async fn received(&mut self) {
        self.0.recv().await;
    }
}

#[cfg(not(unix))]
impl HangUp {
    fn listen() -> io::Result<Self> {
        Ok(Self())
    }

    async fn received(&mut self) {
        std::future::pending().await
    }
}

async fn listen(address: &str, what: &str) -> io::Result<TcpListener> {
    let listener = TcpListener::bind(address).await?;
    println!("{what} on http://{}", listener.local_addr()?);
    Ok(listener)
}

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    // LOG=debug shows each request that is refused or not shared, and preflights that reach no resource.
    let level = std::env::var("LOG").ok().and_then(|level| level.parse().ok()).unwrap_or(Level::INFO);
    tracing_subscriber::fmt().with_max_level(level).init();
    let counters = PrometheusBuilder::new().install_recorder()?;

    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default: &str| arguments.next().unwrap_or(default.into());
    let (address, metrics_address) = (argument("127.0.0.1:3000"), argument("127.0.0.1:3001"));
    let mut file = |default: &str| PathBuf::from(argument(&here.join(default).display().to_string()));
    let files = Files::open(file("cors.toml"), file("next.toml"))?;

    let app = app(&files);
    let public = listen(&address, "listening").await?;
    let private = listen(&metrics_address, "metrics").await?;
    tokio::spawn(watch(files, HangUp::listen()?));
    tokio::spawn(async { axum::serve(private, metrics(counters)).await });
    axum::serve(public, app).await?;
    Ok(())
}
