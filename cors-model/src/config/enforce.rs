//! What a foreign page must not do (S28).

/// Refuses requests that a foreign page must not make: requests that may change something, web socket handshakes, and requests for a
/// host that you do not serve. Without it CORS only decides who may *read* a response.
///
/// The policy says which origins may make such a request: its options have to allow the method, and credentials if the request
/// has any.
///
/// ```
/// use cors_model::{CorsConfig, Enforce, ResourceOptions};
///
/// let cors = CorsConfig::new()
///     .defaults([("https://app.example", ResourceOptions::new().allow_credentials())])
///     .all_resources()
///     .enforce(Enforce::refuse().hosts(["api.example"]).exempt(["POST /webhooks/{id}"]))
///     .build()?;
/// # let _ = cors;
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enforce {
    pub(crate) mode: Mode,
    pub(crate) hosts: Option<Vec<String>>,
    pub(crate) exempt: Vec<String>,
    /// At the resources of the policy alone, for an adapter that is attached to one resource by its paths.
    pub(crate) at_resources_alone: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    #[default]
    Refuse,
    Report,
}

impl Enforce {
    /// Refuses such a request with 403, before the application runs.
    pub fn refuse() -> Self {
        Self { mode: Mode::Refuse, hosts: None, exempt: Vec::new(), at_resources_alone: false }
    }

    /// Only reports what [`Enforce::refuse`] would refuse. Start with this one.
    pub fn report() -> Self {
        Self { mode: Mode::Report, ..Self::refuse() }
    }

    /// The hosts that this server answers for; a request for any other one is refused, also a GET. That stops DNS rebinding. A host is
    /// `host` (without a port, or with 80 or 443), `host:port`, or `host:*` (any port), in any case. Default: every host.
    pub fn hosts<S: Into<String>>(mut self, hosts: impl IntoIterator<Item = S>) -> Self {
        self.hosts.get_or_insert_default().extend(hosts.into_iter().map(Into::into));
        self
    }

    /// Lets every page make these requests: a path template, or a method and a path template (`POST /webhooks/{id}`).
    pub fn exempt<S: Into<String>>(mut self, requests: impl IntoIterator<Item = S>) -> Self {
        self.exempt.extend(requests.into_iter().map(Into::into));
        self
    }
}
