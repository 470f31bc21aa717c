//! S20 to S23: what a configuration may not say, what it has to accept by name, and what could be better.

mod common;

use common::{A, B, build};
use cors_model::{AdviceKind, ConfigErrors, Cors, CorsConfig, CorsView, ErrorKind, OriginMap};
use cors_model::{CorsRequest, Resource, ResourceOptions, Risk, Route};

fn options() -> ResourceOptions {
    ResourceOptions::new()
}

fn errors(config: CorsConfig) -> ConfigErrors {
    config.build().expect_err("errors")
}

fn kinds(config: CorsConfig) -> Vec<ErrorKind> {
    errors(config).iter().map(|error| error.kind()).collect()
}

#[test]
fn s20_all_errors_come_at_once_each_with_its_place_and_its_help() {
    let found = errors(
        CorsConfig::new()
            .preflight_status(302)
            .defaults([("https://a.example/", options().max_age(u32::MAX))])
            .add(
                Resource::at("/r")
                    .also(B, options().allow_methods(["P UT"]).allow_headers(["Cookie", "x y"]))
                    .add(Route::on("trace"))
                    .add(Route::on("GET").also("null", options().expose_headers(["Set-Cookie", "*"]))),
            )
            .exclude("no-slash"),
    );
    let lines: Vec<_> = found.iter().map(|error| error.to_string()).collect();
    assert_eq!(
        lines,
        [
            "preflight_status: 302 is not a success status: write a status from 200 to 299, or leave it out for 204",
            "defaults.origins.\"https://a.example/\": \"https://a.example/\" has something after the host: an origin has no path \
             and no trailing slash; write https://a.example",
            "defaults.origins.\"https://a.example/\".max_age: 4294967295 is out of range: write seconds from 0 to \
             2147483647, or leave it out",
            "excluded: \"no-slash\" is not a valid path template: a template begins with `/`; write \
             /no-slash",
            "resources.\"/r\".origins.\"https://b.example\".allow_methods: \"P UT\" is not a valid method: a method is one \
             word, such as PUT",
            "resources.\"/r\".origins.\"https://b.example\".allow_headers: \"Cookie\" is a request header that no page \
             can set: browsers set it themselves and never ask for it: remove it",
            "resources.\"/r\".origins.\"https://b.example\".allow_headers: \"x y\" is not a valid header name: a header name is \
             one word, such as X-Request-Id",
            "resources.\"/r\".routes.trace: \"trace\" is a method that no page can send: remove it",
            "resources.\"/r\".routes.GET.origins.\"null\": \"null\" is dangerous: any web site can then send the origin `null`, \
             from a sandboxed frame. Better: serve the page from an origin that you can name, such as \
             http://localhost:3000. To accept the risk, add `.accept_risk(Risk::NullOrigin)`",
            "resources.\"/r\".routes.GET.origins.\"null\".expose_headers: \"Set-Cookie\" is a response header that no page \
             can read: browsers hide it from every page: remove it",
            "resources.\"/r\".routes.GET.origins.\"null\".expose_headers: \"*\" is inside a list: write `Any` in place \
             of the list",
        ]
    );
    let place = found.iter().last().unwrap().place();
    assert_eq!(
        (place.path(), place.method(), place.origin_pattern()),
        (Some("/r"), Some("GET"), Some("null"))
    );
}

#[test]
fn s20_debug_prints_what_display_prints() {
    let found = errors(CorsConfig::new().defaults([("https://a.example/", options())]).exclude("no-slash"));
    assert_eq!(format!("{found:?}"), found.to_string());
    assert_eq!(found.to_string().lines().count(), 2);
    let first = found.iter().next().unwrap();
    assert_eq!(format!("{first:#?}"), first.to_string());
}

