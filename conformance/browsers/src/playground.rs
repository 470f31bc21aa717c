//! The playground's own page in each engine: every experiment must come out as the page says that it will.

use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{ChildStdout, Command};
use tokio::time::timeout;

use crate::engine::Engine;
use crate::run::Ended;
use crate::tls::Authority;

/// For the compiler, and for the page.
const PATIENCE: Duration = Duration::from_secs(600);

/// Opens the playground's page, whose API is behind an adapter.
pub(crate) async fn check(
    engine: &Engine,
    adapter: &'static str,
    authority: &Authority,
) -> Result<Vec<Ended>, String> {
    let failed = |what: &str| format!("error: the playground: {what}");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut program = Command::new(cargo)
        .args(["run", "--quiet", "--package", "cors-playground", "--"])
        .args(["--adapter", adapter, "--page-port", "0", "--api-port", "0"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(&error.to_string()))?;
    let mut lines = BufReader::new(program.stdout.take().ok_or_else(|| failed("no output"))?).lines();
    let page = after(&mut lines, "open ").await.ok_or_else(|| failed("does not start"))?;
    let browser = engine.open(&format!("{page}/?autorun"), authority)?;
    let outcomes = after(&mut lines, "autorun ").await;
    drop(browser);
    let outcomes: Vec<Value> = serde_json::from_str(&outcomes.unwrap_or_default())
        .map_err(|_| failed("its page does not report"))?;
    let ended = |outcome: &Value| {
        let text = |name: &str| outcome[name].as_str().unwrap_or_default().to_owned();
        let faults = match &*text("match") {
            "same" => Vec::new(),
            _ => vec![format!("{}, expected {}", text("outcome"), text("expected"))],
        };
        Ended { engine: engine.name, adapter, group: "playground".into(), check: text("title"), faults }
    };
    Ok(outcomes.iter().map(ended).collect())
}

/// The rest of the first line that begins so.
async fn after(lines: &mut Lines<BufReader<ChildStdout>>, start: &str) -> Option<String> {
    while let Ok(Ok(Some(line))) = timeout(PATIENCE, lines.next_line()).await {
        if let Some(rest) = line.strip_prefix(start) {
            return Some(rest.to_owned());
        }
    }
    None
}
