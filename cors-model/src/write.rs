//! From a verdict to header lines.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::allow_methods::MethodsValue;
use crate::header::{RequestField, ResponseField, is_worth_exposing};
use crate::lines::RequestHeaders;
use crate::policy::{Entry, Expose, ResourceId};
use crate::token::elements;
use crate::value::Value;
use crate::verdict::{Actual, Allowed, Asked, Grant, Preflight, Refusal};
use crate::{Cors, diagnose};

/// The headers of a response, as far as a policy touches them. Implemented for [`http::HeaderMap`]; an adapter
/// for a framework with header types of its own brings its own. `'c` is how long prepared values can be borrowed, `V`
/// what the request's own values are kept as.
pub trait ResponseHeaders<'c, V> {
    /// Makes room for so many more lines.
    fn reserve(&mut self, additional: usize);

    /// Makes this the field's only line.
    fn set(&mut self, field: ResponseField, value: &'c Value);

    /// Makes a value that was put together for this response the field's only line. It is a valid header value.
    fn set_bytes(&mut self, field: ResponseField, value: Bytes);

    /// Makes a value of the request the field's only line.
    fn echo(&mut self, field: ResponseField, value: V);

    /// Takes away all lines of a field.
    fn remove(&mut self, field: ResponseField);

    /// Shows all lines of a field.
    fn lines(&self, field: ResponseField, each: &mut dyn FnMut(&[u8]));

    /// Shows the names of all fields, in the response's order, each once.
    fn names(&self, each: &mut dyn FnMut(&str));
}

impl<'c> ResponseHeaders<'c, HeaderValue> for HeaderMap {
    fn reserve(&mut self, additional: usize) {
        // Without the room, lines that do not fit are left out.
        let _ = self.try_reserve(additional);
    }

    fn set(&mut self, field: ResponseField, value: &'c Value) {
        let _ = self.try_insert(field.http(), value.http().clone());
    }

    fn set_bytes(&mut self, field: ResponseField, value: Bytes) {
        if let Ok(value) = HeaderValue::from_maybe_shared(value) {
            let _ = self.try_insert(field.http(), value);
        }
    }

    fn echo(&mut self, field: ResponseField, value: HeaderValue) {
        let _ = self.try_insert(field.http(), value);
    }

    fn remove(&mut self, field: ResponseField) {
        HeaderMap::remove(self, field.http());
    }

    fn lines(&self, field: ResponseField, each: &mut dyn FnMut(&[u8])) {
        self.get_all(field.http()).iter().for_each(|line| each(line.as_bytes()));
    }

    fn names(&self, each: &mut dyn FnMut(&str)) {
        self.keys().for_each(|name| each(name.as_str()));
    }
}

static ANY: Value = Value::fixed("*");
static TRUE: Value = Value::fixed("true");
static VARY_ACTUAL: Value = Value::fixed("Origin");
static VARY_PREFLIGHT: Value =
    Value::fixed("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
static PLAIN_TEXT: Value = Value::fixed("text/plain; charset=utf-8");

/// The answer to a preflight, beside its headers.
#[must_use = "the status and the body are the answer, too"]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The configured status, 204 unless told otherwise; 403 where the preflight is refused.
    pub status: u16,
    /// Empty, or why the preflight is refused, as plain text.
    pub body: Bytes,
}

/// What is written on the response of an actual request, once there is one. It needs the request no more.
#[must_use = "the response needs its headers, `Vary` above all"]
#[derive(Clone, Debug)]
pub struct Decoration<V> {
    /// The policy whose entry is granted.
    cors: Option<Cors>,
    actual: Actual,
    origin: Option<V>,
}

impl<V> Decoration<V> {
    /// Writes on a response, whatever it is: an error, a redirect, a stream, an upgrade (S16).
    pub fn write<R>(self, response: &mut R)
    where
        R: for<'c> ResponseHeaders<'c, V>,
    {
        match &self.cors {
            Some(cors) => cors.decorate(self.actual, self.origin, response),
            None => decorate(None, self.actual.vary, response),
        }
    }
}