#[test]
fn s21_what_is_given_twice() {
    let twice = |config: CorsConfig| assert_eq!(kinds(config), [ErrorKind::Duplicate]);
    twice(CorsConfig::new().defaults([(A, options()), (A, options())]));
    twice(CorsConfig::new().defaults([(&*format!("{A}  {B}\t{A}"), options())]));
    twice(CorsConfig::new().add(Resource::at("/r")).add(Resource::at("/r")));
    twice(CorsConfig::new().add(Resource::at("/r").add(Route::on("get")).add(Route::on("GET"))));
    twice(CorsConfig::new().exclude("/r").exclude("/r"));
    let conflict = CorsConfig::new().add(Resource::at("/{a}")).add(Resource::at("/{b}"));
    assert_eq!(kinds(conflict), [ErrorKind::ConflictingTemplate]);
    let both = CorsConfig::new().add(Resource::at("/r/{a}")).exclude("/r/{b}");
    assert_eq!(kinds(both), [ErrorKind::ExcludedAndRegistered]);
    build(CorsConfig::new().defaults([(A, options())]).add(Resource::at("/r").also(A, options())));
    build(CorsConfig::new().add(Resource::at("/r").add(Route::on("patch")).add(Route::on("PATCH"))));
}

#[test]
fn s20_a_place_names_the_pattern_that_is_wrong() {
    let key = format!("{A}, http://b.example\thttps://app*.example,{A},, https://C.example/x null");
    let found =
        errors(CorsConfig::new().defaults([(key.as_str(), options().allow_credentials().max_age(u32::MAX))]));
    let found: Vec<_> = found
        .iter()
        .map(|error| (error.kind(), error.place().origin_pattern().unwrap_or_default()))
        .collect();
    assert_eq!(
        found,
        [
            (ErrorKind::Risk(Risk::InsecureOriginWithCredentials), "http://b.example"),
            (ErrorKind::WildcardWithoutHyphen, "https://app*.example"),
            (ErrorKind::Duplicate, A),
            (ErrorKind::Path, "https://C.example/x"),
            (ErrorKind::UpperCase, "https://C.example/x"),
            (ErrorKind::Risk(Risk::NullOrigin), "null"),
            // The options belong to all of them.
            (ErrorKind::MaxAgeOutOfRange, A),
        ]
    );
}

#[test]
fn s21_a_key_of_separators_alone_names_no_origin() {
    for key in ["", " ", ",", ",,", " , \t,\n"] {
        let found = errors(CorsConfig::new().defaults([(key, options())]));
        let found: Vec<_> =
            found.iter().map(|error| (error.kind(), error.place().origin_pattern())).collect();
        assert_eq!(found, [(ErrorKind::EmptyPattern, Some(key))]);
    }
    let cors = build(CorsConfig::new().add(Resource::at("/r").also(format!(",{A},{B} ,"), options())));
    assert!(cors.advice().is_empty(), "{:?}", cors.advice());
    for origin in [A, B] {
        assert_eq!(common::get(&cors, "/r", origin).len(), 2, "{origin}");
    }
}

#[test]
fn s21_methods_and_names() {
    let methods = |method: &str| kinds(CorsConfig::new().defaults([(A, options().allow_methods([method]))]));
    for method in ["CONNECT", "Trace", "track"] {
        assert_eq!(methods(method), [ErrorKind::ForbiddenMethod], "{method}");
    }
    for method in ["", "P UT", "GET,PUT", "\u{e9}", "PROP*"] {
        assert_eq!(methods(method), [ErrorKind::InvalidMethod], "{method}");
    }
    assert_eq!(methods("*"), [ErrorKind::WildcardInList]);
    assert_eq!(
        kinds(CorsConfig::new().add(Resource::at("/r").add(Route::on("*")))),
        [ErrorKind::InvalidMethod]
    );
    let asked = |name: &str| kinds(CorsConfig::new().defaults([(A, options().allow_headers([name]))]));
    for name in
        ["Cookie", "SEC-Fetch-Mode", "proxy-authorization", "dnt", "Access-Control-Request-Method", "Via"]
    {
        assert_eq!(asked(name), [ErrorKind::ForbiddenRequestHeader], "{name}");
    }
    build(
        CorsConfig::new()
            .defaults([(A, options().allow_headers(["Authorization", "Content-Type", "Secret"]))]),
    );
    let exposed = |name: &str| kinds(CorsConfig::new().defaults([(A, options().expose_headers([name]))]));
    assert_eq!(exposed("set-cookie2"), [ErrorKind::ForbiddenResponseHeader]);
    assert_eq!(exposed("a:b"), [ErrorKind::InvalidHeaderName]);
    assert_eq!(exposed("x-*"), [ErrorKind::InvalidHeaderName]);
    assert_eq!(asked("x-amz-meta-*"), [ErrorKind::InvalidHeaderName]);
    build(CorsConfig::new().defaults([(A, options().max_age(2_147_483_647))]));
}

