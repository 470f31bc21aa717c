//! What people type first compiles, and means what it says.

mod common;

use std::time::Duration;

use common::{A, B, build};
use cors_model::{CorsConfig, OriginMap, Resource, ResourceOptions, Route};
use http::{HeaderName, Method, header};

fn options() -> ResourceOptions {
    ResourceOptions::new()
}

#[test]
fn names_are_texts_or_values_of_the_http_crate_in_any_list() {
    let written = options()
        .allow_methods(["GET", "PUT"])
        .allow_headers(["authorization", "x-a"])
        .expose_headers(["etag"]);
    let of = |options: ResourceOptions| assert_eq!(options, written);
    of(options()
        .allow_methods([Method::GET, Method::PUT])
        .allow_headers([header::AUTHORIZATION, HeaderName::from_static("x-a")])
        .expose_headers([header::ETAG]));
    of(options()
        .allow_methods(&[Method::GET, Method::PUT])
        .allow_headers(vec!["authorization", "x-a"])
        .expose_headers(vec!["etag"]));
    let (methods, names) =
        (vec!["GET".to_owned(), "PUT".to_owned()], ["authorization".to_owned(), "x-a".to_owned()]);
    let exposed: &[&str] = &["etag"];
    of(options().allow_methods(&methods).allow_headers(&names).expose_headers(exposed));
    of(options().allow_methods(methods).allow_headers(names).expose_headers(vec![header::ETAG]));
}

#[test]
fn a_route_is_on_a_text_or_a_method() {
    assert_eq!(Route::on(Method::PUT), Route::on("PUT"));
    assert_eq!(Route::on(&Method::PUT), Route::on(format!("P{}", "UT")));
}

#[test]
fn a_max_age_is_seconds_or_a_duration_without_its_part_of_a_second() {
    assert_eq!(options().max_age(Duration::from_secs(600)), options().max_age(600));
    assert_eq!(options().max_age(Duration::from_millis(1_999)), options().max_age(1));
    assert!(CorsConfig::new().defaults([(A, options().max_age(Duration::MAX))]).build().is_err());
}

#[test]
fn origins_come_in_a_vec_a_map_or_with_options_for_each() {
    let both = CorsConfig::new().defaults([(A, options()), (B, options())]);
    let owned = vec![(A.to_owned(), options()), (B.to_owned(), options())];
    for origins in [
        owned.into(),
        OriginMap::each([A, B], options()),
        OriginMap::each(vec![A.to_owned(), B.to_owned()], options()),
    ] {
        assert_eq!(CorsConfig::new().defaults(origins), both);
    }
    let cors = build(
        CorsConfig::new()
            .add(Resource::at("/r").only(OriginMap::each([A, B], options().allow_credentials()))),
    );
    for (origin, lines) in [(A, 3), (B, 3), ("https://c.example", 1)] {
        assert_eq!(common::get(&cors, "/r", origin).len(), lines, "{origin}");
    }
    let nobody: [&str; 0] = [];
    assert_eq!(OriginMap::each(nobody, options()), OriginMap::new());
}
