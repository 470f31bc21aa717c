//! Every usage example in the README of aiohttp-cors, in its order, with this project's types; and all CORS headers that
//! an allowed page, its preflight and a stranger get.

use std::collections::BTreeMap;
use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request};
use axum::response::IntoResponse;
use axum::routing::{MethodFilter, MethodRouter};
use cors_tower::{Any, Cors, CorsConfig, CorsLayer, CorsView, Resource, ResourceOptions, Risk, Route};
use tower::ServiceExt;

const CLIENT: &str = "http://client.example.org";
const OTHER: &str = "http://other-client.example.org";
const STRANGER: &str = "https://stranger.example";

const CREDENTIALS: &str = "access-control-allow-credentials: true";
const TO_ALL: &str = "access-control-allow-origin: *";
const TO_CLIENT: &str = "access-control-allow-origin: http://client.example.org";
const TO_OTHER: &str = "access-control-allow-origin: http://other-client.example.org";
const TO_STRANGER: &str = "access-control-allow-origin: https://stranger.example";
const CUSTOM_EXPOSED: &str = "access-control-expose-headers: x-custom-server-header";
const VARY: &str = "vary: Origin";
const VARY_PREFLIGHT: &str = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

const NOT_SHARED: [&str; 2] = ["200", VARY];
const REFUSED: [&str; 2] = ["403", VARY_PREFLIGHT];

async fn handler() -> impl IntoResponse {
    ([("X-Custom-Server-Header", "Custom data")], "Hello!")
}

/// An application with a policy around it.
struct App(Router);

impl App {
    fn new(routes: &[(&str, &str)], cors: Cors) -> Self {
        let mut resources = BTreeMap::<&str, MethodRouter>::new();
        for &(method, path) in routes {
            let method: Method = method.parse().unwrap();
            let methods = resources.remove(path).unwrap_or_default();
            resources.insert(path, methods.on(MethodFilter::try_from(method).unwrap(), handler));
        }
        let routes = resources.into_iter();
        let router = routes.fold(Router::new(), |router, (path, methods)| router.route(path, methods));
        Self(router.layer(CorsLayer::new(cors)))
    }

    /// The status, then all lines of CORS headers and of `Vary`, sorted.
    async fn ask(&self, method: &str, path: &str, lines: &[(&str, &str)]) -> Vec<String> {
        let request = Request::builder().method(method).uri(path);
        let request = lines.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response: Result<_, Infallible> =
            self.0.clone().oneshot(request.body(Body::empty()).unwrap()).await;
        let response = response.unwrap();
        let is_ours = |name: &str| name.starts_with("access-control-") || name == "vary";
        let lines = response.headers().iter().filter(|(name, _)| is_ours(name.as_str()));
        let mut lines: Vec<_> =
            lines.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.sort();
        lines.insert(0, response.status().as_u16().to_string());
        lines
    }

    async fn request(&self, origin: &str, method: &str, path: &str) -> Vec<String> {
        self.ask(method, path, &[("origin", origin)]).await
    }

    async fn preflight(&self, origin: &str, method: &str, path: &str, headers: &str) -> Vec<String> {
        let mut lines = vec![("origin", origin), ("access-control-request-method", method)];
        if !headers.is_empty() {
            lines.push(("access-control-request-headers", headers));
        }
        self.ask("OPTIONS", path, &lines).await
    }
}

/// The options of the first example.
fn all_options() -> ResourceOptions {
    ResourceOptions::new()
        .allow_credentials()
        .expose_headers(["X-Custom-Server-Header"])
        .allow_headers(["X-Requested-With", "Content-Type"])
        .max_age(600)
}

/// "You need to configure the application and enable CORS on resources and routes that you want to expose."
#[tokio::test]
async fn a_route_with_all_options() {
    let cors = CorsConfig::new()
        .add(Resource::at("/hello").add(Route::on("GET").also(CLIENT, all_options())))
        // Credentials over plain http: aiohttp-cors accepts them silently, here they need an opt-in.
        .accept_risk(Risk::InsecureOriginWithCredentials)
        .build()
        .unwrap();
    let app = App::new(&[("GET", "/hello")], cors);
    assert_all_options(&app).await;
}

