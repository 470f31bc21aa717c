//! Ready-made options for common cases. Each is a plain function that gives [`ResourceOptions`], so that you choose the origins, and can
//! change what is allowed: a call such as `allow_headers` replaces that list.
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
//! A route enables its method whatever these options say (S4).

use crate::config::{Any, ResourceOptions};

/// For an API that pages may read, usually of every origin (`*`).
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

/// For the API of a single-page application that lives on another origin, and signs its users in by cookie or by `Authorization`. Use it
/// for origins of your own: they act as the signed-in user.
///
/// | | |
/// |---|---|
/// | credentials | yes |
/// | methods | GET, HEAD, POST, PUT, PATCH, DELETE, QUERY |
/// | request headers | any, so `Authorization`, `Content-Type`, and tokens against request forgery |
/// | response headers | all that the response has, save `Set-Cookie` |
/// | preflights are kept | 10 minutes |
pub fn single_page_application() -> ResourceOptions {
    ResourceOptions::new()
        .allow_credentials()
        .allow_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "QUERY"])
        .allow_headers(Any)
        .expose_headers(Any)
        .max_age(600)
}

/// For gRPC-Web. A gRPC server routes by itself, so it goes with [`CorsConfig::all_resources`](crate::CorsConfig::all_resources).
///
/// | | |
/// |---|---|
/// | credentials | no |
/// | methods | POST |
/// | request headers | `Authorization`, `Content-Type`, `Grpc-Timeout`, `X-Grpc-Web`, `X-User-Agent` |
/// | response headers | `Grpc-Message`, `Grpc-Status`, `Grpc-Status-Details-Bin` |
/// | preflights are kept | 10 minutes |
///
/// Calls that carry metadata of your own need `allow_headers` with its names, too.
pub fn grpc_web() -> ResourceOptions {
    ResourceOptions::new()
        .allow_methods(["POST"])
        .allow_headers(["Authorization", "Content-Type", "Grpc-Timeout", "X-Grpc-Web", "X-User-Agent"])
        .expose_headers(["grpc-status", "grpc-message", "grpc-status-details-bin"])
        .max_age(600)
}

/// For the Connect protocol, whose servers speak gRPC-Web, too: what [`grpc_web`] allows, and what Connect needs.
///
/// | | |
/// |---|---|
/// | credentials | no |
/// | methods | GET (calls without side effects), HEAD, POST |
/// | request headers | those of gRPC-Web, `Connect-Protocol-Version`, `Connect-Timeout-Ms` |
/// | response headers | `Grpc-Message`, `Grpc-Status`, `Grpc-Status-Details-Bin` |
/// | preflights are kept | 10 minutes |
///
/// Calls that carry metadata of your own need `allow_headers` with its names, too.
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
