//! DNS rebinding: a name and port that first lead to an attacker's page, then to the server under test.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::record::Recorder;
use crate::site;

/// How long the browser's open connections to the attacker's server may take to close.
const PATIENCE: Duration = Duration::from_secs(2);

/// Replaces the attacker's server when its page asks for it.
pub(crate) struct Rebind {
    recorder: Arc<Recorder>,
    attacker: Mutex<Option<Attacker>>,
}

struct Attacker {
    port: u16,
    /// Stops when this is dropped.
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

impl Rebind {
    pub(crate) fn new(recorder: Arc<Recorder>) -> Self {
        Self { recorder, attacker: Mutex::default() }
    }

    /// Serves the attacker's page on a port of its own, and gives its origin.
    ///
    /// # Errors
    /// There is no free port.
    pub(crate) async fn lure(&self) -> io::Result<String> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (stop, stopped) = oneshot::channel();
        let server = axum::serve(listener, Router::new().route("/frame", get(site::frame)));
        let server = server.with_graceful_shutdown(async {
            let _ = stopped.await;
        });
        let attacker = Attacker { port, stop, server: tokio::spawn(server.into_future()) };
        *self.attacker.lock().unwrap_or_else(PoisonError::into_inner) = Some(attacker);
        Ok(format!("http://attacker.localhost:{port}"))
    }

    /// Ends the attacker's server and its connections, and lets its port lead to the server under test.
    ///
    /// # Errors
    /// The port cannot be taken over.
    pub(crate) async fn rebind(&self) -> io::Result<()> {
        let attacker = self.attacker.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Attacker { port, stop, server }) = attacker else { return Ok(()) };
        drop(stop);
        let _ = timeout(PATIENCE, server).await;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        tokio::spawn(axum::serve(listener, Arc::clone(&self.recorder).app()).into_future());
        Ok(())
    }
}
