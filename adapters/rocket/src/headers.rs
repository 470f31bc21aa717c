use std::borrow::Cow;

use bytes::Bytes;
use cors_model::{KeepValues, RequestField, RequestHeaders, ResponseField, ResponseHeaders, Value};
use rocket::Response;
use rocket::http::{Header, HeaderMap};

/// A request's header lines, as the model reads them.
pub(crate) struct RequestLines<'r>(pub(crate) &'r HeaderMap<'r>);

impl<'r> RequestHeaders for RequestLines<'r> {
    type Line<'l>
        = &'r str
    where
        Self: 'l;
    type Value = &'r str;

    fn lines(&self, field: RequestField) -> impl Iterator<Item = &'r str> {
        self.0.get(field.as_str())
    }

    fn each<'l>(&'l self, mut each: impl FnMut(RequestField, Self::Line<'l>)) {
        for header in self.0.iter() {
            let field = RequestField::of_preflight(header.name.as_str());
            if let (Some(field), Cow::Borrowed(line)) = (field, header.value) {
                each(field, line);
            }
        }
    }

    fn keep(line: &'r str) -> &'r str {
        line
    }
}

impl<'r> KeepValues<'r> for RequestLines<'r> {
    fn prepared(value: &'r Value) -> &'r str {
        value.as_str()
    }
}

/// A response's headers, as the model writes them. The texts are borrowed from the policy and from the request.
pub(crate) struct ResponseLines<'a, 'r>(pub(crate) &'a mut Response<'r>);

impl<'r> ResponseHeaders<&'r str> for ResponseLines<'_, 'r> {
    // rocket's map has no room to make.
    fn reserve(&mut self, _: usize) {}

    fn add(&mut self, field: ResponseField, value: &'r str) {
        self.0.adjoin_raw_header(field.as_str(), value);
    }

    fn add_fixed(&mut self, field: ResponseField, value: &'static Value) {
        self.add(field, value.as_str());
    }

    fn add_bytes(&mut self, field: ResponseField, value: Bytes) {
        // Its bytes are the text's, without a copy.
        if let Ok(text) = String::from_utf8(value.into()) {
            self.0.adjoin_raw_header(field.as_str(), text);
        }
    }

    fn remove(&mut self, field: ResponseField) {
        self.0.remove_header(field.as_str());
    }

    fn lines(&self, field: ResponseField, mut each: impl FnMut(&[u8])) {
        self.0.headers().get(field.as_str()).for_each(|line| each(line.as_bytes()));
    }

    fn names(&self, mut each: impl FnMut(&str)) {
        let mut before = Header::new("", "");
        for header in self.0.headers().iter() {
            // The lines of one field stand together.
            if header.name != before.name {
                each(header.name.as_str());
            }
            before = header;
        }
    }
}
