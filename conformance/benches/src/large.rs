//! What does not show in one request: building a large policy, and two threads that share one.

use std::fmt;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

use allocation_counter::measure;
use cors_model::{CorsConfig, Resource, ResourceOptions, Route};
use serde::{Deserialize, Serialize};

use crate::framework::{self, Around};
use crate::scenario::{self, Scenario};

/// A policy of 10,000 origins and 1,000 resources with four routes each is built, and used by two threads.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Large {
    /// On the machine that measured it.
    pub(crate) build_milliseconds: f64,
    /// What the policy holds once it is built.
    pub(crate) megabytes: f64,
    /// How many allowed requests two threads answer in the time in which one answers one, around a tower service: without CORS, with a
    /// policy that writes only values that count no reference, and with one that has a list of exposed names.
    pub(crate) two_threads_bare: f64,
    pub(crate) two_threads_without_names: f64,
    pub(crate) two_threads_with_names: f64,
}

impl fmt::Display for Large {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "10,000 origins and 1,000 resources with four routes each are built in {:.0} ms and held in {:.1} MB.\n\nTwo threads \
             that share a policy do {:.2} times the work of one, {:.2} times where no names are exposed, and {:.2} times without CORS. \
             Both count the references of the list of exposed names, the one value that they share.",
            self.build_milliseconds,
            self.megabytes,
            self.two_threads_with_names,
            self.two_threads_without_names,
            self.two_threads_bare
        )
    }
}

pub(crate) fn run() -> Large {
    let config = config();
    let start = Instant::now();
    let mut cors = None;
    let counted = measure(|| cors = Some(config.build()));
    let build_milliseconds = start.elapsed().as_secs_f64() * 1e3;
    drop(cors);
    let scenario = scenario::ALL.iter().find(|scenario| scenario.name == "B").expect("it is there");
    let without_names = scenario::without_names();
    let [two_threads_bare, two_threads_without_names, two_threads_with_names] = two_threads(
        scenario,
        [&|| Around::Floor, &|| Around::Ours(&without_names), &|| Around::Ours(&scenario.cors)],
    );
    Large {
        build_milliseconds,
        megabytes: counted.bytes_current as f64 / 1e6,
        two_threads_bare,
        two_threads_without_names,
        two_threads_with_names,
    }
}

fn config() -> CorsConfig {
    let options = || ResourceOptions::new().allow_credentials().allow_headers(["x-one"]).max_age(600);
    let origins: Vec<_> = (0..10_000).map(|n| (format!("https://app-{n}.example.com"), options())).collect();
    let resource = |n: usize| {
        let route = |method: &str| {
            Route::on(method).also(format!("https://{n}.{}.example", method.to_ascii_lowercase()), options())
        };
        ["GET", "POST", "PUT", "DELETE"]
            .map(route)
            .into_iter()
            .fold(Resource::at(format!("/r{n}/{{id}}")), Resource::add)
    };
    (0..1_000).map(resource).fold(CorsConfig::new().defaults(origins), CorsConfig::add)
}

/// How often each is tried, in turns: a machine that others use, too, often has one core for this alone.
const TRIES: usize = 75;

/// How much faster two threads are than one: the median of many tries, in each of which both do the same work.
fn two_threads<'a, const N: usize>(
    scenario: &'static Scenario,
    arounds: [&(dyn Fn() -> Around<'a> + Sync); N],
) -> [f64; N] {
    let mut ratios = [const { Vec::new() }; N];
    for _ in 0..TRIES {
        for (around, ratios) in arounds.iter().zip(&mut ratios) {
            ratios.push(ratio(scenario, *around));
        }
    }
    ratios.map(|mut ratios| {
        ratios.sort_by(f64::total_cmp);
        ratios[ratios.len() / 2]
    })
}

fn ratio<'a>(scenario: &'static Scenario, around: &(dyn Fn() -> Around<'a> + Sync)) -> f64 {
    let work = |start: &Barrier| {
        let application = (framework::ALL[0].application)(around()).expect("tower has all but peers");
        let requests: Vec<_> = (0..40).map(|_| application.requests(&scenario.ask, 500)).collect();
        start.wait();
        let begin = Instant::now();
        requests.into_iter().for_each(|requests| requests());
        begin.elapsed().as_secs_f64()
    };
    let alone = work(&Barrier::new(1));
    let start = Barrier::new(2);
    let both = thread::scope(|scope| {
        let other = scope.spawn(|| work(&start));
        let one = work(&start);
        one.max(other.join().unwrap_or(one))
    });
    2.0 * alone / both
}
