//! A policy at its place in an application, as an adapter holds it.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::ConfigErrors;
use crate::policy::{Cors, ResourceKey};
use crate::respond::extras::Extras;
#[cfg(feature = "replace")]
use crate::respond::handle::{CorsHandle, Live};
use crate::tell::Event;

/// A policy at its place in an application: around all of it, or around one resource. An adapter holds one, and asks it for the
/// policy that serves now, once for each request.
///
/// With the feature `tracing`, making one logs the policy's [advice](Cors::advice) as warnings, once for each policy.
#[derive(Clone, Debug)]
pub struct Attached {
    pub(crate) serving: Serving,
    /// None around a whole application.
    pub(super) resource: Option<Arc<AtTemplate>>,
    pub(super) extras: Extras,
}

/// One resource of a policy, for an adapter that is attached to one resource of a framework. Made by [`Cors::resource`]
/// or by the handle of a policy that can be replaced.
#[derive(Clone, Debug)]
pub struct ResourcePolicy {
    pub(super) serving: Serving,
    pub(super) resource: Arc<AtTemplate>,
    pub(super) extras: Extras,
}

impl Attached {
    /// The policy that serves now.
    pub fn policy(&self) -> impl Deref<Target = Cors> + '_ {
        self.serving.load()
    }

    /// If this is the place of one resource: that resource of a policy, or none of any policy if it lacks it.
    pub(crate) fn resource_of(&self, cors: &Cors) -> Option<ResourceKey> {
        self.resource.as_ref().map(|resource| resource.key(cors).unwrap_or(ResourceKey::NONE))
    }

    /// Shows each [`Event`] at this place to a function, which runs before the request goes on. Nothing is left out. A panic in it
    /// does not reach the request.
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.extras.observe(observer);
        self
    }

    /// This policy, checked against the routes of an application, as [`Cors::beside`] does. Each policy that replaces it is checked,
    /// too, and so is one in report-only mode.
    ///
    /// # Errors
    /// Those of [`Cors::beside`].
    pub fn beside(self, routes: Vec<String>) -> Result<Self, ConfigErrors> {
        self.derive(Arc::new(move |cors: &Cors| cors.beside(&routes)))
    }

    /// Advice on the policy goes to the log as it is attached.
    fn new(serving: Serving, resource: Option<Arc<AtTemplate>>, extras: Extras) -> Self {
        serving.log_advice();
        Self { serving, resource, extras }
    }

    /// The same place, with something else made of each policy.
    pub(super) fn derive(self, derive: Derive) -> Result<Self, ConfigErrors> {
        // Since it was attached the program may have set up its log.
        self.serving.log_advice();
        let serving = self.serving.derive(derive.clone())?;
        Ok(Self { serving, resource: self.resource, extras: self.extras.derive(derive)? })
    }
}

impl From<Cors> for Attached {
    fn from(cors: Cors) -> Self {
        Self::new(Serving::Fixed(cors), None, Extras::default())
    }
}

impl From<ResourcePolicy> for Attached {
    fn from(policy: ResourcePolicy) -> Self {
        Self::new(policy.serving, Some(policy.resource), policy.extras)
    }
}

#[cfg(feature = "replace")]
impl From<CorsHandle> for Attached {
    fn from(handle: CorsHandle) -> Self {
        Self::new(Serving::Live(handle.live), None, handle.extras)
    }
}

impl Cors {
    /// The resource that was registered with this template, ignoring parameter names. For an adapter that is attached to one resource of
    /// a framework.
    pub fn resource(&self, template: &str) -> Option<ResourcePolicy> {
        let resource = AtTemplate::new(template);
        resource.key(self)?;
        let serving = Serving::Fixed(self.clone());
        Some(ResourcePolicy { serving, resource: Arc::new(resource), extras: Extras::default() })
    }
}

impl ResourcePolicy {
    /// For [`Target::Resource`](crate::Target::Resource), if the policy that serves now has this resource.
    pub fn key(&self) -> Option<ResourceKey> {
        self.resource.key(&self.serving.load())
    }

    /// As [`Attached::observe`].
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.extras.observe(observer);
        self
    }

    /// A policy of this resource alone, at other templates: for an adapter that is attached to routes of which it knows
    /// the paths.
    ///
    /// # Errors
    /// Each of them that is not a valid template.
    pub fn at(self, templates: Vec<String>) -> Result<Attached, ConfigErrors> {
        let resource = self.resource;
        let derive = move |cors: &Cors| cors.alone_at(&resource.template, &templates);
        let place = Attached { serving: self.serving, resource: None, extras: self.extras.at(None) };
        place.derive(Arc::new(derive))
    }
}

/// What serves at a place: one policy for good, or that of a handle.
#[derive(Clone, Debug)]
pub(crate) enum Serving {
    Fixed(Cors),
    #[cfg(feature = "replace")]
    Live(Arc<Live>),
}

/// The policy that serves while this is held.
pub(crate) enum Loaded<'a> {
    Fixed(&'a Cors),
    #[cfg(feature = "replace")]
    Live(arc_swap::Guard<Arc<Cors>>),
}

impl Serving {
    pub(crate) fn load(&self) -> Loaded<'_> {
        match self {
            Self::Fixed(cors) => Loaded::Fixed(cors),
            #[cfg(feature = "replace")]
            Self::Live(live) => Loaded::Live(live.load()),
        }
    }

    fn log_advice(&self) {
        #[cfg(feature = "tracing")]
        self.load().log_advice();
    }

    /// What serves at a place that makes something else of each policy.
    pub(super) fn derive(&self, derive: Derive) -> Result<Self, ConfigErrors> {
        match self {
            Self::Fixed(cors) => derive(cors).map(Self::Fixed),
            #[cfg(feature = "replace")]
            Self::Live(live) => live.derive(derive).map(Self::Live),
        }
    }
}

/// What a place makes of a policy.
pub(super) type Derive = Arc<dyn Fn(&Cors) -> Result<Cors, ConfigErrors> + Send + Sync>;

impl Deref for Loaded<'_> {
    type Target = Cors;

    fn deref(&self) -> &Cors {
        match self {
            Self::Fixed(cors) => cors,
            #[cfg(feature = "replace")]
            Self::Live(cors) => cors,
        }
    }
}

/// A template, and where the last policy that was asked has it.
#[derive(Debug)]
pub(crate) struct AtTemplate {
    pub(super) template: String,
    /// The number of that policy, and one more than the number of its resource: 0 if it has none there.
    found: AtomicU64,
}

impl AtTemplate {
    pub(super) fn new(template: &str) -> Self {
        Self { template: template.into(), found: AtomicU64::new(0) }
    }

    /// The resource that a policy has at this template (S25). It is looked up once for each policy.
    pub(super) fn key(&self, cors: &Cors) -> Option<ResourceKey> {
        let policy = cors.0.number;
        let found = self.found.load(Ordering::Relaxed);
        let resource = if found >> 32 == u64::from(policy) {
            (found & u64::from(u32::MAX)).checked_sub(1).map(|resource| resource as u32)
        } else {
            let resource = cors.0.paths.find_template(&self.template);
            let known = resource.map_or(0, |resource| u64::from(resource) + 1);
            self.found.store(u64::from(policy) << 32 | known, Ordering::Relaxed);
            resource
        };
        Some(ResourceKey { policy, resource: resource? })
    }
}
