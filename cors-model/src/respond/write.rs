//! From a verdict to the header lines of a response; for an actual request here, for a preflight in `answer`.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use crate::decide::request::RequestHeaders;
use crate::decide::verdict::Actual;
use crate::grammar::header::{RequestField, ResponseField, is_worth_exposing};
use crate::grammar::token::elements;
use crate::policy::Cors;
use crate::policy::rules::Expose;
use crate::policy::value::{ANY, ORIGIN, TRUE, Value};
use crate::respond::present::Present;

/// A request's headers whose values are kept in the same type as those of a policy. `'c` is how long those can be borrowed.
pub trait KeepValues<'c>: RequestHeaders {
    /// A value of the policy, cheap to make.
    fn prepared(value: &'c Value) -> Self::Value;
}

impl<'c> KeepValues<'c> for HeaderMap {
    fn prepared(value: &'c Value) -> HeaderValue {
        value.http().clone()
    }
}

/// The headers of a response, as far as a policy touches them. Implemented for [`http::HeaderMap`]; an adapter
/// for a framework with header types of its own brings its own. `V` is [`RequestHeaders::Value`].
pub trait ResponseHeaders<V> {
    /// Makes room for so many more lines.
    fn reserve(&mut self, additional: usize);

    /// Adds a line. The field has none.
    fn add(&mut self, field: ResponseField, value: V);

    /// Adds a line whose value is the same in every policy. The field has none.
    fn add_fixed(&mut self, field: ResponseField, value: &'static Value);

    /// Adds a line whose value was put together for this response: a valid header value. The field has none.
    fn add_bytes(&mut self, field: ResponseField, value: Bytes);

    /// Takes away all lines of a field.
    fn remove(&mut self, field: ResponseField);

    /// Shows all lines of a field.
    fn lines(&self, field: ResponseField, each: impl FnMut(&[u8]));

    /// Shows the names of all fields, in the response's order, each once.
    fn names(&self, each: impl FnMut(&str));
}

impl ResponseHeaders<HeaderValue> for HeaderMap {
    fn reserve(&mut self, additional: usize) {
        // A map that has to grow gets one slot more, since servers add a line. Without the room, lines that do not fit are left out.
        if self.capacity().saturating_sub(self.len()) < additional {
            let _ = self.try_reserve(additional + 1);
        }
    }

    #[inline]
    fn add(&mut self, field: ResponseField, value: HeaderValue) {
        let _ = self.try_append(field.http(), value);
    }

    fn add_fixed(&mut self, field: ResponseField, value: &'static Value) {
        self.add(field, value.http().clone());
    }

    fn add_bytes(&mut self, field: ResponseField, value: Bytes) {
        if let Ok(value) = HeaderValue::from_maybe_shared(value) {
            self.add(field, value);
        }
    }

    fn remove(&mut self, field: ResponseField) {
        HeaderMap::remove(self, field.http());
    }

    fn lines(&self, field: ResponseField, mut each: impl FnMut(&[u8])) {
        self.get_all(field.http()).iter().for_each(|line| each(line.as_bytes()));
    }

    fn names(&self, mut each: impl FnMut(&str)) {
        self.keys().for_each(|name| each(name.as_str()));
    }
}

/// What is written on the response of an actual request, once there is one. It does not need the request any more.
#[must_use = "the response needs its headers, `Vary` above all"]
#[derive(Clone, Debug)]
pub struct Decoration<V> {
    allow_origin: Option<V>,
    credentials: bool,
    expose: Exposed<V>,
    vary: bool,
    /// Sends `Timing-Allow-Origin`, too (S29). Without it that of the application stays.
    timing: bool,
}

#[derive(Clone, Debug)]
enum Exposed<V> {
    Nothing,
    Names(V),
    /// The names that the response has (S15).
    Present,
    /// What these came to.
    List(Bytes),
}

impl Cors {
    /// Writes on the response of an actual request, for an adapter that still has the request then. Nothing is granted by a verdict
    /// of another policy.
    pub fn decorate<'c, H, R>(&'c self, actual: Actual, request: &H, response: &mut R)
    where
        H: KeepValues<'c> + ?Sized,
        R: ResponseHeaders<H::Value> + ?Sized,
    {
        self.keep::<H>(actual, request.lines(RequestField::Origin).next()).write(response);
    }

