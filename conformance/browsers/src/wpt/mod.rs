//! The Web Platform Tests on CORS, from a folder, with the library in the place of their handlers' decisions.

mod bridge;
mod handler;
mod pages;
mod policy;
mod suite;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use clap::{Args, ValueEnum};
use tokio::sync::mpsc;

use self::bridge::{Bridge, Judge};
use self::pages::{ALTERNATIVE, HOST, Places};
use self::suite::{Baseline, Judged, Outcome, Reported, Suite};
use crate::engine::Engine;
use crate::tls::{self, Authority};

/// A page that says nothing for so long is lost: more than WPT's own long timeout.
const PATIENCE: Duration = Duration::from_secs(75);

#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder of the Web Platform Tests; CONTRIBUTING.md says where to get it
    #[arg(long)]
    wpt: PathBuf,
    /// An engine, or several: chromium, firefox, webkit; all without it
    #[arg(long)]
    engine: Vec<String>,
    /// The adapter
    #[arg(long, default_value = "tower")]
    adapter: String,
    /// Only files whose path has this text
    #[arg(long)]
    filter: Option<String>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Instead: what WPT's own server at this address (`http://127.0.0.1:8000`) gives, as a new `wpt-baseline.json`
    #[arg(long)]
    baseline: Option<String>,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    /// For the terminal
    #[default]
    Text,
    /// For machines
    Json,
}

/// # Errors
/// What is missing.
pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, String> {
    let engines = crate::engines(&arguments.engine)?;
    let subject = crate::subjects(&[arguments.adapter])?[0];
    let harness = arguments.wpt.join("resources/testharness.js");
    if !harness.is_file() {
        return Err(format!("error: {} is not there; CONTRIBUTING.md says how to get it", harness.display()));
    }
    let (suite, baseline) = Suite::load().map_err(|error| format!("error: {error}"))?;
    let wanted = |file: &&String| arguments.filter.as_ref().is_none_or(|text| file.contains(text));
    let (files, missing) = partition(&arguments.wpt, suite.run.iter().filter(wanted));
    for file in &missing {
        eprintln!("error: {file} is not in {}", arguments.wpt.display());
    }

    let authority = authority()?;
    let (http, first) = crate::listen().await?;
    let (other_http, second) = crate::listen().await?;
    let (https, third) = crate::listen().await?;
    let (other_https, fourth) = crate::listen().await?;
    let (reports, mut reported) = mpsc::unbounded_channel();
    let records = arguments.baseline.is_some();
    let bridge = Arc::new(Bridge {
        folder: arguments.wpt,
        places: Places { http: [first, second], https: [third, fourth] },
        judge: arguments.baseline.map_or(Judge::Ours(subject), Judge::Wpt),
        stash: Default::default(),
        servers: Default::default(),
        client: Bridge::client(),
        waiting: Default::default(),
        reports,
    });
    let served = Arc::clone(&bridge);
    let app = Router::new().fallback(move |request: Request| Arc::clone(&served).answer(request));
    for listener in [http, other_http] {
        tokio::spawn(axum::serve(listener, app.clone()).into_future());
    }
    for listener in [https, other_https] {
        tokio::spawn(tls::serve(listener, authority.acceptor.clone(), app.clone()));
    }

    let mut found = Baseline::new();
    let mut judged = Vec::new();
    for engine in engines {
        let seen = conduct(engine, &files, &bridge, &authority, &mut reported).await?;
        for (file, report) in seen {
            for subtest in &report.subtests {
                let engines = found.entry(file.clone()).or_default().entry(subtest.name.clone()).or_default();
                if subtest.passed {
                    engines.insert(engine.name.to_owned());
                }
            }
            judged.extend(suite.judge(&baseline, engine.name, &file, &report.subtests));
        }
    }
    let pretty = |error: serde_json::Error| format!("error: {error}");
    let text = match (records, arguments.format) {
        (true, _) => serde_json::to_string_pretty(&found).map_err(pretty)? + "\n",
        (false, Format::Json) => serde_json::to_string_pretty(&judged).map_err(pretty)? + "\n",
        (false, Format::Text) => text(&judged),
    };
    io::stdout().write_all(text.as_bytes()).map_err(|error| format!("error: {error}"))?;
    let good = records || !judged.is_empty() && judged.iter().all(|one| one.outcome != Outcome::Fault);
    Ok(match (good, missing.is_empty()) {
        (_, false) => ExitCode::from(2),
        (true, true) => ExitCode::SUCCESS,
        (false, true) => ExitCode::from(1),
    })
}