#[test]
fn s22_each_risk_is_refused_until_it_is_accepted_by_name() {
    let with = |pattern: &str| CorsConfig::new().defaults([(pattern, options().allow_credentials())]);
    let without = |pattern: &str| CorsConfig::new().defaults([(pattern, options())]);
    for (pattern, risks) in [
        ("*", &[Risk::AnyOriginWithCredentials][..]),
        ("moz-extension://*", &[Risk::WholeSchemeWithCredentials]),
        ("http://a.example", &[Risk::InsecureOriginWithCredentials]),
        ("http://*.a.example:*", &[Risk::InsecureOriginWithCredentials]),
        ("http://192.168.0.1", &[Risk::InsecureOriginWithCredentials]),
        ("http://localhost.example", &[Risk::InsecureOriginWithCredentials]),
        ("https://*.github.io", &[Risk::PublicSuffixSubdomainsWithCredentials]),
        ("https://*.com", &[Risk::PublicSuffixSubdomainsWithCredentials]),
        ("https://*.com.", &[Risk::PublicSuffixSubdomainsWithCredentials]),
        ("https://*.co.uk:8443", &[Risk::PublicSuffixSubdomainsWithCredentials]),
        ("https://*.no-such-tld", &[Risk::PublicSuffixSubdomainsWithCredentials]),
        ("https://*.ck", &[Risk::PublicSuffixSubdomainsWithCredentials]),
        ("https://app-*-team.vercel.app", &[Risk::PublicSuffixSubdomainsWithCredentials]),
        ("https://*-team.github.io.:*", &[Risk::PublicSuffixSubdomainsWithCredentials]),
        ("https://app-*.no-such-tld", &[Risk::PublicSuffixSubdomainsWithCredentials]),
        ("http://app-*.a.example:8080", &[Risk::InsecureOriginWithCredentials]),
        (
            "http://app-*.com",
            &[Risk::InsecureOriginWithCredentials, Risk::PublicSuffixSubdomainsWithCredentials],
        ),
        ("file://", &[Risk::FileOriginWithCredentials]),
        (
            "http://*.github.io",
            &[Risk::InsecureOriginWithCredentials, Risk::PublicSuffixSubdomainsWithCredentials],
        ),
        ("null", &[Risk::NullOrigin]),
    ] {
        let wanted: Vec<_> = risks.iter().copied().map(ErrorKind::Risk).collect();
        assert_eq!(kinds(with(pattern)), wanted, "{pattern}");
        for error in errors(with(pattern)).iter() {
            assert!(risks.iter().any(|risk| error.help().contains(&format!("Risk::{risk:?}"))
                && error.help().contains(risk.cost())));
        }
        build(risks.iter().fold(with(pattern), |config, &risk| config.accept_risk(risk)));
        assert_eq!(without(pattern).build().is_ok(), pattern != "null", "{pattern}");
    }
    for harmless in [
        "https://a.example",
        "https://*.a.example",
        "http://localhost",
        "http://localhost.:3000",
        "http://*.localhost:*",
        "http://127.8.8.8:*",
        "http://[::1]",
        "https://*.localhost",
        "https://*.foo.github.io",
        "https://app-*-team.a.example",
        "https://app-*.foo.vercel.app",
        "http://app-*.localhost:*",
        "http://app-*.x.localhost.",
        "https://app-*.localhost",
        "app://",
        "app://main",
        "moz-extension://2c127fa4",
    ] {
        build(with(harmless));
    }
}

