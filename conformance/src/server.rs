//! Servers that answer the cases: in this process, or any command that keeps the contract.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread;

use cors_model::Cors;

use crate::config::Source;
use crate::foreign::Command;
use crate::subject::{Attach, Site, Stopper, Subject};

/// What is under test.
#[derive(Clone, Debug)]
pub enum Target {
    /// A subject of this crate, in this process.
    Subject(&'static Subject),
    /// A server of its own.
    Command(Command),
}

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

impl Target {
    /// The adapter's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Subject(subject) => subject.name,
            Self::Command(_) => "command",
        }
    }

    /// The ways of attaching that it offers.
    pub fn attach(&self) -> &[Attach] {
        match self {
            Self::Subject(subject) => subject.attach,
            Self::Command(command) => command.attach(),
        }
    }

    /// Starts a server with a configuration.
    ///
    /// # Errors
    /// It neither listens nor refuses the configuration.
    pub fn start(&self, source: &Source, attach: Attach) -> Result<Started, String> {
        match self {
            Self::Subject(subject) => in_process(subject, source, attach),
            Self::Command(command) => command.start(source, attach),
        }
    }
}

fn in_process(subject: &'static Subject, source: &Source, attach: Attach) -> Result<Started, String> {
    match source.build() {
        Ok(cors) => serve(subject.name, cors, attach, subject.serve).map(Started::Listening),
        Err(errors) => Ok(Started::Refused(errors)),
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
    let site = Site { cors, attach, addr: (Ipv4Addr::LOCALHOST, 0).into(), listening, shutdown };
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
