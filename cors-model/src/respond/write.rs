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
use crate::respond::keep::KeepValues;
use crate::respond::present::Present;

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
    fn lines(&self, field: ResponseField, each: impl FnMut(&[u8]));

    /// Shows the names of all fields, in the response's order, each once.
    fn names(&self, each: impl FnMut(&str));
}

impl<'c> ResponseHeaders<'c, HeaderValue> for HeaderMap {
    #[inline]
    fn reserve(&mut self, additional: usize) {
        // With one slot more, since servers add a line, and a full map grows. Without the room, lines that do not fit are left out.
        let _ = self.try_reserve(additional + 1);
    }

    #[inline]
    fn set(&mut self, field: ResponseField, value: &'c Value) {
        let _ = self.try_insert(field.http(), value.http().clone());
    }

    fn set_bytes(&mut self, field: ResponseField, value: Bytes) {
        if let Ok(value) = HeaderValue::from_maybe_shared(value) {
            let _ = self.try_insert(field.http(), value);
        }
    }

    #[inline]
    fn echo(&mut self, field: ResponseField, value: HeaderValue) {
        let _ = self.try_insert(field.http(), value);
    }

    #[inline]
    fn remove(&mut self, field: ResponseField) {
        HeaderMap::remove(self, field.http());
    }

    fn lines(&self, field: ResponseField, mut each: impl FnMut(&[u8])) {
        self.get_all(field.http()).iter().for_each(|line| each(line.as_bytes()));
    }

    #[inline]
    fn names(&self, mut each: impl FnMut(&str)) {
        self.keys().for_each(|name| each(name.as_str()));
    }
}

/// What is written on the response of an actual request, once there is one. It needs neither the request nor the policy
/// any more.
#[must_use = "the response needs its headers, `Vary` above all"]
#[derive(Clone, Debug)]
pub struct Decoration<V>(Wanted<V, V>);

/// The lines of the protocol that a response to an actual request is to have; all others it must not have.
#[derive(Clone, Debug)]
struct Wanted<V, N> {
    origin: AllowOrigin<V>,
    credentials: bool,
    expose: Exposed<N>,
    vary: bool,
    /// `Timing-Allow-Origin`; where it is sent to nobody, that of the application stays.
    timing: AllowOrigin<V>,
}

#[derive(Clone, Debug)]
enum AllowOrigin<V> {
    Nobody,
    Any,
    This(V),
}

#[derive(Clone, Debug)]
enum Exposed<N> {
    Nothing,
    Names(N),
    /// The names that the response has (S15).
    Present,
}

impl<V> Decoration<V> {
    pub(super) fn shares(&self) -> bool {
        !matches!(self.0.origin, AllowOrigin::Nobody)
    }

    /// Writes on a response, whatever it is: an error, a redirect, a stream, an upgrade (S16). The values go into it: a second
    /// response is granted nothing.
    #[inline]
    pub fn write<'c, R: ResponseHeaders<'c, V>>(&mut self, response: &mut R) {
        self.0.write(response, |names, response| response.echo(ResponseField::ExposeHeaders, names));
    }
}

impl Cors {
    /// Keeps what the response of an actual request will need.
    #[inline(always)]
    pub(crate) fn keep<H: KeepValues + ?Sized>(
        &self,
        actual: Actual,
        origin: Option<H::Line<'_>>,
    ) -> Decoration<H::Value> {
        Decoration(self.wanted(actual, || origin.map(H::keep), H::prepared))
    }

