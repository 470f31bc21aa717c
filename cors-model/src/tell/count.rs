//! Events as a counter, through the `metrics` facade (S30).

use metrics::counter;

use crate::decide::Refusal;
use crate::tell::event::Event;

/// The name of the counter.
const NAME: &str = "cors_events_total";

/// Counts an event, by the recorder of the `metrics` facade, as `cors_events_total`. For [`Attached::observe`](crate::Attached::observe):
/// what nobody observes costs nothing, and the facade cannot report whether there is a recorder.
///
/// The labels are `event` ([`EventKind::name`](crate::EventKind::name)), `reason` ([`Refusal::name`]) and `resource`, the template. The
/// last two are empty where the event has none. No label has anything of the request, so their number is bounded by the policy.
///
/// ```
/// use cors_model::{Attached, CorsConfig, count_event};
///
/// let attached = Attached::from(CorsConfig::new().build()?).observe(count_event);
/// # Ok::<(), cors_model::ConfigErrors>(())
/// ```
pub fn count_event(event: &Event<'_>) {
    let reason = event.reason.map_or("", Refusal::name);
    let resource = event.resource.unwrap_or_default().to_owned();
    counter!(NAME, "event" => event.kind.name(), "reason" => reason, "resource" => resource).increment(1);
}
