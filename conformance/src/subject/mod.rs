//! The frameworks under test, one small file each, and what a subject is.
//!
//! To add a framework, add one file beside `tower.rs` and one row in [`SUBJECTS`].

pub(crate) mod actix_web;
pub mod app;
pub(crate) mod poem;
pub(crate) mod rocket;
pub(crate) mod tower;
pub(crate) mod warp;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::str::FromStr;

use cors_model::CorsHandle;
use tokio::sync::watch;

/// All subjects.
pub const SUBJECTS: &[Subject] =
    &[tower::SUBJECT, actix_web::SUBJECT, rocket::SUBJECT, warp::SUBJECT, poem::SUBJECT];

/// One adapter behind the application of docs/conformance-server.md.
#[derive(Clone, Copy, Debug)]
pub struct Subject {
    /// The adapter's name.
    pub name: &'static str,
    /// The framework and its version, for reports.
    pub framework: &'static str,
    /// The ways in which the framework lets a policy be attached.
    pub attach: &'static [Attach],
    /// Runs the application until it is stopped. Blocks, and brings its own runtime.
    pub serve: fn(Site) -> io::Result<()>,
}

/// The subject with that name.
pub fn find(name: &str) -> Option<&'static Subject> {
    SUBJECTS.iter().find(|subject| subject.name == name)
}

/// What a subject needs in order to serve.
pub struct Site {
    /// The policy, which may be replaced while the subject serves.
    pub cors: CorsHandle,
    /// Where it is attached.
    pub attach: Attach,
    /// The address to bind; port 0 chooses a free port.
    pub addr: SocketAddr,
    /// Called once, with the real address, as soon as connections are accepted.
    pub listening: Box<dyn FnOnce(SocketAddr) + Send>,
    /// Resolves when the server should stop.
    pub shutdown: Shutdown,
}

/// Where a policy is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attach {
    /// Once, around the whole application.
    App,
    /// Each resource's policy at the framework's own resource.
    Resource,
}

impl fmt::Display for Attach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::App => "app",
            Self::Resource => "resource",
        })
    }
}

impl FromStr for Attach {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "app" => Ok(Self::App),
            "resource" => Ok(Self::Resource),
            _ => Err("attach is `app` or `resource`".into()),
        }
    }
}

/// Stops servers.
#[derive(Clone, Debug)]
pub struct Stopper(watch::Sender<bool>);

/// Waits for the order to stop.
#[derive(Clone, Debug)]
pub struct Shutdown(watch::Receiver<bool>);

impl Stopper {
    /// A stopper and its receiver.
    pub fn new() -> (Self, Shutdown) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Shutdown(receiver))
    }

    /// Stops the servers that hold the receiver.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Shutdown {
    /// Returns after [`Stopper::stop`] was called or every stopper was dropped.
    pub async fn wait(mut self) {
        let _ = self.0.wait_for(|stop| *stop).await;
    }
}
