//! A policy that can be replaced while it serves (S25, feature `replace`).

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use arc_swap::{ArcSwap, Guard};

use crate::error::ConfigErrors;
use crate::policy::Cors;
use crate::respond::attached::{AtTemplate, Attached, Derive, ResourcePolicy, Serving};
use crate::respond::extras::Extras;
use crate::tell::Event;

/// A handle to a policy that can be replaced while it serves ([S25](crate::rules)). An adapter takes it in place of a policy. Cloning it
/// is cheap, and all clones replace the same policy.
///
/// ```
/// use cors_model::{CorsConfig, CorsHandle, OriginMap, ResourceOptions};
///
/// let policy = |origins: &[&str]| {
///     let origins = OriginMap::each(origins.iter().copied(), ResourceOptions::new());
///     CorsConfig::new().defaults(origins).all_resources().build()
/// };
/// let handle = CorsHandle::new(policy(&["https://app.example"])?);
/// // Attach `handle.clone()`, such as by `CorsLayer::new(handle.clone())`. Later, while it serves:
/// handle.replace(policy(&["https://app.example", "https://new.example"])?)?;
/// assert_eq!(handle.current(), policy(&["https://app.example", "https://new.example"])?);
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
#[derive(Clone, Debug)]
pub struct CorsHandle {
    pub(super) live: Arc<Live>,
    pub(super) extras: Extras,
}

impl CorsHandle {
    /// Serves this policy until it is replaced.
    pub fn new(cors: Cors) -> Self {
        Self { live: Live::new(cors, None), extras: Extras::default() }
    }

    /// The policy that serves now.
    pub fn current(&self) -> Cors {
        Cors::clone(&self.live.load())
    }

    /// Replaces the policy everywhere, and returns the old one. A request that has begun keeps the policy that judged it.
    ///
    /// # Errors
    /// The policy does not fit one of the places where this handle is attached, such as the routes of a rocket application. Then the old
    /// policy stays everywhere.
    pub fn replace(&self, cors: Cors) -> Result<Cors, ConfigErrors> {
        let old = self.live.replace(cors.clone())?;
        #[cfg(feature = "tracing")]
        cors.log_advice();
        Ok(Cors::clone(&old))
    }

    /// The resource that every policy of this handle has at this template, for an adapter that is attached to one resource of a
    /// framework. While a policy serves that does not have it, CORS does nothing there.
    pub fn resource(&self, template: &str) -> ResourcePolicy {
        ResourcePolicy {
            serving: Serving::Live(self.live.clone()),
            resource: Arc::new(AtTemplate::new(template)),
            extras: self.extras.clone().at(Some(AtTemplate::new(template))),
        }
    }

    /// Shows each [`Event`] to a function, wherever this handle is attached from now on. See [`Attached::observe`].
    #[must_use]
    pub fn observe(mut self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) -> Self {
        self.extras.observe(observer);
        self
    }

    /// Judges a second policy beside this one, wherever this handle is attached from now on ([S27](crate::rules)). It changes no response. An
    /// [`Event`] reports each request with an `Origin` line that only one of the two shares, or to which only one allows credentials.
    /// The second policy can be replaced, too. Its `enforce`, its observers and a third policy beside it do not count.
    #[must_use]
    pub fn report_only(mut self, next: &CorsHandle) -> Self {
        let next = Self { live: next.live.clone(), extras: Extras::default() };
        self.extras.report_only(next.into());
        self
    }
}

impl From<&CorsHandle> for Attached {
    fn from(handle: &CorsHandle) -> Self {
        handle.clone().into()
    }
}

/// The policy that serves at a place.
pub(crate) struct Live {
    current: ArcSwap<Cors>,
    /// The places that derive theirs from it.
    derived: Mutex<Vec<(Weak<Live>, Derive)>>,
    /// The place that this one is derived from, which leads to it.
    _origin: Option<Arc<Live>>,
}

/// A place, and what is to serve there.
type Change = (Arc<Live>, Arc<Cors>);

impl Live {
    fn new(cors: Cors, origin: Option<Arc<Self>>) -> Arc<Self> {
        Arc::new(Self { current: ArcSwap::from_pointee(cors), derived: Mutex::default(), _origin: origin })
    }

    pub(super) fn load(&self) -> Guard<Arc<Cors>> {
        self.current.load()
    }

    /// A place where something else serves, made of the policy that serves here.
    pub(super) fn derive(self: &Arc<Self>, derive: Derive) -> Result<Arc<Self>, ConfigErrors> {
        let mut derived = self.derived();
        let place = Self::new(derive(&self.load())?, Some(self.clone()));
        derived.push((Arc::downgrade(&place), derive));
        Ok(place)
    }

    fn replace(&self, cors: Cors) -> Result<Arc<Cors>, ConfigErrors> {
        // Held to the end, so that replacements come one after the other and no place is attached in between.
        let mut derived = self.derived();
        derived.retain(|(place, _)| place.strong_count() > 0);
        let mut changes = Vec::new();
        prepare(&derived, &cors, &mut changes)?;
        changes.into_iter().for_each(|(place, cors)| place.current.store(cors));
        Ok(self.current.swap(Arc::new(cors)))
    }

    fn derived(&self) -> MutexGuard<'_, Vec<(Weak<Live>, Derive)>> {
        self.derived.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Derives a policy for all these places, and for those that take theirs from them.
fn prepare(
    derived: &[(Weak<Live>, Derive)],
    cors: &Cors,
    changes: &mut Vec<Change>,
) -> Result<(), ConfigErrors> {
    for (place, derive) in derived {
        if let Some(place) = place.upgrade() {
            let cors = derive(cors)?;
            prepare(&place.derived(), &cors, changes)?;
            changes.push((place, Arc::new(cors)));
        }
    }
    Ok(())
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.load().fmt(f)
    }
}
