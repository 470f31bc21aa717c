//! S24: one path, one policy. However a path is spelled, it has the rules of what it may be read as, or none.

mod common;

use common::{A, build, get, headers};
use cors_model::{Cors, CorsConfig, CorsRequest, Resource, ResourceOptions, Target, Verdict};

/// A resource that is told apart by the name that it exposes.
fn named(template: &str, name: &str) -> Resource {
    Resource::at(template).also(A, exposing(name))
}

fn exposing(name: &str) -> ResourceOptions {
    ResourceOptions::new().expose_headers([format!("x-{name}")])
}

/// The name of the resource that a path belongs to.
fn found(cors: &Cors, path: &str) -> Option<String> {
    let lines = get(cors, path, A);
    lines
        .into_iter()
        .find_map(|line| line.strip_prefix("access-control-expose-headers: x-").map(str::to_owned))
}

fn expect(cors: &Cors, rows: &[(&str, Option<&str>)]) {
    for (path, name) in rows {
        assert_eq!(found(cors, path).as_deref(), *name, "{path}");
    }
}

#[test]
fn s24_no_spelling_brings_a_strict_or_excluded_path_under_a_catch_all() {
    for cors in [
        CorsConfig::new()
            .add(named("/static/{*rest}", "all"))
            .add(Resource::at("/static/secret.txt"))
            .add(Resource::at("/static/sub/{*rest}")),
        CorsConfig::new()
            .add(named("/static/{*rest}", "all"))
            .exclude("/static/secret.txt")
            .exclude("/static/sub/{*rest}"),
    ]
    .map(build)
    {
        expect(
            &cors,
            &[
                ("/static/secret.txt", None),
                ("/static/%73ecret.txt", None),
                ("/static/%73%65cret%2Etxt", None),
                ("/static//secret.txt", None),
                ("//static/secret.txt", None),
                ("/static/./secret.txt", None),
                ("/static/%2e/secret.txt", None),
                ("/static/secret.txt/", None),
                ("/static/secret.txt//", None),
                ("/static/sub%2fsecret.txt", None),
                ("/static/sub%2F/secret.txt", None),
                ("/static/sub\\secret.txt", None),
                ("/static/sub%5csecret.txt", None),
                ("/static\\secret.txt", None),
                ("/static/x/../secret.txt", None),
                ("/static/x/%2e%2E/secret.txt", None),
                ("/static/x%2f..%2fsecret.txt", None),
                ("/static/x\\..\\y", None),
                ("/static/public.txt", Some("all")),
                ("/static/%70ublic.txt", Some("all")),
                ("/static/a%20b.txt", Some("all")),
                ("/static/x//y", Some("all")),
                ("/static/x/y/", Some("all")),
                ("/static/a%2Fb", Some("all")),
                ("/static/a\\b", Some("all")),
                ("/static/.hidden", Some("all")),
                ("/static/..hidden", Some("all")),
                // Escaped twice: only who decodes twice reads it as the secret.
                ("/static/%2573ecret.txt", Some("all")),
                ("/static/%zz", Some("all")),
                // A catch-all is never empty.
                ("/static/", None),
                ("/static//", None),
                ("/static/.", None),
            ],
        );
    }
}

#[test]
fn s24_no_spelling_brings_a_strict_path_under_all_resources() {
    let config = CorsConfig::new()
        .defaults([(A, exposing("all"))])
        .all_resources()
        .add(Resource::at("/strict").only([]))
        .add(Resource::at("/items/{id}/").only([]))
        .exclude("/admin/{*rest}");
    let cors = build(config);
    expect(
        &cors,
        &[
            ("/strict", None),
            ("/strict/", None),
            ("//strict", None),
            ("/%73trict", None),
            ("/stric%74", None),
            ("/./strict", None),
            ("\\strict", None),
            ("/\\strict", None),
            ("/items/1", None),
            ("/items/1/", None),
            ("/items/1//", None),
            ("/items%2f1", None),
            ("/admin/x", None),
            ("/admin%2fx", None),
            ("/%61dmin/x", None),
            ("/admin//x", None),
            ("/admin", Some("all")),
            ("/admin/", Some("all")),
            ("/", Some("all")),
            ("//", Some("all")),
            ("/strict/x", Some("all")),
            ("/other/", Some("all")),
            ("/other%2fx", Some("all")),
            ("/a%20b", Some("all")),
            ("/other/../x", None),
            ("*", None),
            ("", None),
            ("example.com:443", None),
        ],
    );
}

