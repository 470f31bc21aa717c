//! The API behind its adapter: a server of the chosen framework for each configuration, on a free port of loopback.
//!
//! To add a framework, add one file beside `tower.rs` and one row in [`Adapter`].

mod actix_web;
mod poem;
mod rocket;
mod tower;
mod warp;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use cors_model::Cors;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::notes::Notes;

/// All adapters.
#[derive(Clone, Copy, Debug, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Adapter {
    Tower,
    ActixWeb,
    Rocket,
    Warp,
    Poem,
}

impl Adapter {
    async fn serve(self, site: Site) -> io::Result<()> {
        match self {
            Self::Tower => tower::serve(site).await,
            Self::ActixWeb => actix_web::serve(site).await,
            Self::Rocket => rocket::serve(site).await,
            Self::Warp => warp::serve(site).await,
            Self::Poem => poem::serve(site).await,
        }
    }
}

/// What a framework needs to serve the API.
struct Site {
    notes: Notes,
    cors: Cors,
    ready: Ready,
    stop: Stop,
}

/// Reports where the server listens.
struct Ready(oneshot::Sender<SocketAddr>);

impl Ready {
    /// Listens on a free port, and reports it.
    async fn listen(self) -> io::Result<TcpListener> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        self.at(listener.local_addr()?);
        Ok(listener)
    }

    fn at(self, address: SocketAddr) {
        let _ = self.0.send(address);
    }
}

/// Waits for the order to stop.
struct Stop(oneshot::Receiver<()>);

impl Stop {
    async fn told(self) {
        let _ = self.0.await;
    }
}

/// The API, served under one policy. When the last owner drops it, it finishes the requests it has begun, and stops.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    _held: oneshot::Sender<()>,
}

impl Backend {
    pub(crate) async fn start(adapter: Adapter, notes: Notes, cors: Cors) -> io::Result<Self> {
        let (ready, address) = oneshot::channel();
        let (held, stop) = oneshot::channel();
        let site = Site { notes, cors, ready: Ready(ready), stop: Stop(stop) };
        let server = tokio::spawn(adapter.serve(site));
        match address.await {
            Ok(address) => Ok(Self { address, _held: held }),
            Err(_) => Err(server.await?.err().unwrap_or_else(|| io::ErrorKind::NotConnected.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use clap::ValueEnum;
    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn a_backend_that_nobody_holds_stops() {
        for &adapter in Adapter::value_variants() {
            let cors = cors_model::CorsConfig::new().build().unwrap();
            let backend = Backend::start(adapter, Notes::default(), cors).await.unwrap();
            let address = backend.address;
            assert!(TcpStream::connect(address).await.is_ok());
            drop(backend);
            let dropped = Instant::now();
            while TcpStream::connect(address).await.is_ok() {
                assert!(dropped.elapsed() < Duration::from_secs(20), "{adapter:?} still listens");
                tokio::task::yield_now().await;
            }
        }
    }
}
