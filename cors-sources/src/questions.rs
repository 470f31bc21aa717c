//! Questions that wait for their answers: one for each key at a time, and so many in all.

use std::collections::HashMap;
use std::fmt::Display;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use cors_model::Keeping;
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, timeout_at};

use crate::answers::{Answer, Answers};
use crate::shown::{Borrowed, Question};

/// How many questions a source is asked at a time. The others wait.
const AT_A_TIME: usize = 64;

/// What came of a question: the answer, or why there is none.
pub(crate) type Outcome = Result<bool, Arc<str>>;

/// What those who wait for a question see: nothing at first.
pub(crate) type Waiting = watch::Receiver<Option<Outcome>>;

type LookUp = dyn Fn(Question) -> Pin<Box<dyn Future<Output = Outcome> + Send>> + Send + Sync;

/// A source, its kept answers, and the questions that it has not answered yet.
pub(crate) struct Source {
    look_up: Box<LookUp>,
    pub(crate) answers: Answers,
    open: Mutex<HashMap<Question, Waiting>>,
    places: Semaphore,
}

/// What is known of a question.
pub(crate) enum Known {
    Answer(bool),
    /// The answer will come. With the last one that is known.
    Open(Waiting, Option<Answer>),
}

impl Source {
    pub(crate) fn new<F, A, E>(look_up: F) -> Self
    where
        F: Fn(Question) -> A + Send + Sync + 'static,
        A: Future<Output = Result<bool, E>> + Send + 'static,
        E: Display,
    {
        let look_up = move |question| -> Pin<Box<dyn Future<Output = Outcome> + Send>> {
            let answer = look_up(question);
            Box::pin(async { answer.await.map_err(|error| error.to_string().into()) })
        };
        Self {
            look_up: Box::new(look_up),
            answers: Answers::new(),
            open: Mutex::default(),
            places: Semaphore::new(AT_A_TIME),
        }
    }

    /// Asks, unless the answer is kept or somebody else is asking the same.
    pub(crate) fn ask(self: &Arc<Self>, asked: &Borrowed<'_>, keeping: &Keeping, runtime: &Handle) -> Known {
        let mut open = self.open();
        // Looked up once more, since it may have come before this was locked.
        let last = self.answers.last(asked);
        if let Some(fresh) = last.filter(|answer| answer.is_fresh(keeping)) {
            return Known::Answer(fresh.belongs);
        }
        let question = asked.question();
        if let Some(waiting) = open.get(&question) {
            return Known::Open(waiting.clone(), last);
        }
        let (sender, waiting) = watch::channel(None);
        open.insert(question.clone(), waiting.clone());
        // A runtime that is shutting down drops the task at once, which takes the question off the list.
        drop(open);
        let asking = Asking { source: self.clone(), question, waiting: waiting.clone() };
        runtime.spawn(asking.run(sender, *keeping));
        Known::Open(waiting, last)
    }

    /// Keeps no answer about an origin, also none to a question that is open.
    pub(crate) fn forget(&self, origin: &str) {
        let mut open = self.open();
        open.retain(|question, _| question.origin() != origin);
        self.answers.forget(origin);
    }

    fn open(&self) -> MutexGuard<'_, HashMap<Question, Waiting>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One question, in a task of its own: whoever asked it may go away.
struct Asking {
    source: Arc<Source>,
    question: Question,
    waiting: Waiting,
}

impl Asking {
    async fn run(self, sender: watch::Sender<Option<Outcome>>, keeping: Keeping) {
        let late = || Err(format!("no answer within {} ms", keeping.timeout.as_millis()).into());
        let end = Instant::now() + keeping.timeout;
        let answer = async {
            // It fails only if the semaphore is closed, which it never is.
            let _place = self.source.places.acquire().await;
            if Instant::now() >= end {
                return late();
            }
            caught(|| (self.source.look_up)(self.question.clone())).await
        };
        let outcome = timeout_at(end, answer).await.unwrap_or_else(|_| late());
        self.close(|| {
            if let Ok(belongs) = outcome {
                self.source.answers.keep(self.question.clone(), belongs, &keeping);
            }
        });
        // Nobody may be waiting any more.
        let _ = sender.send(Some(outcome));
    }

    /// Takes the question off the list. What comes of it counts only if it was still there.
    fn close(&self, then: impl FnOnce()) {
        let mut open = self.source.open();
        if open.get(&self.question).is_some_and(|waiting| waiting.same_channel(&self.waiting)) {
            open.remove(&self.question);
            then();
        }
    }
}

/// Also where the task is dropped with its runtime: the next who asks begins anew.
impl Drop for Asking {
    fn drop(&mut self) {
        self.close(|| ());
    }
}

/// The outcome of a look-up that may panic, at once or later.
async fn caught(look_up: impl FnOnce() -> Pin<Box<dyn Future<Output = Outcome> + Send>>) -> Outcome {
    let panicked = || Err("it panicked".into());
    let Ok(mut answer) = catch_unwind(AssertUnwindSafe(look_up)) else { return panicked() };
    poll_fn(|context| {
        let poll = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
        poll.unwrap_or_else(|_| Poll::Ready(panicked()))
    })
    .await
}
