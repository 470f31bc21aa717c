//! A decision allocates nothing, whatever it is, and its cost is that of the request, not of the configuration. The answer to a
//! preflight may allocate once, for the methods of a resource with routes.

mod common;

use common::{A, B, build, headers};
use cors_model::{
    Any, CorsConfig, CorsRequest, Decision, Enforce, Reply, Resource, ResourceOptions, Risk, Route, Target,
    Verdict,
};
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
fn decisions_allocate_nothing_and_answers_only_a_list_of_methods() {
    let many = (0..1000).map(|at| {
        (format!("https://o{at}.example https://*.d{at}.example https://l{at}-*.labels.example"), options())
    });
    let granting = options()
        .allow_credentials()
        .allow_methods(["GET", "PUT", "DELETE"])
        .allow_headers(["X-One", "Content-Type"])
        .expose_headers(["X-Two"])
        .max_age(600);
    let cors = build(
        CorsConfig::new()
            .accept_risk(Risk::AnyOriginWithCredentials)
            .defaults(many.collect::<Vec<_>>())
            .add(
                Resource::at("/items/{id}")
                    .also(A, granting.clone())
                    .also("https://*.a.example:*", granting.clone())
                    .add(Route::on("PATCH").also(A, granting.clone())),
            )
            .add(Resource::at("/open").also("*", options().allow_headers(Any).allow_methods(Any)))
            .add(Resource::at("/echo").also("*", granting.allow_headers(Any))),
    );
    let asks = |origin, method| {
        headers(&[
            ("origin", origin),
            ("access-control-request-method", method),
            ("access-control-request-headers", "content-type,X-ONE"),
        ])
    };
    let requests: Vec<(&str, &str, &str, HeaderMap)> = vec![
        ("pass", "GET", "/nowhere/at/all", headers(&[("origin", A)])),
        ("no origin", "GET", "/items/1", HeaderMap::new()),
        ("granted", "GET", "/items/1", headers(&[("origin", A)])),
        ("granted by a subdomain", "PUT", "/items/1", headers(&[("origin", "https://x.y.a.example:8443")])),
        ("granted by a label", "PATCH", "/items/1", headers(&[("origin", "https://l7-x-y.labels.example")])),
        ("granted by a default", "PATCH", "/items/1", headers(&[("origin", "https://o999.example")])),
        ("refused", "GET", "/items/1", headers(&[("origin", B)])),
        ("refused label", "GET", "/items/1", headers(&[("origin", "https://l7x-l8-.labels.example")])),
        ("refused method", "POST", "/items/1", headers(&[("origin", A)])),
        ("malformed", "GET", "/items/1", headers(&[("origin", "x")])),
        ("constant", "GET", "/open", HeaderMap::new()),
        ("preflight", "OPTIONS", "/items/1", asks(A, "PUT")),
        ("preflight of a route", "OPTIONS", "/items/1", asks(A, "PATCH")),
        ("preflight of a default", "OPTIONS", "/items/1", asks("https://sub.d7.example", "PATCH")),
        ("preflight for any", "OPTIONS", "/open", asks(B, "CHICKEN")),
        ("preflight sent back", "OPTIONS", "/echo", asks(B, "PUT")),
        ("refused origin", "OPTIONS", "/items/1", asks("https://evil.example", "PUT")),
        ("refused preflight method", "OPTIONS", "/items/1", asks(A, "POST")),
    ];
    assert_eq!(counted(|| vec![1]).0, 1, "the counter counts");
    for (name, method, path, request) in &requests {
        // Off a socket, values share the buffer that was read; here the first clone makes them shared.
        let _shared = request.clone();
        let (allocations, decision) = counted(|| cors.decide(&CorsRequest::new(path, method, request)));
        assert_eq!(allocations, 0, "deciding: {name}");
        // Room for all lines beforehand: writing must not need more.
        let mut response = HeaderMap::with_capacity(64);
        let (allocations, ()) = counted(|| match decision {
            Decision::Pass => {}
            Decision::Answer(preflight) => drop(cors.answer(preflight, request, &mut response)),
            Decision::Actual(mut decoration) => decoration.write(&mut response),
        });
        // Of a resource with routes.
        let lists_methods = *path == "/items/1" && response.contains_key("access-control-allow-methods");
        assert_eq!(allocations, u64::from(lists_methods), "writing: {name}");
    }
}

/// A preflight with one field replaced by these lines.
fn asks_with(field: &'static str, lines: &[String]) -> HeaderMap {
    let usual = [("origin", A), ("access-control-request-method", "PUT")];
    let mut all: Vec<_> = usual.into_iter().filter(|(name, _)| *name != field).collect();
    all.extend(lines.iter().map(|line| (field, line.as_str())));
    headers(&all)
}

