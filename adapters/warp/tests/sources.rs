//! A source is awaited in one filter, and its answer counts in another: 20,000 requests on four threads do not mix them up.

mod common;

use common::send;
use cors_model::{Answering, Asked, Keeping};
use cors_warp::{CorsConfig, OriginSource, ResourceOptions, SourceAnswer, with_cors};
use tokio::task::{JoinSet, yield_now};
use warp::Filter;
use warp::http::Request;

/// Has the origins with an even number. Its answers come late, each after another number of polls, and so on any thread.
struct Even;

fn number(origin: &str) -> u32 {
    origin.trim_start_matches("https://o").trim_end_matches(".example").parse().unwrap()
}

impl OriginSource for Even {
    fn ask(&self, asked: &Asked<'_>, _: &Keeping) -> Answering {
        let number = number(asked.origin());
        Answering::Later(Box::pin(async move {
            for _ in 0..number % 7 {
                yield_now().await;
            }
            SourceAnswer::from(number % 2 == 0)
        }))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_request_gets_the_answer_to_its_own_question() {
    const TASKS: u32 = 40;
    const EACH: u32 = 500;
    let config = CorsConfig::new().source("even", Even).defaults([("@even", ResourceOptions::new())]);
    let cors = config.all_resources().build().unwrap();
    let app = with_cors(cors, warp::any().map(|| "hello"));
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let app = app.clone();
        tasks.spawn(async move {
            for number in task * EACH..(task + 1) * EACH {
                let origin = format!("https://o{number}.example");
                let request = Request::get("/").header("origin", &origin).body(String::new()).unwrap();
                let answer = send(warp::service(app.clone()), request).await;
                let expected = Some(&*origin).filter(|_| number % 2 == 0);
                assert_eq!(answer.value("access-control-allow-origin"), expected, "{number}");
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}