async fn assert_all_options(app: &App) {
    let shared = ["200", CREDENTIALS, TO_CLIENT, CUSTOM_EXPOSED, VARY];
    assert_eq!(app.request(CLIENT, "GET", "/hello").await, shared);
    assert_eq!(app.request(STRANGER, "GET", "/hello").await, NOT_SHARED);
    let allowed = [
        "204",
        CREDENTIALS,
        "access-control-allow-headers: x-requested-with, content-type",
        "access-control-allow-methods: GET, HEAD",
        TO_CLIENT,
        "access-control-max-age: 600",
        VARY_PREFLIGHT,
    ];
    assert_eq!(app.preflight(CLIENT, "GET", "/hello", "x-requested-with").await, allowed);
    assert_eq!(app.preflight(CLIENT, "GET", "/hello", "x-other").await, REFUSED);
    assert_eq!(app.preflight(CLIENT, "PUT", "/hello", "").await, REFUSED);
    assert_eq!(app.preflight(STRANGER, "GET", "/hello", "").await, REFUSED);
}

/// "You can specify 'all other origins' using special `*` origin."
#[tokio::test]
async fn all_other_origins() {
    let route = Route::on("GET")
        .also("*", ResourceOptions::new())
        .also(CLIENT, ResourceOptions::new().allow_credentials());
    let cors = CorsConfig::new()
        .add(Resource::at("/hello").add(route))
        .accept_risk(Risk::InsecureOriginWithCredentials)
        .build()
        .unwrap();
    let app = App::new(&[("GET", "/hello")], cors);
    let methods = "access-control-allow-methods: GET, HEAD";

    assert_eq!(app.request(CLIENT, "GET", "/hello").await, ["200", CREDENTIALS, TO_CLIENT, VARY]);
    let allowed = ["204", CREDENTIALS, methods, TO_CLIENT, VARY_PREFLIGHT];
    assert_eq!(app.preflight(CLIENT, "GET", "/hello", "").await, allowed);
    // Strangers are allowed, without credentials.
    assert_eq!(app.request(STRANGER, "GET", "/hello").await, ["200", TO_ALL, VARY]);
    assert_eq!(app.preflight(STRANGER, "GET", "/hello", "").await, ["204", methods, TO_ALL, VARY_PREFLIGHT]);
}

/// "To enable sending or receiving all headers you can specify special value `*`."
#[tokio::test]
async fn all_headers() {
    let options = ResourceOptions::new().expose_headers(Any).allow_headers(Any);
    let cors = CorsConfig::new()
        .add(Resource::at("/hello").add(Route::on("GET").also(CLIENT, options)))
        .build()
        .unwrap();
    let app = App::new(&[("GET", "/hello")], cors);
    let shared = ["200", TO_CLIENT, "access-control-expose-headers: *", VARY];
    assert_eq!(app.request(CLIENT, "GET", "/hello").await, shared);
    assert_eq!(app.request(STRANGER, "GET", "/hello").await, NOT_SHARED);
    let allowed = [
        "204",
        "access-control-allow-headers: *,authorization",
        "access-control-allow-methods: GET, HEAD",
        TO_CLIENT,
        VARY_PREFLIGHT,
    ];
    assert_eq!(app.preflight(CLIENT, "GET", "/hello", "x-anything,authorization").await, allowed);
    assert_eq!(app.preflight(STRANGER, "GET", "/hello", "x-anything").await, REFUSED);
}