#[test]
fn s23_advice_is_listed_and_no_error() {
    let advice = |config: CorsConfig| -> Vec<_> {
        build(config).advice().iter().map(|advice| advice.kind()).collect()
    };
    let resource =
        |options: ResourceOptions| advice(CorsConfig::new().add(Resource::at("/r").also(A, options)));
    assert_eq!(resource(options().max_age(600)), []);
    assert_eq!(resource(options().max_age(601)), [AdviceKind::MaxAgeCut]);
    assert_eq!(
        resource(options().expose_headers(["ETag", "Pragma"])),
        [AdviceKind::SafelistedResponseHeader]
    );
    assert_eq!(resource(options().allow_headers(["X-A", "x-a"])), [AdviceKind::RepeatedName]);
    assert_eq!(resource(options().allow_methods(["GET", "POST"])), []);
    for complete in [&["GET"][..], &["GET", "PUT"], &["POST"], &["HEAD", "POST"], &[]] {
        assert_eq!(resource(options().allow_methods(complete)), [], "{complete:?}");
    }
    assert_eq!(resource(options().allow_methods(["POST", "PUT"])), [AdviceKind::GetLeftOut]);
    assert_eq!(
        resource(options().allow_methods(["get", "GET", "POST", "patch", "PATCH"])),
        [AdviceKind::RepeatedName, AdviceKind::UnregisteredMethod]
    );
    assert_eq!(
        resource(options().allow_headers(["X-A", "access-control-allow-Origin", "Access-Control-Mine"])),
        [AdviceKind::ResponseHeaderInRequest]
    );
    assert_eq!(resource(options().allow_headers(["Cache-Control"])), []);
    assert_eq!(
        advice(
            CorsConfig::new()
                .add(Resource::at("/r").also(A, options()).add(Route::on("GET")).add(Route::on("Delte")))
        ),
        [AdviceKind::UnregisteredMethod]
    );
    assert_eq!(
        advice(CorsConfig::new().add(Resource::at("/r").also("https://a.example.:1", options()))),
        [AdviceKind::TrailingDot]
    );
    assert_eq!(
        advice(
            CorsConfig::new()
                .add(Resource::at("/r").also(format!("{A},https://app-*.example.,{B}"), options()))
        ),
        [AdviceKind::TrailingDot]
    );
    assert_eq!(
        advice(CorsConfig::new().accept_risk(Risk::NullOrigin).add(Resource::at("/r").also(A, options()))),
        [AdviceKind::RiskNotNeeded]
    );
    assert_eq!(advice(CorsConfig::new()), [AdviceKind::AllowsNobody]);
    assert_eq!(
        advice(CorsConfig::new().defaults([(A, options())]).add(Resource::at("/r").only([]))),
        [AdviceKind::NeverWins, AdviceKind::AllowsNobody, AdviceKind::AllowsNobody]
    );
    assert_eq!(
        advice(
            CorsConfig::new()
                .defaults([(A, options())])
                .add(Resource::at("/r").add(Route::on("GET").only([])))
        ),
        [AdviceKind::AllowsNobody, AdviceKind::AllowsNobody]
    );
    let route = Route::on("PUT").also(A, options().allow_methods(["PUT"]));
    assert_eq!(advice(CorsConfig::new().add(Resource::at("/r").add(route))), [AdviceKind::MethodsOnRoute]);
    let routed = |options: ResourceOptions, route| {
        advice(CorsConfig::new().add(Resource::at("/r").also(A, options).add(Route::on(route))))
    };
    assert_eq!(routed(options().allow_methods(["PUT"]), "GET"), []);
    assert_eq!(routed(options().allow_methods(["PUT"]), "POST"), [AdviceKind::GetLeftOut]);
}

#[test]
fn s23_routes_that_take_get_head_and_post_away() {
    let advised = |config: CorsConfig| {
        build(config).advice().iter().filter(|advice| advice.kind() == AdviceKind::OnlyOtherRoutes).count()
    };
    let put = || Resource::at("/r").add(Route::on("PUT")).add(Route::on("query"));
    assert_eq!(advised(CorsConfig::new().add(put().also(A, options()))), 1);
    assert_eq!(advised(CorsConfig::new().defaults([(A, options())]).add(put())), 1);
    let listed = options().allow_methods(["GET"]);
    assert_eq!(advised(CorsConfig::new().defaults([(A, listed.clone())]).add(put())), 0);
    assert_eq!(advised(CorsConfig::new().defaults([(A, options())]).add(put().only([(B, listed)]))), 0);
    for method in ["get", "HEAD", "POST"] {
        assert_eq!(advised(CorsConfig::new().add(put().also(A, options()).add(Route::on(method)))), 0);
    }
    // Nothing was shared that the routes could take away.
    let own = Resource::at("/r").add(Route::on("PUT").also(A, options()));
    assert_eq!(advised(CorsConfig::new().add(own)), 0);
    assert_eq!(advised(CorsConfig::new().add(Resource::at("/r").also(A, options()))), 0);
}

