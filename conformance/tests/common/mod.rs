//! A conformance server in a process of its own, in front of one adapter.
#![allow(dead_code, reason = "each test uses a part of it")]

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use cors_conformance::subject::{Attach, SUBJECTS};
use cors_conformance::wire::{Request, Response, send};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// Stops when it is dropped.
pub(crate) struct Server {
    pub(crate) addr: SocketAddr,
    pub(crate) child: Child,
    lines: BufReader<ChildStdout>,
    files: TempDir,
}

impl Server {
    /// With a configuration in `config.toml` and its events in `events.jsonl`, and with more arguments. They may name files in the
    /// server's folder.
    pub(crate) fn start(
        adapter: &str,
        attach: Attach,
        config: &str,
        more: impl FnOnce(&Path) -> Vec<OsString>,
    ) -> Self {
        let files = TempDir::new().unwrap();
        let config_file = files.path().join("config.toml");
        fs::write(&config_file, config).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_cors-conformance"))
            .args(["serve", "--adapter", adapter, "--attach", &attach.to_string(), "--config"])
            .arg(config_file)
            .arg("--events")
            .arg(files.path().join("events.jsonl"))
            .args(more(files.path()))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let first = line(&mut lines);
        let addr = first.strip_prefix("listening on http://").unwrap_or_else(|| panic!("`{first}`"));
        Self { addr: addr.parse().unwrap(), child, lines, files }
    }

    /// A file in the server's folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    /// Has it read its configuration again, and returns the line with which it answers.
    pub(crate) fn hang_up(&mut self) -> String {
        let pid = Pid::from_raw(self.child.id().try_into().unwrap()).unwrap();
        kill_process(pid, Signal::HUP).unwrap();
        line(&mut self.lines)
    }

    /// Sends a request, such as `GET /hello`, with these header lines.
    pub(crate) fn send(&self, request: &str, lines: &[&str]) -> Response {
        let (method, target) = request.split_once(' ').unwrap();
        let lines = lines.iter().map(|line| line.as_bytes().to_vec()).collect();
        send(self.addr, &Request { method: method.into(), target: target.into(), lines }).got.unwrap()
    }

    /// All events so far.
    pub(crate) fn events(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.file("events.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn line(lines: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    lines.read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}

/// Every adapter in every way of attaching.
pub(crate) fn places() -> impl Iterator<Item = (&'static str, Attach)> {
    SUBJECTS.iter().flat_map(|subject| subject.attach.iter().map(|&attach| (subject.name, attach)))
}
