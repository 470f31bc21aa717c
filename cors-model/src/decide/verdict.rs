//! What a policy says of one request.

use crate::policy::Answers;
use crate::policy::paths::ResourceId;
use crate::policy::rules::{EntryId, Pick};

/// Why a request is not shared with the origin that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// `Origin`, `Access-Control-Request-Method` or `Access-Control-Request-Headers` is not what the
    /// standard lets a browser send ([S19](crate::rules)).
    Malformed,
    /// The origin is not known for this resource and method.
    Origin,
    /// The method is not enabled for this origin.
    Method,
    /// A requested header is not allowed.
    Header,
    /// The request is for a host that is not served ([S28](crate::rules)).
    Host,
    /// The request comes from another site, which may not make it ([S28](crate::rules)).
    CrossSite,
}

impl Refusal {
    /// A stable name, for labels and for other programs: `cross-site`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Origin => "origin",
            Self::Method => "method",
            Self::Header => "header",
            Self::Host => "host",
            Self::CrossSite => "cross-site",
        }
    }

    /// The whole body of a refusal; of a preflight's, unless diagnostics are on.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Malformed => "CORS preflight refused: the request is malformed.",
            Self::Origin => "CORS preflight refused: the origin is not allowed.",
            Self::Method => "CORS preflight refused: the method is not allowed.",
            Self::Header => "CORS preflight refused: a requested header is not allowed.",
            Self::Host => "Request refused: this server does not answer for the requested host.",
            Self::CrossSite => "Request refused: pages of this origin may not make it.",
        }
    }
}

/// What to do with a request: the whole of an adapter's logic is one `match` on this, and so it is exhaustive.
/// It is valid for the policy that gave it; any other policy grants nothing by it.
#[must_use]
#[derive(Clone, Copy, Debug)]
pub enum Verdict {
    /// Not a resource of the policy: leave request and response alone.
    Pass,
    /// Answer it with [`Cors::answer`](crate::Cors::answer), without asking the application: it is a preflight, or is refused.
    Answer(Reply),
    /// An actual request: run the application, then write on its response, whatever it is.
    Actual(Actual),
}

impl Verdict {
    /// Why the resource is not shared with the origin, if it is not.
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Pass => None,
            Self::Answer(Reply::Preflight(preflight)) => preflight.outcome.err(),
            Self::Answer(Reply::Refused(refused)) => Some(refused.refusal),
            Self::Actual(actual) => actual.refusal,
        }
    }
}

/// What an adapter answers itself, in the place of the application.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Reply {
    /// The answer to a preflight.
    Preflight(Preflight),
    /// The refusal of a request that enforcement stops ([S28](crate::rules)).
    Refused(Refused),
}

/// What enforcement stops.
#[derive(Clone, Copy, Debug)]
pub struct Refused {
    pub(crate) refusal: Refusal,
    pub(crate) at: RefusedAt,
}

/// Where it is stopped, which decides the headers of the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RefusedAt {
    /// At a path that is no resource.
    Elsewhere,
    /// A preflight at a resource.
    Preflight,
    /// Any other request at a resource.
    Resource(Actual),
}

/// The verdict on a preflight.
#[derive(Clone, Copy, Debug)]
pub struct Preflight {
    pub(crate) policy: u32,
    pub(crate) resource: ResourceId,
    pub(crate) answers: Answers,
    pub(crate) outcome: Result<Allowed, Refusal>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Allowed {
    pub(crate) pick: Pick,
    /// The pattern is `*`, and goes without credentials.
    pub(crate) literal: bool,
    pub(crate) asked: Asked,
}

/// The requested headers of a preflight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    Nothing,
    /// Names in one line, which may be sent back as it is.
    OneLine,
    Lines,
}

/// The verdict on an actual request.
#[derive(Clone, Copy, Debug)]
pub struct Actual {
    pub(crate) policy: u32,
    pub(crate) grant: Option<Grant>,
    pub(crate) vary: bool,
    pub(crate) refusal: Option<Refusal>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Grant {
    pub(crate) entry: EntryId,
    /// `Access-Control-Allow-Origin` is `*`, not the request's origin.
    pub(crate) literal: bool,
    /// Sends `Timing-Allow-Origin`, if the entry allows it ([S29](crate::rules)).
    pub(crate) timing: bool,
}