#[test]
fn s23_an_entry_that_never_wins() {
    let never = |config: CorsConfig| {
        build(config).advice().iter().filter(|advice| advice.kind() == AdviceKind::NeverWins).count()
    };
    let defaults = || CorsConfig::new().defaults([(A, options())]);
    assert_eq!(never(defaults()), 1);
    assert_eq!(never(defaults().all_resources()), 0);
    assert_eq!(never(defaults().add(Resource::at("/r"))), 0);
    assert_eq!(never(defaults().add(Resource::at("/r").only([(B, options())]))), 1);
    assert_eq!(never(defaults().add(Resource::at("/r").also(A, options()))), 1);
    assert_eq!(never(defaults().add(Resource::at("/r").also(format!("{B},{A}"), options()))), 1);
    assert_eq!(never(defaults().add(Resource::at("/r").also(A, options())).add(Resource::at("/s"))), 0);
    let both = CorsConfig::new().defaults([(&*format!("{A},{B}"), options())]);
    assert_eq!(never(both.add(Resource::at("/r").also(A, options()).also(B, options()))), 1);
    // A `*` with credentials does not take what one without them matches.
    let star = |default: ResourceOptions, own: ResourceOptions| {
        let config = CorsConfig::new().accept_risk(Risk::AnyOriginWithCredentials).defaults([("*", default)]);
        never(config.add(Resource::at("/r").also("*", own)))
    };
    assert_eq!(star(options(), options().allow_credentials()), 0);
    assert_eq!(star(options().allow_credentials(), options()), 1);
    assert_eq!(star(options(), options()), 1);
}

/// The entry that a route of its own seems to replace still wins for every other method, which it may not enable.
#[test]
fn s23_what_never_wins_is_not_named_by_an_explanation() {
    let own = |route: Route| Resource::at("/r").also(A, options()).add(route);
    for (resource, level) in [
        (own(Route::on("GET").also(A, options())), "in the resource's map"),
        (own(Route::on("GET").only([(B, options())])), "in the resource's map"),
        (own(Route::on("PUT").only([])), "in the resource's map"),
        (Resource::at("/r").add(Route::on("GET").also(A, options())), "in the defaults"),
    ] {
        let cors = build(CorsConfig::new().defaults([(A, options())]).add(resource));
        let request = common::headers(&[("origin", A)]);
        let text = cors.explain(&CorsRequest::new("/r", "POST", &request)).to_string();
        assert!(text.contains(level), "{text}");
        let never: Vec<_> =
            cors.advice().iter().filter(|advice| advice.kind() == AdviceKind::NeverWins).collect();
        assert!(
            never.iter().all(|advice| advice.place().level() == cors_model::Level::Defaults),
            "{never:?}"
        );
        assert_eq!(never.is_empty(), level == "in the defaults");
    }
}

struct Notes;

impl CorsView for Notes {
    const METHODS: &'static [&'static str] = &["GET", "POST", "PUT"];

    fn cors_config(resource: Resource) -> Resource {
        resource.also(A, options().max_age(1))
    }

    fn custom_cors(method: &str, route: Route) -> Route {
        match method {
            "POST" => route.also(A, options().max_age(2)),
            "PUT" => route.only([(B, options())]),
            _ => route,
        }
    }
}

#[test]
fn a_view_carries_its_own_configuration() {
    let cors = build(CorsConfig::new().view::<Notes>("/notes"));
    let max_age = |method| common::preflight(&cors, "/notes", A, method, &[]).unwrap().pop();
    assert_eq!(max_age("GET").unwrap(), "access-control-max-age: 1");
    assert_eq!(max_age("POST").unwrap(), "access-control-max-age: 2");
    assert!(common::refused(&cors, "/notes", A, "PATCH", &[]).contains("method"));
    assert!(common::refused(&cors, "/notes", A, "PUT", &[]).contains("origin"));
    assert!(common::preflight(&cors, "/notes", B, "PUT", &[]).is_ok());
}