/// "You can specify default CORS-enabled resource options."
#[tokio::test]
async fn defaults() {
    let hello = Resource::at("/hello")
        .add(Route::on("POST"))
        .add(Route::on("PUT"))
        .add(Route::on("GET").also(OTHER, ResourceOptions::new()));
    let cors = CorsConfig::new().defaults([(CLIENT, ResourceOptions::new())]).add(hello).build().unwrap();
    let routes = [("POST", "/hello"), ("PUT", "/hello"), ("GET", "/hello"), ("GET", "/private")];
    let app = App::new(&routes, cors);

    for method in ["GET", "POST", "PUT"] {
        assert_eq!(app.request(CLIENT, method, "/hello").await, ["200", TO_CLIENT, VARY]);
    }
    let allowed = ["204", "access-control-allow-methods: POST, PUT, GET, HEAD", TO_CLIENT, VARY_PREFLIGHT];
    assert_eq!(app.preflight(CLIENT, "PUT", "/hello", "").await, allowed);

    // The other client may use GET and nothing else.
    assert_eq!(app.request(OTHER, "GET", "/hello").await, ["200", TO_OTHER, VARY]);
    assert_eq!(app.request(OTHER, "POST", "/hello").await, NOT_SHARED);
    let allowed = ["204", "access-control-allow-methods: GET, HEAD", TO_OTHER, VARY_PREFLIGHT];
    assert_eq!(app.preflight(OTHER, "GET", "/hello", "").await, allowed);
    assert_eq!(app.preflight(OTHER, "PUT", "/hello", "").await, REFUSED);

    assert_eq!(app.request(STRANGER, "GET", "/hello").await, NOT_SHARED);
    assert_eq!(app.preflight(STRANGER, "PUT", "/hello", "").await, REFUSED);

    // "The following resource will be NOT CORS-enabled."
    assert_eq!(app.request(CLIENT, "GET", "/private").await, ["200"]);
    assert_eq!(app.preflight(CLIENT, "GET", "/private", "").await, ["405"]);
}

/// "Also you can specify default options for resources."
#[tokio::test]
async fn options_of_a_resource() {
    let hello = Resource::at("/hello")
        .also(CLIENT, ResourceOptions::new())
        .add(Route::on("POST"))
        .add(Route::on("PUT"));
    let cors = CorsConfig::new().add(hello).build().unwrap();
    let app = App::new(&[("GET", "/hello"), ("POST", "/hello"), ("PUT", "/hello")], cors);
    for method in ["POST", "PUT"] {
        assert_eq!(app.request(CLIENT, method, "/hello").await, ["200", TO_CLIENT, VARY]);
        let allowed = ["204", "access-control-allow-methods: POST, PUT", TO_CLIENT, VARY_PREFLIGHT];
        assert_eq!(app.preflight(CLIENT, method, "/hello", "").await, allowed);
        assert_eq!(app.request(STRANGER, method, "/hello").await, NOT_SHARED);
        assert_eq!(app.preflight(STRANGER, method, "/hello", "").await, REFUSED);
    }
    // The application has GET, the policy does not.
    assert_eq!(app.request(CLIENT, "GET", "/hello").await, NOT_SHARED);
    assert_eq!(app.preflight(CLIENT, "GET", "/hello", "").await, REFUSED);
}

/// "By using this option it is not required to add all resource routes to CORS configuration object."
#[tokio::test]
async fn allow_methods() {
    let hello = Resource::at("/hello")
        .also(CLIENT, ResourceOptions::new().allow_methods(["POST", "PUT"]))
        .add(Route::on("DELETE"));
    let cors = CorsConfig::new().add(hello).build().unwrap();
    let app = App::new(&[("POST", "/hello"), ("PUT", "/hello"), ("DELETE", "/hello")], cors);
    for method in ["POST", "PUT", "DELETE"] {
        assert_eq!(app.request(CLIENT, method, "/hello").await, ["200", TO_CLIENT, VARY]);
        let allowed = ["204", "access-control-allow-methods: DELETE, POST, PUT", TO_CLIENT, VARY_PREFLIGHT];
        assert_eq!(app.preflight(CLIENT, method, "/hello", "").await, allowed);
        assert_eq!(app.request(STRANGER, method, "/hello").await, NOT_SHARED);
        assert_eq!(app.preflight(STRANGER, method, "/hello", "").await, REFUSED);
    }
    assert_eq!(app.preflight(CLIENT, "PATCH", "/hello", "").await, REFUSED);
}

/// Everything for everyone, with credentials.
fn everything() -> CorsConfig {
    let options = ResourceOptions::new().allow_credentials().expose_headers(Any).allow_headers(Any);
    // Every web site can then act and read as the user; aiohttp-cors accepts that silently.
    CorsConfig::new().defaults([("*", options)]).accept_risk(Risk::AnyOriginWithCredentials)
}

const ALL_ROUTES: [(&str, &str); 4] =
    [("GET", "/hello"), ("PUT", "/hello"), ("POST", "/hello"), ("DELETE", "/hello")];