#[test]
fn s24_where_all_resources_alone_is_at_work_every_spelling_is_shared() {
    let cors = build(CorsConfig::new().defaults([(A, exposing("all"))]).all_resources());
    for path in ["/", "//", "/a/", "/a//b", "/%61", "/a%2fb", "/a\\b", "/a b", "/a?x"] {
        assert_eq!(found(&cors, path).as_deref(), Some("all"), "{path}");
    }
    expect(
        &cors,
        &[("*", None), ("example.com:443", None), ("", None), ("/a/../b", None), ("/a%2f%2E%2e", None)],
    );
}

#[test]
fn s24_what_is_read_in_one_way_only_stays_shared() {
    let items = CorsConfig::new().add(named("/items/{id}", "item"));
    expect(
        &build(items.clone()),
        &[
            ("/items/1", Some("item")),
            ("/items/a%2Fb", Some("item")),
            ("/items/%31", Some("item")),
            ("/%69tems/1", None),
            ("/items/1/", None),
            ("/items//1", None),
            ("/items/..", None),
            ("/items/%2e%2e", None),
            ("/items/.", None),
        ],
    );
    // Somebody else's path in the second reading, with other rules or the same.
    expect(&build(items.clone().add(Resource::at("/items/{a}/{b}"))), &[("/items/a%2Fb", None)]);
    expect(&build(items.clone().add(named("/items/{a}/{b}", "item"))), &[("/items/a%2Fb", Some("item"))]);
    expect(
        &build(items.clone().exclude("/items/a/b")),
        &[("/items/a%2Fb", None), ("/items/a%2fc", Some("item"))],
    );
    let defaults = items.defaults([(A, exposing("all"))]).all_resources();
    expect(&build(defaults), &[("/items/a%2Fb", None), ("/items/1", Some("item"))]);
    // A resource that says nothing has the rules of all others.
    let silent =
        CorsConfig::new().defaults([(A, exposing("all"))]).all_resources().add(Resource::at("/items/{id}"));
    expect(
        &build(silent),
        &[("/items/a%2Fb", Some("all")), ("/items/1/", Some("all")), ("/%69tems/1", Some("all"))],
    );
    let packages = CorsConfig::new().add(named("/{package}", "pkg")).add(named("/{scope}/{package}", "pkg"));
    expect(&build(packages), &[("/@scope%2fname", Some("pkg")), ("/@scope/name", Some("pkg"))]);
}

#[test]
fn s24_a_route_that_only_another_template_matches_keeps_its_rules() {
    let cors = build(CorsConfig::new().add(named("/items/{id}", "item")).add(named("/items/admin", "admin")));
    expect(
        &cors,
        &[
            ("/items/admin", Some("admin")),
            ("/items/%61dmin", None),
            ("/items/admin/", None),
            ("/items/./admin", None),
            ("/items/Admin", Some("item")),
        ],
    );
}

#[test]
fn s24_a_template_is_what_browsers_send_however_it_is_written() {
    for written in ["/\u{fc}/{id}", "/%C3%BC/{id}", "/%c3%bc/{id}"] {
        let cors = build(CorsConfig::new().add(named(written, "u")).add(named("/a b", "space")));
        expect(
            &cors,
            &[
                ("/%C3%BC/1", Some("u")),
                ("/%c3%bc/1", None),
                ("/\u{fc}/1", None),
                ("/a%20b", Some("space")),
                ("/a b", None),
            ],
        );
    }
    let both = CorsConfig::new().add(Resource::at("/\u{fc}")).add(Resource::at("/%C3%BC"));
    let errors = both.build().unwrap_err();
    assert!(errors.to_string().contains("matches the same paths"), "{errors}");
}

#[test]
fn s24_a_template_to_the_letter_stands() {
    let cors = build(
        CorsConfig::new()
            .add(named("/a/", "slash"))
            .add(named("/a", "plain"))
            .add(named("/x%2Fy", "encoded"))
            .add(named("/x/y", "split"))
            .add(named("/b//c", "double"))
            .add(Resource::at("/d/{id}/"))
            .add(named("/d/{*rest}", "rest")),
    );
    expect(
        &cors,
        &[
            ("/a/", Some("slash")),
            ("/a", Some("plain")),
            ("/a//", None),
            ("/x%2Fy", Some("encoded")),
            ("/x%2fy", None),
            ("/x/y", Some("split")),
            ("/b//c", Some("double")),
            ("/b/c", None),
            // Without its slash the strict template would match.
            ("/d/1", None),
            ("/d/1/2", Some("rest")),
        ],
    );
}

