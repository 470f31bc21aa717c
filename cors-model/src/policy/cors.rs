//! A built policy, as adapters hold it.

use std::sync::Arc;

use crate::check::Advice;
use crate::config::CorsConfig;
use crate::policy::paths::ResourceId;
use crate::policy::rules::Policy;

/// A checked configuration, ready to serve. Made by [`CorsConfig::build`]. Cloning it is cheap: it is reference counted.
#[derive(Clone)]
pub struct Cors(pub(crate) Arc<Policy>);

impl std::fmt::Debug for Cors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cors").field(&self.0.config).finish()
    }
}

/// Two policies are equal when their configurations are.
impl PartialEq for Cors {
    fn eq(&self, other: &Self) -> bool {
        self.config() == other.config()
    }
}

impl Eq for Cors {}

impl Cors {
    /// The configuration that this policy was built from.
    pub fn config(&self) -> &CorsConfig {
        &self.0.config
    }

    /// What could be better in the configuration (S23). None of it is an error.
    pub fn advice(&self) -> &[Advice] {
        &self.0.advice
    }

    /// The resource that was registered with this template, ignoring parameter names. For an adapter that is attached to one resource of
    /// a framework.
    pub fn resource(&self, template: &str) -> Option<ResourcePolicy> {
        let resource = self.0.paths.find_template(template)?;
        let key = ResourceKey { policy: self.0.number, resource };
        Some(ResourcePolicy { cors: self.clone(), key })
    }
}

/// One resource of a policy.
#[derive(Clone, Debug)]
pub struct ResourcePolicy {
    cors: Cors,
    key: ResourceKey,
}

impl ResourcePolicy {
    /// The policy that it belongs to.
    pub fn cors(&self) -> &Cors {
        &self.cors
    }

    /// For [`Target::Resource`](crate::Target::Resource).
    pub fn key(&self) -> ResourceKey {
        self.key
    }
}

/// One resource of one policy. It means nothing to any other policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceKey {
    pub(crate) policy: u32,
    pub(crate) resource: ResourceId,
}
