use cors_model::{Cors, Explanation};
use poem::Request;

use crate::middleware::cors_request;

/// [`Cors::explain`] for a request of poem: each step of the decision about it, by its path. For logs and tests; it allocates.
///
/// A handler takes a `&Request` as an extractor.
pub fn explain(cors: &Cors, request: &Request) -> Explanation {
    cors.explain(&cors_request(request))
}
