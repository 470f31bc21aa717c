//! One request, and what the policy answers.

use std::fmt;

use http::{HeaderName, HeaderValue, Request, Response};

use super::expected::Expected;
use super::failure::{Failure, Inner};
use crate::decide::request::CorsRequest;
use crate::policy::{Answers, Cors};

/// One request to your application, and what the response has to be by the policy. It prints as it is sent.
#[must_use]
#[derive(Clone, Debug)]
pub struct Question {
    pub(super) cors: Cors,
    pub(super) request: Request<()>,
    pub(super) answers: Answers,
    pub(super) about: String,
}

impl Question {
    /// The request to send. It has no body.
    pub fn request(&self) -> Request<()> {
        self.request.clone()
    }

    /// The resource, and whose page asks: `/notes, from a foreign origin`.
    pub fn about(&self) -> &str {
        &self.about
    }

    /// Is the response what the policy decides?
    ///
    /// # Errors
    /// It is not: a header that the policy owns is missing, has another value or is there twice, `Vary` lacks a name, or a preflight has
    /// another status.
    pub fn check<B>(&self, response: &Response<B>) -> Result<(), Failure> {
        let (uri, method) = (self.request.uri(), self.request.method());
        let request = CorsRequest::new(uri.path(), method.as_str(), self.request.headers());
        let expected = Expected::of(&self.cors, &request.answers(self.answers));
        let (status, received) = (response.status().as_u16(), response.headers());
        let wrong = expected.differences(status, received);
        if wrong.is_empty() {
            return Ok(());
        }
        let (question, received) = (self.clone(), received.clone());
        Err(Failure(Box::new(Inner { question, expected, status, received, wrong })))
    }

    /// [`Question::check`] for a framework whose headers are not those of the `http` crate, version 1. Lines that are not valid there
    /// are left out.
    ///
    /// # Errors
    /// As for [`Question::check`].
    pub fn check_lines<N: AsRef<str>, V: AsRef<[u8]>>(
        &self,
        status: u16,
        lines: impl IntoIterator<Item = (N, V)>,
    ) -> Result<(), Failure> {
        let mut response = Response::new(());
        *response.status_mut() = status.try_into().unwrap_or_default();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_ref().as_bytes());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.as_ref())) {
                response.headers_mut().append(name, value);
            }
        }
        self.check(&response)
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.request.method(), self.request.uri())?;
        for (name, value) in self.request.headers() {
            write!(f, "\n  {name}: {}", value.as_bytes().escape_ascii())?;
        }
        Ok(())
    }
}