#[test]
fn s3_also_adds_and_only_replaces() {
    let own = |resource: Resource| build(CorsConfig::new().defaults([(A, options())]).add(resource));
    let reads = |cors: &Cors, origin| common::get(cors, "/r", origin).len() > 1;
    let also = own(Resource::at("/r").also(B, options()));
    assert!(reads(&also, A) && reads(&also, B));
    let only = own(Resource::at("/r").also("https://c.example", options()).only([(B, options())]));
    assert!(!reads(&only, A) && reads(&only, B) && !reads(&only, "https://c.example"));
    let route = own(Resource::at("/r").add(Route::on("GET").only([(B, options())])));
    assert!(!reads(&route, A) && reads(&route, B));
    let route = own(Resource::at("/r").add(Route::on("GET").also(B, options())));
    assert!(reads(&route, A) && reads(&route, B));
    let origins = OriginMap::from(vec![(String::from(B), options())]);
    for cors in [own(Resource::at("/r").only(origins.clone()).also(A, options())), {
        own(Resource::at("/r").add(Route::on("GET").only(origins).also(A, options())))
    }] {
        assert!(reads(&cors, A) && reads(&cors, B));
    }
    for nobody in [Resource::at("/r").only([]), Resource::at("/r").add(Route::on("GET").only([]))] {
        assert!(!reads(&own(nobody), A));
    }
}

