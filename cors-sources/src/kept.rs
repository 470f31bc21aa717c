//! A source that is awaited, with its kept answers.

use std::fmt::{self, Display};
use std::future::Future;
use std::sync::Arc;

use cors_model::{Answering, Asked, Keeping, OriginSource, SourceAnswer};
use tokio::runtime::Handle;
use tokio::time::timeout;

use crate::answers::Answer;
use crate::questions::{Known, Source, Waiting};
use crate::shown::{Borrowed, Question, Shows};

/// A source of origins that is awaited, such as a database, with its kept answers. Bind it with
/// [`CorsConfig::source`](cors_model::CorsConfig::source).
///
/// Cloning it is cheap, and all clones share their answers. Bind a clone to the policy that replaces another one, and it knows what it
/// knew.
#[derive(Clone)]
pub struct Kept {
    source: Arc<Source>,
    shows: Shows,
}

impl Kept {
    /// Asks this function whether an origin belongs. An error, a panic and no answer in time count as no, and are reported.
    ///
    /// It is called in a task of its own, on the Tokio runtime of the request that asks first. When the time is over, its future is
    /// dropped. Do not block in it: use [`tokio::task::spawn_blocking`] for a library that does.
    ///
    /// ```
    /// use cors_sources::{Kept, Question};
    /// # struct Database;
    /// # impl Database { async fn has_tenant(&self, _: &str) -> Result<bool, std::io::Error> { Ok(true) } }
    /// # let database = std::sync::Arc::new(Database);
    ///
    /// let tenants = Kept::new(move |question: Question| {
    ///     let database = database.clone();
    ///     async move { database.has_tenant(question.origin()).await }
    /// });
    /// # let _ = tenants;
    /// ```
    pub fn new<F, A, E>(look_up: F) -> Self
    where
        F: Fn(Question) -> A + Send + Sync + 'static,
        A: Future<Output = Result<bool, E>> + Send + 'static,
        E: Display,
    {
        Self { source: Arc::new(Source::new(look_up)), shows: Shows::default() }
    }

    /// Shows the host of the request, too, for tenants that have hosts of their own. Each host then has its own answers.
    #[must_use]
    pub fn by_host(self) -> Self {
        Self { shows: Shows { host: true, ..self.shows }, ..self }
    }

    /// Shows the resource with its parameters, too, for tenants that are a part of the path. Each set of values then has its own answers.
    #[must_use]
    pub fn by_resource(self) -> Self {
        Self { shows: Shows { resource: true, ..self.shows }, ..self }
    }

    /// Forgets what is kept about an origin, at every host and resource: call it when a tenant changes its origins. A question that is
    /// open is answered, but what it says is not kept.
    pub fn forget(&self, origin: &str) {
        self.source.forget(origin);
    }

    /// How many answers are kept.
    pub fn entries(&self) -> usize {
        self.source.answers.len()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("entries", &self.entries()).finish_non_exhaustive()
    }
}

impl OriginSource for Kept {
    fn ask(&self, asked: &Asked<'_>, keeping: &Keeping) -> Answering {
        let asked = Borrowed { asked, shows: self.shows };
        if let Some(fresh) = self.source.answers.last(&asked).filter(|answer| answer.is_fresh(keeping)) {
            return Answering::Now(fresh.belongs.into());
        }
        let Ok(runtime) = Handle::try_current() else {
            return Answering::Now(SourceAnswer::Failed("it is not asked on a Tokio runtime".into()));
        };
        match self.source.ask(&asked, keeping, &runtime) {
            Known::Answer(belongs) => Answering::Now(belongs.into()),
            Known::Open(waiting, last) => Answering::Later(Box::pin(wait(waiting, last, *keeping))),
        }
    }

    fn kept(&self, asked: &Asked<'_>, keeping: &Keeping) -> Option<bool> {
        let answer = self.source.answers.last(&Borrowed { asked, shows: self.shows });
        answer.filter(|answer| answer.is_fresh(keeping)).map(|answer| answer.belongs)
    }
}

/// Waits for the answer, at most as long as the settings say.
async fn wait(mut waiting: Waiting, last: Option<Answer>, keeping: Keeping) -> SourceAnswer {
    let outcome = async { waiting.wait_for(Option::is_some).await.ok().and_then(|outcome| outcome.clone()) };
    let why = match timeout(keeping.timeout, outcome).await {
        Ok(Some(Ok(belongs))) => return belongs.into(),
        Ok(Some(Err(why))) => why.to_string(),
        // The task was dropped with its runtime.
        Ok(None) => "it was stopped".into(),
        Err(_) => format!("no answer within {} ms", keeping.timeout.as_millis()),
    };
    match last.filter(|answer| answer.is_usable_if_error(&keeping)) {
        Some(last) => SourceAnswer::Stale { belongs: last.belongs, why },
        None => SourceAnswer::Failed(why),
    }
}
