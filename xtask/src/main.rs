//! What a maintainer runs: `cargo xtask`.

mod check;
mod clients;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a maintainer runs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// All that must pass before a commit: fmt, clippy, doc, tidy, test.
    Check,
    /// Formatting.
    Fmt,
    /// Lints, over all targets and features, and over each published crate by itself.
    Clippy,
    /// The documentation, without warnings.
    Doc,
    /// The invariants of ARCHITECTURE.md.
    Tidy,
    /// All tests: the README's test command.
    Test,
    /// Every adapter in front of real browsers, and `browsers wpt`; see `cargo xtask browsers --help`.
    #[command(disable_help_flag = true)]
    Browsers {
        /// For the program itself: --engine, --adapter, --filter, --format
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// jsdom and happy-dom in front of a conformance server; needs Node.
    Clients,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            let text = error.to_string();
            eprintln!("{}", text.lines().next().unwrap_or("error: see cargo xtask --help"));
            return ExitCode::from(2);
        }
        Err(help) => {
            print!("{help}");
            return ExitCode::SUCCESS;
        }
    };
    let root = root();
    let outcome = match cli.command {
        Command::Check => check::all(&root),
        Command::Fmt => check::fmt(&root),
        Command::Clippy => check::clippy(&root),
        Command::Doc => check::doc(&root),
        Command::Tidy => tidy::run(&root),
        Command::Test => check::test(&root),
        Command::Browsers { arguments } => return check::browsers(&root, &arguments),
        Command::Clients => return clients::run(&root),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}
