//! What the kit (`cors_model::testing`) finds in an application with a mistake. There are twelve kinds of mistakes, one for each
//! [`Cause`]. Each adapter's `tests/kit.rs` builds them in its framework's own way.

use cors_model::testing::{Cause, Questions, Report};
use cors_model::{Cors, CorsConfig, Resource, ResourceOptions, Route};

use crate::APP;

const ALL: [Cause; 12] = [
    Cause::Authentication,
    Cause::Redirect,
    Cause::AddedBeforeRoutes,
    Cause::AroundHandler,
    Cause::OwnOptions,
    Cause::CutPrefix,
    Cause::Fallback,
    Cause::OutsideError,
    Cause::SecondPolicy,
    Cause::OwnHeader,
    Cause::LostVary,
    Cause::OtherPolicy,
];

/// The policy of every application. The application has no route for `/missing`, so that its answer is the router's own 404.
pub fn policy() -> Cors {
    crate::policy(&["/notes/{id}", "/api/status", "/missing"])
}

/// A policy that allows less.
pub fn other_policy() -> Cors {
    let hello = Resource::at("/hello").add(Route::on("GET")).add(Route::on("PUT"));
    let others = ["/notes/{id}", "/api/status", "/missing"].map(Resource::at);
    let config = CorsConfig::new().defaults([(APP, ResourceOptions::new())]).add(hello);
    let config = others.into_iter().fold(config, CorsConfig::add);
    config.build().unwrap_or_else(|errors| panic!("{errors}"))
}

/// The questions about [`policy()`].
pub fn questions() -> Questions {
    Questions::of(&policy()).path("/notes/{id}", "/notes/7")
}

/// A mistake in words, its kind, and what the kit found in an application that has it.
pub type Mistake = (&'static str, Cause, Report);

/// Asserts that the kit names each kind of mistake. `impossible` has the kinds that the framework rules out, each with the reason.
#[track_caller]
pub fn assert_each_is_named(mistakes: &[Mistake], impossible: &[(Cause, &str)]) {
    for (name, cause, report) in mistakes {
        assert!(names(report, *cause), "{name}: {cause:?} is not named\n{report}");
    }
    for cause in ALL {
        let made = mistakes.iter().filter(|(_, made, _)| *made == cause).count();
        let ruled_out = impossible.iter().filter(|(other, _)| *other == cause).count();
        assert_eq!(
            made.min(1) + ruled_out,
            1,
            "{cause:?} is made {made} times and ruled out {ruled_out} times"
        );
    }
}

/// Does a failure print the question, what came, and this cause as the likeliest one?
fn names(report: &Report, cause: Cause) -> bool {
    report.failures().iter().any(|failure| {
        let printed = failure.to_string();
        let asked = printed.starts_with(&failure.question().to_string());
        let came = printed.contains(&format!("\ngot {}", failure.status()));
        // One response cannot show whether a prefix was cut or the route is outside of the policy, which is likelier.
        let listed = match cause {
            Cause::CutPrefix => printed.contains(&format!("\n  - {cause}\n")),
            _ => printed.contains(&format!("\nusual causes:\n  - {cause}\n")),
        };
        asked && came && listed
    })
}
