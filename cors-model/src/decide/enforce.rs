//! What a foreign page must not do (S28). The first step that matches decides; each is named by its number in the rules.

use crate::decide::judge::only_line;
use crate::decide::request::{CorsRequest, RequestHeaders, Target, read};
use crate::decide::same_origin::Site;
use crate::decide::verdict::{Actual, Grant, Refusal, Refused, RefusedAt};
use crate::grammar::header::RequestField;
use crate::grammar::token::elements;
use crate::policy::enforce::Enforcement;
use crate::policy::paths::ResourceId;
use crate::policy::rules::Policy;

impl Policy {
    /// Why a request is refused, if it is, whatever the mode.
    #[inline(never)]
    pub(crate) fn enforced<H: RequestHeaders + ?Sized>(
        &self,
        enforcement: &Enforcement,
        resource: Option<ResourceId>,
        request: &CorsRequest<'_, H>,
    ) -> Option<Refusal> {
        let is_elsewhere = matches!(request.target, Target::Resource(_)) || enforcement.at_resources_alone;
        if resource.is_none() && is_elsewhere {
            return None;
        }
        // 0
        let is_served = |host: &[u8]| enforcement.hosts.as_ref().is_none_or(|hosts| hosts.has(host));
        if !request.with_host(is_served) {
            return Some(Refusal::Host);
        }
        // 1
        if resource.is_some() && request.is_preflight() {
            return None;
        }
        // 2
        if enforcement.exempt.has(request.method, request.path) {
            return None;
        }
        // 3
        let is_safe = matches!(request.method, "GET" | "HEAD" | "OPTIONS");
        let is_handshake = is_safe && is_handshake(request.headers);
        if is_safe && !is_handshake {
            return None;
        }
        // 4
        let site = request.site();
        if site == Site::Own {
            return None;
        }
        // 5
        let method = if is_handshake || request.method == "CONNECT" { "GET" } else { request.method };
        if resource.is_some_and(|resource| self.may_act(resource, method, request)) {
            return None;
        }
        // 6
        if site == Site::Other {
            return Some(Refusal::CrossSite);
        }
        // 7 and 8
        let is_harmless = read(request.headers, RequestField::Origin).is_none() || request.is_from_own_host();
        // 9
        (!is_harmless).then_some(Refusal::CrossSite)
    }

    /// Does an entry win for the origin and the method that lets the page send what the request has?
    fn may_act<H: RequestHeaders + ?Sized>(
        &self,
        resource: ResourceId,
        method: &str,
        request: &CorsRequest<'_, H>,
    ) -> bool {
        let headers = request.headers;
        let origin = read(headers, RequestField::Origin);
        if origin.is_none() {
            return false;
        }
        let sender = request.sender(only_line(&origin));
        let Some(grant) = self.granted(resource, sender, method) else { return false };
        let entry = &self.entries[grant as usize];
        let has = |field| headers.lines(field).next().is_some();
        let may_authorize = || entry.requested.allows(RequestField::Authorization.as_str().as_bytes());
        entry.credentials
            || !has(RequestField::Cookie) && (!has(RequestField::Authorization) || may_authorize())
    }

    /// A request that is refused, with where it is.
    pub(crate) fn refused<H: RequestHeaders + ?Sized>(
        &self,
        refusal: Refusal,
        resource: Option<ResourceId>,
        request: &CorsRequest<'_, H>,
    ) -> Refused {
        let at = match resource {
            None => RefusedAt::Elsewhere,
            Some(_) if request.is_preflight() => RefusedAt::Preflight,
            Some(resource) => {
                let actual = self.actual_of(resource, request, |_| refusal);
                // S28: never S29.
                RefusedAt::Resource(Actual {
                    grant: actual.grant.map(|grant| Grant { timing: false, ..grant }),
                    ..actual
                })
            }
        };
        Refused { refusal, at }
    }
}

impl<H: RequestHeaders + ?Sized> CorsRequest<'_, H> {
    /// Fetch Standard, "CORS-preflight request": OPTIONS with both header fields, whatever they hold.
    pub(crate) fn is_preflight(&self) -> bool {
        let has = |field| self.headers.lines(field).next().is_some();
        self.method == "OPTIONS" && has(RequestField::Origin) && has(RequestField::RequestMethod)
    }
}

/// RFC 6455, section 4.1: the web socket handshake of HTTP/1.1.
pub(super) fn is_handshake<H: RequestHeaders + ?Sized>(headers: &H) -> bool {
    headers
        .lines(RequestField::Upgrade)
        .any(|line| elements(line.as_ref()).any(|element| element.eq_ignore_ascii_case(b"websocket")))
}
