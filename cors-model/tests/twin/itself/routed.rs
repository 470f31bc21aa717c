//! S24, by hand: where the router reports its template, and where the policy is attached to one resource.

use serde_json::{Value, json};

use super::paths::{ORIGIN, find, number};
use crate::twin::Target;

#[test]
fn a_router_reports_its_template() {
    let config = json!({
        "excluded": ["/items/private"],
        "resources": { "/items/{id}": number(1), "/items/admin": number(2), "/files/{*rest}": number(4), "/{a}/x": number(5), "/{a}/x": number(5) },
    });
    for (told, path, expected) in [
        (Some("/items/{id}"), "/items/7", Some(1)),
        (Some("/items/{other}"), "/items/7", Some(1)),
        (Some("/items/{id}"), "/items/a%20b", Some(1)),
        (Some("/items/{id}"), "/items/a%2Fb", Some(1)),
        // A template that is more specific, in the path as sent and in a reading.
        (Some("/items/{id}"), "/items/admin", Some(2)),
        (Some("/items/{id}"), "/items/private", None),
        (Some("/items/{id}"), "/items/%61dmin", None),
        (Some("/items/{id}"), "/items/admin/", None),
        (Some("/items/{id}"), "/items/admin%2f", None),
        (Some("/items/admin"), "/items/admin", Some(2)),
        (Some("/items/admin"), "/items/%61dmin", Some(2)),
        // The router dropped what the template does not have.
        (Some("/items/{id}"), "/items/7/", Some(1)),
        (Some("/items/{id}"), "//items//7", Some(1)),
        // Inside of a nested router the path was cut: reading (a) may find none.
        (Some("/items/{id}"), "/7", Some(1)),
        (Some("/items/{id}"), "/a%20b", Some(1)),
        (Some("/items/{id}"), "/a%20b/", Some(1)),
        // Another one was found as sent: reading (a) has to find that.
        (Some("/{a}/x"), "/files//", None),
        (Some("/items/{id}"), "/x/%2e%2e/7", None),
        (Some("/items/{id}"), "/files%2fx", None),
        (Some("/items/{id}"), "*", None),
        (Some("/items/private"), "/items/private", None),
        (Some("/items/private"), "/items/7", None),
        (Some("/other"), "/items/7", None),
        (None, "/items/7", None),
    ] {
        assert_eq!(find(&config, Target::Routed(told), path), expected, "{told:?} {path}");
    }
}

#[test]
fn a_router_reports_a_template_without_the_slash_of_the_path() {
    let mut config = json!({ "resources": { "/items/{id}": number(1), "/items/{id}/": number(2) } });
    let told = |config: &Value, template, path| find(config, Target::Routed(Some(template)), path);
    assert_eq!(told(&config, "/items/{id}", "/items/7/"), Some(1));
    assert_eq!(told(&config, "/items/{id}/", "/items/7/"), Some(2));
    assert_eq!(told(&config, "/items/{id}/", "/items/7"), Some(2));
    config = json!({ "resources": { "/items/{id}/": number(2) }, "excluded": ["/items/{id}"] });
    assert_eq!(told(&config, "/items/{id}", "/items/7/"), None);
}

#[test]
fn a_router_that_reports_nothing_registered_under_all_resources() {
    let config = json!({
        "all_resources": true,
        "defaults": { "origins": { ORIGIN: { "max_age": 9 } } },
        "excluded": ["/items/private"],
        "resources": { "/items/{id}": number(1), "/items/admin": number(2) },
    });
    for told in [None, Some("/other"), Some("/{*all}")] {
        for (path, expected) in [
            ("/anything", Some(9)),
            ("/any%20thing/", Some(9)),
            ("/items/7", Some(1)),
            ("/items/admin", Some(2)),
            ("/items/private", None),
            ("/items/%61dmin", None),
            ("//items/admin", None),
            ("/x/..", None),
        ] {
            assert_eq!(find(&config, Target::Routed(told), path), expected, "{told:?} {path}");
        }
    }
    assert_eq!(find(&config, Target::Routed(Some("/items/{id}")), "/items/7"), Some(1));
    assert_eq!(find(&config, Target::Routed(Some("/items/{id}")), "/items/admin"), Some(2));
}

#[test]
fn nothing_is_read_at_one_resource() {
    let config = json!({
        "all_resources": true,
        "excluded": ["/private"],
        "resources": { "/items/{id}": number(1), "/items/admin": number(2) },
    });
    for path in ["/items/7", "/items/admin", "/x/../%2e", "*", ""] {
        assert_eq!(find(&config, Target::Resource("/items/{id}"), path), Some(1), "{path}");
        assert_eq!(find(&config, Target::Resource("/items/admin"), path), Some(2), "{path}");
        assert_eq!(find(&config, Target::Resource("/private"), path), None, "{path}");
        assert_eq!(find(&config, Target::Resource("/nowhere"), path), None, "{path}");
    }
}