impl Cors {
    /// Answers a preflight: writes its headers on a response that has none yet, and says what else it is made of.
    /// A verdict of another policy is answered with a refusal.
    pub fn answer<'c, H, R>(&'c self, preflight: Preflight, request: &H, response: &mut R) -> Answer
    where
        H: RequestHeaders + ?Sized,
        R: ResponseHeaders<'c, H::Value> + ?Sized,
    {
        let outcome =
            if preflight.policy == self.0.number { preflight.outcome } else { Err(Refusal::Origin) };
        response.reserve(if outcome.is_ok() { 6 } else { 2 });
        response.set(ResponseField::Vary, &VARY_PREFLIGHT);
        match outcome {
            Ok(allowed) => {
                self.allow(preflight.resource, &allowed, request, response);
                Answer { status: self.0.preflight_status, body: Bytes::new() }
            }
            Err(refusal) => {
                response.set(ResponseField::ContentType, &PLAIN_TEXT);
                Answer { status: 403, body: self.refusal_body(preflight.resource, refusal, request) }
            }
        }
    }

    /// S8.
    fn allow<'c, H, R>(&'c self, resource: ResourceId, allowed: &Allowed, request: &H, response: &mut R)
    where
        H: RequestHeaders + ?Sized,
        R: ResponseHeaders<'c, H::Value> + ?Sized,
    {
        let policy = &*self.0;
        let entry = &policy.entries[allowed.pick.entry as usize];
        if allowed.literal {
            response.set(ResponseField::AllowOrigin, &ANY);
        } else if let Some(origin) = request.keep(RequestField::Origin) {
            response.echo(ResponseField::AllowOrigin, origin);
        }
        if entry.credentials {
            response.set(ResponseField::AllowCredentials, &TRUE);
        }
        let field = ResponseField::AllowMethods;
        match allowed.route.filter(|_| allowed.pick.at_route()) {
            Some(route) => response.set(field, &policy.routes[route as usize].allow_methods),
            None => match policy.methods_value(resource, allowed.route, &allowed.pick) {
                MethodsValue::Any => response.set(field, &ANY),
                MethodsValue::Prepared(value) => response.set(field, value),
                MethodsValue::Requested => {
                    if let Some(method) = request.keep(RequestField::RequestMethod) {
                        response.echo(field, method);
                    }
                }
                MethodsValue::Listed { mut listed, with_requested } => {
                    if let Some(method) =
                        request.lines(RequestField::RequestMethod).next().filter(|_| with_requested)
                    {
                        listed.push_str(if listed.is_empty() { "" } else { ", " });
                        listed.push_str(&String::from_utf8_lossy(method));
                    }
                    response.set_bytes(field, listed.into());
                }
            },
        }
        let field = ResponseField::AllowHeaders;
        match (allowed.asked, &entry.allow_headers) {
            (Asked::Nothing, _) => {}
            (_, Some(value)) => response.set(field, value),
            (Asked::OneLine, None) => {
                if let Some(line) = request.keep(RequestField::RequestHeaders) {
                    response.echo(field, line);
                }
            }
            (Asked::Lines, None) => response.set_bytes(field, joined(request)),
        }
        if let Some(seconds) = &entry.max_age {
            response.set(ResponseField::MaxAge, seconds);
        }
    }

    fn refusal_body<H>(&self, resource: ResourceId, refusal: Refusal, request: &H) -> Bytes
    where
        H: RequestHeaders + ?Sized,
    {
        #[cfg(feature = "tracing")]
        if tracing::enabled!(tracing::Level::DEBUG) {
            let detail = diagnose::detail(self, resource, refusal, request);
            tracing::debug!(?refusal, "{detail}");
        }
        if self.0.config.diagnostics {
            return diagnose::detail(self, resource, refusal, request).into();
        }
        Bytes::from_static(refusal.sentence().as_bytes())
    }

    /// Keeps what the response of an actual request will need.
    pub fn keep<H: RequestHeaders + ?Sized>(&self, actual: Actual, request: &H) -> Decoration<H::Value> {
        let cors = actual.grant.map(|_| self.clone());
        let origin =
            actual.grant.filter(|grant| !grant.literal).and_then(|_| request.keep(RequestField::Origin));
        Decoration { cors, actual, origin }
    }

    /// Writes on the response of an actual request, for an adapter that still has what [`Cors::keep`] would keep:
    /// the value of the request's `Origin` line. Nothing is granted by a verdict of another policy, or without that value
    /// where it is the one to send back.
    pub fn decorate<'c, V, R>(&'c self, actual: Actual, origin: Option<V>, response: &mut R)
    where
        R: ResponseHeaders<'c, V> + ?Sized,
    {
        let grant = actual.grant.filter(|_| actual.policy == self.0.number);
        let entry = |grant: Grant| &self.0.entries[grant.entry as usize];
        let grant = match (grant, origin) {
            (Some(grant), _) if grant.literal => Some((entry(grant), AllowOrigin::Any)),
            (Some(grant), Some(origin)) => Some((entry(grant), AllowOrigin::This(origin))),
            _ => None,
        };
        decorate(grant, actual.vary, response);
    }
}

