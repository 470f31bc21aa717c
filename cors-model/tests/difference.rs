//! Who gains and who loses what when one policy replaces another (S25).
#![cfg(feature = "serde")]

mod common;
mod twin;

use common::{A, B, build, headers};
use cors_model::{
    Any, Change, Cors, CorsConfig, CorsRequest, OriginMap, Resource, ResourceOptions, Right, Route, Verdict,
};
use proptest::prelude::*;
use serde_json::Value;

fn everywhere(origins: impl Into<OriginMap>) -> CorsConfig {
    CorsConfig::new().defaults(origins).all_resources()
}

fn difference(one: CorsConfig, next: CorsConfig) -> String {
    let (one, next) = (build(one), build(next));
    let text = one.difference(&next).to_string();
    let back = next.difference(&one).to_string();
    let mirrored = |text: &str| {
        let mut lines: Vec<_> =
            text.lines().map(|line| line.replace(" gains ", " <> ").replace(" loses ", " <> ")).collect();
        lines.sort();
        lines
    };
    assert_eq!(mirrored(&text), mirrored(&back), "what one gains, the other way it loses");
    text
}

#[test]
fn equal_policies_do_not_differ() {
    let cors = || everywhere([(A, ResourceOptions::new().allow_methods(Any))]);
    assert!(build(cors()).difference(&build(cors())).is_empty());
    assert_eq!(difference(cors(), cors()), "nobody gains or loses a right\n");
    // Written in another way, and the same in effect.
    let twice = OriginMap::new().origin(format!("{A}, {B}"), ResourceOptions::new());
    assert_eq!(
        difference(everywhere(twice), everywhere(OriginMap::each([B, A], ResourceOptions::new()))),
        "nobody gains or loses a right\n"
    );
}

#[test]
fn each_right_is_named() {
    let before = ResourceOptions::new().allow_headers(["X-A", "X-B"]).expose_headers(["X-Total"]);
    let after = ResourceOptions::new().allow_credentials().allow_headers(["x-a", "X-C"]).expose_headers(Any);
    assert_eq!(
        difference(everywhere([(A, before)]), everywhere([(A, after)])),
        "https://a.example loses the request header x-b: GET, HEAD, POST at every other path\n\
         https://a.example gains credentials, the request header x-c, every response header but x-total: GET, HEAD, POST at \
         every other path\n"
    );
    assert_eq!(
        difference(
            everywhere([]),
            everywhere([(A, ResourceOptions::new().allow_methods(Any).allow_headers(Any))])
        ),
        "https://a.example gains read, every request header: GET, HEAD, POST, every other method at every other path\n"
    );
}

#[test]
fn methods_and_resources_with_the_same_change_share_a_line() {
    let config = |options: ResourceOptions| {
        CorsConfig::new()
            .defaults([(A, options)])
            .add(Resource::at("/hello"))
            .add(Resource::at("/items/{id}").add(Route::on("PUT")))
            .add(Resource::at("/files/{*rest}"))
            .add(Resource::at("/own").only([(B, ResourceOptions::new())]))
            .exclude("/files/secret")
    };
    assert_eq!(
        difference(config(ResourceOptions::new()), config(ResourceOptions::new().allow_credentials())),
        "https://a.example gains credentials: GET, HEAD, POST at /hello, /files/{*rest}\n\
         https://a.example gains credentials: PUT at /items/{id}\n"
    );
}

#[test]
fn one_origin_stands_for_each_pattern() {
    let patterns = [
        ("https://*.example.com", "https://y.example.com"),
        ("https://x.example.com", "https://x.example.com"),
        ("https://app-*.example.com", "https://app-x.example.com"),
        ("http://localhost:*", "http://localhost"),
        ("moz-extension://*", "moz-extension://x"),
        ("*", "https://foreign.example1"),
        ("https://foreign.example", "https://foreign.example"),
        ("null", "null"),
    ];
    let origins = OriginMap::each(patterns.map(|(pattern, _)| pattern), ResourceOptions::new());
    let next = build(everywhere(origins).accept_risk(cors_model::Risk::NullOrigin));
    let difference = build(everywhere([])).difference(&next);
    assert_eq!(difference.origins().collect::<Vec<_>>(), patterns);
    let gains = difference.gains().iter().map(|gain| (gain.pattern(), gain.origin()));
    assert_eq!(gains.collect::<Vec<_>>(), patterns);
    assert!(difference.losses().is_empty());
}

