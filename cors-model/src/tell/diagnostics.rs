//! The details of a refused preflight: for the log, and for the body where diagnostics are on (S11).

use std::fmt::{self, Write};

use crate::config::{CorsConfig, OriginMap};
use crate::decide::judge::only_line;
use crate::decide::request::{RequestHeaders, read};
use crate::decide::verdict::{Preflight, Refusal};
use crate::grammar::header::RequestField;
use crate::policy::Cors;
use crate::policy::paths::ResourceId;
use crate::policy::sources::Sender;
use crate::policy::value::Value;
use crate::tell::text::Bounded;

/// What was asked, and what would be allowed: at most 1,024 bytes of visible ASCII and spaces.
pub(crate) fn detail<H: RequestHeaders + ?Sized>(
    cors: &Cors,
    preflight: &Preflight,
    refusal: Refusal,
    request: &H,
) -> String {
    let mut text = Bounded::default();
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
    for (name, field) in ["origin", "method", "headers"].into_iter().zip(RequestField::PREFLIGHT) {
        for line in request.lines(field) {
            write!(text, " {name} \"")?;
            text.push(line.as_ref())?;
            text.write_str("\"")?;
        }
    }
    let (policy, resource) = (&*cors.0, preflight.resource);
    let origin = read(request, RequestField::Origin);
    let sender = Sender { origin: only_line(&origin), answers: &preflight.answers };
    match refusal {
        Refusal::Malformed | Refusal::Host | Refusal::CrossSite => Ok(()),
        Refusal::Origin => allowed_origins(text, &policy.config, resource),
        Refusal::Method => {
            text.write_str(". Allowed methods: ")?;
            let Some(pick) = policy.pick(resource, None, sender) else { return Ok(()) };
            match policy.prepared_methods(resource, &pick, sender) {
                Some(value) => text.write_str(value.as_str()),
                // A `*` stands for every other method.
                None => text.push(&policy.list_methods(resource, &pick, b"*", sender)),
            }
        }
        Refusal::Header => {
            text.write_str(". Allowed headers: ")?;
            let method = read(request, RequestField::RequestMethod);
            let route = policy.route(resource, only_line(&method));
            let Some(pick) = policy.pick(resource, route, sender) else { return Ok(()) };
            let list = &policy.entries[pick.entry as usize].allow_headers;
            text.write_str(list.as_ref().map_or("*", Value::as_str))
        }
    }
}

fn allowed_origins(text: &mut Bounded, config: &CorsConfig, resource: ResourceId) -> fmt::Result {
    text.write_str(". Allowed origins:")?;
    let maps = config.maps_for(config.resources.get(resource as usize));
    let mut patterns = maps.flat_map(OriginMap::patterns);
    patterns.try_for_each(|(pattern, _)| write!(text, " {pattern}"))
}
