//! The application answers as its policy decides.

use cors_model::testing::Questions;
use poem::test::TestClient;

use super::{app, policy};

#[tokio::test]
async fn the_application_keeps_its_policy() {
    let cors = policy().unwrap();
    assert_eq!(cors.advice(), []);
    let questions = Questions::of(&cors).path("/notes/{id}", "/notes/7");
    let (client, mut report) = (TestClient::new(app(cors)), questions.report());
    for question in questions.iter() {
        let asked = question.request();
        let sent = client.request(asked.method().clone(), asked.uri().to_string());
        let response =
            asked.headers().iter().fold(sent, |sent, (name, value)| sent.header(name, value)).send().await.0;
        report.add(question.check_lines(response.status().as_u16(), response.headers()));
    }
    assert!(report.is_good(), "{report}");
}
