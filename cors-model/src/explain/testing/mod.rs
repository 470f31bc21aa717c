//! Test your own application against its policy (feature `testing`).
//!
//! [`Questions`] asks what is worth asking: at each resource, from origins that may read, from foreign ones, from look-alikes and from
//! `null`, with methods and headers in and out of the lists, preflights and actual requests. You send each [`Question`] to your
//! application through its framework's test client. [`Question::check`] compares the response with what the policy decides. It looks at
//! the headers, and at the status of a preflight; any other status is your application's own affair.
//!
//! ```
//! use cors_model::testing::Questions;
//! use cors_model::{CorsConfig, Resource, ResourceOptions};
//! # fn send(_: http::Request<()>) -> http::Response<()> { http::Response::new(()) }
//!
//! let cors = CorsConfig::new()
//!     .defaults([("https://app.example", ResourceOptions::new())])
//!     .add(Resource::at("/notes/{id}"))
//!     .build()?;
//! let questions = Questions::of(&cors).path("/notes/{id}", "/notes/7");
//! let mut report = questions.report();
//! for question in questions.iter() {
//!     let response = send(question.request());
//!     report.add(question.check(&response));
//! }
//! // This application does not have the policy at all. Write: assert!(report.is_good(), "{report}");
//! assert!(!report.is_good());
//! # Ok::<(), cors_model::ConfigErrors>(())
//! ```
//!
//! Your handlers run: a question may be a `DELETE`. Their requests have no body.

mod asker;
mod cause;
mod expected;
mod failure;
mod question;
mod questions;
mod report;

pub use cause::Cause;
pub use failure::Failure;
pub use question::Question;
pub use questions::Questions;
pub use report::Report;
