//! What CORS costs in each framework: nothing, a middleware by hand, this project's adapter, and the library that a user would
//! otherwise take. `cargo xtask bench` runs it.

mod cell;
mod exact;
mod framework;
mod large;
mod report;
mod row;
mod scenario;
mod time;

use std::path::Path;
use std::process::ExitCode;

use cell::Select;
use clap::{Parser, Subcommand};
use report::Results;
use row::Row;

/// What CORS costs in each framework: allocations, instructions and nanoseconds of everything, unless told otherwise.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    select: Select,
    /// Write the results over docs/bench.json, docs/bench.md and the README's table.
    #[arg(long, conflicts_with_all = ["framework", "scenario"])]
    write: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Allocations and instructions alone, checked against their bounds.
    Exact(Select),
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
    match run(cli) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything is within its bounds. The error is why nothing was measured.
fn run(cli: Cli) -> Result<bool, String> {
    let rows = match cli.command {
        Some(Command::Counted(select)) => return exact::run_counted(&select).map(|()| true),
        Some(Command::Large) => {
            println!("{}", large::run());
            return Ok(true);
        }
        Some(Command::Exact(select)) => exact::count(&select)?,
        None => {
            let mut rows = exact::count(&cli.select)?;
            time::measure(&cli.select, &mut rows)?;
            rows
        }
    };
    print!("{}", report::text(&rows));
    let faults: Vec<_> = rows.iter().flat_map(Row::faults).collect();
    faults.iter().for_each(|fault| println!("FAILED {fault}"));
    let failed = rows.iter().filter(|row| !row.faults().is_empty()).count();
    println!("{} passed, {failed} failed", rows.len() - failed);
    if cli.write {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        report::write(&root, &Results { rows, large: large::run() })?;
    }
    Ok(faults.is_empty())
}
