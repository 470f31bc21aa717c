//! The advice on a policy, in the log of the program that attaches it (S23).

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::policy::Cors;
use crate::tell::log::{TARGET, shows_warnings};
use crate::tell::text::escaped;

impl Cors {
    /// Warns of all that could be better, once for each policy. Equal policies count as one: an application may build its policy once for
    /// each worker.
    pub(crate) fn log_advice(&self) {
        if self.advice().is_empty() || !shows_warnings() || !is_new(self) {
            return;
        }
        for advice in self.advice() {
            let (place, text) = (advice.place().to_string(), advice.text());
            let (place, text) = (escaped(place.as_bytes()), escaped(text.as_bytes()));
            tracing::warn!(target: TARGET, rule = "S23", "advice on the CORS policy: {place}: {text}");
        }
    }
}

/// The policies that were logged, as hashes.
static LOGGED: LazyLock<Mutex<Logged>> = LazyLock::new(Mutex::default);

#[derive(Default)]
struct Logged {
    seed: RandomState,
    policies: HashSet<u64>,
}

/// Where so many policies have replaced each other, one may be logged again.
const MOST: usize = 1024;

fn is_new(cors: &Cors) -> bool {
    let mut logged = LOGGED.lock().unwrap_or_else(PoisonError::into_inner);
    let policy = logged.seed.hash_one(format!("{cors:?}"));
    if logged.policies.len() == MOST {
        logged.policies.clear();
    }
    logged.policies.insert(policy)
}