/// `Access-Control-Allow-Origin`.
enum AllowOrigin<V> {
    Any,
    This(V),
}

/// S13 to S18: sets what is granted and takes away the rest.
fn decorate<'c, V, R>(grant: Option<(&'c Entry, AllowOrigin<V>)>, vary: bool, response: &mut R)
where
    R: ResponseHeaders<'c, V> + ?Sized,
{
    let entry = grant.as_ref().map(|(entry, _)| *entry);
    response.reserve(usize::from(vary) + entry.map_or(0, granted_lines));
    let present = match entry.map(|entry| &entry.expose) {
        Some(Expose::Present) => present_names(response),
        _ => String::new(),
    };
    match grant {
        Some((_, AllowOrigin::Any)) => response.set(ResponseField::AllowOrigin, &ANY),
        Some((_, AllowOrigin::This(origin))) => response.echo(ResponseField::AllowOrigin, origin),
        None => response.remove(ResponseField::AllowOrigin),
    }
    match entry {
        Some(entry) if entry.credentials => response.set(ResponseField::AllowCredentials, &TRUE),
        _ => response.remove(ResponseField::AllowCredentials),
    }
    match entry.map(|entry| &entry.expose) {
        Some(Expose::Value(value)) => response.set(ResponseField::ExposeHeaders, value),
        Some(Expose::Present) if !present.is_empty() => {
            response.set_bytes(ResponseField::ExposeHeaders, present.into());
        }
        _ => response.remove(ResponseField::ExposeHeaders),
    }
    response.remove(ResponseField::AllowMethods);
    response.remove(ResponseField::AllowHeaders);
    response.remove(ResponseField::MaxAge);
    if vary {
        vary_by_origin(response);
    }
}

/// How many lines an entry grants.
fn granted_lines(entry: &Entry) -> usize {
    1 + usize::from(entry.credentials) + usize::from(!matches!(entry.expose, Expose::Nothing))
}

/// S15: the names that the response has.
fn present_names<'c, V, R: ResponseHeaders<'c, V> + ?Sized>(response: &R) -> String {
    let mut room = 0;
    response.names(&mut |name| room += name.len() + 2);
    let mut list = String::with_capacity(room);
    response.names(&mut |name| {
        if is_worth_exposing(name) {
            list.push_str(if list.is_empty() { "" } else { ", " });
            list.push_str(name);
        }
    });
    list.make_ascii_lowercase();
    list
}

/// S18: `Origin` once, beside all members that are there; `Vary: *` says everything already.
fn vary_by_origin<'c, V, R: ResponseHeaders<'c, V> + ?Sized>(response: &mut R) {
    let (mut bytes, mut origins, mut star) = (None, 0, false);
    response.lines(ResponseField::Vary, &mut |line| {
        *bytes.get_or_insert(0) += line.len() + 2;
        for member in elements(line) {
            origins += usize::from(member.eq_ignore_ascii_case(b"origin"));
            star |= member == b"*";
        }
    });
    match bytes {
        None => response.set(ResponseField::Vary, &VARY_ACTUAL),
        Some(bytes) if origins != 1 && !star => {
            let mut joined = Vec::with_capacity(bytes + "Origin".len());
            response.lines(ResponseField::Vary, &mut |line| {
                for member in elements(line).filter(|member| !member.eq_ignore_ascii_case(b"origin")) {
                    joined.extend_from_slice(member);
                    joined.extend_from_slice(b", ");
                }
            });
            joined.extend_from_slice(b"Origin");
            response.set_bytes(ResponseField::Vary, joined.into());
        }
        Some(_) => {}
    }
}

/// S10: the names of several lines as one, repeated where the request repeats them.
fn joined<H: RequestHeaders + ?Sized>(request: &H) -> Bytes {
    let room = request.lines(RequestField::RequestHeaders).map(|line| line.len() + ", ".len()).sum();
    let mut list = Vec::with_capacity(room);
    for name in request.lines(RequestField::RequestHeaders).flat_map(elements) {
        list.extend_from_slice(if list.is_empty() { b"" } else { b", " });
        list.extend_from_slice(name);
    }
    list.into()
}