#[test]
fn an_explanation_names_level_pattern_rule_and_answer() {
    let cors = build(
        CorsConfig::new()
            .defaults([("https://*.a.example", options())])
            .add(Resource::at("/items/{id}").add(Route::on("PUT"))),
    );
    let request =
        common::headers(&[("origin", "https://x.a.example"), ("access-control-request-method", "PUT")]);
    let text = cors.explain(&CorsRequest::new("/items/1", "OPTIONS", &request)).to_string();
    for part in [
        "OPTIONS /items/1 from https://x.a.example: preflight allowed",
        "the resource /items/{id}",
        "S1   the most specific pattern that matches is https://*.a.example, in the defaults",
        "S4   PUT is enabled: a route is registered for it",
        "answered with 204, before the application",
        "access-control-allow-methods: PUT",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let request = common::headers(&[("origin", "https://x.a.example")]);
    let refused = cors.explain(&CorsRequest::new("/items/1", "GET", &request));
    assert!(refused.to_string().contains("not shared with this origin"), "{refused}");
    let rules: Vec<_> = refused.steps().iter().map(|step| step.rule()).collect();
    assert_eq!(rules, ["S6", "S1", "S4", "S4", "S12"]);
    let request = common::headers(&[
        ("origin", "https://x.a.example"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "x-one, x-two"),
    ]);
    let refused = cors.explain(&CorsRequest::new("/items/1", "OPTIONS", &request)).to_string();
    assert!(refused.contains("S10  that entry does not allow x-one, x-two; it allows nothing"), "{refused}");
    let passed = cors.explain(&CorsRequest::new("/else", "GET", &request)).to_string();
    assert!(passed.contains("not registered"), "{passed}");
}

#[cfg(feature = "serde")]
mod files {
    use cors_model::Any;

    use super::*;

    fn from_toml(text: &str) -> CorsConfig {
        toml::from_str(text).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn the_file_form_says_what_the_builder_says() {
        let read = from_toml(
            r#"
            accept_risks = ["insecure-origin-with-credentials"]
            preflight_status = 200
            all_resources = true
            excluded = ["/items/admin"]
            diagnostics = true

            [defaults.origins."https://app.example.com"]
            allow_credentials = true

            [resources."/hello".origins."http://client.example.org"]
            allow_credentials = true
            allow_methods = ["POST", "PUT"]
            allow_headers = "*"
            expose_headers = ["X-Custom-Server-Header"]
            max_age = 3600

            [resources."/hello".routes.GET.origins."http://other.example.org"]

            [resources."/strict"]
            inherit = false
            routes.PUT.inherit = false
            "#,
        );
        let built = CorsConfig::new()
            .accept_risk(Risk::InsecureOriginWithCredentials)
            .preflight_status(200)
            .all_resources()
            .exclude("/items/admin")
            .diagnostics()
            .defaults([("https://app.example.com", options().allow_credentials())])
            .add(
                Resource::at("/hello")
                    .also(
                        "http://client.example.org",
                        options()
                            .allow_credentials()
                            .allow_methods(["POST", "PUT"])
                            .allow_headers(Any)
                            .expose_headers(["X-Custom-Server-Header"])
                            .max_age(3600),
                    )
                    .add(Route::on("GET").also("http://other.example.org", options())),
            )
            .add(Resource::at("/strict").only([]).add(Route::on("PUT").only([])));
        assert_eq!(read, built);
        let again: CorsConfig = from_toml(&toml::to_string(&built).unwrap());
        assert_eq!(build(again), build(built));
    }

    #[test]
    fn s20_a_file_tells_unknown_keys_with_all_other_errors() {
        let config = from_toml(
            r#"
            accept_risks = ["no-such-risk"]
            preflight_satus = 204
            preflight_status = 70000
            all_resources = "yes"
            defaults.inherit = false
            defaults.origins."https://a.example/".max_age = -1
            defaults.origins."https://b.example".alow_methods = []
            defaults.origins."https://c.example".allow_headers = "X-Request-ID"
            resources."/r".orgins = {}
            resources."/r".routes.GET.inherits = true
            "#,
        );
        let lines: Vec<_> =
            errors(config).iter().map(|error| (error.kind(), error.place().to_string())).collect();
        let place =
            |kind, place: &str| assert!(lines.contains(&(kind, place.into())), "{place} in {lines:#?}");
        place(ErrorKind::UnknownRisk, "accept_risks");
        place(ErrorKind::UnknownKey, "preflight_satus");
        place(ErrorKind::PreflightStatus, "preflight_status");
        place(ErrorKind::WrongType, "all_resources");
        place(ErrorKind::UnknownKey, "defaults.inherit");
        place(ErrorKind::Path, "defaults.origins.\"https://a.example/\"");
        place(ErrorKind::MaxAgeOutOfRange, "defaults.origins.\"https://a.example/\".max_age");
        place(ErrorKind::UnknownKey, "defaults.origins.\"https://b.example\".alow_methods");
        place(ErrorKind::WrongType, "defaults.origins.\"https://c.example\".allow_headers");
        place(ErrorKind::UnknownKey, "resources.\"/r\".orgins");
        place(ErrorKind::UnknownKey, "resources.\"/r\".routes.GET.inherits");
        assert_eq!(lines.len(), 11);
    }

    #[test]
    fn s20_nothing_is_no_table_and_no_list() {
        for text in [
            r#"null"#,
            r#"[]"#,
            r#"{"defaults": {"origins": {"*": null}}}"#,
            r#"{"resources": null}"#,
            r#"{"resources": {"/r": null}}"#,
            r#"{"excluded": null}"#,
            r#"{"all_resources": null}"#,
        ] {
            let config: CorsConfig = serde_json::from_str(text).unwrap();
            assert_eq!(kinds(config), [ErrorKind::WrongType], "{text}");
        }
        let text = r#"{"preflight_status": null, "defaults": {"origins": {"https://a.example": {"max_age": null,
            "allow_methods": null}}}, "all_resources": true}"#;
        let config: CorsConfig = serde_json::from_str(text).unwrap();
        assert_eq!(config, CorsConfig::new().defaults([(A, options())]).all_resources());
    }

    #[test]
    fn a_configuration_with_faults_of_its_file_is_not_written() {
        let config: CorsConfig = serde_json::from_str(r#"{"typo": 1}"#).unwrap();
        assert!(serde_json::to_string(&config).unwrap_err().to_string().contains("typo"));
    }

    #[test]
    fn s21_a_key_given_twice_is_told_wherever_it_stands() {
        for text in [
            r#"{"diagnostics": true, "diagnostics": false}"#,
            r#"{"resources": {"/r": {}}, "resources": {}}"#,
            r#"{"resources": {"/r": {"inherit": true, "inherit": true}}}"#,
            r#"{"defaults": {"origins": {"*": {"max_age": 1, "max_age": 1}}}}"#,
            r#"{"defaults": {"origins": {"*": {}, "*": {}}}}"#,
            r#"{"resources": {"/r": {"routes": {"GET": {}, "get": {}}}}}"#,
            r#"{"resources": {"/r": {}, "/r": {}}}"#,
        ] {
            let config: CorsConfig = serde_json::from_str(text).unwrap();
            assert_eq!(kinds(config), [ErrorKind::Duplicate], "{text}");
        }
    }
}
