//! What `explain` says was probably meant.

mod common;

use common::{A, build, headers};
use cors_model::{
    Cors, CorsConfig, CorsRequest, RequestField, RequestHeaders, Resource, ResourceOptions, Route,
};

fn explained(cors: &Cors, method: &str, path: &str, lines: &[(&'static str, &str)]) -> String {
    cors.explain(&CorsRequest::new(path, method, &headers(lines))).to_string()
}

fn says(text: &str, expected: &str) {
    assert!(text.contains(expected), "{expected} in\n{text}");
}

#[test]
fn a_path_that_is_nearly_registered() {
    let cors = build(
        CorsConfig::new()
            .defaults([(A, ResourceOptions::new())])
            .add(Resource::at("/hello"))
            .add(Resource::at("/items/{id}/"))
            .add(Resource::at("/v1/notes"))
            .exclude("/secret/{*rest}"),
    );
    for (path, expected) in [
        ("/hello/", "/hello differs in the slash at the end: request /hello, or register /hello/"),
        ("/items/7", "/items/{id}/ differs in the slash at the end: request /items/7/, or register /items/7"),
        ("/api/hello", "/hello is registered without /api: register /api/hello"),
        ("/notes", "/v1/notes ends with this path"),
        ("/secret/a", "the path is excluded by /secret/{*rest}: CORS leaves it alone"),
        ("/else", "the path is not registered: CORS leaves it alone\n  answered"),
    ] {
        says(&explained(&cors, "GET", path, &[("origin", A)]), expected);
    }
}

#[test]
fn a_method_beside_those_that_are_enabled() {
    let cors = build(
        CorsConfig::new()
            .defaults([(A, ResourceOptions::new().allow_methods(["PUT", "PATCH"]))])
            .add(Resource::at("/hello").add(Route::on("GET"))),
    );
    let preflight = |method| {
        explained(&cors, "OPTIONS", "/hello", &[("origin", A), ("access-control-request-method", method)])
    };
    says(
        &preflight("DELETE"),
        "enabled for this origin: GET, HEAD, PUT, PATCH; to enable DELETE, too, add a `Route` for it",
    );
    says(&preflight("patch"), "PATCH is enabled, so send that");
    says(&preflight("DELTE"), "DELETE may be meant");
    let cors = build(CorsConfig::new().defaults([(A, ResourceOptions::new())]).all_resources());
    says(
        &explained(&cors, "PUT", "/", &[("origin", A)]),
        "to enable PUT, too, list GET, HEAD, POST, PUT in `.allow_methods([..])`",
    );
}

#[test]
fn an_origin_that_differs_a_little() {
    let origins =
        ["https://app.example", "https://*.wide.example"].map(|origin| (origin, ResourceOptions::new()));
    let cors = build(CorsConfig::new().defaults(origins).all_resources());
    for (origin, expected) in [
        (
            "http://app.example",
            "https://app.example differs in the scheme: to allow this origin, too, add http://",
        ),
        ("https://app.example:8443", "differs in the port"),
        ("http://www.app.example:8080", "differs in `www.` and the scheme and the port"),
        ("http://x.wide.example", "https://*.wide.example differs in the scheme"),
        ("https://wide.example", "differs in the domain alone"),
        ("https://other.example", "matches this origin\n  S12"),
        ("https://xwide.example", "matches this origin\n  S12"),
    ] {
        says(&explained(&cors, "GET", "/", &[("origin", origin)]), expected);
    }
}

#[test]
fn credentials_that_are_not_allowed() {
    let cors = |options| build(CorsConfig::new().defaults([(A, options)]).all_resources());
    let get = |options, line| explained(&cors(options), "GET", "/", &[("origin", A), line]);
    let (cookie, authorization) = (("cookie", "a=b"), ("authorization", "Bearer x"));
    says(&get(ResourceOptions::new(), cookie), "set `allow_credentials`, or send no credentials");
    says(&get(ResourceOptions::new(), authorization), "add it to `allow_headers` if the page sets it");
    let header = || ResourceOptions::new().allow_headers(["Authorization"]);
    let allowed = ResourceOptions::new().allow_credentials();
    for text in [get(allowed.clone(), cookie), get(allowed, authorization), get(header(), authorization)] {
        assert!(!text.contains("keeps the response"), "{text}");
    }
    says(&get(header(), cookie), "S13  the request has a Cookie");
    // S18: the same for all.
    let open = build(CorsConfig::new().defaults([("*", ResourceOptions::new())]).all_resources());
    says(&explained(&open, "GET", "/", &[("origin", A), cookie]), "S13  the request has a Cookie");
    assert!(!explained(&open, "GET", "/", &[cookie]).contains("S13"));
}

struct Lines(&'static [(RequestField, &'static str)]);

impl RequestHeaders for Lines {
    type Line<'a> = &'static str;
    type Value = &'static str;

    fn lines(&self, field: RequestField) -> impl Iterator<Item = &'static str> {
        self.0.iter().filter(move |(other, _)| *other == field).map(|(_, line)| *line)
    }

    fn keep(line: &'static str) -> &'static str {
        line
    }
}

#[test]
fn any_headers_can_be_explained() {
    let cors = build(CorsConfig::new().defaults([(A, ResourceOptions::new())]).all_resources());
    for (origin, expected) in
        [(A, "/ from https://a.example: shared"), ("a\nb", "not shared with this origin")]
    {
        let lines = Box::leak(Box::new([(RequestField::Origin, origin)]));
        let (lines, refusal) = (Lines(lines), origin != A);
        let request = CorsRequest::new("/", "GET", &lines);
        let explanation = cors.explain(&request);
        says(&explanation.to_string(), expected);
        assert_eq!(explanation.verdict().refusal(), cors.judge(&request).refusal());
        assert_eq!(explanation.verdict().refusal().is_some(), refusal);
    }
}

#[test]
fn a_method_with_an_apostrophe_is_a_token_like_any_other() {
    let options = ResourceOptions::new().allow_headers(["x-a"]);
    let route = Route::on("it's").also(A, options);
    let cors = build(CorsConfig::new().add(Resource::at("/hello").add(route)));
    let preflight = [
        ("origin", A),
        ("access-control-request-method", "it's"),
        ("access-control-request-headers", "x-a, it's"),
    ];
    let text = explained(&cors, "OPTIONS", "/hello", &preflight);
    says(&text, r"it\'s is enabled: a route is registered for it");
    says(&text, "that entry does not allow it's; it allows x-a");
    says(&explained(&cors, "it's", "/hello", &[("origin", A)]), "/hello from https://a.example: shared");
}