    /// Keeps what the response of an actual request will need (S13 to S15).
    pub(crate) fn keep<'c, H: KeepValues<'c> + ?Sized>(
        &'c self,
        actual: Actual,
        origin: Option<H::Line<'_>>,
    ) -> Decoration<H::Value> {
        let vary = actual.vary;
        let grant = actual.grant.filter(|_| actual.policy == self.0.number);
        let granted = grant.and_then(|grant| {
            let allow_origin = if grant.literal { Some(H::prepared(&ANY)) } else { origin.map(H::keep) };
            Some((grant, allow_origin?))
        });
        let Some((grant, allow_origin)) = granted else {
            return Decoration {
                allow_origin: None,
                credentials: false,
                expose: Exposed::Nothing,
                vary,
                timing: false,
            };
        };
        let entry = &self.0.entries[grant.entry as usize];
        Decoration {
            allow_origin: Some(allow_origin),
            credentials: entry.credentials,
            expose: match &entry.expose {
                Expose::Nothing => Exposed::Nothing,
                Expose::Names(names) => Exposed::Names(H::prepared(names)),
                Expose::Present => Exposed::Present,
            },
            vary,
            timing: entry.timing && grant.timing,
        }
    }
}

impl<V> Decoration<V> {
    pub(super) fn shares(&self) -> bool {
        self.allow_origin.is_some()
    }
}

impl<V: Clone> Decoration<V> {
    /// Writes on a response, whatever it is: an error, a redirect, a stream, an upgrade ([S16](crate::rules)). The values go into it: a second
    /// response is granted nothing.
    pub fn write<R: ResponseHeaders<V> + ?Sized>(&mut self, response: &mut R) {
        let mut present = Present::default();
        response.names(|name| present.note(name));
        // Before anything changes, since it depends on what is there.
        if let Exposed::Present = self.expose {
            self.expose = present_names(response).map_or(Exposed::Nothing, Exposed::List);
        }
        let has_vary = present.take(ResponseField::Vary);
        // What the application set itself (S17).
        present.fields().for_each(|field| response.remove(field));
        let exposes = !matches!(self.expose, Exposed::Nothing);
        let wanted = [self.allow_origin.is_some(), self.credentials, exposes, self.vary, self.timing];
        response.reserve(wanted.into_iter().map(usize::from).sum());
        match std::mem::replace(&mut self.expose, Exposed::Nothing) {
            Exposed::Nothing | Exposed::Present => {}
            Exposed::Names(names) => response.add(ResponseField::ExposeHeaders, names),
            Exposed::List(names) => response.add_bytes(ResponseField::ExposeHeaders, names),
        }
        match has_vary {
            _ if !self.vary => {}
            true => join_vary(response),
            false => response.add_fixed(ResponseField::Vary, &ORIGIN),
        }
        if let Some(origin) = self.allow_origin.take() {
            if std::mem::take(&mut self.timing) {
                response.remove(ResponseField::TimingAllowOrigin);
                response.add(ResponseField::TimingAllowOrigin, origin.clone());
            }
            response.add(ResponseField::AllowOrigin, origin);
        }
        if std::mem::take(&mut self.credentials) {
            response.add_fixed(ResponseField::AllowCredentials, &TRUE);
        }
    }
}

/// S15: the names that the response has, if any is left.
fn present_names<V, R: ResponseHeaders<V> + ?Sized>(response: &R) -> Option<Bytes> {
    let mut room = 0;
    response.names(|name| room += name.len() + 2);
    let mut list = String::with_capacity(room);
    response.names(|name| {
        if is_worth_exposing(name) {
            list.push_str(if list.is_empty() { "" } else { ", " });
            list.push_str(name);
        }
    });
    list.make_ascii_lowercase();
    (!list.is_empty()).then(|| list.into())
}

/// S18: `Origin` once, beside all members that are there; `Vary: *` says everything already.
fn join_vary<V, R: ResponseHeaders<V> + ?Sized>(response: &mut R) {
    let (mut bytes, mut origins, mut star) = (0, 0, false);
    response.lines(ResponseField::Vary, |line| {
        bytes += line.len() + 2;
        for member in elements(line) {
            origins += usize::from(member.eq_ignore_ascii_case(b"origin"));
            star |= member == b"*";
        }
    });
    if origins == 1 || star {
        return;
    }
    let mut joined = Vec::with_capacity(bytes + "Origin".len());
    response.lines(ResponseField::Vary, |line| {
        for member in elements(line).filter(|member| !member.eq_ignore_ascii_case(b"origin")) {
            joined.extend_from_slice(member);
            joined.extend_from_slice(b", ");
        }
    });
    joined.extend_from_slice(b"Origin");
    response.remove(ResponseField::Vary);
    response.add_bytes(ResponseField::Vary, joined.into());
}
