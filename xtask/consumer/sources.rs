use axum::http::{HeaderMap, HeaderValue, header};
use cors_model::{Asking, CorsConfig, CorsRequest, ResourceOptions};
use cors_sources::{Kept, Question};

use crate::{Answer, ORIGIN};

#[tokio::main(flavor = "current_thread")]
pub async fn ask() -> Answer {
    let tenants = Kept::new(|question: Question| async move { Ok::<_, String>(question.origin() == ORIGIN) });
    let entries = [("@tenants", ResourceOptions::new())];
    let cors = CorsConfig::new().source("tenants", tenants).defaults(entries).all_resources().build()?;
    let headers = HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_static(ORIGIN))]);
    let request = CorsRequest::new("/hello", "GET", &headers);
    let Asking::Later(answers) = cors.ask(&request) else { return Ok(None) };
    let explanation = cors.explain(&request.answers(answers.await.1));
    let origin = explanation.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
    Ok(origin.and_then(|origin| origin.to_str().ok()).map(Into::into))
}
