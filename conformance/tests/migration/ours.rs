//! What most rows have on our side.

use cors_model::{CorsConfig, ResourceOptions};

pub(crate) fn options() -> ResourceOptions {
    ResourceOptions::new().allow_methods(["GET", "PUT"]).allow_headers(["content-type"])
}

pub(crate) fn config(pattern: &str, options: ResourceOptions) -> CorsConfig {
    CorsConfig::new().defaults([(pattern, options)]).all_resources()
}

/// Pages of a subdomain, by a function of the origin.
pub(crate) fn by_function(options: ResourceOptions) -> CorsConfig {
    config("@subdomains", options).source("subdomains", |origin: &str| origin.ends_with(".a.example"))
}
