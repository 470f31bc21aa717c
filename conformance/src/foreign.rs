//! A server of another process, started by a command line.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command as Process, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use crate::config::Source;
use crate::server::{Running, Started};
use crate::subject::Attach;

/// How long a command may take until it listens or refuses.
const START: Duration = Duration::from_secs(60);
/// How long it may take to stop before it is killed.
const STOP: Duration = Duration::from_secs(3);

/// A command line with the placeholders `{config}`, `{addr}` and, where it can do both, `{attach}`.
#[derive(Clone, Debug)]
pub struct Command {
    words: Vec<String>,
}

impl Command {
    /// Reads a command line: words between white space, no quoting.
    ///
    /// # Errors
    /// It has no place for the configuration or the address.
    pub fn parse(line: &str) -> Result<Self, String> {
        for placeholder in ["{config}", "{addr}"] {
            if !line.contains(placeholder) {
                return Err(format!("the command has no {placeholder}"));
            }
        }
        Ok(Self { words: line.split_whitespace().map(str::to_owned).collect() })
    }

    /// Both ways if the command has a place for `{attach}`, else around the application.
    pub fn attach(&self) -> &[Attach] {
        match self.words.iter().any(|word| word.contains("{attach}")) {
            true => &[Attach::App, Attach::Resource],
            false => &[Attach::App],
        }
    }

    /// Starts it and reads its first line.
    ///
    /// # Errors
    /// It cannot be started, or neither listens nor refuses with exit status 2.
    pub fn start(&self, source: &Source, attach: Attach) -> Result<Started, String> {
        let config = write(source)?;
        let fill = |word: &String| {
            word.replace("{config}", &config.to_string_lossy())
                .replace("{addr}", "127.0.0.1:0")
                .replace("{attach}", &attach.to_string())
        };
        let words: Vec<_> = self.words.iter().map(fill).collect();
        let mut child = Process::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", words[0]))?;
        let first = first_line(&mut child);
        let errors = errors(&mut child);
        let Ok(line) = first.recv_timeout(START) else {
            stop(child, &config);
            return Err("the command neither listened nor ended".into());
        };
        if let Some(addr) = line.trim().strip_prefix("listening on http://") {
            let addr = addr.parse().map_err(|error| format!("`{}`: {error}", line.trim()))?;
            let process = Some(child.id());
            let mut running = Running::new(addr, move || stop(child, &config));
            running.process = process;
            return Ok(Started::Listening(running));
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        let _ = fs::remove_file(config);
        let errors = errors.recv().unwrap_or_default();
        match (status.code(), line.is_empty()) {
            (Some(2), true) => Ok(Started::Refused(errors)),
            _ => Err(format!(
                "the command ended with {status}, said `{}` and {}",
                line.trim(),
                errors.join(" / ")
            )),
        }
    }
}

fn write(source: &Source) -> Result<PathBuf, String> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("cors-conformance-{}-{number}.{}", process::id(), source.format.ending());
    let path = env::temp_dir().join(name);
    fs::write(&path, &source.text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// The first line on standard output, empty if there is none; the rest is read away.
fn first_line(child: &mut Child) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            let mut line = String::new();
            let _ = reader.read_line(&mut line);
            let _ = sender.send(line);
            let _ = std::io::copy(&mut reader, &mut std::io::sink());
        });
    }
    receiver
}

/// The lines on standard error, once it ends.
fn errors(child: &mut Child) -> mpsc::Receiver<Vec<String>> {
    let (sender, receiver) = mpsc::channel();
    if let Some(mut stderr) = child.stderr.take() {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = stderr.read_to_end(&mut bytes);
            let _ = sender.send(String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect());
        });
    }
    receiver
}

fn stop(mut child: Child, config: &PathBuf) {
    terminate(&child);
    let end = Instant::now() + STOP;
    while Instant::now() < end && matches!(child.try_wait(), Ok(None)) {
        thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let _ = child.wait();
    let _ = fs::remove_file(config);
}

/// Sends SIGTERM.
#[cfg(unix)]
pub fn terminate(child: &Child) {
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

/// Elsewhere the child is killed at once.
#[cfg(not(unix))]
pub fn terminate(_: &Child) {}
