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

    /// What could be better in the configuration ([S23](crate::rules)). None of it is an error. With the feature `tracing`, it is logged
    /// when the policy is attached.
    pub fn advice(&self) -> &[Advice] {
        &self.0.advice
    }
}

/// One resource of one policy. It means nothing to any other policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResourceKey {
    pub(crate) policy: u32,
    pub(crate) resource: ResourceId,
}

impl ResourceKey {
    /// A resource of no policy.
    pub(crate) const NONE: Self = Self { policy: 0, resource: 0 };
}
