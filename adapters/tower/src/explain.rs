use cors_model::{Cors, Explanation, Target};
use http::Request;

use crate::layer::cors_request;

/// [`Cors::explain`] for a request of a tower service: each step of the decision about it, by its path. For logs and tests; it
/// allocates.
///
/// Inside a nested router of axum the path includes the prefix that axum has removed (feature `axum`).
pub fn explain<B>(cors: &Cors, request: &Request<B>) -> Explanation {
    cors.explain(&cors_request(Target::Path, request))
}
