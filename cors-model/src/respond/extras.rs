//! What a place has beside its policy: who listens (S30), and a second policy that is judged, too (S27).

use std::sync::Arc;

use crate::error::ConfigErrors;
use crate::respond::attached::{AtTemplate, Attached, Derive};
use crate::tell::Event;
use crate::tell::observers::Observers;

/// Nothing, usually.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extras(pub(super) Option<Arc<Beside>>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Beside {
    pub(super) observers: Observers,
    /// The second policy, at the same place.
    pub(super) report_only: Option<Attached>,
}

impl Extras {
    pub(super) fn observe(&mut self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) {
        self.change().observers.add(observer);
    }

    #[cfg(feature = "replace")]
    pub(super) fn report_only(&mut self, next: Attached) {
        self.change().report_only = Some(next);
    }

    /// The same, at the place of one resource, or around all of them.
    pub(super) fn at(mut self, resource: Option<AtTemplate>) -> Self {
        if let Some(second) = self.second().cloned() {
            let resource = resource.map(Arc::new);
            self.change().report_only = Some(Attached { resource, ..second });
        }
        self
    }

    /// With something else made of the second policy.
    pub(super) fn derive(mut self, derive: Derive) -> Result<Self, ConfigErrors> {
        if let Some(second) = self.second().cloned() {
            self.change().report_only = Some(second.derive(derive)?);
        }
        Ok(self)
    }

    pub(super) fn second(&self) -> Option<&Attached> {
        self.0.as_ref()?.report_only.as_ref()
    }

    fn change(&mut self) -> &mut Beside {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}
