//! The answer to a preflight (S8 to S11).

use bytes::Bytes;

use crate::decide::judge::only_line;
use crate::decide::request::{Lines, RequestHeaders, read};
use crate::decide::verdict::{Allowed, Asked, Preflight, Refusal, Refused, RefusedAt, Reply};
use crate::grammar::header::{RequestField, ResponseField};
use crate::grammar::token::elements;
use crate::policy::Cors;
use crate::policy::allow_methods::MethodsValue;
use crate::policy::sources::Sender;
use crate::policy::value::{ANY, NO_STORE, PLAIN_TEXT, PREFLIGHT_VARY, TRUE};
use crate::respond::write::ResponseHeaders;
use crate::tell::diagnostics;

/// The answer to a preflight, beside its headers.
#[must_use = "the status and the body are the answer, too"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The configured status, 204 by default; 403 where the preflight is refused.
    pub status: u16,
    /// Empty, or why the preflight is refused, as plain text.
    pub body: Bytes,
}

impl Cors {
    /// Answers a request in the place of the application: writes the headers on a response that has none yet, and returns what else it
    /// is made of.
    /// A verdict of another policy is answered with a refusal.
    pub fn answer<'c, H, R>(&'c self, reply: Reply, request: &H, response: &mut R) -> Answer
    where
        H: RequestHeaders + ?Sized,
        R: ResponseHeaders<'c, H::Value> + ?Sized,
    {
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
                response.set(ResponseField::Vary, &PREFLIGHT_VARY);
                response.set(ResponseField::ContentType, &PLAIN_TEXT);
                Answer { status: 403, body: self.refusal_body(&preflight, refusal, request) }
            }
        }
    }

    /// S28.
    fn refuse<'c, H, R>(&'c self, refused: Refused, request: &H, response: &mut R) -> Answer
    where
        H: RequestHeaders + ?Sized,
        R: ResponseHeaders<'c, H::Value> + ?Sized,
    {
        response.set(ResponseField::ContentType, &PLAIN_TEXT);
        response.set(ResponseField::CacheControl, &NO_STORE);
        match refused.at {
            RefusedAt::Elsewhere => {}
            RefusedAt::Preflight => response.set(ResponseField::Vary, &PREFLIGHT_VARY),
            RefusedAt::Resource(actual) => self.decorate(actual, request, response),
        }
        Answer { status: 403, body: Bytes::from_static(refused.refusal.sentence().as_bytes()) }
    }

    /// S8.
    fn allow<'c, H, R>(&'c self, preflight: &Preflight, allowed: &Allowed, request: &H, response: &mut R)
    where
        H: RequestHeaders + ?Sized,
        R: ResponseHeaders<'c, H::Value> + ?Sized,
    {
        let policy = &*self.0;
        let entry = &policy.entries[allowed.pick.entry as usize];
        let asks = allowed.asked != Asked::Nothing;
        let optional =
            usize::from(entry.credentials) + usize::from(entry.max_age.is_some()) + usize::from(asks);
        response.reserve(3 + optional);
        response.set(ResponseField::Vary, &PREFLIGHT_VARY);
        let origin = read(request, RequestField::Origin);
        match allowed.literal {
            true => response.set(ResponseField::AllowOrigin, &ANY),
            false => echo::<H, R>(response, ResponseField::AllowOrigin, origin),
        }
        let requested = read(request, RequestField::RequestMethod);
        let sender = Sender { origin: only_line(&origin), answers: preflight.answers };
        match policy.methods_value(preflight.resource, &allowed.pick, only_line(&requested), sender) {
            MethodsValue::Prepared(methods) => response.set(ResponseField::AllowMethods, methods),
            MethodsValue::Listed(methods) => response.set_bytes(ResponseField::AllowMethods, methods.into()),
        }
        if entry.credentials {
            response.set(ResponseField::AllowCredentials, &TRUE);
        }
        let field = ResponseField::AllowHeaders;
        match (allowed.asked, &entry.allow_headers) {
            (Asked::Nothing, _) => {}
            (_, Some(names)) => response.set(field, names),
            (Asked::OneLine, None) => {
                echo::<H, R>(response, field, read(request, RequestField::RequestHeaders))
            }
            (Asked::Lines, None) => response.set_bytes(field, joined(request)),
        }
        if let Some(seconds) = &entry.max_age {
            response.set(ResponseField::MaxAge, seconds);
        }
    }

    fn refusal_body<H>(&self, preflight: &Preflight, refusal: Refusal, request: &H) -> Bytes
    where
        H: RequestHeaders + ?Sized,
    {
        #[cfg(feature = "tracing")]
        if tracing::enabled!(tracing::Level::DEBUG) {
            let detail = diagnostics::detail(self, preflight, refusal, request);
            tracing::debug!(?refusal, "{detail}");
        }
        if self.0.config.diagnostics {
            return diagnostics::detail(self, preflight, refusal, request).into();
        }
        Bytes::from_static(refusal.sentence().as_bytes())
    }
}

/// Sends back the one line of a field. It is there, unless this is another request than was judged.
fn echo<'c, H, R>(response: &mut R, to: ResponseField, line: Lines<H::Line<'_>>)
where
    H: RequestHeaders + ?Sized,
    R: ResponseHeaders<'c, H::Value> + ?Sized,
{
    if let Some(line) = line.only() {
        response.echo(to, H::keep(line));
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
