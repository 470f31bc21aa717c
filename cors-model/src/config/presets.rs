//! Ready-made maps of origins for common cases. Each is a plain function; what it returns can be read and added to like
//! any other, and given to [`CorsConfig::defaults`](crate::CorsConfig::defaults) or to a resource.

use crate::config::{Any, OriginMap, ResourceOptions};

/// For a public API that pages of every origin may read, without credentials: GET and HEAD, any request header, every
/// response header. A route that is registered for another method is enabled for all origins, too (S4).
pub fn public_read_only() -> OriginMap {
    let options =
        ResourceOptions::new().allow_methods(["GET", "HEAD"]).allow_headers(Any).expose_headers(Any);
    OriginMap::new().origin("*", options)
}

/// For the API of a single-page application that lives on another origin and signs its users in by cookie: the usual
/// methods, the request headers `Content-Type`, `X-CSRF-Token` and `X-Requested-With`, and answers to preflights kept for ten minutes.
///
/// `origins` is a key of a map: one or more patterns, separated by white space.
pub fn single_page_application(origins: &str) -> OriginMap {
    let options = ResourceOptions::new()
        .allow_credentials()
        .allow_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allow_headers(["Content-Type", "X-CSRF-Token", "X-Requested-With"])
        .max_age(600);
    OriginMap::new().origin(origins, options)
}

/// For gRPC-Web: POST, the request headers of its clients, and the headers in which a call's status comes back.
/// A gRPC server routes by itself, so it goes with
/// [`CorsConfig::all_resources`](crate::CorsConfig::all_resources).
pub fn grpc_web(origins: &str) -> OriginMap {
    let options = ResourceOptions::new()
        .allow_methods(["POST"])
        .allow_headers(["Content-Type", "X-Grpc-Web", "X-User-Agent", "Grpc-Timeout", "Authorization"])
        .expose_headers(["grpc-status", "grpc-message", "grpc-status-details-bin"])
        .max_age(600);
    OriginMap::new().origin(origins, options)
}
