//! The application answers as its policy decides.

use cors_model::testing::Questions;
use warp::test::{RequestBuilder, request};

use super::{app, policy};

#[tokio::test]
async fn the_application_keeps_its_policy() {
    let cors = policy().unwrap();
    assert_eq!(cors.advice(), []);
    let questions = Questions::of(&cors).path("/notes/{id}", "/notes/7");
    let (app, mut report) = (app(cors), questions.report());
    for question in questions.iter() {
        let asked = question.request();
        let sent = request().method(asked.method().as_str()).path(&asked.uri().to_string());
        let add = |sent: RequestBuilder, (name, value)| sent.header(name, value);
        let response = asked.headers().iter().fold(sent, add).reply(&app).await;
        report.add(question.check(&response));
    }
    assert!(report.is_good(), "{report}");
}
