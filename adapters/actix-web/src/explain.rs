use actix_web::HttpRequest;
use cors_model::{Cors, CorsRequest, Explanation};

use crate::headers::Request;

/// [`Cors::explain`] for a request of actix-web: each step of the decision about it, by its path. For logs and tests; it allocates.
///
/// A handler takes an [`HttpRequest`] as an extractor; `ServiceRequest::request` returns that of a middleware.
pub fn explain(cors: &Cors, request: &HttpRequest) -> Explanation {
    let (uri, headers) = (request.uri(), Request(request.headers()));
    let cors_request = CorsRequest::new(uri.path(), request.method().as_str(), &headers);
    cors.explain(&cors_request.authority(uri.authority().map(|authority| authority.as_str())))
}
