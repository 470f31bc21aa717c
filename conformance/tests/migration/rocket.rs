//! rocket_cors, as a fairing.

use std::time::Duration;

use cors_rocket::{Any, CorsConfig, CorsFairing, OriginMap, Resource, ResourceOptions, Risk};
use rocket::config::LogLevel;
use rocket::fairing::Fairing;
use rocket::figment::Figment;
use rocket::http::{Header, Method};
use rocket::local::blocking::Client;
use rocket::response::Response;
use rocket::route::{BoxFuture, Outcome};
use rocket::{Build, Config, Data, Request, Rocket, Route, get, put, routes};
use rocket_cors::{
    AllowedHeaders, AllowedMethods, AllowedOrigins, CorsOptions, Guard, Responder, catch_all_options_routes,
};

use crate::ours::{by_function, config, options};
use crate::same;
use crate::table::{Row, but, check};
use crate::wire::{A, Answer, App, Ask, BODY, OWN, OWN_LINES, SUBDOMAIN, Seen};

fn answer<'r>(request: &'r Request<'_>, _: Data<'r>) -> BoxFuture<'r> {
    let mut response = Response::new();
    response.set_raw_header("x-total", "1");
    for (name, value) in OWN_LINES.into_iter().filter(|_| request.uri().path() == OWN) {
        response.adjoin_raw_header(name, value);
    }
    response.set_sized_body(BODY.len(), std::io::Cursor::new(BODY));
    Box::pin(async { Outcome::Success(response) })
}

fn rocket() -> Rocket<Build> {
    rocket::custom(Figment::from(Config { log_level: LogLevel::Off, ..Config::debug_default() }))
}

fn everywhere(fairing: impl Fairing) -> App {
    let methods = [Method::Get, Method::Put, Method::Delete, Method::Options];
    let routes: Vec<_> = methods.map(|method| Route::ranked(10, method, "/<path..>", answer)).into();
    app(rocket().mount("/", routes).attach(fairing))
}

fn app(rocket: Rocket<Build>) -> App {
    let client = Client::untracked(rocket).unwrap();
    Box::new(move |ask: &Ask| {
        let mut request = client.req(ask.method.parse().unwrap(), ask.path);
        ask.lines.iter().for_each(|(name, value)| request.add_header(Header::new(*name, *value)));
        let response = request.dispatch();
        let (status, headers) = (response.status().code, response.headers().clone());
        let headers: Vec<_> =
            headers.iter().map(|line| (line.name().to_string(), line.value().to_owned())).collect();
        let lines = headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        Answer::new(status, lines, &response.into_bytes().unwrap_or_default())
    })
}

fn row(theirs: &'static str, options: CorsOptions, config: CorsConfig) -> Row {
    let ours = CorsFairing::by_path_alone(config.build().unwrap());
    Row { theirs, apps: [everywhere(options.to_cors().unwrap()), everywhere(ours)], but: Vec::new() }
}

#[get("/x")]
fn guarded_get(guard: Guard<'_>) -> Responder<&'static str> {
    guard.responder(BODY)
}

#[put("/x")]
fn guarded_put(guard: Guard<'_>) -> Responder<&'static str> {
    guard.responder(BODY)
}

#[get("/x")]
fn plain_get() -> &'static str {
    BODY
}

#[put("/x")]
fn plain_put() -> &'static str {
    BODY
}

/// Each handler takes a guard, or none does.
fn guarded(theirs: &'static str, options: CorsOptions, config: CorsConfig) -> Row {
    let handlers = routes![guarded_get, guarded_put];
    let guarded = rocket().mount("/", handlers).mount("/", catch_all_options_routes());
    let policy = config.build().unwrap().resource("/x").unwrap();
    let ours = rocket().attach(CorsFairing::resource(policy, "/", routes![plain_get, plain_put]));
    Row { theirs, apps: [app(guarded.manage(options.to_cors().unwrap())), app(ours)], but: Vec::new() }
}

/// Options that share with one origin, of either crate.
fn cors() -> CorsOptions {
    CorsOptions {
        allowed_origins: AllowedOrigins::some_exact(&[A]),
        allowed_methods: methods(&["GET", "PUT"]),
        allowed_headers: AllowedHeaders::some(&["Content-Type"]),
        ..CorsOptions::default()
    }
}