#[test]
fn s24_what_follows_a_question_mark_or_a_hash_is_no_part_of_a_path() {
    let config = CorsConfig::new().defaults([(A, exposing("all"))]).all_resources();
    let cors = build(config.exclude("/hello").add(named("/items/{id}", "item")));
    expect(
        &cors,
        &[
            ("/hello?x", None),
            ("/hello#x", None),
            ("/hello?/../y", None),
            ("/hell?o", Some("all")),
            ("/items/1?x=/../", Some("item")),
            ("/items/1#", Some("item")),
            ("?/items/1", None),
        ],
    );
}

#[test]
fn s24_a_template_that_the_router_tells_gives_way_to_a_narrower_one() {
    let cors = build(
        CorsConfig::new()
            .add(named("/items/{id}", "item"))
            .add(named("/items/admin", "admin"))
            .add(named("/files/{*rest}", "files"))
            .exclude("/files/private/{*rest}"),
    );
    let request = headers(&[("origin", A)]);
    let found = |template, path| {
        let verdict =
            cors.judge(&CorsRequest::new(path, "GET", &request).target(Target::Routed(Some(template))));
        let mut written = http::HeaderMap::new();
        if let Verdict::Actual(actual) = verdict {
            cors.decorate(actual, &request, &mut written);
        }
        written.get("access-control-expose-headers").map(|name| name.to_str().unwrap()[2..].to_owned())
    };
    for (template, path, name) in [
        ("/items/{name}", "/items/1", Some("item")),
        ("/items/{id}", "/items/admin", Some("admin")),
        ("/items/{id}", "/items/%61dmin", None),
        // The router's own doing: its path matches no template here.
        ("/items/{id}", "/v1/items/1", Some("item")),
        ("/items/{id}", "/items/a%2Fb", Some("item")),
        ("/items/{id}", "/items/%2e%2e", None),
        ("/files/{*rest}", "/files/private/x", None),
        ("/files/{*rest}", "/files/private%2fx", None),
        ("/files/{*rest}", "/files/x", Some("files")),
        ("/files/private/{*rest}", "/files/private/x", None),
        ("/other", "/items/1", None),
    ] {
        assert_eq!(found(template, path).as_deref(), name, "{template} {path}");
    }
}

#[test]
fn s24_an_explanation_shows_the_readings_and_what_to_register() {
    let cors = build(
        CorsConfig::new()
            .add(named("/static/{*rest}", "all"))
            .add(named("/items/{id}", "item"))
            .add(Resource::at("/items/{a}/{b}"))
            .exclude("/static/secret.txt"),
    );
    let request = headers(&[("origin", A)]);
    let explain = |path| cors.explain(&CorsRequest::new(path, "GET", &request)).to_string();
    let text = explain("/static//%73ecret.txt");
    assert!(text.contains("S24  as it was sent, the path belongs to the resource /static/{*rest}"), "{text}");
    assert!(
        text.contains(
            "read it as /static/secret.txt, which belongs to the excluded template /static/secret.txt"
        ),
        "{text}"
    );
    let text = explain("/items/a%2Fb");
    assert!(text.contains("read it as /items/a/b, which belongs to the resource /items/{a}/{b}"), "{text}");
    assert!(text.contains("register that with the rules of the resource /items/{id}"), "{text}");
    assert!(explain("/static/x/..").contains("a segment `..`"));
    assert!(explain("/static/secret.txt").contains("S6   the path is excluded by /static/secret.txt"));
}

#[test]
fn s24_inside_nested_routers_the_whole_path_counts() {
    let cors = build(CorsConfig::new().add(named("/admin/users", "admin")).add(named("/users", "users")));
    let request = headers(&[("origin", A)]);
    let found = |path, nest, original| {
        let mut written = http::HeaderMap::new();
        let nested = CorsRequest::new(path, "GET", &request).nested(nest, original);
        if let Verdict::Actual(actual) = cors.judge(&nested) {
            cors.decorate(actual, &request, &mut written);
        }
        written.get("access-control-expose-headers").map(|name| name.to_str().unwrap()[2..].to_owned())
    };
    for (path, nest, original, name) in [
        ("/users", "/admin", "/admin/users", Some("admin")),
        ("/", "/admin/users", "/admin/users", Some("admin")),
        ("/users", "/{any}", "/admin/users", Some("admin")),
        ("/", "/users", "/users", Some("users")),
        ("/users", "/", "/users", Some("users")),
        // A layer outside has stripped `/x`, or has rewritten the path: as if it had been sent so.
        ("/users", "/admin", "/x/admin/users", Some("admin")),
        ("/users", "/", "/x/users", Some("users")),
        ("/users", "/admin", "/admin/old", Some("users")),
        ("/users", "/a/b/c", "/admin/users", Some("admin")),
    ] {
        assert_eq!(found(path, nest, original).as_deref(), name, "{path} nested at {nest} of {original}");
    }
}