async fn assert_everything(app: &App) {
    for (method, path) in ALL_ROUTES {
        // With credentials, browsers treat `*` as a name, so the headers list names.
        let shared = ["200", CREDENTIALS, TO_STRANGER, CUSTOM_EXPOSED, VARY];
        assert_eq!(app.request(STRANGER, method, path).await, shared);
        let allowed = [
            "204",
            CREDENTIALS,
            "access-control-allow-headers: authorization,x-anything",
            "access-control-allow-methods: GET, PUT, POST, DELETE, HEAD",
            TO_STRANGER,
            VARY_PREFLIGHT,
        ];
        assert_eq!(app.preflight(STRANGER, method, path, "authorization,x-anything").await, allowed);
        // Only a sandboxed frame stays a stranger, since its origin is `null`.
        assert_eq!(app.request("null", method, path).await, NOT_SHARED);
        assert_eq!(app.preflight("null", method, path, "").await, REFUSED);
    }
}

/// "Here is an example of how to enable CORS for all origins with all CORS features."
#[tokio::test]
async fn everything_for_everyone() {
    let hello = Resource::at("/hello")
        .add(Route::on("GET"))
        .add(Route::on("PUT"))
        .add(Route::on("POST"))
        .add(Route::on("DELETE"));
    let app = App::new(&ALL_ROUTES, everything().add(hello).build().unwrap());
    assert_everything(&app).await;
}

/// "Old routes API is supported." Here a route always belongs to a resource.
#[tokio::test]
async fn a_single_route() {
    let hello = Resource::at("/hello").add(Route::on("GET").also(CLIENT, all_options()));
    let cors = CorsConfig::new().add(hello).accept_risk(Risk::InsecureOriginWithCredentials);
    let app = App::new(&[("GET", "/hello")], cors.build().unwrap());
    assert_all_options(&app).await;
}

/// "You can enable CORS for all added routes by accessing routes list in the router." axum's router has no such
/// list, so the program starts with one.
#[tokio::test]
async fn all_routes() {
    let mut resources = BTreeMap::new();
    for (method, path) in ALL_ROUTES {
        let resource = resources.remove(path).unwrap_or_else(|| Resource::at(path));
        resources.insert(path, resource.add(Route::on(method)));
    }
    let cors = resources.into_values().fold(everything(), CorsConfig::add).build().unwrap();
    let app = App::new(&ALL_ROUTES, cors);
    assert_everything(&app).await;
}

struct View;

impl CorsView for View {
    const METHODS: &'static [&'static str] = &["GET", "POST"];

    fn cors_config(resource: Resource) -> Resource {
        let options = ResourceOptions::new().allow_credentials().allow_headers(["X-Request-ID"]);
        resource.also("*", options)
    }

    fn custom_cors(method: &str, route: Route) -> Route {
        match method {
            "POST" => {
                let options = ResourceOptions::new().allow_credentials().allow_headers(Any);
                route.also("*", options)
            }
            _ => route,
        }
    }
}

/// "You can also use CorsViewMixin on web.View."
#[tokio::test]
async fn a_view() {
    let cors = everything().view::<View>("/resource").build().unwrap();
    let app = App::new(&[("GET", "/resource"), ("POST", "/resource")], cors);
    for (method, header, allow_methods) in
        [("GET", "x-request-id", "GET, HEAD"), ("POST", "x-anything", "POST")]
    {
        // The view's options count as a whole: it exposes nothing, whatever the defaults expose.
        assert_eq!(app.request(STRANGER, method, "/resource").await, ["200", CREDENTIALS, TO_STRANGER, VARY]);
        let allowed = [
            "204",
            CREDENTIALS,
            &format!("access-control-allow-headers: {header}"),
            &format!("access-control-allow-methods: {allow_methods}"),
            TO_STRANGER,
            VARY_PREFLIGHT,
        ];
        assert_eq!(app.preflight(STRANGER, method, "/resource", header).await, allowed);
        assert_eq!(app.request("null", method, "/resource").await, NOT_SHARED);
        assert_eq!(app.preflight("null", method, "/resource", "").await, REFUSED);
    }
    assert_eq!(app.preflight(STRANGER, "GET", "/resource", "x-anything").await, REFUSED);
}
