//! A kept answer costs a request no allocation.

use allocation_counter::measure;
use cors_model::{Asking, CorsConfig, CorsRequest, ResourceOptions};
use cors_sources::{Kept, Question};
use http::{HeaderMap, HeaderValue, header};

#[tokio::test]
async fn a_kept_answer_is_found_without_an_allocation() {
    const ORIGIN: &str = "https://a.example";
    let kept = Kept::new(|question: Question| async move { Ok::<_, String>(question.origin() == ORIGIN) });
    let entries = [("@tenants", ResourceOptions::new())];
    let source = kept.by_host().by_resource();
    let cors = CorsConfig::new().source("tenants", source).defaults(entries).all_resources().build().unwrap();
    let headers = HeaderMap::from_iter([
        (header::ORIGIN, HeaderValue::from_static(ORIGIN)),
        (header::HOST, HeaderValue::from_static("api.example")),
    ]);
    let request = || CorsRequest::new("/", "GET", &headers);
    let Asking::Later(first) = cors.ask(&request()) else { panic!("not later") };
    let first = first.await;
    let mut second = None;
    let allocations = measure(|| {
        if let Asking::Now(answers) = cors.ask(&request()) {
            let verdict = cors.judge(&request().answers(answers));
            second = Some((answers, verdict.refusal()));
        }
    });
    assert_eq!(second, Some((first.1, None)));
    assert_eq!(allocations.count_total, 0);
}
