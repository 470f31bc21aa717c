//! The policy of most tests, and what it writes.

use cors_model::{Cors, CorsConfig, Resource, ResourceOptions, Route};

/// The origin with which resources are shared.
pub const APP: &str = "https://app.example";
/// An origin with which only `/other` of [`different_resources`] is shared.
pub const STRANGER: &str = "https://stranger.example";

/// `/hello` for GET and PUT, with everything that can be set; the other templates for the methods of the defaults. All of
/// them are shared with [`APP`] alone.
pub fn policy(others: &[&str]) -> Cors {
    build(shared_with_app(others))
}

/// [`policy()`] with three more resources: `/plain` is shared with [`APP`] without any option, `/open` with everybody, `/other`
/// with [`STRANGER`] alone.
pub fn different_resources(others: &[&str]) -> Cors {
    let only = |template, origin| Resource::at(template).only([(origin, ResourceOptions::new())]);
    let config = shared_with_app(others).add(only("/plain", APP)).add(only("/open", "*"));
    build(config.add(only("/other", STRANGER)))
}

fn shared_with_app(others: &[&str]) -> CorsConfig {
    let options = ResourceOptions::new()
        .allow_credentials()
        .allow_headers(["X-Requested-With"])
        .expose_headers(["X-Total"])
        .max_age(600);
    let hello = Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT"));
    let config = CorsConfig::new().defaults([(APP, options)]).add(hello);
    others.iter().fold(config, |config, &template| config.add(Resource::at(template)))
}

fn build(config: CorsConfig) -> Cors {
    config.build().unwrap_or_else(|errors| panic!("{errors}"))
}

/// What shares a response with [`APP`].
pub const TO_APP: &str = "access-control-allow-origin: https://app.example";
/// What shares a response with [`STRANGER`].
pub const TO_STRANGER: &str = "access-control-allow-origin: https://stranger.example";

/// All that [`policy()`] grants on an actual request.
pub const GRANTED: &[&str] = &[
    "access-control-allow-credentials: true",
    TO_APP,
    "access-control-expose-headers: x-total",
    "vary: Origin",
];

/// All that [`policy()`] writes where it shares nothing.
pub const NOT_SHARED: &[&str] = &["vary: Origin"];

/// All that [`policy()`] answers to a preflight for `/hello` that asks for a header.
pub const ALLOWED: &[&str] = &[
    "access-control-allow-credentials: true",
    "access-control-allow-headers: x-requested-with",
    "access-control-allow-methods: GET, PUT, HEAD",
    TO_APP,
    "access-control-max-age: 600",
    VARY_PREFLIGHT,
];

/// All that a refused preflight has.
pub const REFUSED: &[&str] = &[VARY_PREFLIGHT];

/// On every answer to a preflight.
pub const VARY_PREFLIGHT: &str =
    "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// What a response has that is not a resource's.
pub const UNTOUCHED: &[&str] = &[];
