//! The questions that the kit asks, and what it finds in a response.
#![cfg(feature = "testing")]

use cors_model::testing::{Cause, Question, Questions, Report};
use cors_model::{
    Any, Asking, Cors, CorsConfig, CorsRequest, Decision, Enforce, OriginMap, Resource, ResourceOptions,
    Risk, Route,
};
use http::{HeaderMap, HeaderValue, Request, Response, header};

/// Every kind of pattern, at each level.
fn policy() -> Cors {
    let options = ResourceOptions::new();
    CorsConfig::new()
        .defaults([
            (
                "https://app.example",
                options.clone().allow_credentials().allow_headers(Any).expose_headers(Any),
            ),
            ("http://localhost:*", options.clone().max_age(5)),
        ])
        .add(Resource::at("/status").only([("*", options.clone().expose_headers(Any))]))
        .add(
            Resource::at("/notes/{id}")
                .add(Route::on("GET"))
                .add(
                    Route::on("PURGE")
                        .only([("https://*.admin.example", options.clone().allow_headers(["X-B", "X-A"]))]),
                )
                .also("https://app-*.team.example", options.clone().allow_methods(Any)),
        )
        .add(Resource::at("/files/{*rest}").also("moz-extension://*", options.clone().allow_timing()))
        .add(Resource::at("/frame").only([("null", options)]))
        .accept_risk(Risk::NullOrigin)
        .all_resources()
        .build()
        .unwrap()
}

fn questions(cors: &Cors) -> Questions {
    Questions::of(cors).path("/notes/{id}", "/notes/7?all").path("/files/{*rest}", "/files/a/b")
}

/// What an application with the policy answers.
fn answer(cors: &Cors, request: &Request<()>) -> Response<()> {
    let mut response = Response::new(());
    let lines = request.headers();
    match cors.decide(&CorsRequest::from(request)) {
        Decision::Pass => {}
        Decision::Answer(reply) => {
            let answer = cors.answer(reply, lines, response.headers_mut());
            *response.status_mut() = answer.status;
        }
        Decision::Actual(mut decoration) => {
            response.headers_mut().insert("x-total", HeaderValue::from_static("2"));
            response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept-encoding"));
            decoration.write(response.headers_mut());
            // A layer outside of the policy.
            response.headers_mut().insert("x-time", HeaderValue::from_static("1"));
        }
    }
    response
}

fn run(questions: &Questions, mut answer: impl FnMut(&Question) -> Response<()>) -> Report {
    let mut report = questions.report();
    for question in questions.iter() {
        report.add(question.check(&answer(&question)));
    }
    report
}

#[test]
fn an_application_with_the_policy_passes() {
    let cors = policy();
    let report = run(&questions(&cors), |question| answer(&cors, &question.request()));
    assert!(report.is_good(), "{report}");
    assert_eq!(report.skipped(), [""; 0]);
    assert_eq!(report.to_string(), format!("0 of {} questions failed\n", report.asked()));
}

#[test]
fn each_kind_of_pattern_and_each_kind_of_request_is_asked() {
    let cors = policy();
    let asked: Vec<_> = questions(&cors).iter().map(|question| question.to_string()).collect();
    for expected in [
        "GET /status\n  origin: https://foreign.example",
        "GET /status",
        "OPTIONS /status\n  origin: null\n  access-control-request-method: GET",
        "PURGE /notes/7?all\n  origin: https://y.x.admin.example",
        "OPTIONS /notes/7?all\n  origin: https://x.admin.example\n  access-control-request-method: PURGE\n  \
         access-control-request-headers: x-a,x-b",
        "OPTIONS /notes/7?all\n  origin: https://app-x.team.example\n  access-control-request-method: GET\n  \
         access-control-request-headers: x-cors-testing-unlisted",
        "GET /notes/7?all\n  origin: https://notapp.example",
        "DELETE /notes/7?all\n  origin: http://localhost:3000",
        "GET /files/a/b\n  origin: moz-extension://kit",
        "GET /frame\n  origin: null",
        "POST /cors-testing/not-registered\n  origin: https://app.example",
    ] {
        assert!(asked.iter().any(|question| question == expected), "{expected}\n{}", asked.join("\n"));
    }
    let mut once = asked.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), asked.len(), "nothing is asked twice");
}

/// Takes one header away from each answer, or changes it: somebody notices.
#[test]
fn every_header_of_the_policy_counts() {
    let cors = policy();
    let mut fields: Vec<_> = ["origin", "credentials", "methods", "headers"]
        .map(|name| format!("access-control-allow-{name}"))
        .into();
    fields.extend(
        ["access-control-expose-headers", "access-control-max-age", "vary", "timing-allow-origin"]
            .map(Into::into),
    );
    let change = |alter: &dyn Fn(&mut HeaderMap)| {
        run(&questions(&cors), |question| {
            let mut response = answer(&cors, &question.request());
            alter(response.headers_mut());
            response
        })
    };
    for field in &fields {
        let name: header::HeaderName = field.parse().unwrap();
        let other = |headers: &mut HeaderMap| {
            if let Some(value) = headers.get_mut(&name) {
                *value = HeaderValue::from_static("*, other");
            }
        };
        if field != "vary" {
            assert!(!change(&other).is_good(), "{field} has another value");
        }
        if field != "access-control-expose-headers" {
            assert!(!change(&|headers| drop(headers.remove(&name))).is_good(), "{field} is gone");
        }
        if field.starts_with("access-control") {
            let twice = change(&|headers| {
                let value = headers.get(&name).cloned();
                if let Some(value) = value {
                    headers.append(&name, value);
                }
            });
            assert!(
                twice.failures().iter().all(|failure| failure.causes() == [Cause::SecondPolicy]),
                "{twice}"
            );
            assert!(!twice.is_good(), "{field} is there twice");
        }
    }
    let status = run(&questions(&cors), |question| {
        let mut response = answer(&cors, &question.request());
        *response.status_mut() = http::StatusCode::OK;
        response
    });
    assert!(status.failures().iter().all(|failure| failure.question().request().method() == "OPTIONS"));
    assert!(!status.is_good());
}

