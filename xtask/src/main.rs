//! What a maintainer runs: `cargo xtask`.

mod check;
mod clients;
mod deny;
mod fuzz;
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
    /// The fuzz targets, each for some seconds.
    Fuzz {
        /// How long each target runs.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Only this target.
        #[arg(long)]
        target: Option<String>,
    },
    /// Each adapter under mixed traffic for some seconds.
    Load {
        /// How long each adapter is under load.
        #[arg(long, default_value_t = 10)]
        seconds: u32,
        /// Only this adapter.
        #[arg(long)]
        adapter: Option<String>,
    },
    /// Licences, bans and sources of all dependencies.
    Deny,
}

/// Why a task did not end well.
enum Failure {
    /// What was checked is not as it should be: exit status 1.
    Failed(String),
    /// A tool is not there: exit status 2.
    Missing(String),
    /// Asked for what there is not: exit status 2.
    Misuse(String),
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Failed(message)
    }
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
    match run(&root, cli.command) {
        Ok(code) => code,
        Err(Failure::Failed(message)) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
        Err(Failure::Missing(message) | Failure::Misuse(message)) => {
            eprintln!("{message}");
            ExitCode::from(2)
        }
    }
}

fn run(root: &Path, command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Check => check::all(root)?,
        Command::Fmt => check::fmt(root)?,
        Command::Clippy => check::clippy(root)?,
        Command::Doc => check::doc(root)?,
        Command::Tidy => tidy::run(root)?,
        Command::Test => check::test(root)?,
        Command::Browsers { arguments } => return Ok(check::browsers(root, &arguments)),
        Command::Clients => return Ok(clients::run(root)),
        Command::Fuzz { seconds, target } => fuzz::run(root, seconds, target.as_deref())?,
        Command::Load { seconds, adapter } => check::load(root, seconds, adapter.as_deref())?,
        Command::Deny => deny::run(root)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}