/// The files that are in the folder, and those that are not, for which a page would be waited for in vain.
fn partition<'a>(folder: &Path, files: impl Iterator<Item = &'a String>) -> (Vec<String>, Vec<String>) {
    files.cloned().partition(|file| folder.join(file).is_file())
}

fn authority() -> Result<Authority, String> {
    let sub = |host: &str| ["", "www.", "www1.", "www2."].map(|label| format!("{label}{host}"));
    let hosts = [HOST, ALTERNATIVE].iter().flat_map(|host| sub(host)).collect();
    Authority::new(hosts).map_err(|error| format!("error: {error}"))
}

/// Opens one file after another, and the browser again where one is lost.
async fn conduct(
    engine: &Engine,
    files: &[String],
    bridge: &Bridge,
    authority: &Authority,
    reported: &mut mpsc::UnboundedReceiver<Reported>,
) -> Result<BTreeMap<String, Reported>, String> {
    let pages: BTreeMap<_, _> = files.iter().map(|file| (bridge.places.page(file), file)).collect();
    bridge.waiting.lock().unwrap_or_else(PoisonError::into_inner).extend(pages.keys().cloned());
    let mut seen: BTreeMap<_, _> = files
        .iter()
        .map(|file| (file.clone(), Reported { path: String::new(), ended: false, subtests: Vec::new() }))
        .collect();
    while let Some(page) = bridge.next() {
        let browser = engine.open(&page, authority)?;
        let mut left = bridge.waiting.lock().unwrap_or_else(PoisonError::into_inner).len() + 1;
        while left > 0 {
            let Ok(Some(mut report)) = tokio::time::timeout(PATIENCE, reported.recv()).await else { break };
            left -= 1;
            let place = pages.iter().find(|(page, _)| page.ends_with(&report.path));
            let Some((_, file)) = place else { continue };
            for subtest in &mut report.subtests {
                subtest.name = bridge.places.neutral(&subtest.name);
                subtest.message = bridge.places.neutral(&subtest.message);
            }
            if !report.ended {
                eprintln!("{}: {file}: the harness did not end well", engine.name);
            }
            seen.insert((*file).clone(), report);
        }
        drop(browser);
    }
    Ok(seen)
}

fn text(judged: &[Judged]) -> String {
    let mut text = String::new();
    let mut engines: Vec<_> = judged.iter().map(|one| one.engine).collect();
    engines.dedup();
    for engine in engines {
        let own = || judged.iter().filter(|one| one.engine == engine);
        let count = |outcome| own().filter(|one| one.outcome == outcome).count();
        let _ = writeln!(
            text,
            "{engine:<9} {} subtests: {} pass, {} fail with WPT's own server too, {} differ as declared, {} faults",
            own().count(),
            count(Outcome::Passed),
            count(Outcome::FailsThere),
            count(Outcome::Differs),
            count(Outcome::Fault)
        );
    }
    for one in judged.iter().filter(|one| one.outcome == Outcome::Fault) {
        let _ = writeln!(text, "\nFAULT {} {}: {}\n  {}", one.engine, one.file, one.subtest, one.message);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_the_folder_lacks_is_not_waited_for() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let files = ["wpt.toml", "cors/basic.htm"].map(String::from);
        let (there, missing) = partition(here, files.iter());
        assert_eq!((there, missing), (vec!["wpt.toml".into()], vec!["cors/basic.htm".to_owned()]));
    }
}
