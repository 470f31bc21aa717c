//! Requests and responses of any bytes, also those that no server lets through, and what the model makes of them.

#![allow(unreachable_pub, missing_docs)]

use bytes::Bytes;
use cors_model::{
    Cors, CorsRequest, Decision, KeepValues, RequestField, RequestHeaders, ResponseField, ResponseHeaders,
    Value,
};

use super::twin::Request;

/// Header lines.
pub struct Raw(pub Vec<(String, Vec<u8>)>);

impl Raw {
    /// The values of all lines of a name.
    pub fn named<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        let named = self.0.iter().filter(move |(other, _)| other.eq_ignore_ascii_case(name));
        named.map(|(_, value)| &value[..])
    }

    fn push(&mut self, field: ResponseField, value: &[u8]) {
        assert!(self.named(field.as_str()).next().is_none(), "{field:?} is there already");
        self.0.push((field.as_str().into(), value.to_vec()));
    }
}

impl RequestHeaders for Raw {
    type Line<'l> = &'l [u8];
    type Value = Vec<u8>;

    fn lines(&self, field: RequestField) -> impl Iterator<Item = &[u8]> {
        self.named(field.as_str())
    }

    fn keep(line: &[u8]) -> Vec<u8> {
        line.to_vec()
    }
}

impl<'c> KeepValues<'c> for Raw {
    fn prepared(value: &'c Value) -> Vec<u8> {
        value.bytes().to_vec()
    }
}

impl ResponseHeaders<Vec<u8>> for Raw {
    fn reserve(&mut self, _: usize) {}

    fn add(&mut self, field: ResponseField, value: Vec<u8>) {
        self.push(field, &value);
    }

    fn add_fixed(&mut self, field: ResponseField, value: &'static Value) {
        self.push(field, value.bytes());
    }

    fn add_bytes(&mut self, field: ResponseField, value: Bytes) {
        self.push(field, &value);
    }

    fn remove(&mut self, field: ResponseField) {
        self.0.retain(|(name, _)| !name.eq_ignore_ascii_case(field.as_str()));
    }

    fn lines(&self, field: ResponseField, each: impl FnMut(&[u8])) {
        self.named(field.as_str()).for_each(each);
    }

    fn names(&self, mut each: impl FnMut(&str)) {
        let mut seen: Vec<String> = Vec::new();
        for (name, _) in &self.0 {
            let name = name.to_ascii_lowercase();
            if !seen.contains(&name) {
                each(&name);
                seen.push(name);
            }
        }
    }
}

/// The lines that the response has after the policy has written on it; none for what is no resource.
pub fn written<'c, H, R>(cors: &'c Cors, request: &Request, headers: &H, own: R, fresh: R) -> Option<R>
where
    H: KeepValues<'c>,
    R: ResponseHeaders<H::Value>,
{
    match cors.decide(&CorsRequest::new(&request.path, &request.method, headers)) {
        Decision::Pass => None,
        Decision::Answer(preflight) => {
            let mut response = fresh;
            let _ = cors.answer(preflight, headers, &mut response);
            Some(response)
        }
        Decision::Actual(mut decoration) => {
            let mut response = own;
            decoration.write(&mut response);
            Some(response)
        }
    }
}
