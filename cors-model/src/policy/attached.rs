//! A policy at its place in an application, as an adapter holds it.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::ConfigErrors;
#[cfg(feature = "replace")]
use crate::policy::handle::{CorsHandle, Live};
use crate::policy::{Cors, ResourceKey};

/// A policy at its place in an application: around all of it, or around one resource. An adapter holds one, and asks it for the
/// policy that serves now, once for each request.
#[derive(Clone, Debug)]
pub struct Attached {
    pub(crate) serving: Serving,
    /// None around a whole application.
    pub(super) resource: Option<Arc<AtTemplate>>,
}

/// One resource of a policy, for an adapter that is attached to one resource of a framework. Made by [`Cors::resource`]
/// or by the handle of a policy that can be replaced.
#[derive(Clone, Debug)]
pub struct ResourcePolicy {
    pub(super) serving: Serving,
    pub(super) resource: Arc<AtTemplate>,
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
}

impl From<Cors> for Attached {
    fn from(cors: Cors) -> Self {
        Self { serving: Serving::Fixed(cors), resource: None }
    }
}

impl From<ResourcePolicy> for Attached {
    fn from(policy: ResourcePolicy) -> Self {
        Self { serving: policy.serving, resource: Some(policy.resource) }
    }
}

#[cfg(feature = "replace")]
impl From<CorsHandle> for Attached {
    fn from(handle: CorsHandle) -> Self {
        Self { serving: Serving::Live(handle.live), resource: None }
    }
}

impl Cors {
    /// The resource that was registered with this template, ignoring parameter names. For an adapter that is attached to one resource of
    /// a framework.
    pub fn resource(&self, template: &str) -> Option<ResourcePolicy> {
        let resource = AtTemplate::new(template);
        resource.key(self)?;
        Some(ResourcePolicy { serving: Serving::Fixed(self.clone()), resource: Arc::new(resource) })
    }
}

impl ResourcePolicy {
    /// For [`Target::Resource`](crate::Target::Resource), if the policy that serves now has this resource.
    pub fn key(&self) -> Option<ResourceKey> {
        self.resource.key(&self.serving.load())
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
pub(super) type Derive = Box<dyn Fn(&Cors) -> Result<Cors, ConfigErrors> + Send + Sync>;

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
