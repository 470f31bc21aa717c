//! The answer to a preflight (S8 to S11).

use bytes::Bytes;
use http::StatusCode;

use crate::decide::judge::only_line;
use crate::decide::request::{Lines, RequestHeaders, read};
use crate::decide::verdict::{Allowed, Asked, Preflight, Refusal, Refused, RefusedAt, Reply};
use crate::grammar::header::{RequestField, ResponseField};
use crate::grammar::token::elements;
use crate::policy::Cors;
use crate::policy::sources::Sender;
use crate::policy::value::{ANY, NO_STORE, PLAIN_TEXT, PREFLIGHT_VARY, TRUE};
use crate::respond::write::{KeepValues, ResponseHeaders};
use crate::tell::diagnostics;

/// The answer to a preflight, beside its headers.
#[must_use = "the status and the body are the answer, too"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The configured status, 204 by default; 403 where the preflight is refused.
    pub status: StatusCode,
    /// Empty, or why the preflight is refused, as plain text.
    pub body: Bytes,
}

impl Cors {
    /// Answers a request in the place of the application: writes the headers on a response that has none yet, and returns what else it
    /// is made of.
    /// A verdict of another policy is answered with a refusal.
    pub fn answer<'c, H: KeepValues<'c> + ?Sized>(
        &'c self,
        reply: Reply,
        request: &H,
        response: &mut impl ResponseHeaders<H::Value>,
    ) -> Answer {
        let policy = &*self.0;
        let preflight = match reply {
            Reply::Preflight(preflight) => preflight,
            Reply::Refused(refused) => return self.refuse(refused, request, response),
        };
        let outcome =
            if preflight.policy == policy.number { preflight.outcome } else { Err(Refusal::Origin) };
        match outcome {
            Ok(allowed) => {
                self.allow(&preflight, &allowed, request, response);
                Answer { status: policy.preflight_status, body: Bytes::new() }
            }
            Err(refusal) => {
                response.reserve(2);
                response.add_fixed(ResponseField::Vary, &PREFLIGHT_VARY);
                response.add_fixed(ResponseField::ContentType, &PLAIN_TEXT);
                Answer {
                    status: StatusCode::FORBIDDEN,
                    body: self.refusal_body(&preflight, refusal, request),
                }
            }
        }
    }

    /// S28.
    fn refuse<'c, H, R>(&'c self, refused: Refused, request: &H, response: &mut R) -> Answer
    where
        H: KeepValues<'c> + ?Sized,
        R: ResponseHeaders<H::Value>,
    {
        response.add(ResponseField::ContentType, H::prepared(&PLAIN_TEXT));
        response.add(ResponseField::CacheControl, H::prepared(&NO_STORE));
        match refused.at {
            RefusedAt::Elsewhere => {}
            RefusedAt::Preflight => response.add(ResponseField::Vary, H::prepared(&PREFLIGHT_VARY)),
            RefusedAt::Resource(actual) => self.decorate(actual, request, response),
        }
        Answer {
            status: StatusCode::FORBIDDEN,
            body: Bytes::from_static(refused.refusal.sentence().as_bytes()),
        }
    }

    /// S8.
    fn allow<'c, H: KeepValues<'c> + ?Sized>(
        &'c self,
        preflight: &Preflight,
        allowed: &Allowed,
        request: &H,
        response: &mut impl ResponseHeaders<H::Value>,
    ) {
        let policy = &*self.0;
        let entry = &policy.entries[allowed.pick.entry as usize];
        response.reserve(6);
        response.add_fixed(ResponseField::Vary, &PREFLIGHT_VARY);
        let origin = read(request, RequestField::Origin);
        if allowed.literal {
            response.add_fixed(ResponseField::AllowOrigin, &ANY);
        } else if let Lines::One(origin) = origin {
            response.add(ResponseField::AllowOrigin, H::keep(origin));
        }
        let sender = Sender { origin: only_line(&origin), answers: &preflight.answers };
        let (pick, resource) = (&allowed.pick, preflight.resource);
        if let Some(methods) = policy.prepared_methods(resource, pick, sender) {
            response.add(ResponseField::AllowMethods, H::prepared(methods));
        } else {
            let requested = read(request, RequestField::RequestMethod);
            let methods = policy.list_methods(resource, pick, only_line(&requested), sender);
            response.add_bytes(ResponseField::AllowMethods, methods.into());
        }
        if entry.credentials {
            response.add_fixed(ResponseField::AllowCredentials, &TRUE);
        }
        let field = ResponseField::AllowHeaders;
        match (allowed.asked, &entry.allow_headers) {
            (Asked::Nothing, _) => {}
            (_, Some(names)) => response.add(field, H::prepared(names)),
            (Asked::Lines, None) => response.add_bytes(field, joined(request)),
            (Asked::OneLine, None) => {
                let line = request.lines(RequestField::RequestHeaders).next();
                line.into_iter().for_each(|line| response.add(field, H::keep(line)));
            }
        }
        if let Some(seconds) = &entry.max_age {
            response.add(ResponseField::MaxAge, H::prepared(seconds));
        }
    }

    fn refusal_body(
        &self,
        preflight: &Preflight,
        refusal: Refusal,
        request: &(impl RequestHeaders + ?Sized),
    ) -> Bytes {
        if self.0.config.diagnostics {
            return diagnostics::detail(self, preflight, refusal, request).into();
        }
        Bytes::from_static(refusal.sentence().as_bytes())
    }
}

/// S10: the names of several lines as one, repeated where the request repeats them.
fn joined<H: RequestHeaders + ?Sized>(request: &H) -> Bytes {
    let room = request.lines(RequestField::RequestHeaders).map(|line| line.as_ref().len() + ", ".len()).sum();
    let mut list = Vec::with_capacity(room);
    for line in request.lines(RequestField::RequestHeaders) {
        for name in elements(line.as_ref()) {
            list.extend_from_slice(if list.is_empty() { b"" } else { b", " });
            list.extend_from_slice(name);
        }
    }
    list.into()
}
