//! From a request to its verdict. Nothing here allocates, blocks or panics, and no step loops over the configuration.

use crate::config::enforce::Mode;
use crate::decide::request::{CorsRequest, Fields, Lines, RequestHeaders, Target, read, read_all};
use crate::decide::verdict::{Actual, Allowed, Asked, Grant, Preflight, Refusal, Reply, Verdict};
use crate::grammar::header::RequestField;
use crate::grammar::token::{Line, elements, is_token, skip_commas, skip_known};
use crate::policy::origins::OriginKind;
use crate::policy::paths::ResourceId;
use crate::policy::rules::{EntryId, Pick, Policy, RequestedHeaders, RouteRules};
use crate::policy::sources::Sender;
use crate::policy::{Answers, Cors};

impl Cors {
    /// Decides about a request.
    pub fn judge<H: RequestHeaders + ?Sized>(&self, request: &CorsRequest<'_, H>) -> Verdict {
        match self.0.begin(request) {
            Begun::Pass => Verdict::Pass,
            Begun::Answer(reply) => Verdict::Answer(reply),
            Begun::Actual(resource) => Verdict::Actual(self.0.actual_of(resource, request, unknown)),
        }
    }
}

/// How a decision begins.
pub(crate) enum Begun {
    Pass,
    Answer(Reply),
    /// An actual request to this resource.
    Actual(ResourceId),
}

impl Policy {
    pub(crate) fn resource(&self, target: Target<'_>, path: &str) -> Option<ResourceId> {
        match target {
            Target::Path => self.paths.find(path),
            Target::Routed(template) => self.paths.find_routed(template, path),
            Target::Resource(key) => (key.policy == self.number).then_some(key.resource),
        }
    }

    /// What to do with a request, up to the question who may read its response.
    #[inline(always)]
    pub(crate) fn begin<H: RequestHeaders + ?Sized>(&self, request: &CorsRequest<'_, H>) -> Begun {
        let resource = self.resource(request.target, request.path);
        if let Some(enforcement) =
            self.enforcement.as_ref().filter(|enforcement| enforcement.mode == Mode::Refuse)
        {
            if let Some(refusal) = self.enforced(enforcement, resource, request) {
                return Begun::Answer(Reply::Refused(self.refused(refusal, resource, request)));
            }
        }
        let Some(resource) = resource else { return Begun::Pass };
        if request.method == "OPTIONS" {
            if let Some(preflight) = self.preflight(resource, request.headers, &request.answers) {
                return Begun::Answer(Reply::Preflight(preflight));
            }
        }
        Begun::Actual(resource)
    }

    /// S1 to S4: the entry that wins for an origin, if the method is enabled for it.
    pub(crate) fn granted(&self, resource: ResourceId, sender: Sender<'_>, method: &str) -> Option<EntryId> {
        let method = method.as_bytes();
        let route = self.route(resource, method);
        let pick = self.pick(resource, route, sender)?;
        let rules = &self.resources[resource as usize];
        (route.is_some() || self.enables(rules, pick.entry, method)).then_some(pick.entry)
    }

    /// The verdict on an actual request.
    #[inline]
    pub(crate) fn actual_of<H: RequestHeaders + ?Sized>(
        &self,
        resource: ResourceId,
        request: &CorsRequest<'_, H>,
        unknown: impl FnOnce(&[u8]) -> Refusal,
    ) -> Actual {
        let origin = read(request.headers, RequestField::Origin);
        let sender = (!origin.is_none()).then(|| request.sender(only_line(&origin)));
        self.actual(resource, sender, request.method, unknown)
    }

    /// With the line of `Origin`, if there is one, and what the sources said of it.
    pub(crate) fn actual(
        &self,
        resource: ResourceId,
        sender: Option<Sender<'_>>,
        method: &str,
        unknown: impl FnOnce(&[u8]) -> Refusal,
    ) -> Actual {
        let method = method.as_bytes();
        let route = self.route(resource, method);
        if let Some(entry) = self.constant(resource, route, method) {
            let grant = Some(Grant { entry, literal: true, timing: true });
            return Actual { policy: self.number, grant, vary: false, refusal: None };
        }
        let rules = &self.resources[resource as usize];
        let decided = sender.map(|sender| match self.pick(resource, route, sender) {
            None => Err(unknown(sender.origin)),
            Some(pick) if route.is_none() && !self.enables(rules, pick.entry, method) => Err(Refusal::Method),
            Some(pick) => Ok(Grant { entry: pick.entry, literal: self.is_literal(&pick), timing: true }),
        });
        let (grant, refusal) = match decided.transpose() {
            Ok(grant) => (grant, None),
            Err(refusal) => (None, Some(refusal)),
        };
        Actual { policy: self.number, grant, vary: true, refusal }
    }

