//! The application answers as its policy decides.

use actix_web::App;
use actix_web::test::{TestRequest, call_service, init_service};
use cors_actix_web::CorsMiddleware;
use cors_model::testing::Questions;

use super::{app, policy};

#[actix_web::test]
async fn the_application_keeps_its_policy() {
    let cors = policy().unwrap();
    assert_eq!(cors.advice(), []);
    let questions = Questions::of(&cors).path("/notes/{id}", "/notes/7");
    let app = init_service(App::new().configure(app).wrap(CorsMiddleware::new(cors))).await;
    let mut report = questions.report();
    for question in questions.iter() {
        let request = question.request();
        let method = request.method().as_str().parse().unwrap();
        let sent = TestRequest::with_uri(&request.uri().to_string()).method(method);
        let lines = request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let sent = lines.fold(sent, TestRequest::append_header);
        let response = call_service(&app, sent.to_request()).await;
        report.add(question.check_lines(response.status().as_u16(), response.headers()));
    }
    assert!(report.is_good(), "{report}");
}
