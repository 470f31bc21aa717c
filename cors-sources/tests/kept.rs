//! Kept answers (S26). Time is paused: it goes on by itself where everybody waits, so nothing here takes long.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cors_model::{Answers, Asking, Cors, CorsConfig, CorsRequest, Resource, ResourceOptions, SourceSettings};
use cors_sources::{Kept, Question};
use http::{HeaderMap, HeaderValue};
use tokio::task::JoinSet;
use tokio::time::{Instant, advance, sleep};

const A: &str = "https://a.example";
const B: &str = "https://b.example";

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A database of origins, which counts what it is asked.
#[derive(Clone, Default)]
struct Database(Arc<Inner>);

#[derive(Default)]
struct Inner {
    rows: Mutex<HashMap<String, bool>>,
    takes: Mutex<Duration>,
    is_broken: AtomicBool,
    asked: AtomicUsize,
    at_a_time: AtomicUsize,
    most_at_a_time: AtomicUsize,
}

impl Database {
    fn with(origins: &[&str]) -> Self {
        let database = Self::default();
        origins.iter().for_each(|origin| database.set(origin, true));
        database
    }

    fn set(&self, origin: &str, belongs: bool) {
        self.0.rows.lock().unwrap().insert(origin.into(), belongs);
    }

    fn takes(self, time: Duration) -> Self {
        *self.0.takes.lock().unwrap() = time;
        self
    }

    fn set_broken(&self, is_broken: bool) {
        self.0.is_broken.store(is_broken, Ordering::Relaxed);
    }

    fn asked(&self) -> usize {
        self.0.asked.load(Ordering::Relaxed)
    }

    fn kept(&self) -> Kept {
        let database = self.clone();
        Kept::new(move |question: Question| {
            let database = database.clone();
            async move { database.look_up(question.origin()).await }
        })
    }

    async fn look_up(&self, origin: &str) -> Result<bool, String> {
        let inner = &*self.0;
        inner.asked.fetch_add(1, Ordering::Relaxed);
        let _place = Place::take(inner);
        let takes = *inner.takes.lock().unwrap();
        let row = inner.rows.lock().unwrap().get(origin).copied();
        if !takes.is_zero() {
            sleep(takes).await;
        }
        if inner.is_broken.load(Ordering::Relaxed) {
            return Err("the database is locked".into());
        }
        Ok(row.unwrap_or(false))
    }
}

/// Counts questions at a time, also those that are dropped.
struct Place<'a>(&'a Inner);

impl<'a> Place<'a> {
    fn take(inner: &'a Inner) -> Self {
        let now = inner.at_a_time.fetch_add(1, Ordering::Relaxed) + 1;
        inner.most_at_a_time.fetch_max(now, Ordering::Relaxed);
        Self(inner)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.at_a_time.fetch_sub(1, Ordering::Relaxed);
    }
}

fn policy(kept: &Kept, settings: SourceSettings) -> Cors {
    CorsConfig::new()
        .source("tenants", kept.clone())
        .source_settings("tenants", settings)
        .defaults([("@tenants", ResourceOptions::new())])
        .all_resources()
        .build()
        .unwrap()
}

fn settings() -> SourceSettings {
    SourceSettings::new()
}

