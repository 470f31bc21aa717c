//! `cors`: checks the CORS policy of a file, explains how a browser and the policy decide about a request, and compares two files.

mod args;
mod check;
mod diff;
mod explain;
mod file;
mod finding;
mod locate;
mod report;
mod text;
mod tree;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use args::{Args, Command};

/// What a command prints, and its exit status: 0, or 1 where it found what it looks for.
struct Outcome {
    text: String,
    code: u8,
}

/// Asked for what there is not: one line, and exit status 2.
struct Misuse(String);

fn main() -> ExitCode {
    let outcome = match Args::try_parse() {
        Ok(args) => run(args.command),
        Err(help)
            if !help.use_stderr() || help.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            Ok(Outcome { text: help.render().ansi().to_string(), code: 0 })
        }
        Err(error) => Err(Misuse(one_line(&error))),
    };
    match outcome {
        Ok(Outcome { text, code }) => {
            // Whoever reads may have read enough. Colours are taken out where nobody sees them.
            let _ = anstream::stdout().write_all(text.as_bytes());
            ExitCode::from(code)
        }
        Err(Misuse(message)) => {
            let _ = writeln!(std::io::stderr(), "cors: {message}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command) -> Result<Outcome, Misuse> {
    match command {
        Command::Check(check) => check::run(&check),
        Command::Explain(explain) => explain::run(&explain),
        Command::Diff(diff) => diff::run(&diff),
    }
}

/// The first paragraph of what clap says, in one line.
fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let about: Vec<_> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
    let about = about.join(" ");
    format!("{}: see cors --help", about.trim_start_matches("error: "))
}
