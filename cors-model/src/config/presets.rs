//! Ready-made options for common cases. Each is a function that returns [`ResourceOptions`]. You choose the origins, and you can
//! change the options: a call such as `allow_headers` replaces the list of the preset.
//!
//! ```
//! use cors_model::{CorsConfig, presets};
//!
//! let cors = CorsConfig::new()
//!     .defaults([("https://app.example", presets::single_page_application().max_age(60))])
//!     .all_resources()
//!     .build()?;
//! assert!(cors.advice().is_empty());
//! # Ok::<(), cors_model::ConfigErrors>(())
//! ```
//!
//! Registering a [`Route`](crate::Route) enables its method even if the preset does not list it ([S4](crate::rules)).

use crate::config::{Any, ResourceOptions};

/// For a public API that pages may read. Usually the pattern is `*`, every origin.
///
/// | | |
/// |---|---|
/// | credentials | no |
/// | methods | GET, HEAD, QUERY |
/// | request headers | any |
/// | response headers | all |
/// | preflights are kept | 10 minutes |
pub fn public_read_only() -> ResourceOptions {
    ResourceOptions::new()
        .allow_methods(["GET", "HEAD", "QUERY"])
        .allow_headers(Any)
        .expose_headers(Any)
        .max_age(600)
}

/// For the API of a single-page application on another origin, which signs its users in with a cookie or with `Authorization`. Use it
/// only for your own origins: their pages act as the signed-in user.
///
/// | | |
/// |---|---|
/// | credentials | yes |
/// | methods | GET, HEAD, POST, PUT, PATCH, DELETE, QUERY |
/// | request headers | any, including `Authorization`, `Content-Type` and `X-CSRF-Token` |
/// | response headers | all that the response has, except `Set-Cookie` |
/// | preflights are kept | 10 minutes |
pub fn single_page_application() -> ResourceOptions {
    ResourceOptions::new()
        .allow_credentials()
        .allow_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"])
        .allow_headers(Any)
        .expose_headers(Any)
        .max_age(600)
}

/// For gRPC-Web. A gRPC server chooses its paths itself, so call [`CorsConfig::all_resources`](crate::CorsConfig::all_resources), too.
///
/// | | |
/// |---|---|
/// | credentials | no |
/// | methods | POST |
/// | request headers | `Authorization`, `Content-Type`, `Grpc-Timeout`, `X-Grpc-Web`, `X-User-Agent` |
/// | response headers | `Grpc-Message`, `Grpc-Status`, `Grpc-Status-Details-Bin` |
/// | preflights are kept | 10 minutes |
///
/// If your calls carry metadata of their own, replace the list of request headers with `allow_headers`, and add the names of the
/// metadata to it.
pub fn grpc_web() -> ResourceOptions {
    ResourceOptions::new()
        .allow_methods(["POST"])
        .allow_headers(["Authorization", "Content-Type", "Grpc-Timeout", "X-Grpc-Web", "X-User-Agent"])
        .expose_headers(["grpc-status", "grpc-message", "grpc-status-details-bin"])
        .max_age(600)
}

/// For the Connect protocol, whose servers also speak gRPC-Web: everything that [`grpc_web`] allows, and what Connect needs.
///
/// | | |
/// |---|---|
/// | credentials | no |
/// | methods | GET (calls without side effects), HEAD, POST |
/// | request headers | those of gRPC-Web, `Connect-Protocol-Version`, `Connect-Timeout-Ms` |
/// | response headers | `Grpc-Message`, `Grpc-Status`, `Grpc-Status-Details-Bin` |
/// | preflights are kept | 10 minutes |
///
/// If your calls carry metadata of their own, replace the list of request headers with `allow_headers`, and add the names of the
/// metadata to it.
pub fn connect() -> ResourceOptions {
    grpc_web().allow_methods(["GET", "HEAD", "POST"]).allow_headers([
        "Authorization",
        "Connect-Protocol-Version",
        "Connect-Timeout-Ms",
        "Content-Type",
        "Grpc-Timeout",
        "X-Grpc-Web",
        "X-User-Agent",
    ])
}
