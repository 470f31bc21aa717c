//! The details of a refused preflight: for the log, and for the body where diagnostics are on (S11).

use std::fmt::{self, Write};

use crate::config::OriginMap;
use crate::decide::judge::only_line;
use crate::decide::request::{RequestHeaders, read};
use crate::decide::verdict::{Preflight, Refusal};
use crate::grammar::header::RequestField;
use crate::grammar::pattern::patterns;
use crate::policy::Cors;
use crate::policy::allow_methods::MethodsValue;
use crate::policy::paths::ResourceId;
use crate::policy::sources::Sender;

/// Text of bounded length in which everything but visible ASCII and spaces is written as `\xNN`.
struct Bounded(String);

const LONGEST: usize = 1024;

impl Bounded {
    fn push(&mut self, bytes: &[u8]) -> fmt::Result {
        for &byte in bytes {
            let visible = matches!(byte, b' '..=b'~');
            if self.0.len() + if visible { 1 } else { 4 } > LONGEST {
                return Err(fmt::Error);
            }
            if visible {
                self.0.push(byte.into());
            } else {
                write!(self.0, "\\x{byte:02X}")?;
            }
        }
        Ok(())
    }
}

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes())
    }
}

/// What was asked, and what would be allowed: at most 1,024 bytes of visible ASCII and spaces.
pub(crate) fn detail<H: RequestHeaders + ?Sized>(
    cors: &Cors,
    preflight: &Preflight,
    refusal: Refusal,
    request: &H,
) -> String {
    let mut text = Bounded(String::new());
    // It fails only where there is no room for more.
    let _ = describe(&mut text, cors, preflight, refusal, request);
    text.0
}

fn describe<H: RequestHeaders + ?Sized>(
    text: &mut Bounded,
    cors: &Cors,
    preflight: &Preflight,
    refusal: Refusal,
    request: &H,
) -> fmt::Result {
    text.write_str(refusal.sentence())?;
    text.write_str(" Asked:")?;
    let fields = [RequestField::Origin, RequestField::RequestMethod, RequestField::RequestHeaders];
    for (name, field) in ["origin", "method", "headers"].into_iter().zip(fields) {
        for line in request.lines(field) {
            write!(text, " {name} \"")?;
            text.push(line.as_ref())?;
            text.write_str("\"")?;
        }
    }
    match refusal {
        Refusal::Malformed | Refusal::Host | Refusal::CrossSite => Ok(()),
        Refusal::Origin => allowed_origins(text, cors, preflight.resource),
        Refusal::Method => {
            let origin = read(request, RequestField::Origin);
            let sender = Sender { origin: only_line(&origin), answers: preflight.answers };
            allowed_methods(text, cors, preflight.resource, sender)
        }
        Refusal::Header => allowed_headers(text, cors, preflight, request),
    }
}

fn allowed_origins(text: &mut Bounded, cors: &Cors, resource: ResourceId) -> fmt::Result {
    let config = cors.config();
    text.write_str(". Allowed origins:")?;
    let mut list = |origins: &OriginMap| {
        let mut named = origins.iter().flat_map(|(key, _)| patterns(key));
        named.try_for_each(|pattern| write!(text, " {pattern}"))
    };
    let mut inherit = true;
    if let Some(resource) = config.resources.get(resource as usize) {
        resource.routes.iter().try_for_each(|route| list(&route.origins))?;
        list(&resource.origins)?;
        inherit = resource.inherit;
    }
    if inherit {
        list(&config.defaults)?;
    }
    Ok(())
}

fn allowed_methods(text: &mut Bounded, cors: &Cors, resource: ResourceId, sender: Sender<'_>) -> fmt::Result {
    text.write_str(". Allowed methods: ")?;
    let Some(pick) = cors.0.pick(resource, None, sender) else { return Ok(()) };
    // A `*` stands for every other method.
    match cors.0.methods_value(resource, &pick, b"*", sender) {
        MethodsValue::Prepared(value) => text.write_str(value.as_str()),
        MethodsValue::Listed(methods) => text.push(&methods),
    }
}

fn allowed_headers<H: RequestHeaders + ?Sized>(
    text: &mut Bounded,
    cors: &Cors,
    preflight: &Preflight,
    request: &H,
) -> fmt::Result {
    text.write_str(". Allowed headers: ")?;
    let method = read(request, RequestField::RequestMethod);
    let route = cors.0.route(preflight.resource, only_line(&method));
    let origin = read(request, RequestField::Origin);
    let sender = Sender { origin: only_line(&origin), answers: preflight.answers };
    match cors.0.pick(preflight.resource, route, sender) {
        Some(pick) => match &cors.0.entries[pick.entry as usize].allow_headers {
            Some(value) => text.write_str(value.as_str()),
            None => text.write_str("*"),
        },
        None => Ok(()),
    }
}
