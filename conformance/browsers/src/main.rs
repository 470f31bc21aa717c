//! Every adapter in front of real browsers: what a page could see, and what the server received.

mod aiohttp;
mod check;
mod engine;
mod playground;
mod rebind;
mod record;
mod report;
mod run;
mod site;
mod tls;
mod wpt;

use std::io::{self, Write};
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, Parser, Subcommand, ValueEnum};
use cors_conformance::subject::{self, SUBJECTS, Subject, app};
use tokio::net::TcpListener;

use crate::check::Group;
use crate::engine::{ENGINES, Engine};
use crate::record::{Origins, Recorder};
use crate::run::{Conductor, Ended, Names};
use crate::tls::Authority;

/// Opens a page in each engine, which does every check for every adapter.
#[derive(Parser)]
#[command(name = "cors-browsers", args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    suite: Option<Suite>,
    #[command(flatten)]
    arguments: Arguments,
}

#[derive(Subcommand)]
enum Suite {
    /// The Web Platform Tests on CORS, with the library in the place of their handlers' decisions
    Wpt(wpt::Arguments),
}

#[derive(Args)]
struct Arguments {
    /// An engine, or several: chromium, firefox, webkit; all without it
    #[arg(long)]
    engine: Vec<String>,
    /// An adapter, or several; all without it
    #[arg(long)]
    adapter: Vec<String>,
    /// Only checks whose name has this text
    #[arg(long)]
    filter: Option<String>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For the terminal
    #[default]
    Text,
    /// One page by itself
    Html,
    /// For machines
    Json,
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(help) if !help.use_stderr() => help.exit(),
        Err(misuse) => return fail(misuse.to_string().lines().next().unwrap_or("error: unknown argument")),
    };
    app::hush_the_panic();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let outcome = runtime.map_err(|error| format!("error: {error}")).and_then(|runtime| {
        runtime.block_on(async {
            match cli.suite {
                None => run(cli.arguments).await,
                Some(Suite::Wpt(arguments)) => wpt::run(arguments).await,
            }
        })
    });
    match outcome {
        Ok(code) => code,
        Err(error) => fail(&error),
    }
}

fn fail(text: &str) -> ExitCode {
    eprintln!("{text}");
    ExitCode::from(2)
}

async fn run(arguments: Arguments) -> Result<ExitCode, String> {
    let engines = engines(&arguments.engine)?;
    let subjects = subjects(&arguments.adapter)?;
    let mut groups = check::load()?;
    groups.extend(aiohttp::groups());
    let groups: Vec<_> = groups.into_iter().map(Arc::new).collect();
    let authority = Authority::new(subjects.iter().map(|subject| run::host(subject.name)).collect())
        .map_err(|error| format!("error: {error}"))?;
    let work = Arc::new(Work { subjects, groups, filter: arguments.filter, authority });
    // All engines at once: a browser waits more than it works.
    let runs: Vec<_> =
        engines.into_iter().map(|engine| tokio::spawn(Arc::clone(&work).run(engine))).collect();
    let mut ended: Vec<Ended> = Vec::new();
    for run in runs {
        ended.extend(run.await.map_err(|error| format!("error: {error}"))??);
    }
    let text = match arguments.format {
        Format::Text => report::text(&ended),
        Format::Html => report::html(&ended),
        Format::Json => report::json(&ended),
    };
    io::stdout().write_all(text.as_bytes()).map_err(|error| format!("error: {error}"))?;
    let good = !ended.is_empty() && ended.iter().all(|ended| ended.faults.is_empty());
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What each engine has to do.
struct Work {
    subjects: Vec<&'static Subject>,
    groups: Vec<Arc<Group>>,
    filter: Option<String>,
    authority: Authority,
}

impl Work {
    /// Opens an engine, whose page has a server of its own.
    async fn run(self: Arc<Self>, engine: &'static Engine) -> Result<Vec<Ended>, String> {
        let (page, page_port) = listen().await?;
        let (other, other_port) = listen().await?;
        let (plain, plain_port) = listen().await?;
        let (secure, secure_port) = listen().await?;
        let names = Names {
            page: format!("http://client.app.localhost:{page_port}"),
            other: format!("http://other.localhost:{other_port}"),
            sibling: format!("http://hop.app.localhost:{plain_port}"),
            api: format!("http://{{host}}:{plain_port}"),
            tls: format!("https://{{host}}:{secure_port}"),
        };
        let origins = Origins { page: names.page.clone(), other: names.other.clone() };
        let recorder = Arc::new(Recorder::new(origins, names.sibling.clone()));
        let url = format!("{}/", names.page);
        let conductor = Arc::new(Conductor::new(names, Arc::clone(&recorder)));
        tokio::spawn(site::serve(page, other, Arc::clone(&conductor), Arc::clone(&recorder)));
        tokio::spawn(recorder.serve(plain, secure, self.authority.acceptor.clone()));

        let browser = engine.open(&url, &self.authority)?;
        conductor.conduct(engine.name, &self.subjects, &self.groups, self.filter.as_deref()).await;
        drop(browser);
        let mut ended = conductor.take();
        if self.filter.is_none() {
            ended.extend(playground::check(engine, self.subjects[0].name, &self.authority).await?);
        }
        Ok(ended)
    }
}

async fn listen() -> Result<(TcpListener, u16), String> {
    let failed = |error| format!("error: cannot listen on loopback: {error}");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    Ok((listener, port))
}

fn engines(wanted: &[String]) -> Result<Vec<&'static Engine>, String> {
    let known = || ENGINES.iter().map(|engine| engine.name).collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        let found = ENGINES.iter().find(|engine| engine.name == name);
        found.ok_or_else(|| format!("error: there is no engine `{name}`; there are: {}", known()))
    };
    let engines: Vec<_> = match wanted.is_empty() {
        true => ENGINES.iter().collect(),
        false => wanted.iter().map(find).collect::<Result<_, _>>()?,
    };
    engines.iter().try_for_each(|engine| engine.check())?;
    Ok(engines)
}

fn subjects(wanted: &[String]) -> Result<Vec<&'static Subject>, String> {
    let find =
        |name: &String| subject::find(name).ok_or_else(|| format!("error: there is no adapter `{name}`"));
    match wanted.is_empty() {
        true => Ok(SUBJECTS.iter().collect()),
        false => wanted.iter().map(find).collect(),
    }
}
