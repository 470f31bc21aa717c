//! The policy and the next one, each in a file that is read again when it changes.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cors_tower::{Cors, CorsConfig, CorsHandle, count_event};
use metrics::gauge;
use tracing::{error, info};

/// 1 while what serves is what the file says, 0 while the file is wrong.
const SERVES: &str = "cors_policy_serves_its_file";

/// Two files, and the handles through which their policies serve.
pub(crate) struct Files {
    policy: File,
    next: File,
    pub(crate) serving: CorsHandle,
    next_serving: CorsHandle,
}

struct File {
    path: PathBuf,
    /// When the file that was read last was written, and its length. None if there was no file.
    written: Option<(SystemTime, u64)>,
}

/// Which files to read again.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    Changed,
    All,
}

impl Files {
    /// Reads both files. Without a file for the next policy nothing is reported.
    pub(crate) fn open(policy: PathBuf, next: PathBuf) -> Result<Self, String> {
        let (policy, next) = (File::at(policy), File::at(next));
        let cors = policy.read()?;
        let next_cors = if next.written.is_some() { next.read()? } else { cors.clone() };
        let next_serving = CorsHandle::new(next_cors);
        ["policy", "next policy"].into_iter().for_each(|what| gauge!(SERVES, "policy" => what).set(1));
        let serving = CorsHandle::new(cors).report_only(&next_serving).observe(count_event);
        Ok(Self { policy, next, serving, next_serving })
    }

    /// Reads what has changed since the last look, or everything.
    pub(crate) fn look(&mut self, look: Look) {
        let policy = self.policy.has_changed() || look == Look::All;
        // Without a file of its own, the next policy is the one that serves.
        let next = self.next.has_changed() || look == Look::All || policy && self.next.written.is_none();
        if policy {
            replace("policy", self.policy.read(), &self.serving);
        }
        if next {
            let read = match self.next.written {
                Some(_) => self.next.read(),
                None => Ok(self.serving.current()),
            };
            replace("next policy", read, &self.next_serving);
        }
    }
}

/// Says what has changed, or why nothing has.
fn replace(what: &'static str, read: Result<Cors, String>, serving: &CorsHandle) {
    let replaced = read.and_then(|cors| {
        let difference = serving.current().difference(&cors);
        serving.replace(cors).map_err(|errors| errors.to_string())?;
        Ok(difference)
    });
    match &replaced {
        Ok(difference) => info!("the {what} was replaced: {}", on_one_line(difference)),
        Err(error) => error!("the {what} was kept: {}", on_one_line(error)),
    }
    gauge!(SERVES, "policy" => what).set(u8::from(replaced.is_ok()));
}

fn on_one_line(text: impl ToString) -> String {
    text.to_string().trim_end().replace('\n', "; ")
}

impl File {
    fn at(path: PathBuf) -> Self {
        Self { written: written(&path), path }
    }

    fn has_changed(&mut self) -> bool {
        let written = written(&self.path);
        let has_changed = written != self.written;
        self.written = written;
        has_changed
    }

    /// The error names the file.
    fn read(&self) -> Result<Cors, String> {
        let read = || -> Result<Cors, Box<dyn Error>> {
            let config: CorsConfig = toml::from_str(&fs::read_to_string(&self.path)?)?;
            Ok(config.build()?)
        };
        read().map_err(|error| format!("{}: {error}", self.path.display()))
    }
}

fn written(path: &Path) -> Option<(SystemTime, u64)> {
    let file = fs::metadata(path).ok()?;
    Some((file.modified().ok()?, file.len()))
}
