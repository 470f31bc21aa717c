//! What usually causes a response that is not what the policy decides.

use std::fmt;

use http::{Method, header};

use super::expected::{Difference, has_owned};
use super::failure::Inner;

/// What usually causes such a response. It prints as advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Cause {
    /// Authentication answers before the policy does.
    Authentication,
    /// A redirect is sent before the policy sees the request.
    Redirect,
    /// The policy was added before this route.
    AddedBeforeRoutes,
    /// The policy is around a handler, and the router answers `OPTIONS`.
    AroundHandler,
    /// The application has a handler for `OPTIONS` that answers before the policy does.
    OwnOptions,
    /// The policy sees a path without its prefix.
    CutPrefix,
    /// The policy is around the routes, and not around the 404 and 405 of the router.
    Fallback,
    /// An error is made outside of the policy.
    OutsideError,
    /// Another CORS middleware, or a proxy, writes the headers, too.
    SecondPolicy,
    /// A handler, a middleware or a proxy writes the header outside of the policy.
    OwnHeader,
    /// Something outside of the policy replaces or removes `Vary`.
    LostVary,
    /// The application was built with another policy than the questions.
    OtherPolicy,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authentication => {
                "Authentication runs before the policy. A preflight never has credentials: put the policy outside of \
                 authentication. In axum and poem add it after the authentication; in actix-web wrap it last; in warp put \
                 `with_cors` around the filter that signs in; in rocket sign in with a guard and not with a fairing."
            }
            Self::Redirect => {
                "A redirect is sent before the policy sees the request, to another slash, host or scheme. Browsers follow no \
                 redirect of a preflight: put the policy outside of what redirects, or call the final address."
            }
            Self::AddedBeforeRoutes => {
                "The policy does not cover this route. In axum `Router::layer` covers only what was added before it: call it \
                 after the last `route`, `nest` and `merge`. Elsewhere put the policy around the whole application."
            }
            Self::AroundHandler => {
                "The policy is around a handler or one method, and the router itself answers OPTIONS. Put the policy around \
                 the router, or around the whole resource."
            }
            Self::OwnOptions => {
                "A handler of your own answers OPTIONS before the policy does. Remove it, or put the policy around it."
            }
            Self::CutPrefix => {
                "The policy sees the path without its prefix, since a middleware, a fairing or a proxy cuts it. Put the \
                 policy outside of that, or register the path as it is seen there."
            }
            Self::Fallback => {
                "The policy is around the routes only, so that the router's own 404 and 405 are outside of it. In axum use \
                 `Router::layer` and not `route_layer`; elsewhere put the policy around the whole application."
            }
            Self::OutsideError => {
                "This error is made outside of the policy, by a time limit, a size limit, a rate limit or whatever catches \
                 panics. Put the policy outside of those."
            }
            Self::SecondPolicy => {
                "Something else writes CORS headers, too: another CORS middleware, or a proxy. Keep one of the two."
            }
            Self::OwnHeader => {
                "A handler, a middleware or a proxy outside of the policy writes this header. Remove it there; inside of the \
                 policy it would be replaced."
            }
            Self::LostVary => {
                "Something outside of the policy replaces or removes Vary, such as a cache, a compressing layer or a proxy. \
                 Let it append; without Vary a cache sends one origin's response to another."
            }
            Self::OtherPolicy => {
                "The application was built with another policy than the one you ask about: another file, other variables of \
                 the environment, or a policy that was replaced."
            }
        })
    }
}

impl Inner {
    pub(super) fn causes(&self) -> Vec<Cause> {
        if self.wrong.iter().any(|wrong| matches!(wrong, Difference::Repeated(_))) {
            return vec![Cause::SecondPolicy];
        }
        let is_vary_alone = *self.wrong == [Difference::Line(header::VARY)];
        let mut causes = match (has_owned(&self.received), is_vary_alone) {
            (false, _) => self.untouched(),
            (true, true) => Vec::new(),
            (true, false) => self.overwritten(),
        };
        causes.extend(is_vary_alone.then_some(Cause::LostVary));
        causes
    }

    fn is_preflight(&self) -> bool {
        self.expected.status.is_some() && self.question.request().method() == Method::OPTIONS
    }

    /// It looks as if the policy never saw the request.
    fn untouched(&self) -> Vec<Cause> {
        use Cause::{
            AddedBeforeRoutes, AroundHandler, Authentication, CutPrefix, Fallback, OutsideError, OwnOptions,
            Redirect,
        };
        match (self.status, self.is_preflight()) {
            (401 | 403 | 407, _) => vec![Authentication],
            (300..=303 | 305..=399, _) => vec![Redirect],
            (404 | 405, true) => vec![AroundHandler, Fallback, AddedBeforeRoutes, CutPrefix],
            (404 | 405, false) => vec![Fallback, AddedBeforeRoutes, CutPrefix],
            (..=399, true) => vec![OwnOptions, AddedBeforeRoutes, CutPrefix],
            (..=399, false) => vec![AddedBeforeRoutes, CutPrefix],
            _ => vec![OutsideError],
        }
    }

    /// There are headers of the protocol, but not the right ones.
    fn overwritten(&self) -> Vec<Cause> {
        let field = header::ACCESS_CONTROL_ALLOW_ORIGIN;
        if self.received.get(&field) == self.expected.headers.get(&field) {
            return vec![Cause::OtherPolicy, Cause::OwnHeader];
        }
        if self.is_preflight() {
            return vec![Cause::SecondPolicy, Cause::OtherPolicy];
        }
        vec![Cause::OwnHeader, Cause::SecondPolicy, Cause::OtherPolicy]
    }
}
