//! A server that answers the cases, and starting one in this process.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread;

use cors_model::{Cors, CorsHandle};

use crate::subject::{Attach, Site, Stopper};

/// How a start ended.
pub enum Started {
    /// It serves.
    Listening(Running),
    /// It refused the configuration with these lines.
    Refused(Vec<String>),
}

/// A server that runs until this is dropped.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    /// The process, where it is one of its own.
    pub process: Option<u32>,
    stop: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Running {
    /// A server, and what stops it.
    pub fn new(addr: SocketAddr, stop: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self { addr, process: None, stop: Some(Box::new(stop)) }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop();
        }
    }
}

/// Starts a server on a thread of its own.
///
/// # Errors
/// It ended before it listened.
pub(crate) fn serve(
    name: &str,
    cors: Cors,
    attach: Attach,
    serve: impl FnOnce(Site) -> io::Result<()> + Send + 'static,
) -> Result<Running, String> {
    let (sender, receiver) = mpsc::channel();
    let (stopper, shutdown) = Stopper::new();
    let listening = Box::new(move |addr| {
        let _ = sender.send(addr);
    });
    let site = Site {
        cors: CorsHandle::new(cors),
        attach,
        addr: (Ipv4Addr::LOCALHOST, 0).into(),
        listening,
        shutdown,
    };
    let thread = thread::spawn(move || serve(site));
    // The sender is gone if the server ended before it listened.
    match receiver.recv() {
        Ok(addr) => Ok(Running::new(addr, move || stopper.stop())),
        Err(_) => Err(match thread.join() {
            Ok(Ok(())) => format!("{name} ended before it listened"),
            Ok(Err(error)) => format!("{name}: {error}"),
            Err(_) => format!("{name} panicked at its start"),
        }),
    }
}
