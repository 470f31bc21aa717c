//! A page's request and a policy's answers, one after the other.

use std::collections::BTreeSet;

use http::HeaderMap;

use crate::decide::request::CorsRequest;
use crate::explain::browser::{Blocked, PageRequest};
use crate::explain::explanation::Explanation;
use crate::grammar::header::is_safelisted_response_header;
use crate::policy::Cors;

/// What comes of a page's request: the preflight, the request itself, and whether the page may read the response.
#[derive(Clone, Debug)]
pub struct Exchange {
    request: PageRequest,
    preflight: Option<Explanation>,
    response: Explanation,
    sent: Result<(), Blocked>,
}

impl Exchange {
    /// The page's request.
    pub fn request(&self) -> &PageRequest {
        &self.request
    }

    /// How the preflight is answered; none where the browser sends none.
    pub fn preflight(&self) -> Option<&Explanation> {
        self.preflight.as_ref()
    }

    /// Does the browser send the request itself?
    ///
    /// # Errors
    /// It does not, since the preflight does not allow it.
    pub fn sent(&self) -> Result<(), &Blocked> {
        self.sent.as_ref().copied()
    }

    /// How the request itself is answered, also where the browser does not send it: something else could.
    pub fn response(&self) -> &Explanation {
        &self.response
    }

    /// May the page read the response?
    ///
    /// # Errors
    /// It may not: the preflight failed, or the CORS check of the response did.
    pub fn read(&self) -> Result<(), Blocked> {
        self.sent.clone()?;
        self.request.check(self.response.headers())
    }

    /// May the page read a response header of this name? Browsers always show it the safelisted ones.
    pub fn exposes(&self, name: &str) -> bool {
        let names = self.exposed();
        let listed = names.iter().any(|listed| listed.eq_ignore_ascii_case(name));
        let by_wildcard = !self.request.has_credentials() && names.contains(&"*");
        self.read().is_ok() && (is_safelisted_response_header(name) || listed || by_wildcard)
    }

    /// The origin sources that would be asked, and of which nothing is assumed, in the order of their names.
    pub fn unasked(&self) -> impl Iterator<Item = &str> {
        let explained = self.preflight.iter().chain([&self.response]);
        let names: BTreeSet<_> = explained.flat_map(Explanation::unasked).collect();
        names.into_iter()
    }

    /// The elements of the response's `Access-Control-Expose-Headers`.
    pub fn exposed(&self) -> Vec<&str> {
        let lines = self.response.headers().get_all(http::header::ACCESS_CONTROL_EXPOSE_HEADERS);
        let names = lines.iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
        names.map(str::trim).filter(|name| !name.is_empty()).collect()
    }
}

impl Cors {
    /// What comes of a page's request for this path: what the browser sends, what is answered and why, and whether the page may read
    /// it. For tools and tests; it allocates. The application is taken to answer without CORS headers of its own, and without a redirect.
    /// No origin belongs to a source.
    pub fn exchange(&self, path: &str, request: &PageRequest) -> Exchange {
        self.exchange_assuming(path, request, |_| None)
    }

    /// [`Cors::exchange`] with assumptions in place of the origin sources ([S26](crate::rules)). `assume` gets the name of each source that would be
    /// asked. Where it returns nothing, the origin does not belong, and [`Explanation::unasked`] names the source.
    pub fn exchange_assuming(
        &self,
        path: &str,
        request: &PageRequest,
        assume: impl Fn(&str) -> Option<bool>,
    ) -> Exchange {
        let explain = |method: &str, headers: &HeaderMap| {
            let request: CorsRequest<'_, HeaderMap> = CorsRequest::new(path, method, headers);
            let answers = self.assume(&request, &assume);
            self.explain(&request.answers(answers))
        };
        let preflight = request.preflight().map(|headers| explain("OPTIONS", &headers));
        let sent = match &preflight {
            Some(preflight) => {
                // Where the policy does not answer, an application answers without any CORS header.
                let status = preflight.answer().map_or(204, |answer| answer.status.as_u16());
                request.check_preflight(status, preflight.headers())
            }
            None => Ok(()),
        };
        let response = explain(request.method(), &request.headers());
        Exchange { request: request.clone(), preflight, response, sent }
    }
}
