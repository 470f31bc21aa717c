//! What an event says of its request.

use crate::decide::request::{CorsRequest, RequestHeaders};
use crate::grammar::header::RequestField;
use crate::policy::paths::without_query;

/// The parts of a request that an event shows.
#[derive(Clone, Debug)]
pub(crate) struct Told<'a> {
    pub(crate) origin: Option<Vec<u8>>,
    /// Of a preflight the one that it asks for.
    pub(crate) method: Vec<u8>,
    pub(crate) path: &'a str,
}

impl<'a> Told<'a> {
    pub(crate) fn of<H: RequestHeaders + ?Sized>(request: &CorsRequest<'a, H>) -> Self {
        let requested =
            request.is_preflight().then(|| joined(request.headers, RequestField::RequestMethod)).flatten();
        Self {
            origin: joined(request.headers, RequestField::Origin),
            method: requested.unwrap_or_else(|| request.method.into()),
            path: without_query(request.path),
        }
    }
}

/// All lines of a field, if there is one.
fn joined<H: RequestHeaders + ?Sized>(headers: &H, field: RequestField) -> Option<Vec<u8>> {
    let mut lines = headers.lines(field);
    let mut all = lines.next()?.as_ref().to_vec();
    for line in lines {
        all.extend_from_slice(b", ");
        all.extend_from_slice(line.as_ref());
    }
    Some(all)
}
