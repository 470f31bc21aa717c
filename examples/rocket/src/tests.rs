//! The application answers as its policy decides.

use cors_model::testing::Questions;
use rocket::http::Header;
use rocket::local::blocking::Client;

use super::{app, policy};

#[test]
fn the_application_keeps_its_policy() {
    let cors = policy().unwrap();
    assert_eq!(cors.advice(), []);
    let questions = Questions::of(&cors).path("/notes/{id}", "/notes/7");
    let client = Client::untracked(app(cors, "127.0.0.1:0".parse().unwrap())).unwrap();
    let mut report = questions.report();
    for question in questions.iter() {
        let request = question.request();
        let mut sent = client.req(request.method().as_str().parse().unwrap(), request.uri().to_string());
        for (name, value) in request.headers() {
            sent.add_header(Header::new(name.to_string(), value.to_str().unwrap().to_owned()));
        }
        let response = sent.dispatch();
        let lines = response.headers().iter().map(|line| (line.name().to_string(), line.value().to_owned()));
        report.add(question.check_lines(response.status().code, lines));
    }
    assert!(report.is_good(), "{report}");
}