fn methods(names: &[&str]) -> AllowedMethods {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

#[test]
fn the_table_of_the_readme_holds() {
    let everything = || ResourceOptions::new().allow_methods(Any).allow_headers(Any);
    let risky = |options: ResourceOptions| {
        config("*", options.allow_credentials()).accept_risk(Risk::AnyOriginWithCredentials)
    };
    let regex = ["^https://(.+)\\.a\\.example$"];
    let rows = vec![
        row("`default()`", CorsOptions::default(), config("*", everything())),
        row("`default()`", CorsOptions::default().allow_credentials(true), risky(everything())),
        row(
            "`default()`",
            cors(),
            CorsConfig::new().defaults([(A, options())]).add(Resource::at("/x")).add(Resource::at(OWN)),
        ),
        row(
            "`allowed_origins`: `AllowedOrigins::some_exact(&[\"https://a.example\"])`",
            cors(),
            config(A, options()),
        ),
        row(
            "`allowed_origins`: `AllowedOrigins::some_exact(&[\"https://a.example\"])`",
            cors().allowed_origins(AllowedOrigins::some_exact(&[A, SUBDOMAIN])),
            CorsConfig::new().defaults(OriginMap::each([A, SUBDOMAIN], options())).all_resources(),
        ),
        row(
            "`AllowedOrigins::some_regex(&[\"^https://(.+)\\\\.example\\\\.com$\"])`",
            cors().allowed_origins(AllowedOrigins::some_regex(&regex)),
            config("https://*.a.example", options()),
        ),
        row(
            "`AllowedOrigins::some_regex(&[\"^https://(.+)\\\\.example\\\\.com$\"])`",
            cors().allowed_origins(AllowedOrigins::some_regex(&regex)),
            by_function(options()),
        ),
        row(
            "`AllowedOrigins::some_null()`",
            cors().allowed_origins(AllowedOrigins::some_null()),
            config("null", options()).accept_risk(Risk::NullOrigin),
        ),
        row("`AllowedOrigins::all()`", cors().allowed_origins(AllowedOrigins::all()), config("*", options())),
        row(
            "`AllowedOrigins::all()`",
            cors().allowed_origins(AllowedOrigins::all()).allow_credentials(true),
            risky(options()),
        ),
        row(
            "`allowed_methods`",
            cors().allowed_methods(methods(&["GET", "DELETE"])),
            config(A, options().allow_methods(["GET", "DELETE"])),
        ),
        row(
            "`allowed_methods`",
            cors().allowed_methods(CorsOptions::default().allowed_methods),
            config(A, options().allow_methods(Any)),
        ),
        row("`allowed_headers`: `AllowedHeaders::some(&[\"Content-Type\"])`", cors(), config(A, options())),
        row(
            "`AllowedHeaders::all()`",
            cors().allowed_headers(AllowedHeaders::all()),
            config(A, options().allow_headers(Any)),
        ),
        row(
            "`AllowedHeaders::all()`",
            cors().allowed_headers(AllowedHeaders::all()).allow_credentials(true),
            config(A, options().allow_headers(Any).allow_credentials()),
        ),
        row(
            "`allow_credentials: true`",
            cors().allow_credentials(true),
            config(A, options().allow_credentials()),
        ),
        row(
            "`expose_headers`",
            cors().expose_headers(["x-total".to_owned()].into()),
            config(A, options().expose_headers(["x-total"])),
        ),
        row("`max_age: Some(600)`", cors().max_age(Some(600)), config(A, options().max_age(600))),
        row(
            "`max_age: Some(600)`",
            cors().max_age(Some(600)),
            config(A, options().max_age(Duration::from_secs(600))),
        ),
        row(
            "`send_wildcard: true`",
            cors().allowed_origins(AllowedOrigins::all()).send_wildcard(true),
            config("*", options()),
        ),
        row(
            "`fairing_route_base`, `fairing_route_rank`",
            cors().fairing_route_base("/elsewhere").fairing_route_rank(5),
            config(A, options()),
        ),
        row("the fairing `to_cors()?`", cors(), config(A, options())),
        guarded(
            "the guard `Guard<'_>`, `catch_all_options_routes()`",
            cors(),
            CorsConfig::new().add(Resource::at("/x").also(A, options())),
        ),
    ];
    let differences = [
        but("If any origin is allowed, the answer is `*`", same::origin_for_any),
        but("With credentials, `*` means every origin but `null`", same::any_origin_at_all),
        but("An allowed preflight has status 204", same::allowed_status),
        but("no preflight reaches the application", preflight_reaches),
        but("Methods are case-sensitive", case),
        but("All `Access-Control-Request-Headers` lines count", same::first_line),
        but("or with an invalid `Origin`, reaches the application", invalid_origin),
        but("There is no path `/cors/<status>`", error_path),
        but("A request from an origin that is not allowed", same::blocked),
        but(
            "An `OPTIONS` request with `Origin` that is not a preflight reaches the application",
            same::other_options,
        ),
        but("`Vary: Origin` is on every response that needs it", same::vary),
        but("A preflight for a path that you did not register", same::every_path),
        but("The response to a method that is not allowed is not shared", same::every_method),
    ];
    check(include_str!("../../../adapters/rocket/README.md"), rows, &differences);
}

/// Where the application has a route for it.
fn preflight_reaches(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.is_preflight() && theirs.reached && !ours.reached {
        (theirs.reached, theirs.status) = (false, ours.status);
    }
}

/// `put` counts as `PUT`.
fn case(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.line("access-control-request-method") == Some("put") {
        *theirs = ours.clone();
    }
}

fn invalid_origin(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.line("origin") == Some("no origin") && !theirs.reached {
        *theirs = ours.clone();
    }
}

/// The route to which the fairing sends what it refuses.
fn error_path(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.path == "/cors/403" && theirs.status == 403 {
        *theirs = ours.clone();
    }
}