#[test]
fn a_pattern_takes_what_a_wider_one_had() {
    let wide = || OriginMap::new().origin("*", ResourceOptions::new());
    let narrow = wide().origin("https://*.example.com", ResourceOptions::new().allow_methods(["PUT"]));
    assert_eq!(
        difference(everywhere(wide()), everywhere(narrow)),
        "https://*.example.com loses read: GET, HEAD, POST at every other path\n\
         https://*.example.com gains read: PUT at every other path\n"
    );
}

#[test]
fn credentials_take_any_origin_from_null() {
    let any = |options| everywhere([("*", options)]).accept_risk(cors_model::Risk::AnyOriginWithCredentials);
    assert_eq!(
        difference(any(ResourceOptions::new()), any(ResourceOptions::new().allow_credentials())),
        "null loses read: GET, HEAD, POST at every other path\n\
         * gains credentials: GET, HEAD, POST at every other path\n"
    );
}

#[test]
fn where_two_templates_overlap_is_a_change_of_its_own() {
    let at = |template| CorsConfig::new().defaults([(A, ResourceOptions::new())]).add(Resource::at(template));
    assert_eq!(
        difference(at("/a/{id}").exclude("/x"), at("/{id}/b")),
        "https://a.example loses read: GET, HEAD, POST at /a/{id}\n\
         https://a.example gains read: GET, HEAD, POST at /{id}/b\n"
    );
    let both = |options| at("/a/{id}").add(Resource::at("/{id}/b").only([(A, options)]));
    assert_eq!(
        difference(at("/{id}/b"), both(ResourceOptions::new())),
        "https://a.example gains read: GET, HEAD, POST at /a/{id}\n"
    );
    assert_eq!(
        difference(at("/a/{id}"), at("/a/{id}").exclude("/a/b/")),
        "https://a.example loses read: GET, HEAD, POST at /a/b\n",
        "S24: what serves it may drop the slash"
    );
}

fn policy(value: &Value) -> Cors {
    build(serde_json::from_value(value.clone()).expect("a configuration"))
}

/// Does a policy share this request, and a preflight that asks for it?
fn shares(cors: &Cors, origin: &str, path: &str, method: &str) -> bool {
    let request = headers(&[("origin", origin)]);
    let verdict = cors.judge(&CorsRequest::new(path, method, &request));
    let shared = matches!(verdict, Verdict::Actual(_)) && verdict.refusal().is_none();
    let request = headers(&[("origin", origin), ("access-control-request-method", method)]);
    let verdict = cors.judge(&CorsRequest::new(path, "OPTIONS", &request));
    let allowed = matches!(verdict, Verdict::Answer(_)) && verdict.refusal().is_none();
    assert_eq!(shared, allowed);
    shared
}

fn has(changes: &[Change], (pattern, template, method): (&str, &str, &str), right: &Right) -> bool {
    changes.iter().any(|change| {
        change.pattern() == pattern
            && change.resources().iter().any(|name| name == template)
            && change.methods().iter().any(|name| name == method)
            && change.rights().contains(right)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// For the origins and paths that were judged, and every method.
    #[test]
    fn one_shares_and_the_other_does_not_exactly_if_the_difference_says_so(
        (one, next) in (twin::generate::config(), twin::generate::config()),
    ) {
        let (one, next) = (policy(&one), policy(&next));
        let difference = one.difference(&next);
        for (template, path) in difference.paths() {
            for (pattern, origin) in difference.origins() {
                for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "UNHEARD-OF"] {
                    let named = difference.methods().any(|named| named == method);
                    let place = (pattern, template, if named { method } else { "*" });
                    let (old, new) = (shares(&one, origin, path, method), shares(&next, origin, path, method));
                    prop_assert_eq!(has(difference.gains(), place, &Right::Read), !old && new, "{:?}", place);
                    prop_assert_eq!(has(difference.losses(), place, &Right::Read), old && !new, "{:?}", place);
                }
            }
        }
    }
}
