//! A decision allocates nothing, whatever it is, and its cost is that of the request, not of the configuration.

mod common;

use common::{A, B, build, headers};
use cors_model::{Any, CorsConfig, Resource, ResourceOptions, Risk, Route, Target, Verdict};
use http::HeaderMap;

/// How many allocations the work makes, and what it comes to.
fn counted<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let mut done = None;
    let info = allocation_counter::measure(|| done = Some(work()));
    (info.count_total, done.expect("done"))
}

fn options() -> ResourceOptions {
    ResourceOptions::new()
}

#[test]
fn decisions_allocate_nothing_and_prepared_answers_only_what_the_map_needs() {
    let many = (0..1000).map(|at| (format!("https://o{at}.example https://*.d{at}.example"), options()));
    let granting = options()
        .allow_credentials()
        .allow_methods(["GET", "PUT", "DELETE"])
        .allow_headers(["X-One", "Content-Type"])
        .expose_headers(["X-Two"])
        .max_age(600);
    let cors = build(
        CorsConfig::new()
            .accept_risk(Risk::AnyOriginWithCredentials)
            .defaults(many.collect::<cors_model::OriginMap>())
            .add(
                Resource::at("/items/{id}")
                    .origin(A, granting.clone())
                    .origin("https://*.a.example:*", granting.clone())
                    .add(Route::on("PATCH").origin(A, granting.clone())),
            )
            .add(Resource::at("/open").origin("*", options().allow_headers(Any).allow_methods(Any)))
            .add(Resource::at("/echo").origin("*", granting.allow_headers(Any))),
    );
    let asks = |origin, method| {
        headers(&[
            ("origin", origin),
            ("access-control-request-method", method),
            ("access-control-request-headers", "content-type,X-ONE"),
        ])
    };
    let long = "x".repeat(8192);
    let commas = ",".repeat(16384);
    let mut hostile = asks(A, "PUT");
    hostile.insert("access-control-request-headers", commas.parse().unwrap());
    let requests: Vec<(&str, &str, &str, HeaderMap)> = vec![
        ("pass", "GET", "/nowhere/at/all", headers(&[("origin", A)])),
        ("no origin", "GET", "/items/1", HeaderMap::new()),
        ("granted", "GET", "/items/1", headers(&[("origin", A)])),
        ("granted by a subdomain", "PUT", "/items/1", headers(&[("origin", "https://x.y.a.example:8443")])),
        ("granted by a default", "PATCH", "/items/1", headers(&[("origin", "https://o999.example")])),
        ("refused", "GET", "/items/1", headers(&[("origin", B)])),
        ("refused method", "POST", "/items/1", headers(&[("origin", A)])),
        ("malformed", "GET", "/items/1", headers(&[("origin", &long)])),
        ("constant", "GET", "/open", HeaderMap::new()),
        ("preflight", "OPTIONS", "/items/1", asks(A, "PUT")),
        ("preflight of a route", "OPTIONS", "/items/1", asks(A, "PATCH")),
        ("preflight of a default", "OPTIONS", "/items/1", asks("https://sub.d7.example", "PATCH")),
        ("preflight for any", "OPTIONS", "/open", asks(B, "CHICKEN")),
        ("preflight sent back", "OPTIONS", "/echo", asks(B, "PUT")),
        ("refused origin", "OPTIONS", "/items/1", asks("https://evil.example", "PUT")),
        ("refused preflight method", "OPTIONS", "/items/1", asks(A, "POST")),
        ("hostile", "OPTIONS", "/items/1", hostile),
    ];
    assert_eq!(counted(|| vec![1]).0, 1, "the counter counts");
    for (name, method, path, request) in &requests {
        // Off a socket, values share the buffer that was read; here the first clone makes them shared.
        let _shared = request.clone();
        let (allocations, verdict) = counted(|| cors.judge(Target::Path(path), method, request));
        assert_eq!(allocations, 0, "deciding: {name}");
        // Room for all lines beforehand: writing must not need more.
        let mut response = HeaderMap::with_capacity(64);
        let (allocations, ()) = counted(|| match verdict {
            Verdict::Pass => {}
            Verdict::Preflight(preflight) => drop(cors.answer(preflight, request, &mut response)),
            Verdict::Actual(actual) => cors.keep(actual, request).write(&mut response),
        });
        assert_eq!(allocations, 0, "writing: {name}");
    }
}

#[test]
fn a_routers_template_is_found_without_an_allocation() {
    let cors = build(
        CorsConfig::new()
            .defaults([(A, options())])
            .add(Resource::at("/items/{id}"))
            .add(Resource::at("/hello")),
    );
    let request = headers(&[("origin", A)]);
    for template in ["/items/{name}", "/hello", "/items/{id}/{*rest}", "/other/{id}", "/other"] {
        let target = Target::Routed { template: Some(template), path: "/items/1" };
        assert_eq!(counted(|| cors.judge(target, "GET", &request)).0, 0, "{template}");
    }
}

/// How many bytes are held once this many distinct combinations of routes and methods are built.
fn bytes_of_methods(resources: usize) -> u64 {
    let long =
        ResourceOptions::new().allow_methods((0..1000).map(|at| format!("METHOD{at}")).collect::<Vec<_>>());
    let resources = (0..resources).map(|at| Resource::at(format!("/r{at}")).add(Route::on(format!("R{at}"))));
    let config = resources.fold(CorsConfig::new().defaults([(A, long)]), CorsConfig::add);
    let mut built = None;
    allocation_counter::measure(|| built = Some(build(config))).bytes_current.unsigned_abs()
}

#[test]
fn prepared_lists_of_methods_are_bounded_by_what_was_written() {
    let (few, many) = (bytes_of_methods(100), bytes_of_methods(2000));
    assert!(many < few + 4_000_000, "{few} bytes, and {many} for 1900 resources more");
}

/// As many bytes as building this takes: so many origins, and a tenth as many resources with four routes each.
fn bytes_to_build(origins: usize) -> u64 {
    let map = |from: &str, count| -> cors_model::OriginMap {
        (0..count).map(|at| (format!("https://{from}{at}.example"), options())).collect()
    };
    let resources = (0..origins / 10).map(|at| {
        let route = |method: &str| Route::on(method).origins(map(method.to_ascii_lowercase().as_str(), 2));
        Resource::at(format!("/r{at}/{{id}}"))
            .origins(map("own", 3))
            .add(route("GET"))
            .add(route("PUT"))
            .add(Route::on("PATCH").origin("*", options()))
            .add(Route::on("DELETE").without_inheritance())
    });
    let config = resources.fold(CorsConfig::new().defaults(map("d", origins)), CorsConfig::add);
    let mut built = None;
    let info = allocation_counter::measure(|| built = Some(build(config)));
    info.bytes_total
}

#[test]
fn memory_grows_with_what_was_written_and_not_with_a_product() {
    let (small, large) = (bytes_to_build(1000), bytes_to_build(8000));
    assert!(large < small * 10, "{small} bytes, and {large} for eight times as much");
}
