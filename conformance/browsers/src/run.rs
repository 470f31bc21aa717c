//! One engine through every check of every adapter.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cors_conformance::config::{Format, Source};
use cors_conformance::server::{Running, Started};
use cors_conformance::subject::{Attach, Subject};
use cors_conformance::target::Target;
use serde::Serialize;
use serde_json::Value;
use tokio::sync::watch;

use crate::check::{Check, Group};
use crate::record::Recorder;

/// A page that says nothing for so long is lost.
const PATIENCE: Duration = Duration::from_secs(40);

/// The addresses that checks use.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Names {
    /// The page's origin.
    pub(crate) page: String,
    /// Another origin's, with a page that can be framed.
    pub(crate) other: String,
    /// One more name of the page's site, with a page that can be framed.
    pub(crate) sibling: String,
    /// The server, of the page's site. Each adapter has a name of its own, so that a browser keeps nothing of one for another.
    pub(crate) api: String,
    /// The server over TLS.
    pub(crate) tls: String,
}

/// The host's name of an adapter's server.
pub(crate) fn host(adapter: &str) -> String {
    format!("{adapter}.app.localhost")
}

/// What the page is to do.
#[derive(Serialize)]
pub(crate) struct Task {
    name: String,
    run: String,
    #[serde(flatten)]
    names: Names,
}

/// How one check ended.
#[derive(Debug, Serialize)]
pub(crate) struct Ended {
    pub(crate) engine: &'static str,
    pub(crate) adapter: &'static str,
    pub(crate) group: String,
    pub(crate) check: String,
    /// Empty: as it should.
    pub(crate) faults: Vec<String>,
}

/// Hands out the checks and takes back what they found.
pub(crate) struct Conductor {
    names: Names,
    recorder: Arc<Recorder>,
    state: Mutex<State>,
    progress: watch::Sender<Progress>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Progress {
    steps: usize,
    over: bool,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    current: Option<Job>,
    /// The adapter and group of the server that runs.
    server: Option<(&'static str, String, Running)>,
    ended: Vec<Ended>,
}

#[derive(Clone)]
struct Job {
    engine: &'static str,
    subject: &'static Subject,
    group: Arc<Group>,
    check: Check,
}

impl Conductor {
    pub(crate) fn new(names: Names, recorder: Arc<Recorder>) -> Self {
        let (progress, _) = watch::channel(Progress { steps: 0, over: false });
        Self { names, recorder, state: Mutex::default(), progress }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues every check of every adapter for an engine, and returns when its page has done them, or is lost.
    pub(crate) async fn conduct(
        &self,
        engine: &'static str,
        subjects: &[&'static Subject],
        groups: &[Arc<Group>],
        filter: Option<&str>,
    ) {
        let wanted = |check: &&Check| filter.is_none_or(|text| check.name.contains(text));
        let jobs = subjects.iter().flat_map(|&subject| {
            groups.iter().flat_map(move |group| {
                group.checks.iter().filter(wanted).map(move |check| Job {
                    engine,
                    subject,
                    group: Arc::clone(group),
                    check: check.clone(),
                })
            })
        });
        self.state().waiting.extend(jobs);
        let mut progress = self.progress.subscribe();
        self.step(false);
        loop {
            let before = *progress.borrow_and_update();
            if before.over {
                break;
            }
            if tokio::time::timeout(PATIENCE, progress.changed()).await.is_err() {
                break;
            }
        }
        self.give_up();
    }

    /// What has been found since the last call.
    pub(crate) fn take(&self) -> Vec<Ended> {
        std::mem::take(&mut self.state().ended)
    }

    /// The next check, with its server running; none when all are done.
    pub(crate) async fn next(self: &Arc<Self>) -> Option<Task> {
        let conductor = Arc::clone(self);
        let task = tokio::task::spawn_blocking(move || conductor.prepare()).await.ok().flatten();
        self.step(task.is_none());
        task
    }

    fn prepare(&self) -> Option<Task> {
        let mut state = self.state();
        loop {
            let job = state.waiting.pop_front()?;
            let known = |(adapter, group, _): &(&str, String, Running)| {
                *adapter == job.subject.name && *group == job.group.name
            };
            if !state.server.as_ref().is_some_and(known) {
                state.server = None;
                match self.start(&job) {
                    Ok(running) => {
                        self.recorder.lead_to(running.addr);
                        state.server = Some((job.subject.name, job.group.name.clone(), running));
                    }
                    Err(fault) => {
                        state.end(job, vec![fault]);
                        continue;
                    }
                }
            }
            self.recorder.take();
            let named = |url: &str| url.replace("{host}", &host(job.subject.name));
            let (api, tls) = (named(&self.names.api), named(&self.names.tls));
            let names = Names { api, tls, ..self.names.clone() };
            let task = Task { name: job.check.name.clone(), run: job.check.run.clone(), names };
            state.current = Some(job);
            return Some(task);
        }
    }

    fn start(&self, job: &Job) -> Result<Running, String> {
        let text = job.group.config.replace("{page}", &self.names.page).replace("{other}", &self.names.other);
        let text = text.replace("{host}", &host(job.subject.name));
        let source = Source { text, format: Format::Toml };
        match Target::Subject(job.subject).start(&source, Attach::App)? {
            Started::Listening(running) => Ok(running),
            Started::Refused(errors) => Err(errors.join("; ")),
        }
    }

    /// What the page saw in the check of this moment.
    pub(crate) fn ended(&self, seen: Value) {
        let received = self.recorder.take();
        let mut state = self.state();
        if let Some(job) = state.current.take() {
            let faults = job.check.faults(job.engine, &seen, &received);
            state.end(job, faults);
        }
        drop(state);
        self.step(false);
    }

    fn step(&self, over: bool) {
        self.progress.send_modify(|progress| {
            *progress = Progress { steps: progress.steps + 1, over };
        });
    }

    fn give_up(&self) {
        let received = self.recorder.take();
        let mut state = self.state();
        if let Some(job) = state.current.take() {
            state.end(job, vec![format!("the page said nothing more; the server received {received:#?}")]);
        }
        while let Some(job) = state.waiting.pop_front() {
            state.end(job, vec!["the page did not come to it".into()]);
        }
    }
}

impl State {
    fn end(&mut self, job: Job, faults: Vec<String>) {
        let (engine, adapter) = (job.engine, job.subject.name);
        let (group, check) = (job.group.name.clone(), job.check.name);
        self.ended.push(Ended { engine, adapter, group, check, faults });
    }
}
