//! An API, a page on another origin that calls it from the browser, and what CORS did to each call.

mod api;
mod blocked;
mod front;
mod notes;
mod page;
mod policy;
mod record;

use std::fmt::Display;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;
use std::sync::{Arc, PoisonError, RwLock};

use clap::Parser;
use cors_model::CorsHandle;
use tokio::net::TcpListener;

use crate::api::Adapter;
use crate::notes::Notes;
use crate::policy::{Mistake, Policy};
use crate::record::Log;

/// Starts an API and, on another origin, a page that calls it from the browser. Both listen on loopback only.
#[derive(Parser)]
#[command(name = "cors-playground")]
struct Arguments {
    /// The adapter around the API, with its framework
    #[arg(long, value_name = "NAME", default_value = "tower")]
    adapter: Adapter,
    /// Port of the page; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    page_port: u16,
    /// Port of the API; 0 takes a free one
    #[arg(long, default_value_t = 8081)]
    api_port: u16,
    /// Port of the stranger's page, an origin that the API does not know [default: 8082, or 0 if the page's is 0]
    #[arg(long)]
    stranger_port: Option<u16>,
}

/// State that both servers share.
struct Playground {
    /// The page's origin.
    page: String,
    /// The API's origin.
    api: String,
    /// The origin that the first configuration does not name.
    stranger: String,
    /// The configuration that the playground starts with.
    initial: String,
    adapter: Adapter,
    /// Where the API serves behind its adapter.
    backend: SocketAddr,
    /// The policy that the API serves.
    serving: CorsHandle,
    /// The same, with its text. Locked while it is replaced, so that replacements come one after the other.
    policy: RwLock<Arc<Policy>>,
    log: Log,
}

impl Playground {
    /// The current policy. A request takes it once and keeps it to the end.
    fn policy(&self) -> Arc<Policy> {
        Arc::clone(&self.policy.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Builds a policy from the text, and replaces the current one by it. On an error nothing changes.
    fn apply(&self, text: String) -> Result<Arc<Policy>, Vec<Mistake>> {
        let cors = policy::build(&text)?;
        let mut current = self.policy.write().unwrap_or_else(PoisonError::into_inner);
        self.serving.replace(cors.clone()).map_err(|errors| policy::mistakes(&text, &errors))?;
        *current = Arc::new(Policy { number: current.number + 1, text, cors });
        Ok(Arc::clone(&current))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(help) if !help.use_stderr() => help.exit(),
        Err(misuse) => return fail(first_paragraph(&misuse.to_string())),
    };
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => fail(failure),
    }
}

/// What is wrong and which values are possible, in one line.
fn first_paragraph(text: &str) -> String {
    text.lines().map(str::trim).take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

fn fail(message: impl Display) -> ExitCode {
    eprintln!("{message}");
    ExitCode::from(2)
}

async fn run(arguments: Arguments) -> Result<(), String> {
    let stranger_port = arguments.stranger_port.unwrap_or(if arguments.page_port == 0 { 0 } else { 8082 });
    let (page, page_origin) = listen(arguments.page_port, "--page-port").await?;
    let (api, api_origin) = listen(arguments.api_port, "--api-port").await?;
    let (stranger, stranger_origin) = listen(stranger_port, "--stranger-port").await?;

    let initial = include_str!("../page/initial.toml").replace("{page}", &page_origin);
    let cors = policy::build(&initial)
        .map_err(|mistakes| mistakes.first().map_or_else(String::new, |first| first.message.clone()))?;
    let (adapter, serving) = (arguments.adapter, CorsHandle::new(cors.clone()));
    let backend = api::start(adapter, Notes::default(), serving.clone())
        .await
        .map_err(|error| format!("error: the API does not start ({error})"))?;
    let playground = Arc::new(Playground {
        page: page_origin,
        api: api_origin,
        stranger: stranger_origin,
        policy: RwLock::new(Arc::new(Policy { number: 1, text: initial.clone(), cors })),
        initial,
        adapter,
        backend,
        serving,
        log: Log::default(),
    });

    announce(&playground);
    tokio::try_join!(
        axum::serve(page, page::page(&playground)).into_future(),
        axum::serve(stranger, page::stranger(&playground)).into_future(),
        axum::serve(api, front::front(&playground)).into_future(),
    )
    .map_err(|error| format!("error: {error}"))?;
    Ok(())
}

async fn listen(port: u16, option: &str) -> Result<(TcpListener, String), String> {
    let failed = |error| {
        format!("error: cannot listen on 127.0.0.1:{port} ({error}); take another port with {option}")
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, format!("http://{address}")))
}

/// Prints the addresses. Errors are ignored: whoever started the program may read only the first line, or nothing.
fn announce(Playground { page, api, stranger, .. }: &Playground) {
    let text = format!("open {page}\nthe API is {api}, a page that it does not know {stranger}\n");
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
