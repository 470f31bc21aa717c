//! One framework a file: its bare application, and that with each way to do CORS around it.

mod actix_web;
mod axum;
mod http;
mod poem;
mod rocket;
mod tower;
mod warp;

use cors_model::Attached;

use crate::scenario::{Ask, Others};

/// What stands around the application.
pub(crate) enum Around<'a> {
    /// Nothing.
    Floor,
    /// A middleware that writes this answer without deciding anything: the limit.
    Hand(&'static Answer),
    /// This project's adapter.
    Ours(&'a Attached),
    /// The library that a user would otherwise take.
    Peer(&'a Others),
}

/// What a response says beyond the bare application's, or the whole of it where the application is not asked.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) lines: Vec<(&'static str, &'static str)>,
    pub(crate) body: &'static str,
    /// The answer is given before the application.
    pub(crate) is_preflight: bool,
}

/// An application that can be asked.
pub(crate) trait Application {
    /// So many requests, made beforehand: calling this hands them over, one after the other, and drops what comes back.
    fn requests<'a>(&'a self, ask: &Ask, count: usize) -> Box<dyn FnOnce() + 'a>;

    /// The status, the header lines and the body that one request gets.
    fn answer(&self, ask: &Ask) -> (u16, Vec<(String, String)>, String);
}

/// A framework, and the library that its users have today.
pub(crate) struct Framework {
    pub(crate) name: &'static str,
    pub(crate) peer: &'static str,
    pub(crate) application: fn(Around<'_>) -> Option<Box<dyn Application>>,
}

pub(crate) const ALL: &[Framework] = &[
    tower::FRAMEWORK,
    axum::FRAMEWORK,
    actix_web::FRAMEWORK,
    warp::FRAMEWORK,
    poem::FRAMEWORK,
    rocket::FRAMEWORK,
];
