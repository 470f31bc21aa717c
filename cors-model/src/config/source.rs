//! A source of origins (S26): whether an origin belongs to a name is asked while a policy serves.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::config::Keeping;

/// Decides at run time which origins belong to a name, such as `@tenants`. Bind one with
/// [`CorsConfig::source`](crate::CorsConfig::source).
///
/// A function of the origin is a source:
///
/// ```
/// use cors_model::{CorsConfig, ResourceOptions};
///
/// let cors = CorsConfig::new()
///     .source("tenants", |origin: &str| origin == "https://tenant.example")
///     .defaults([("@tenants", ResourceOptions::new().allow_credentials())])
///     .all_resources()
///     .build()?;
/// # let _ = cors;
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
///
/// It runs on the request path, so it must not block. For a database, use the crate `cors-sources`, which awaits the answers and
/// keeps them. [`by_request`] makes a source of a function that also sees the host and the resource.
pub trait OriginSource: Send + Sync {
    /// Does the origin belong to the name? A policy asks only about well-formed origins.
    fn ask(&self, asked: &Asked<'_>, keeping: &Keeping) -> Answering;

    /// The answer that is kept for this question, if there is one: for a policy in report-only mode, which asks nothing (S27). Default:
    /// none.
    fn kept(&self, _asked: &Asked<'_>, _keeping: &Keeping) -> Option<bool> {
        None
    }
}

/// The answer of a source, or a future of it.
#[must_use]
pub enum Answering {
    /// The source knows.
    Now(SourceAnswer),
    /// The source has to find out.
    Later(Pin<Box<dyn Future<Output = SourceAnswer> + Send>>),
}

/// What a source says of an origin. Exhaustive: nothing else can be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceAnswer {
    /// The origin belongs to the name.
    Belongs,
    /// It does not.
    DoesNotBelong,
    /// The source cannot say, and why. That counts as no, and is reported.
    Failed(String),
    /// The source cannot say, and why. What it said the last time counts, and the failure is reported.
    Stale {
        /// What it said the last time.
        belongs: bool,
        /// Why it cannot say more.
        why: String,
    },
}

impl From<bool> for SourceAnswer {
    fn from(belongs: bool) -> Self {
        if belongs { Self::Belongs } else { Self::DoesNotBelong }
    }
}

/// A question to a source: the name and the origin, and the request that it is about.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub(crate) source: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) host: Option<&'a str>,
    pub(crate) template: Option<&'a str>,
    pub(crate) path: &'a str,
}

impl<'a> Asked<'a> {
    /// The name of the source, without the `@`.
    pub fn source(&self) -> &'a str {
        self.source
    }

    /// The origin, such as `https://app.example`.
    pub fn origin(&self) -> &'a str {
        self.origin
    }

    /// The host of the request, with its port if it has one, as it was sent: that of the request's target, or else of its only `Host`
    /// line. None where the request has no host, or several.
    pub fn host(&self) -> Option<&'a str> {
        self.host
    }

    /// The template of the resource, as the configuration has it. None where only `all_resources` covers the path.
    pub fn template(&self) -> Option<&'a str> {
        self.template
    }

    /// The parameters of the template with their values, as they were sent: percent-encoded. None at all where the template does not
    /// fit the path, as in a nested router that cuts it.
    pub fn parameters(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        let template = self.template.filter(|template| fits(template, self.path)).unwrap_or_default();
        let mut path = self.path;
        template.split('/').filter_map(move |segment| {
            let rest = path;
            let (value, behind) = rest.split_once('/').unwrap_or((rest, ""));
            path = behind;
            let name = segment.strip_prefix('{')?.strip_suffix('}').filter(|name| !name.starts_with('{'))?;
            Some(match name.strip_prefix('*') {
                Some(name) => (name, rest),
                None => (name, value),
            })
        })
    }

    /// The value of one parameter, as [`parameters`](Self::parameters) has it.
    pub fn parameter(&self, name: &str) -> Option<&'a str> {
        self.parameters().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// Has the path as many segments as the template?
fn fits(template: &str, path: &str) -> bool {
    let count = |text: &str| text.split('/').count();
    let takes_rest = template.rsplit('/').next().is_some_and(|last| last.starts_with("{*"));
    if takes_rest { count(path) >= count(template) } else { count(path) == count(template) }
}

/// A function of the origin. It sees nothing else of a request.
impl<F: Fn(&str) -> bool + Send + Sync> OriginSource for F {
    fn ask(&self, asked: &Asked<'_>, _: &Keeping) -> Answering {
        Answering::Now(self(asked.origin).into())
    }
}

/// Makes a source of a function that sees the whole question.
///
/// ```
/// use cors_model::{CorsConfig, ResourceOptions, by_request};
///
/// let own_pages = by_request(|asked| asked.parameter("tenant").is_some_and(|tenant| {
///     asked.origin() == format!("https://{tenant}.example")
/// }));
/// let config = CorsConfig::new().source("tenants", own_pages);
/// # let _ = config;
/// ```
pub fn by_request(
    function: impl Fn(&Asked<'_>) -> bool + Send + Sync + 'static,
) -> impl OriginSource + 'static {
    ByRequest(function)
}

struct ByRequest<F>(F);

impl<F: Fn(&Asked<'_>) -> bool + Send + Sync> OriginSource for ByRequest<F> {
    fn ask(&self, asked: &Asked<'_>, _: &Keeping) -> Answering {
        Answering::Now((self.0)(asked).into())
    }
}

/// Stands for a source where there is only a file.
pub(crate) struct Unbound;

impl OriginSource for Unbound {
    fn ask(&self, _: &Asked<'_>, _: &Keeping) -> Answering {
        Answering::Now(SourceAnswer::Failed("it is not bound".into()))
    }
}

/// A source and its name.
#[derive(Clone)]
pub(crate) struct Binding {
    pub(crate) name: String,
    pub(crate) source: Arc<dyn OriginSource>,
}

impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}", self.name)
    }
}

/// The same name bound to the same source.
impl PartialEq for Binding {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Arc::ptr_eq(&self.source, &other.source)
    }
}

impl Eq for Binding {}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<'a>(template: &'a str, path: &'a str) -> Vec<(&'a str, &'a str)> {
        let (source, origin) = ("tenants", "https://a.example");
        Asked { source, origin, host: None, template: Some(template), path }.parameters().collect()
    }

    #[test]
    fn s26_parameters_are_shown_as_they_were_sent() {
        assert_eq!(
            asked("/t/{id}/x/{*rest}", "/t/%C3%BC/x/a/b%2Fc"),
            [("id", "%C3%BC"), ("rest", "a/b%2Fc")]
        );
        assert_eq!(asked("/{a}/{b}", "/1/2"), [("a", "1"), ("b", "2")]);
        assert_eq!(asked("/{{a}}/{b}", "/%7Ba%7D/2"), [("b", "2")]);
        for (template, path) in [("/a/{b}", "/2"), ("/a/{b}", "/a/2/"), ("/a/{*b}", "/a"), ("/a", "/a")] {
            assert_eq!(asked(template, path), [], "{template} {path}");
        }
    }
}
