//! Ready-made settings for common cases, as plain functions. Those that give [`ResourceOptions`] leave the origins to you; those that give a
//! [`CorsConfig`] take them. You can change what you get: a call such as `allow_headers` or `enforce` replaces what was there.
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

use crate::config::{Any, CorsConfig, Enforce, OriginMap, ResourceOptions};

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

/// For an API whose users sign in by cookie, and whose pages live on these origins: what [`single_page_application`] allows, for every path.
/// No other page can change anything.
///
/// | | |
/// |---|---|
/// | read and act, with credentials | pages of these origins |
/// | act | pages of the API's own host, and programs that are not browsers |
/// | refused from other pages ([S28](crate::rules)) | every method but GET, HEAD and OPTIONS; web sockets |
/// | hosts | every one |
///
/// ```
/// use cors_model::{Enforce, presets};
///
/// let cors = presets::api_with_cookies(["https://app.example"])
///     .enforce(Enforce::refuse().hosts(["api.example"]).exempt(["POST /webhooks/{id}"]))
///     .build()?;
/// # let _ = cors;
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
pub fn api_with_cookies<S: Into<String>>(origins: impl IntoIterator<Item = S>) -> CorsConfig {
    everywhere(origins, &single_page_application()).enforce(Enforce::refuse())
}

/// For a web socket server whose pages live on these origins. No other page can open a socket.
///
/// | | |
/// |---|---|
/// | open a socket, with credentials; GET, HEAD | pages of these origins |
/// | open a socket, and anything else | pages of the server's own host, and programs that are not browsers |
/// | refused from other pages ([S28](crate::rules)) | web sockets; every method but GET, HEAD and OPTIONS |
/// | hosts | every one |
///
/// ```
/// use cors_model::presets;
///
/// let cors = presets::web_socket_server(["https://app.example"]).build()?;
/// # let _ = cors;
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
pub fn web_socket_server<S: Into<String>>(origins: impl IntoIterator<Item = S>) -> CorsConfig {
    let options = ResourceOptions::new().allow_credentials().allow_methods(["GET", "HEAD"]);
    everywhere(origins, &options).enforce(Enforce::refuse())
}

/// For a server on the user's own machine: a tool, a daemon, an MCP server. It answers for loopback hosts alone, which stops DNS
/// rebinding. Name the browser extensions and app shells that may use it; there may be none.
///
/// | | |
/// |---|---|
/// | read and act, without cookies | these origins |
/// | their methods | GET, HEAD, POST, PUT, PATCH, DELETE |
/// | their request headers, and what they read | any, also `Authorization`; all response headers |
/// | act | the server's own pages, and programs that are not browsers |
/// | refused from other pages ([S28](crate::rules)) | every method but GET, HEAD and OPTIONS; web sockets |
/// | hosts | `localhost`, `127.0.0.1` and `[::1]`, with any port |
///
/// A foreign page can still send a GET whose answer it cannot read, so no GET may change anything. A page of another port of the same
/// machine is a foreign page. An extension that the user gave access to the host can pass unnamed: ask for a token, too.
///
/// ```
/// use cors_model::presets;
///
/// let cors = presets::local_server(["chrome-extension://abcdefghijklmnopabcdefghijklmnop", "tauri://localhost"]).build()?;
/// # let _ = cors;
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
pub fn local_server<S: Into<String>>(origins: impl IntoIterator<Item = S>) -> CorsConfig {
    let options = ResourceOptions::new()
        .allow_methods(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
        .allow_headers(Any)
        .expose_headers(Any)
        .max_age(600);
    everywhere(origins, &options).enforce(Enforce::refuse().hosts(["localhost:*", "127.0.0.1:*", "[::1]:*"]))
}

/// The same options for each of these origins, at every path.
fn everywhere<S: Into<String>>(
    origins: impl IntoIterator<Item = S>,
    options: &ResourceOptions,
) -> CorsConfig {
    let entries = origins.into_iter().map(|origin| (origin.into(), options.clone()));
    CorsConfig::new().defaults(entries.collect::<OriginMap>()).all_resources()
}
