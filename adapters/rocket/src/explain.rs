use cors_model::{Cors, CorsRequest, Explanation};
use rocket::Request;

use crate::headers::RequestLines;

/// [`Cors::explain`] for a request of rocket: each step of the decision about it, by its path. For logs and tests; it allocates.
///
/// A route that you did not register, and that [`CorsFairing::new`](crate::CorsFairing::new) therefore excludes, counts as covered by a
/// wider template here. A handler of GET sees a request for HEAD as one for GET.
pub fn explain(cors: &Cors, request: &Request<'_>) -> Explanation {
    let headers = RequestLines(request.headers());
    cors.explain(&CorsRequest::new(request.uri().path().as_str(), request.method().as_str(), &headers))
}
