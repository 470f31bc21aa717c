//! jsdom and happy-dom, which have CORS in code of their own, in front of a conformance server.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

/// With status 1 where a client sees something else than it should, and 2 where nothing could be asked.
pub(crate) fn run(root: &Path) -> ExitCode {
    match ask(root) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn ask(root: &Path) -> Result<bool, String> {
    for program in ["node", "npm"] {
        let version =
            Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        version.map_err(|_| format!("{program} is not here: install Node 20 or newer"))?;
    }
    let folder = install(root)?;
    let server = Server::start(root)?;
    let status = Command::new("node").args(["clients.mjs", &server.url]).current_dir(&folder).status();
    Ok(status.map_err(|error| format!("node: {error}"))?.success())
}

/// What the lock file names, outside of the sources.
fn install(root: &Path) -> Result<PathBuf, String> {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |target| root.join(target));
    let folder = target.join("clients");
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for name in ["package.json", "package-lock.json", "clients.mjs"] {
        let from = root.join("conformance/browsers/clients").join(name);
        fs::copy(&from, folder.join(name)).map_err(|error| format!("{}: {error}", from.display()))?;
    }
    let arguments = ["ci", "--no-audit", "--no-fund", "--silent"];
    let status = Command::new("npm").args(arguments).current_dir(&folder).status();
    match status.map_err(|error| format!("npm: {error}"))?.success() {
        true => Ok(folder),
        false => Err("npm ci failed".into()),
    }
}

/// A conformance server, until this is dropped: it stops when its standard input is closed.
struct Server {
    child: Child,
    url: String,
}

impl Server {
    fn start(root: &Path) -> Result<Self, String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut child = Command::new(cargo)
            .args(["run", "--quiet", "--package", "cors-conformance", "--", "serve", "--adapter", "tower"])
            .args([
                "--config",
                "conformance/browsers/clients/config.toml",
                "--addr",
                "127.0.0.1:0",
                "--until-stdin-closes",
            ])
            .current_dir(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cargo: {error}"))?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            let _ = BufReader::new(output).read_line(&mut line);
        }
        match line.trim().strip_prefix("listening on ") {
            Some(url) => Ok(Self { child, url: url.to_owned() }),
            None => Err("the conformance server did not start".into()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
