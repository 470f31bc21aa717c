//! The conformance server, and the command that runs the table.

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use std::{env, thread};

use clap::{Args, Parser, Subcommand};
use cors_conformance::config::Source;
use cors_conformance::foreign::Command;
use cors_conformance::matrix::Trial;
#[cfg(feature = "peers")]
use cors_conformance::peer;
use cors_conformance::report::{Format, Report};
use cors_conformance::subject::{self, Attach, SUBJECTS, Site, Stopper, Subject, app};
use cors_conformance::table::Table;
use cors_conformance::target::Target;
use cors_conformance::{deviation, load, matrix};

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
    Serve(Serve),
    /// Print the adapters, one per line
    Adapters,
    /// Run the table of cases
    Run(Run),
    /// Put adapters under mixed traffic
    Load(Load),
}

#[derive(Args)]
struct Serve {
    /// The adapter
    #[arg(long)]
    adapter: String,
    /// The configuration: TOML or JSON, depending on its extension
    #[arg(long)]
    config: PathBuf,
    /// The address; port 0 chooses a free port
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: SocketAddr,
    /// Where the policy is attached: `app` or `resource`
    #[arg(long, default_value = "app")]
    attach: Attach,
    /// Stop when standard input ends
    #[arg(long)]
    until_stdin_closes: bool,
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
        Task::Serve(serve) => self::serve(serve),
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

fn serve(serve: Serve) -> Result<ExitCode, String> {
    let subject = find(&serve.adapter)?;
    if !subject.attach.contains(&serve.attach) {
        return Err(format!("error: {} has no place to attach by {}", subject.name, serve.attach));
    }
    let cors = match Source::from_file(Path::new(&serve.config))?.build() {
        Ok(cors) => cors,
        Err(errors) => {
            errors.iter().for_each(|error| eprintln!("{error}"));
            return Ok(ExitCode::from(2));
        }
    };
    let (stopper, shutdown) = Stopper::new();
    stop_at_signals(stopper.clone()).map_err(|error| format!("error: {error}"))?;
    if serve.until_stdin_closes {
        stop_at_end_of_input(stopper);
    }
    let site = Site { cors, attach: serve.attach, addr: serve.addr, listening: Box::new(announce), shutdown };
    (subject.serve)(site).map_err(|error| format!("error: {}: {error}", serve.addr))?;
    Ok(ExitCode::SUCCESS)
}

fn announce(addr: SocketAddr) {
    // A parent that does not read the line may have closed the pipe.
    let _ = writeln!(io::stdout(), "listening on http://{addr}").and_then(|()| io::stdout().flush());
}

/// Runs on its own thread and runtime, so that it is the same for every framework.
fn stop_at_signals(stopper: Stopper) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let signal = {
        let _context = runtime.enter();
        signals()?
    };
    thread::spawn(move || {
        runtime.block_on(signal);
        stopper.stop();
    });
    Ok(())
}

#[cfg(unix)]
fn signals() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn signals() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn stop_at_end_of_input(stopper: Stopper) {
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin().lock().by_ref(), &mut io::sink());
        stopper.stop();
    });
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
