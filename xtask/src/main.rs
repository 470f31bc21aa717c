//! What a maintainer runs: `cargo xtask`.

mod check;
mod clients;
mod deny;
mod files;
mod fuzz;
mod msrv;
mod packages;
mod release;
mod run;
mod tidy;
mod tools;
mod workspace;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::ErrorKind;
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
    /// All that must pass before a commit: everything from fmt to package.
    Check,
    /// Formatting.
    Fmt,
    /// Lints, over all targets and features.
    Clippy,
    /// All tests: the README's test command.
    Test,
    /// The documentation, without warnings.
    Doc,
    /// Each published crate by itself, with sets of its features; needs cargo-hack.
    Hack,
    /// The oldest Rust that each published crate promises; builds with it where it is installed.
    Msrv {
        /// Fail where a toolchain is not installed.
        #[arg(long)]
        required: bool,
    },
    /// The invariants of ARCHITECTURE.md.
    Tidy,
    /// Licences, bans and sources of all dependencies; needs cargo-deny.
    Deny,
    /// The published packages, each compiled from its tarball, and the lists of their files.
    Package {
        /// Write the lists anew.
        #[arg(long)]
        bless: bool,
    },
    /// Install cargo-hack, which the checks need, in the pinned version.
    Tools {
        /// And what a release wants: cargo-deny, cargo-semver-checks, cargo-public-api.
        #[arg(long)]
        all: bool,
    },
    /// From a changelog to crates on crates.io; see `cargo xtask release --help` and RELEASING.md.
    #[command(subcommand)]
    Release(release::Step),
    /// Every adapter in front of real browsers, and `browsers wpt`; see `cargo xtask browsers --help`.
    #[command(disable_help_flag = true)]
    Browsers {
        /// For the program itself: --engine, --adapter, --filter, --format
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// What CORS costs, by hand, with each adapter and with other libraries; see `cargo xtask bench --help`.
    #[command(disable_help_flag = true)]
    Bench {
        /// For the program itself: exact, large, --framework, --scenario, --write
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
}

/// Why a task did not end well.
#[derive(Debug)]
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
        // Who asks for nothing wants to know what there is.
        Err(help)
            if !help.use_stderr() || help.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand =>
        {
            print!("{help}");
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            let text = error.to_string();
            let about: Vec<_> = text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect();
            eprintln!("{}: see cargo xtask --help", about.join(" "));
            return ExitCode::from(2);
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
        Command::Test => check::test(root)?,
        Command::Doc => check::doc(root)?,
        Command::Hack => check::hack(root)?,
        Command::Msrv { required } => msrv::check(root, required)?,
        Command::Tidy => tidy::run(root)?,
        Command::Deny => deny::run_here(root)?,
        Command::Package { bless: true } => packages::bless(root)?,
        Command::Package { bless: false } => packages::package(root, true)?,
        Command::Tools { all } => tools::install(root, all)?,
        Command::Release(step) => release::run(root, step)?,
        Command::Browsers { arguments } => return Ok(check::browsers(root, &arguments)),
        Command::Bench { arguments } => return Ok(check::bench(root, &arguments)),
        Command::Clients => return Ok(clients::run(root)),
        Command::Fuzz { seconds, target } => fuzz::run(root, seconds, target.as_deref())?,
        Command::Load { seconds, adapter } => check::load(root, seconds, adapter.as_deref())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_owned).unwrap_or_default()
}