    /// S18: the entry that answers every request in the same way.
    pub(crate) fn constant(
        &self,
        resource: ResourceId,
        route: Option<&RouteRules>,
        method: &[u8],
    ) -> Option<EntryId> {
        match route {
            Some(route) => route.constant,
            None => {
                let resource = &self.resources[resource as usize];
                resource.constant.filter(|&entry| self.enables(resource, entry, method))
            }
        }
    }

    /// The verdict on a request with the method `OPTIONS`, if it is a preflight.
    pub(crate) fn preflight<H: RequestHeaders + ?Sized>(
        &self,
        resource: ResourceId,
        headers: &H,
        answers: &Answers,
    ) -> Option<Preflight> {
        let fields = read_all(headers);
        // Fetch Standard, "CORS-preflight request": OPTIONS with both header fields, whatever they hold.
        if fields.origin.is_none() || fields.method.is_none() {
            return None;
        }
        let outcome = self.outcome(resource, &fields, headers, answers);
        Some(Preflight { policy: self.number, resource, answers: *answers, outcome })
    }

    /// S7: origin, method, headers; malformed input is the first reason.
    fn outcome<L: AsRef<[u8]>, H: RequestHeaders + ?Sized>(
        &self,
        resource: ResourceId,
        fields: &Fields<L>,
        headers: &H,
        answers: &Answers,
    ) -> Result<Allowed, Refusal> {
        let requested = only_line(&fields.method);
        if !is_token(requested) {
            return Err(Refusal::Malformed);
        }
        let route = self.route(resource, requested);
        let origin = only_line(&fields.origin);
        let sender = Sender { origin, answers };
        let enabled = self.pick(resource, route, sender).ok_or_else(|| unknown(origin)).and_then(|pick| {
            let rules = &self.resources[resource as usize];
            let is_enabled = route.is_some() || self.enables(rules, pick.entry, requested);
            // In the answer `*` would stand for every method.
            let is_meant = requested != b"*" || self.answers_any_method(resource, &pick, sender);
            if is_enabled && is_meant { Ok(pick) } else { Err(Refusal::Method) }
        });
        // Malformed input is the reason, whatever else the request says.
        if let Err(Refusal::Malformed) = enabled {
            return Err(Refusal::Malformed);
        }
        let allowed = enabled.as_ref().ok().map(|pick| &self.entries[pick.entry as usize].requested);
        let (asked, all_allowed) = match &fields.headers {
            Lines::None => (Asked::Nothing, true),
            Lines::One(line) => asked_by([line.as_ref()], allowed)?,
            Lines::Many => asked_by(headers.lines(RequestField::RequestHeaders), allowed)?,
        };
        let pick = enabled?;
        if !all_allowed {
            return Err(Refusal::Header);
        }
        Ok(Allowed { pick, literal: self.is_literal(&pick), asked })
    }

    fn is_literal(&self, pick: &Pick) -> bool {
        self.origins.any == Some(pick.pattern) && !self.entries[pick.entry as usize].credentials
    }
}

/// Reads the requested headers (S10), and whether all of them are allowed.
fn asked_by<L: AsRef<[u8]>>(
    lines: impl IntoIterator<Item = L>,
    allowed: Option<&RequestedHeaders>,
) -> Result<(Asked, bool), Refusal> {
    let mut asked = Asked::Nothing;
    let mut all_allowed = allowed.is_some();
    for (at, line) in lines.into_iter().enumerate() {
        // What is listed is a token, so only what is left has to be looked at.
        let (mut names, rest) = match allowed {
            Some(RequestedHeaders::Listed(listed)) => skip_known(line.as_ref(), |name| listed.contains(name)),
            Some(RequestedHeaders::Any) | None => (false, skip_commas(line.as_ref())),
        };
        match Line::of(rest) {
            Line::Malformed => return Err(Refusal::Malformed),
            Line::Tight if rest.is_empty() => {}
            Line::Tight => {
                names = true;
                all_allowed &= matches!(allowed, Some(RequestedHeaders::Any));
            }
            Line::Loose => {
                for name in elements(rest) {
                    if !is_token(name) {
                        return Err(Refusal::Malformed);
                    }
                    names = true;
                    all_allowed &= allowed.is_some_and(|allowed| allowed.allows(name));
                }
            }
        }
        asked = match (names, asked) {
            (true, Asked::Nothing) if at == 0 => Asked::OneLine,
            (false, Asked::Nothing) => Asked::Nothing,
            _ => Asked::Lines,
        };
    }
    Ok((asked, all_allowed))
}

/// The value of a field that has one line. A second line makes a value that matches nothing (S19).
pub(crate) fn only_line<L: AsRef<[u8]>>(lines: &Lines<L>) -> &[u8] {
    match lines {
        Lines::One(line) => line.as_ref(),
        Lines::None | Lines::Many => b"",
    }
}

/// Why an origin is refused that no pattern matches.
pub(crate) fn unknown(origin: &[u8]) -> Refusal {
    match OriginKind::of(origin).0 {
        OriginKind::Malformed => Refusal::Malformed,
        OriginKind::WellFormed | OriginKind::Null => Refusal::Origin,
    }
}