#[test]
fn what_is_not_asked_is_reported() {
    let cors = policy();
    let questions = Questions::of(&cors).path("/notes/{note}", "/nodes/7").path("/absent", "/absent");
    assert_eq!(
        questions.report().skipped(),
        [
            "/notes/{id}: the path /nodes/7 does not belong to it",
            "/files/{*rest}: write .path(\"/files/{*rest}\", ..) with a path for it",
            "/absent: no resource has the template /absent",
        ]
    );
    assert!(questions.report().to_string().contains("\nskipped:\n  /notes/{id}: "));
    assert!(!questions.report().is_good(), "nothing was asked");
}

const TENANT: &str = "https://tenant.example";

/// Two sources in one entry, of which the second has the tenant, and an insecure one.
fn policy_with_sources() -> Cors {
    CorsConfig::new()
        .source("partners", |origin: &str| origin == "https://partner.example")
        .source("tenants", |origin: &str| [TENANT, "http://tenant.example"].contains(&origin))
        .defaults([("@partners @tenants", ResourceOptions::new().allow_credentials())])
        .add(Resource::at("/notes").also("*", ResourceOptions::new().allow_headers(["X-A"])))
        .build()
        .unwrap()
}

/// What an application answers that asks its sources.
fn answer_with_sources(cors: &Cors, request: &Request<()>) -> Response<()> {
    let mut response = Response::new(());
    let lines = request.headers();
    let request = CorsRequest::from(request);
    let Asking::Now(answers) = cors.ask(&request) else { panic!("a function answers at once") };
    match cors.decide(&request.answers(answers)) {
        Decision::Pass => {}
        Decision::Answer(reply) => {
            let answer = cors.answer(reply, lines, response.headers_mut());
            *response.status_mut() = answer.status;
        }
        Decision::Actual(mut decoration) => decoration.write(response.headers_mut()),
    }
    response
}

#[test]
fn s26_a_member_asks_what_an_origin_of_its_entry_asks() {
    let cors = policy_with_sources();
    let questions = Questions::of(&cors)
        .member("partners", "https://partner.example")
        .member("tenants", TENANT)
        .member("tenants", "http://tenant.example");
    let report = run(&questions, |question| answer_with_sources(&cors, &question.request()));
    assert!(report.is_good(), "{report}");
    assert_eq!(report.skipped(), [""; 0]);
    let asked: Vec<_> = questions.iter().map(|question| question.about().to_owned()).collect();
    for source in ["@partners", "@tenants"] {
        let about = format!("/notes, from an origin that {source} matches");
        assert!(asked.contains(&about), "{about}\n{}", asked.join("\n"));
    }
    let forgetful = run(&questions, |question| answer(&cors, &question.request()));
    let failed: Vec<_> = forgetful.failures().iter().map(|failure| failure.question().to_string()).collect();
    assert!(failed.iter().any(|question| question.contains(TENANT)), "{forgetful}");
    assert!(failed.iter().all(|question| !question.contains("http://tenant.example")), "{forgetful}");
}

#[test]
fn s26_a_source_without_a_member_is_skipped() {
    let cors = policy_with_sources();
    let questions = Questions::of(&cors).member("tenants", "tenant.example").member("clients", TENANT);
    assert_eq!(
        questions.report().skipped(),
        [
            "@partners: write .member(\"partners\", ..) with an origin that it has",
            "@tenants: \"tenant.example\" is not an origin as browsers send it",
            "https://tenant.example: no map names @clients",
        ]
    );
    let report = run(&questions, |question| answer_with_sources(&cors, &question.request()));
    assert!(report.is_good(), "{report}");
    assert!(questions.iter().all(|question| !question.about().contains('@')));
}

#[test]
fn questions_are_asked_at_a_host_that_is_served() {
    let cors = CorsConfig::new()
        .defaults(OriginMap::each(["https://app.example"], ResourceOptions::new()))
        .add(Resource::at("/hello"))
        .enforce(Enforce::refuse().hosts(["api.example:*"]))
        .build()
        .unwrap();
    let questions = Questions::of(&cors);
    assert!(questions.iter().all(|question| question.request().headers()["host"] == "api.example"));
    let report = run(&questions, |question| answer(&cors, &question.request()));
    assert!(report.is_good(), "{report}");
}

#[test]
fn lines_of_another_http_crate_are_checked_alike() {
    let cors = policy();
    let mut report = questions(&cors).report();
    for question in questions(&cors).iter() {
        let response = answer(&cors, &question.request());
        let lines = response.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        report.add(question.check_lines(response.status().as_u16(), lines));
        assert!(question.check_lines(500, [("", "")]).is_err());
    }
    assert!(report.is_good(), "{report}");
}