fn lines(lines: &[(&'static str, &str)]) -> HeaderMap {
    lines
        .iter()
        .map(|&(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap()))
        .collect()
}

/// A request to `/` at a host.
fn ask(cors: &Cors, origin: &str, host: &str) -> Asking {
    let headers = lines(&[("origin", origin), ("host", host)]);
    cors.ask(&CorsRequest::new("/", "GET", &headers))
}

async fn answers(asking: Asking) -> Answers {
    match asking {
        Asking::Now(answers) => answers,
        Asking::Later(answers) => answers.await.1,
    }
}

fn is_shared(cors: &Cors, origin: &str, answers: Answers) -> bool {
    let headers = lines(&[("origin", origin)]);
    cors.judge(&CorsRequest::new("/", "GET", &headers).answers(answers)).refusal().is_none()
}

/// Whether the origin belongs, asked or kept.
async fn belongs(cors: &Cors, origin: &str) -> bool {
    let answers = answers(ask(cors, origin, "api.example")).await;
    is_shared(cors, origin, answers)
}

/// Why the source failed, if it did.
async fn failure(cors: &Cors, origin: &str) -> Option<String> {
    let answers = answers(ask(cors, origin, "api.example")).await;
    let headers = lines(&[("origin", origin)]);
    let explanation = cors.explain(&CorsRequest::new("/", "GET", &headers).answers(answers));
    let mut steps = explanation.steps().iter().map(|step| step.text());
    steps.find_map(|text| text.strip_prefix("the source @tenants failed: ")).map(Into::into)
}

#[tokio::test(start_paused = true)]
async fn answers_are_kept_for_their_time() {
    let database = Database::with(&[A]);
    let cors = policy(&database.kept(), settings());
    for origin in [A, B, A, B] {
        assert_eq!(belongs(&cors, origin).await, origin == A);
    }
    assert_eq!(database.asked(), 2);
    assert!(matches!(ask(&cors, A, "api.example"), Asking::Now(_)), "nobody waits for a kept answer");
    database.set(A, false);
    database.set(B, true);
    advance(ms(4_999)).await;
    assert!(belongs(&cors, A).await && !belongs(&cors, B).await);
    advance(ms(1)).await;
    assert!(belongs(&cors, A).await && belongs(&cors, B).await, "a no is kept for 5 seconds");
    advance(seconds(55)).await;
    assert!(!belongs(&cors, A).await, "a yes is kept for 60 seconds");
    assert_eq!(database.asked(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_ttl_of_zero_keeps_nothing() {
    let database = Database::with(&[A]);
    let kept = database.kept();
    let cors = policy(&kept, settings().ttl(seconds(0)).negative_ttl(seconds(0)));
    for _ in 0..3 {
        assert!(belongs(&cors, A).await && !belongs(&cors, B).await);
    }
    assert_eq!((database.asked(), kept.entries()), (6, 0));
}

#[tokio::test(start_paused = true)]
async fn one_question_at_a_time_for_one_key() {
    let database = Database::with(&[A]).takes(ms(100));
    let cors = policy(&database.kept(), settings());
    let mut requests = JoinSet::new();
    for _ in 0..100 {
        let cors = cors.clone();
        requests.spawn(async move { belongs(&cors, A).await });
    }
    assert!(requests.join_all().await.into_iter().all(|belongs| belongs));
    assert_eq!(database.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_cancels_nobodys_answer() {
    let database = Database::with(&[A]).takes(ms(100));
    let kept = database.kept();
    let cors = policy(&kept, settings());
    for _ in 0..500 {
        let Asking::Later(waiting) = ask(&cors, A, "api.example") else { panic!("not later") };
        assert!(tokio::time::timeout(ms(0), waiting).await.is_err());
    }
    assert!(belongs(&cors, A).await);
    assert_eq!((database.asked(), kept.entries()), (1, 1));
    // Nobody at all waits for this one.
    drop(ask(&cors, B, "api.example"));
    sleep(ms(101)).await;
    assert_eq!((database.asked(), kept.entries()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_no_and_is_not_kept() {
    let database = Database::with(&[A]);
    let kept = database.kept();
    let cors = policy(&kept, settings());
    database.set_broken(true);
    assert_eq!(failure(&cors, A).await.as_deref(), Some("the database is locked"));
    assert!(!belongs(&cors, A).await);
    assert_eq!(kept.entries(), 0);
    database.set_broken(false);
    assert!(belongs(&cors, A).await);
    assert_eq!(failure(&cors, A).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure() {
    async fn panics(_: Question) -> Result<bool, String> {
        tokio::task::yield_now().await;
        panic!("a bug")
    }
    fn panics_at_once(_: Question) -> std::future::Ready<Result<bool, String>> {
        panic!("a bug")
    }
    for kept in [Kept::new(panics), Kept::new(panics_at_once)] {
        let cors = policy(&kept, settings());
        for _ in 0..100 {
            assert_eq!(failure(&cors, A).await.as_deref(), Some("it panicked"));
        }
        assert!(!belongs(&cors, A).await);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_longer_than_the_time_out_and_no_place_stays_taken() {
    let database = Database::with(&[A]).takes(seconds(1_000_000));
    let kept = database.kept();
    let cors = policy(&kept, settings().timeout(ms(200)));
    let start = Instant::now();
    assert_eq!(failure(&cors, A).await.as_deref(), Some("no answer within 200 ms"));
    assert_eq!(start.elapsed(), ms(200));
    // Far more than have a place.
    let mut requests = JoinSet::new();
    for at in 0..1_000 {
        let cors = cors.clone();
        requests.spawn(async move { belongs(&cors, &format!("https://t{at}.example")).await });
    }
    assert!(requests.join_all().await.into_iter().all(|belongs| !belongs));
    assert_eq!(start.elapsed(), ms(400));
    sleep(ms(1)).await;
    assert_eq!(database.0.most_at_a_time.load(Ordering::Relaxed), 64);
    assert_eq!((database.0.at_a_time.load(Ordering::Relaxed), kept.entries()), (0, 0));
    let database = database.takes(ms(0));
    assert!(belongs(&cors, A).await);
    assert_eq!(database.asked(), 66);
}

#[tokio::test(start_paused = true)]
async fn who_comes_late_waits_no_longer_than_the_question() {
    let database = Database::with(&[A]).takes(seconds(9));
    let cors = policy(&database.kept(), settings());
    drop(ask(&cors, A, "api.example"));
    sleep(ms(300)).await;
    let start = Instant::now();
    assert!(!belongs(&cors, A).await);
    assert_eq!((start.elapsed(), database.asked()), (ms(200), 1));
}

#[tokio::test(start_paused = true)]
async fn the_last_known_answer_counts_where_the_source_fails() {
    let database = Database::with(&[A]);
    let cors = policy(&database.kept(), settings().ttl(seconds(10)).stale_if_error(seconds(20)));
    assert!(belongs(&cors, A).await && !belongs(&cors, B).await);
    database.set(B, true);
    database.set_broken(true);
    advance(ms(29_999)).await;
    assert!(belongs(&cors, A).await);
    assert_eq!(
        failure(&cors, A).await.as_deref(),
        Some("the database is locked"),
        "that is told all the same"
    );
    assert!(!belongs(&cors, B).await);
    let slow = database.clone().takes(seconds(9));
    slow.set_broken(false);
    assert_eq!(failure(&cors, A).await.as_deref(), Some("no answer within 500 ms"));
    assert!(!belongs(&cors, A).await, "the time is over");
    let database = slow.takes(ms(0));
    assert!(belongs(&cors, A).await);
    // Without the setting there is no such answer.
    let strict = policy(&database.kept(), settings());
    assert!(belongs(&strict, A).await);
    advance(seconds(60)).await;
    database.set_broken(true);
    assert!(!belongs(&strict, A).await);
}

#[tokio::test(start_paused = true)]
async fn a_cold_start_with_500_tenants_is_served_within_the_time_out() {
    let database = Database::default().takes(ms(50));
    let origins: Vec<_> = (0..500).map(|at| format!("https://t{at}.example")).collect();
    origins.iter().for_each(|origin| database.set(origin, true));
    let cors = policy(&database.kept(), settings());
    let mut requests = JoinSet::new();
    for origin in origins {
        let cors = cors.clone();
        requests.spawn(async move { belongs(&cors, &origin).await });
    }
    assert!(requests.join_all().await.into_iter().all(|belongs| belongs));
    assert_eq!(database.0.most_at_a_time.load(Ordering::Relaxed), 64);
    assert_eq!(database.asked(), 500);
}

/// `UNKNOWN_ORIGINS=1000000` makes it a million, which takes a minute without optimisation.
#[tokio::test(start_paused = true)]
async fn any_number_of_unknown_origins_takes_bounded_memory() {
    const AT_ONCE: usize = 1_000;
    let count = std::env::var("UNKNOWN_ORIGINS").map_or(50_000, |count| count.parse().unwrap());
    let database = Database::with(&[A]);
    let kept = database.kept();
    let cors = policy(&kept, settings().max_entries(100));
    for block in 0..count / AT_ONCE {
        let asking = |at| ask(&cors, &format!("https://{block}-{at}.example"), "api.example");
        for asking in (0..AT_ONCE).map(asking).collect::<Vec<_>>() {
            let _: Answers = answers(asking).await;
        }
        assert_eq!(kept.entries(), 100);
    }
    assert_eq!(database.asked(), count);
    assert!(database.0.most_at_a_time.load(Ordering::Relaxed) <= 64);
    assert!(belongs(&cors, A).await);
    let nothing = policy(&kept, settings().max_entries(0));
    kept.forget(A);
    assert!(belongs(&nothing, A).await && belongs(&nothing, A).await);
    assert_eq!(database.asked(), count + 3);
}

#[tokio::test(start_paused = true)]
async fn two_tenants_on_two_hosts_never_share_an_answer() {
    let kept = Kept::new(|question: Question| async move {
        sleep(ms(10)).await;
        Ok::<_, String>(question.host() == Some("a.api.example") && question.origin() == A)
    });
    let shared = |cors: Cors, host: &'static str| async move {
        let answers = answers(ask(&cors, A, host)).await;
        is_shared(&cors, A, answers)
    };
    let by_host = policy(&kept.clone().by_host(), settings());
    for _ in 0..3 {
        let [one, two] =
            ["a.api.example", "b.api.example"].map(|host| tokio::spawn(shared(by_host.clone(), host)));
        assert!(one.await.unwrap() && !two.await.unwrap());
    }
    assert_eq!(kept.entries(), 2);
    // A binding that does not ask for the host is not shown it.
    assert!(!shared(policy(&kept, settings()), "a.api.example").await);
}

#[tokio::test(start_paused = true)]
async fn a_binding_may_ask_for_the_resource() {
    let kept = Kept::new(|question: Question| async move {
        let tenant = question.parameter("tenant").unwrap_or_default().to_string();
        assert_eq!((question.template(), question.host()), (Some("/t/{tenant}/{*rest}"), None));
        Ok::<_, String>(question.origin() == format!("https://{tenant}.example"))
    });
    let cors = CorsConfig::new()
        .source("tenants", kept.clone().by_resource())
        .add(Resource::at("/t/{tenant}/{*rest}").also("@tenants", ResourceOptions::new()))
        .build()
        .unwrap();
    let headers = lines(&[("origin", A)]);
    for (path, belongs) in [("/t/a/x", true), ("/t/b/x", false), ("/t/a/y", true), ("/t/a/x", true)] {
        let answers = answers(cors.ask(&CorsRequest::new(path, "GET", &headers))).await;
        let request = CorsRequest::new(path, "GET", &headers).answers(answers);
        assert_eq!(cors.judge(&request).refusal().is_none(), belongs, "{path}");
    }
    assert_eq!(kept.entries(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_is_forgotten_is_asked_anew() {
    let database = Database::with(&[A, B]);
    let kept = database.kept();
    let cors = policy(&kept, settings());
    assert!(belongs(&cors, A).await && belongs(&cors, B).await);
    database.set(A, false);
    kept.forget(A);
    assert!(!belongs(&cors, A).await && belongs(&cors, B).await);
    assert_eq!(database.asked(), 3);
    // A question that is open has seen the old row.
    kept.forget(A);
    let database = database.takes(ms(100));
    let old = ask(&cors, A, "api.example");
    sleep(ms(50)).await;
    database.set(A, true);
    kept.forget(A);
    assert!(belongs(&cors, A).await, "and whoever asks after that waits for a new one");
    assert!(!is_shared(&cors, A, answers(old).await));
    sleep(ms(500)).await;
    assert!(belongs(&cors, A).await);
    assert_eq!(database.asked(), 5);
}

#[tokio::test(start_paused = true)]
async fn s25_answers_outlive_a_replacement_under_the_new_settings() {
    let database = Database::with(&[A]);
    let kept = database.kept();
    let first = policy(&kept, settings());
    assert!(belongs(&first, A).await);
    let second = policy(&kept, settings().ttl(seconds(100)));
    assert!(belongs(&second, A).await);
    assert_eq!(database.asked(), 1);
    advance(seconds(99)).await;
    assert!(belongs(&second, A).await);
    assert_eq!(database.asked(), 1);
    let third = policy(&kept, settings().ttl(seconds(1)));
    assert!(belongs(&third, A).await);
    assert_eq!(database.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn s27_a_policy_that_only_reports_looks_at_kept_answers() {
    let database = Database::with(&[A]);
    let kept = database.kept();
    let cors = policy(&kept, settings());
    let headers = lines(&[("origin", A)]);
    let look = || cors.kept_answers(&CorsRequest::new("/", "GET", &headers));
    assert_eq!(look(), None);
    assert!(belongs(&cors, A).await);
    assert!(look().is_some_and(|answers| is_shared(&cors, A, answers)));
    advance(seconds(60)).await;
    assert_eq!((look(), database.asked()), (None, 1));
}

#[test]
fn a_runtime_that_goes_away_takes_only_its_questions_along() {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let database = Database::with(&[A]).takes(seconds(1));
    let cors = policy(&database.kept(), settings().timeout(seconds(9)));
    let first = runtime();
    let Asking::Later(waiting) = first.block_on(async { ask(&cors, A, "api.example") }) else {
        panic!("not later")
    };
    drop(first);
    let second = runtime();
    assert!(!is_shared(&cors, A, second.block_on(waiting).1));
    let _ = database.takes(ms(0));
    assert!(second.block_on(belongs(&cors, A)));
}

#[test]
fn a_runtime_that_stands_still_keeps_nobody_waiting() {
    let runtime =
        || tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let database = Database::with(&[A]);
    let cors = policy(&database.kept(), settings());
    let asks_first = runtime();
    let Asking::Later(waiting) = asks_first.block_on(async { ask(&cors, A, "api.example") }) else {
        panic!("not later")
    };
    let (waited, answers) = runtime().block_on(async {
        let start = Instant::now();
        let (_, answers) = waiting.await;
        (start.elapsed(), answers)
    });
    assert_eq!(waited, ms(500));
    assert!(!is_shared(&cors, A, answers));
}

#[test]
fn without_a_runtime_the_answer_is_no() {
    let database = Database::with(&[A]);
    let cors = policy(&database.kept(), settings());
    let Asking::Now(answers) = ask(&cors, A, "api.example") else { panic!("not now") };
    assert!(!is_shared(&cors, A, answers));
    assert_eq!(database.asked(), 0);
}

/// What adapters need of it.
#[test]
fn asking_can_be_sent_to_another_thread() {
    fn sent<T: Send + 'static>(_: &T) {}
    let database = Database::default();
    let kept = database.kept();
    sent(&kept);
    let later = |future: std::pin::Pin<Box<dyn Future<Output = Answers> + Send>>| sent(&future);
    let _ = later;
}
