//! What is under test: a subject in this process, or any command that keeps the contract.

use crate::config::Source;
use crate::foreign::Command;
use crate::server::{Started, serve};
use crate::subject::{Attach, Subject};

/// What is under test.
#[derive(Clone, Debug)]
pub enum Target {
    /// A subject of this crate, in this process.
    Subject(&'static Subject),
    /// A server of its own.
    Command(Command),
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
