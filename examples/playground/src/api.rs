//! The API behind its adapter: a server of the chosen framework, on a free port of loopback, whose policy can be replaced.
//!
//! To add a framework, add one file beside `tower.rs` and one row in [`Adapter`].

mod actix_web;
mod poem;
mod rocket;
mod tower;
mod warp;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use cors_model::CorsHandle;
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
    cors: CorsHandle,
    ready: Ready,
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

/// Starts the API, and returns where it listens.
pub(crate) async fn start(adapter: Adapter, notes: Notes, cors: CorsHandle) -> io::Result<SocketAddr> {
    let (ready, address) = oneshot::channel();
    let server = tokio::spawn(adapter.serve(Site { notes, cors, ready: Ready(ready) }));
    match address.await {
        Ok(address) => Ok(address),
        Err(_) => Err(server.await?.err().unwrap_or_else(|| io::ErrorKind::NotConnected.into())),
    }
}
