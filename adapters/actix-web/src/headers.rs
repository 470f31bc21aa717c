use std::sync::LazyLock;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use cors_model::{KeepValues, RequestField, RequestHeaders, ResponseField, ResponseHeaders, Value};

static REQUEST: LazyLock<[HeaderName; 8]> = LazyLock::new(|| RequestField::names(HeaderName::from_static));
static RESPONSE: LazyLock<[HeaderName; 10]> = LazyLock::new(|| ResponseField::names(HeaderName::from_static));

/// A request's header lines, as the model reads them.
pub(crate) struct Request<'a>(pub(crate) &'a HeaderMap);

impl RequestHeaders for Request<'_> {
    type Line<'l>
        = &'l HeaderValue
    where
        Self: 'l;
    type Value = HeaderValue;

    fn lines(&self, field: RequestField) -> impl Iterator<Item = &HeaderValue> {
        self.0.get_all(&REQUEST[field as usize])
    }

    fn keep(line: &HeaderValue) -> HeaderValue {
        line.clone()
    }
}

impl<'c> KeepValues<'c> for Request<'_> {
    fn prepared(value: &'c Value) -> HeaderValue {
        value.foreign(|bytes| HeaderValue::from_maybe_shared(bytes).unwrap_or(HeaderValue::from_static("")))
    }
}

/// A response's headers, as the model writes them.
pub(crate) struct Response<'a>(pub(crate) &'a mut HeaderMap);

impl ResponseHeaders<HeaderValue> for Response<'_> {
    fn reserve(&mut self, additional: usize) {
        self.0.reserve(additional);
    }

    fn add(&mut self, field: ResponseField, value: HeaderValue) {
        self.0.append(RESPONSE[field as usize].clone(), value);
    }

    fn add_fixed(&mut self, field: ResponseField, value: &'static Value) {
        self.add(field, Request::prepared(value));
    }

    fn add_bytes(&mut self, field: ResponseField, value: Bytes) {
        let _ = HeaderValue::from_maybe_shared(value).map(|value| self.add(field, value));
    }

    fn remove(&mut self, field: ResponseField) {
        self.0.remove(&RESPONSE[field as usize]);
    }

    fn lines(&self, field: ResponseField, mut each: impl FnMut(&[u8])) {
        self.0.get_all(&RESPONSE[field as usize]).for_each(|line| each(line.as_bytes()));
    }

    fn names(&self, mut each: impl FnMut(&str)) {
        self.0.keys().for_each(|name| each(name.as_str()));
    }
}
