//! What CORS costs in each framework: nothing, a middleware by hand, this project's adapter, and the library that a user would
//! otherwise take. `cargo xtask bench` runs it.

mod cell;
mod exact;
mod framework;
mod large;
mod report;
mod scenario;
mod time;

use std::path::Path;
use std::process::ExitCode;

use cell::Select;
use clap::{Parser, Subcommand};

/// What CORS costs in each framework.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Allocations and instructions, held against their bounds.
    Exact(Select),
    /// These, and nanoseconds.
    All {
        #[command(flatten)]
        select: Select,
        /// Write the results over docs/bench.json, docs/bench.md and the README's table.
        #[arg(long, conflicts_with_all = ["framework", "scenario"])]
        write: bool,
    },
    /// A large policy is built, and two threads share one.
    Large,
    /// For callgrind.
    #[command(hide = true)]
    Counted(Select),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            let text = error.to_string();
            eprintln!("{}", text.lines().next().unwrap_or("error: see cargo xtask bench --help"));
            return ExitCode::from(2);
        }
        Err(help) => {
            print!("{help}");
            return ExitCode::SUCCESS;
        }
    };
    match run(cli.command) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything is within its bounds. The error is why nothing was measured.
fn run(command: Command) -> Result<bool, String> {
    let (rows, write) = match command {
        Command::Counted(select) => return exact::run_counted(&select).map(|()| true),
        Command::Large => {
            println!("{:?}", large::run());
            return Ok(true);
        }
        Command::Exact(select) => (exact::count(&select)?, false),
        Command::All { select, write } => {
            let mut rows = exact::count(&select)?;
            time::measure(&select, &mut rows)?;
            (rows, write)
        }
    };
    print!("{}", report::text(&rows));
    let faults: Vec<_> = rows.iter().flat_map(report::Row::faults).collect();
    for fault in &faults {
        println!("FAILED {fault}");
    }
    println!(
        "{} passed, {} failed",
        rows.len() - rows.iter().filter(|row| !row.faults().is_empty()).count(),
        faults.len()
    );
    if write {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        report::write(&root, &rows)?;
    }
    Ok(faults.is_empty())
}