/// How many allocations deciding makes, and how many writing.
fn allocations(cors: &cors_model::Cors, path: &str, request: &HeaderMap) -> (u64, u64) {
    // As above.
    let _shared = request.clone();
    let (deciding, verdict) = counted(|| cors.judge(&CorsRequest::new(path, "OPTIONS", request)));
    let Verdict::Answer(preflight) = verdict else { panic!("no preflight") };
    let mut response = HeaderMap::with_capacity(64);
    (deciding, counted(|| drop(cors.answer(preflight, request, &mut response))).0)
}

#[test]
fn far_too_much_of_everything_allocates_nothing() {
    const NAMES: &str = "access-control-request-headers";
    let listing =
        options().allow_credentials().allow_methods(["PUT"]).allow_headers(["X-One", "Content-Type"]);
    let echoing = listing.clone().allow_headers(Any);
    let map = |options: ResourceOptions| {
        let wildcards = "https://*.a.example:* app://-*.a.inner app://*-x.a.inner";
        cors_model::OriginMap::from_iter([(A, options.clone()), (wildcards, options)])
    };
    let cors = build(
        CorsConfig::new()
            .add(Resource::at("/list").only(map(listing)))
            .add(Resource::at("/echo").only(map(echoing))),
    );
    let one = |text: &str, times: usize| vec![text.repeat(times)];
    let distinct: Vec<_> = (0..2340).map(|at| format!("x-{at:04}")).collect();
    let requests = [
        ("an origin of 8 KiB", "origin", one("x", 8192)),
        ("a host of 8 KiB", "origin", vec![format!("https://{}a.example", "a.".repeat(4096))]),
        ("a label of 8 KiB", "origin", vec![format!("app://{}.a.inner", "-x".repeat(4096))]),
        ("an origin of commas", "origin", one(",", 16_384)),
        ("1,024 origins", "origin", vec![A.into(); 1024]),
        ("a method of 8 KiB", "access-control-request-method", one("P", 8192)),
        ("a method of commas", "access-control-request-method", one(",", 16_384)),
        ("1,024 methods", "access-control-request-method", vec!["PUT".into(); 1024]),
        ("a name of 8 KiB", NAMES, one("x", 8192)),
        ("16 KiB of commas", NAMES, one(",", 16_384)),
        ("2,340 distinct names", NAMES, vec![distinct.join(",")]),
        ("1,260 times the same name", NAMES, vec![vec!["Content-Type"; 1260].join(",")]),
        ("1,024 lines of nothing", NAMES, vec![String::new(); 1024]),
        ("1,024 lines of commas", NAMES, vec![",".repeat(16); 1024]),
        ("1,024 lines of a name", NAMES, vec!["x-one".into(); 1024]),
    ];
    for (name, field, lines) in &requests {
        let request = asks_with(field, lines);
        assert_eq!(allocations(&cors, "/list", &request), (0, 0), "{name}, listed");
        if *name != "1,024 lines of a name" {
            assert_eq!(allocations(&cors, "/echo", &request), (0, 0), "{name}, sent back");
        }
    }
    // Several lines are sent back as one, which has to be put together: no more work for more of them.
    let lines = |count| allocations(&cors, "/echo", &asks_with(NAMES, &vec!["x-one".into(); count]));
    assert_eq!(lines(1024), lines(2));
    assert_eq!(lines(1024).0, 0);
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
        let request = CorsRequest::new("/items/1", "GET", &request).target(Target::Routed(Some(template)));
        assert_eq!(counted(|| cors.judge(&request)).0, 0, "{template}");
    }
}

#[test]
fn s24_no_path_allocates() {
    let cors = build(
        CorsConfig::new()
            .defaults([(A, options())])
            .all_resources()
            .add(Resource::at("/items/{id}"))
            .add(Resource::at("/files/{*rest}").only([]))
            .exclude("/files/private/"),
    );
    let request = headers(&[("origin", A)]);
    let long = |piece: &str| format!("/files/{}x", piece.repeat(2000));
    let paths =
        ["/", "*", "/items/1", "/items/%31", "/files/private", "//files\\x%2f", "/items/1?x", "/../x"];
    let paths = paths.map(String::from).into_iter().chain(["/%2e", "%2f", "\\", "a/", "%zz"].map(long));
    for path in paths {
        for target in [Target::Path, Target::Routed(Some("/items/{id}")), Target::Routed(None)] {
            let request = CorsRequest::new(&path, "GET", &request).target(target);
            assert_eq!(counted(|| cors.judge(&request)).0, 0, "{path}, {target:?}");
        }
    }
}

