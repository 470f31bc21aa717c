//! The application answers as its policy decides.

use axum::body::Body;
use cors_model::testing::Questions;
use tower::ServiceExt;

use super::{app, policy};

#[tokio::test]
async fn the_application_keeps_its_policy() {
    let cors = policy().unwrap();
    assert_eq!(cors.advice(), []);
    let questions = Questions::of(&cors).path("/notes/{id}", "/notes/7");
    let (app, mut report) = (app(cors), questions.report());
    for question in questions.iter() {
        let request = question.request().map(|()| Body::empty());
        let response = app.clone().oneshot(request).await.unwrap();
        report.add(question.check(&response));
    }
    assert!(report.is_good(), "{report}");
}
