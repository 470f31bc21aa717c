//! The conformance server, and the command that runs the table.

use std::env;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use cors_conformance::foreign::Command;
use cors_conformance::matrix::Trial;
#[cfg(feature = "peers")]
use cors_conformance::peer;
use cors_conformance::report::{Format, Report};
use cors_conformance::subject::{self, Attach, SUBJECTS, Subject, app};
use cors_conformance::table::Table;
use cors_conformance::target::Target;
use cors_conformance::{deviation, load, matrix};

mod serve;

#[derive(Parser)]
#[command(
    name = "cors-conformance",
    about = "Serves every adapter of the workspace, and tests it with one table of cases"
)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Serve the application behind one adapter
    Serve(serve::Serve),
    /// Print the adapters, one per line
    Adapters,
    /// Run the table of cases
    Run(Run),
    /// Put adapters under mixed traffic
    Load(Load),
}

#[derive(Args)]
struct Run {
    /// An adapter, or several [default: all]
    #[arg(long)]
    adapter: Vec<String>,
    /// Only trials whose name contains this text
    #[arg(long)]
    filter: Option<String>,
    /// Only this way of attaching: `app` or `resource`
    #[arg(long)]
    attach: Option<Attach>,
    /// Test a server of your own: a command line with `{config}`, `{addr}` and optionally `{attach}`
    #[arg(long, conflicts_with = "adapter")]
    command: Option<String>,
    /// Test other libraries instead, judged by how browsers treat their answers
    #[cfg(feature = "peers")]
    #[arg(long, conflicts_with_all = ["adapter", "attach", "command"])]
    peers: bool,
    /// The format of the matrix
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Args)]
struct Load {
    /// An adapter, or several [default: all]
    #[arg(long)]
    adapter: Vec<String>,
    /// How long each adapter is under load
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) if error.exit_code() == 0 => error.exit(),
        Err(error) => return misuse(&first_paragraph(&error)),
    };
    let done = match cli.task {
        Task::Adapters => adapters(),
        Task::Serve(task) => find(&task.adapter).and_then(|subject| serve::serve(subject, &task)),
        Task::Run(run) => self::run(&run),
        Task::Load(load) => self::load(&load),
    };
    done.unwrap_or_else(|error| misuse(&error))
}

/// The message of clap, without its hints and its help.
fn first_paragraph(error: &clap::Error) -> String {
    if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "error: a command is missing: serve, adapters, run or load".into();
    }
    let text = error.to_string();
    text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Prints one line, and exits with status 2.
fn misuse(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::from(2)
}

fn adapters() -> Result<ExitCode, String> {
    let names: String = SUBJECTS.iter().map(|subject| format!("{}\n", subject.name)).collect();
    io::stdout().write_all(names.as_bytes()).map_err(|error| format!("error: {error}"))?;
    Ok(ExitCode::SUCCESS)
}

fn find(name: &str) -> Result<&'static Subject, String> {
    let known = || SUBJECTS.iter().map(|subject| subject.name).collect::<Vec<_>>().join(", ");
    subject::find(name).ok_or_else(|| format!("error: there is no adapter `{name}`; there are: {}", known()))
}

fn run(run: &Run) -> Result<ExitCode, String> {
    let table = Table::load()?;
    app::hush_the_panic();
    let mut report = Report::default();
    for trial in trials(run, &table)? {
        let (name, column) = (trial.name(), trial.column.clone());
        let (rule, case) = (trial.rules[0].clone(), trial.case.clone());
        if run.filter.as_ref().is_none_or(|text| name.contains(text)) {
            report.add(&column, &rule, &case, trial.run());
        }
    }
    let text = report.render(run.format);
    io::stdout().write_all(text.as_bytes()).map_err(|error| format!("error: {error}"))?;
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn trials(run: &Run, table: &Table) -> Result<Vec<Trial>, String> {
    #[cfg(feature = "peers")]
    if run.peers {
        return Ok(peer::trials(table));
    }
    let targets = match &run.command {
        Some(line) => {
            vec![Target::Command(Command::parse(line).map_err(|error| format!("error: {error}"))?)]
        }
        None => subjects(&run.adapter)?.into_iter().map(Target::Subject).collect(),
    };
    Ok(matrix::trials(table, &targets, run.attach, &deviation::load(table)?))
}

/// The subjects with these names; all if there are no names.
fn subjects(names: &[String]) -> Result<Vec<&'static Subject>, String> {
    match names.is_empty() {
        true => Ok(SUBJECTS.iter().collect()),
        false => names.iter().map(|name| find(name)).collect(),
    }
}

fn load(load: &Load) -> Result<ExitCode, String> {
    let program = env::current_exe().map_err(|error| format!("error: {error}"))?;
    let mut exit = ExitCode::SUCCESS;
    for subject in subjects(&load.adapter)? {
        match load::run(&program, subject, Duration::from_secs(load.seconds)) {
            Ok(load) => {
                let resident =
                    load.resident.map(|(warm, end)| format!(", {warm} KiB warm, {end} KiB at the end"));
                println!("{}: {} requests{}", subject.name, load.requests, resident.unwrap_or_default());
            }
            Err(fault) => {
                eprintln!("{}: {fault}", subject.name);
                exit = ExitCode::from(1);
            }
        }
    }
    Ok(exit)
}