#[test]
fn s28_no_enforcement_allocates() {
    let hosts = (0..1000).map(|at| format!("h{at}.example:*"));
    let exempt = (0..1000).map(|at| format!("POST /hooks/{at}/{{id}}"));
    let cors = build(
        CorsConfig::new()
            .enforce(Enforce::refuse().hosts(hosts).exempt(exempt))
            .add(Resource::at("/items/{id}").also(A, options().allow_headers(["Authorization"]))),
    );
    let long = "x".repeat(70_000);
    let requests = [
        headers(&[]),
        headers(&[("host", "H7.example:8443"), ("origin", "https://h7.example:8443")]),
        headers(&[("host", "h7.example"), ("origin", A), ("authorization", "Bearer 1")]),
        headers(&[("host", "h7.example"), ("origin", B), ("cookie", &long)]),
        headers(&[("host", "h7.example"), ("origin", &long), ("upgrade", &",websocket".repeat(7000))]),
        headers(&[("host", "h7.example"), ("sec-fetch-site", &long)]),
        headers(&[("host", &long), ("origin", A)]),
        headers(&vec![("host", "h7.example"); 1024]),
        headers(&[("host", "h7.example"), ("origin", A), ("access-control-request-method", "POST")]),
    ];
    let (mut passed, mut refused) = (0, 0);
    for request in &requests {
        // As above.
        let _shared = request.clone();
        for method in ["GET", "POST", "CONNECT", "OPTIONS"] {
            for path in ["/items/1", "/hooks/7/x", "/hooks/7%2fx", "/elsewhere", "*"] {
                for authority in [None, Some("h7.example"), Some("[::1"), Some(long.as_str())] {
                    let asked = CorsRequest::new(path, method, request).authority(authority);
                    let (allocations, decision) = counted(|| cors.decide(&asked));
                    assert_eq!(allocations, 0, "{method} {path} {authority:?}");
                    let Decision::Answer(reply @ Reply::Refused(_)) = decision else {
                        passed += 1;
                        continue;
                    };
                    refused += 1;
                    let mut response = HeaderMap::with_capacity(64);
                    let writing = counted(|| drop(cors.answer(reply, request, &mut response))).0;
                    assert_eq!(writing, 0, "{method} {path} {authority:?}");
                }
            }
        }
    }
    assert!(passed > 50 && refused > 50, "{passed} passed, {refused} were refused");
}

/// How many bytes are held once this many resources with a route are built.
fn bytes_of_methods(resources: usize) -> u64 {
    let long =
        ResourceOptions::new().allow_methods((0..1000).map(|at| format!("METHOD{at}")).collect::<Vec<_>>());
    let resources = (0..resources).map(|at| Resource::at(format!("/r{at}")).add(Route::on(format!("R{at}"))));
    let config = resources.fold(CorsConfig::new().defaults([(A, long)]), CorsConfig::add);
    let mut built = None;
    allocation_counter::measure(|| built = Some(build(config))).bytes_current.unsigned_abs()
}

#[test]
fn no_list_of_methods_is_kept_for_each_resource() {
    let (few, many) = (bytes_of_methods(100), bytes_of_methods(2000));
    assert!(many < few + 4_000_000, "{few} bytes, and {many} for 1900 resources more");
}

/// How many allocations and bytes building this takes: so many origins, and a tenth as many resources with four routes each.
fn cost_of_building(origins: usize) -> (u64, u64) {
    let keys = |from: String, count| (0..count).map(move |at| format!("https://{from}{at}.example"));
    let resources = (0..origins / 10).map(|at| {
        let route = |method: &str| {
            let keys = keys(method.to_ascii_lowercase(), 2);
            keys.fold(Route::on(method), |route, key| route.also(key, options()))
        };
        keys("own".into(), 3)
            .fold(Resource::at(format!("/r{at}/{{id}}")), |resource, key| resource.also(key, options()))
            .add(route("GET"))
            .add(route("PUT"))
            .add(Route::on("PATCH").also("*", options()))
            .add(Route::on("DELETE").only([]))
    });
    let defaults: Vec<_> = keys("d".into(), origins).map(|key| (key, options())).collect();
    let config = resources.fold(CorsConfig::new().defaults(defaults), CorsConfig::add);
    let mut built = None;
    let info = allocation_counter::measure(|| built = Some(build(config)));
    (info.count_total, info.bytes_total)
}

#[test]
fn building_grows_with_what_was_written_and_not_with_a_product() {
    let (small, large) = (cost_of_building(1000), cost_of_building(10_000));
    assert!(large.0 < small.0 * 11, "{} allocations, and {} for ten times as much", small.0, large.0);
    assert!(large.1 < small.1 * 12, "{} bytes, and {} for ten times as much", small.1, large.1);
}
