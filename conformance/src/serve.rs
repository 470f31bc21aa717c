//! One adapter behind the application, for whoever tests it from outside (docs/conformance-server.md).

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::thread;

use clap::Args;
use cors_conformance::config::Source;
use cors_conformance::database::Database;
use cors_conformance::subject::{Attach, Site, Stopper, Subject};
use cors_model::{Cors, CorsHandle, Event, Refusal};

#[derive(Args)]
pub(crate) struct Serve {
    /// The adapter
    #[arg(long)]
    pub(crate) adapter: String,
    /// The configuration: TOML or JSON, depending on its extension
    #[arg(long)]
    config: PathBuf,
    /// The address; port 0 chooses a free port
    #[arg(long, default_value = "127.0.0.1:0")]
    addr: SocketAddr,
    /// Where the policy is attached: `app` or `resource`
    #[arg(long, default_value = "app")]
    attach: Attach,
    /// A second policy, which is judged beside the first and changes no response
    #[arg(long, value_name = "FILE")]
    report_only: Option<PathBuf>,
    /// Append each event to this file, one JSON object a line
    #[arg(long, value_name = "FILE")]
    events: Option<PathBuf>,
    /// Bind the origin source `@NAME` to the table `origins(origin)` of an SQLite database
    #[arg(long, value_name = "NAME=FILE")]
    source: Vec<Database>,
    /// Stop when standard input ends
    #[arg(long)]
    until_stdin_closes: bool,
}

pub(crate) fn serve(subject: &Subject, serve: &Serve) -> Result<ExitCode, String> {
    if !subject.attach.contains(&serve.attach) {
        return Err(format!("error: {} has no place to attach by {}", subject.name, serve.attach));
    }
    let Some(cors) = load(&serve.config, &serve.source)? else { return Ok(ExitCode::from(2)) };
    let mut cors = CorsHandle::new(cors);
    if let Some(file) = &serve.report_only {
        let Some(next) = load(file, &serve.source)? else { return Ok(ExitCode::from(2)) };
        cors = cors.report_only(&CorsHandle::new(next));
    }
    if let Some(path) = &serve.events {
        let file = File::options().append(true).create(true).open(path);
        let file = Mutex::new(file.map_err(|error| format!("error: {}: {error}", path.display()))?);
        cors = cors.observe(move |event| append(&file, event));
    }
    let (stopper, shutdown) = Stopper::new();
    listen_to_signals(stopper.clone(), cors.clone(), serve.config.clone(), serve.source.clone())
        .map_err(|error| format!("error: {error}"))?;
    if serve.until_stdin_closes {
        stop_at_end_of_input(stopper);
    }
    let listening = Box::new(|addr| announce(&format!("listening on http://{addr}")));
    let site = Site { cors, attach: serve.attach, addr: serve.addr, listening, shutdown };
    (subject.serve)(site).map_err(|error| format!("error: {}: {error}", serve.addr))?;
    Ok(ExitCode::SUCCESS)
}

/// Builds a file. Of one that does not build every error goes to standard error.
fn load(config: &Path, sources: &[Database]) -> Result<Option<Cors>, String> {
    match Source::from_file(config)?.build_with(sources) {
        Ok(cors) => Ok(Some(cors)),
        Err(errors) => {
            errors.iter().for_each(|error| eprintln!("{error}"));
            Ok(None)
        }
    }
}

/// One line, in one call, so that others who append to the file do not come in between.
fn append(file: &Mutex<File>, event: &Event<'_>) {
    let line = serde_json::json!({
        "event": event.kind().name(),
        "reason": event.reason().map(Refusal::name),
        "origin": event.origin().map(|_| event.origin_text()),
        "method": event.method_text(),
        "path": event.path(),
        "resource": event.resource(),
        "rule": event.rule(),
        "missing": event.missing(),
        "source": event.source(),
        "failure": event.failure(),
    });
    let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
    if let Err(error) = file.write_all(format!("{line}\n").as_bytes()) {
        eprintln!("error: the events cannot be written: {error}");
    }
}

fn announce(line: &str) {
    // A parent that does not read the line may have closed the pipe.
    let _ = writeln!(io::stdout(), "{line}").and_then(|()| io::stdout().flush());
}

/// S25: reads the file again. What does not build, or does not fit where it would be attached, changes nothing.
fn replace(cors: &CorsHandle, config: &Path, sources: &[Database]) {
    let replaced = match load(config, sources) {
        Ok(Some(new)) => match cors.replace(new) {
            Ok(_) => true,
            Err(errors) => {
                eprintln!("{errors}");
                false
            }
        },
        Ok(None) => false,
        Err(error) => {
            eprintln!("{error}");
            false
        }
    };
    announce(if replaced { "replaced" } else { "kept" });
}

/// Runs on its own thread and runtime, so that it is the same for every framework.
fn listen_to_signals(
    stopper: Stopper,
    cors: CorsHandle,
    config: PathBuf,
    sources: Vec<Database>,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let signals = {
        let _context = runtime.enter();
        signals(move || replace(&cors, &config, &sources))?
    };
    thread::spawn(move || {
        runtime.block_on(signals);
        stopper.stop();
    });
    Ok(())
}

/// Ends when the server is to stop.
#[cfg(unix)]
fn signals(hang_up: impl Fn()) -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    Ok(async move {
        loop {
            tokio::select! {
                _ = terminate.recv() => break,
                _ = interrupt.recv() => break,
                _ = hangup.recv() => hang_up(),
            }
        }
    })
}

#[cfg(not(unix))]
fn signals(_: impl Fn()) -> io::Result<impl Future<Output = ()>> {
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
