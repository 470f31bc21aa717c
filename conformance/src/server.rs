//! Servers that answer the cases: in this process, or any command that keeps the contract.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread;

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
    stop: Option<Box<dyn FnOnce() + Send + Sync>>,
}

impl Running {
    /// A server, and what stops it.
    pub fn new(addr: SocketAddr, stop: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self { addr, stop: Some(Box::new(stop)) }
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
    let cors = match source.build() {
        Ok(cors) => cors,
        Err(errors) => return Ok(Started::Refused(errors)),
    };
    let (sender, receiver) = mpsc::channel();
    let (stopper, shutdown) = Stopper::new();
    let listening = Box::new(move |addr| {
        let _ = sender.send(addr);
    });
    let site = Site { cors, attach, addr: (Ipv4Addr::LOCALHOST, 0).into(), listening, shutdown };
    let thread = thread::spawn(move || (subject.serve)(site));
    // The sender is gone if the subject ended before it listened.
    match receiver.recv() {
        Ok(addr) => Ok(Started::Listening(Running::new(addr, move || stopper.stop()))),
        Err(_) => Err(match thread.join() {
            Ok(Ok(())) => format!("{} ended before it listened", subject.name),
            Ok(Err(error)) => format!("{}: {error}", subject.name),
            Err(_) => format!("{} panicked at its start", subject.name),
        }),
    }
}