    /// Writes on the response of an actual request, for an adapter that still has the request then. Nothing is granted by a verdict
    /// of another policy.
    pub fn decorate<'c, H, R>(&'c self, actual: Actual, request: &H, response: &mut R)
    where
        H: RequestHeaders + ?Sized,
        R: ResponseHeaders<'c, H::Value> + ?Sized,
    {
        let origin = || request.lines(RequestField::Origin).next().map(H::keep);
        let mut wanted = self.wanted(actual, origin, |names| names);
        wanted.write(response, |names, response| response.set(ResponseField::ExposeHeaders, names));
    }

    /// S13 to S15.
    #[inline(always)]
    fn wanted<'c, V, N>(
        &'c self,
        actual: Actual,
        origin: impl Fn() -> Option<V>,
        names: impl FnOnce(&'c Value) -> N,
    ) -> Wanted<V, N> {
        let vary = actual.vary;
        let mut wanted = Wanted {
            origin: AllowOrigin::Nobody,
            credentials: false,
            expose: Exposed::Nothing,
            vary,
            timing: AllowOrigin::Nobody,
        };
        let Some(grant) = actual.grant.filter(|_| actual.policy == self.0.number) else { return wanted };
        let entry = &self.0.entries[grant.entry as usize];
        let allow_origin = || match grant.literal {
            true => AllowOrigin::Any,
            false => origin().map_or(AllowOrigin::Nobody, AllowOrigin::This),
        };
        wanted.origin = allow_origin();
        if matches!(wanted.origin, AllowOrigin::Nobody) {
            return wanted;
        }
        if entry.timing && grant.timing {
            wanted.timing = allow_origin();
        }
        wanted.credentials = entry.credentials;
        match &entry.expose {
            Expose::Nothing => {}
            Expose::Names(list) => wanted.expose = Exposed::Names(names(list)),
            Expose::Present => wanted.expose = Exposed::Present,
        }
        wanted
    }
}

impl<V, N> Wanted<V, N> {
    fn lines(&self) -> usize {
        usize::from(!matches!(self.origin, AllowOrigin::Nobody))
            + usize::from(self.credentials)
            + usize::from(!matches!(self.expose, Exposed::Nothing))
            + usize::from(self.vary)
            + usize::from(!matches!(self.timing, AllowOrigin::Nobody))
    }

    /// Sets what is wanted and takes away the rest (S17, S18).
    #[inline]
    fn write<'c, R>(&mut self, response: &mut R, expose: impl FnOnce(N, &mut R))
    where
        R: ResponseHeaders<'c, V> + ?Sized,
    {
        let mut present = Present::default();
        response.names(|name| present.note(name));
        response.reserve(self.lines());
        // First of all, since it may depend on what is there.
        let exposes = match std::mem::replace(&mut self.expose, Exposed::Nothing) {
            Exposed::Nothing => false,
            Exposed::Names(names) => {
                expose(names, response);
                true
            }
            Exposed::Present => expose_present(response),
        };
        let shares = !matches!(self.origin, AllowOrigin::Nobody);
        let origins = [
            (ResponseField::AllowOrigin, &mut self.origin),
            (ResponseField::TimingAllowOrigin, &mut self.timing),
        ];
        for (field, origin) in origins {
            match std::mem::replace(origin, AllowOrigin::Nobody) {
                AllowOrigin::Nobody => {}
                AllowOrigin::Any => response.set(field, &ANY),
                AllowOrigin::This(origin) => response.echo(field, origin),
            }
        }
        let credentials = std::mem::take(&mut self.credentials);
        if credentials {
            response.set(ResponseField::AllowCredentials, &TRUE);
        }
        if self.vary {
            match present.has(ResponseField::Vary) {
                true => join_vary(response),
                false => response.set(ResponseField::Vary, &ORIGIN),
            }
        }
        if !present.is_empty() {
            let stays = |field: &ResponseField| match field {
                ResponseField::AllowOrigin => shares,
                ResponseField::AllowCredentials => credentials,
                ResponseField::ExposeHeaders => exposes,
                ResponseField::Vary => true,
                _ => false,
            };
            present.fields().filter(|field| !stays(field)).for_each(|field| response.remove(field));
        }
    }
}

/// S15: the names that the response has, if any is left. Is there one?
fn expose_present<'c, V, R: ResponseHeaders<'c, V> + ?Sized>(response: &mut R) -> bool {
    let mut room = 0;
    response.names(|name| room += name.len() + 2);
    let mut list = String::with_capacity(room);
    response.names(|name| {
        if is_worth_exposing(name) {
            list.push_str(if list.is_empty() { "" } else { ", " });
            list.push_str(name);
        }
    });
    if list.is_empty() {
        return false;
    }
    list.make_ascii_lowercase();
    response.set_bytes(ResponseField::ExposeHeaders, list.into());
    true
}

/// S18: `Origin` once, beside all members that are there; `Vary: *` says everything already.
fn join_vary<'c, V, R: ResponseHeaders<'c, V> + ?Sized>(response: &mut R) {
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
    response.set_bytes(ResponseField::Vary, joined.into());
}
