//! Events as a counter, through the `metrics` facade (S30).

use metrics::counter;

use crate::decide::Refusal;
use crate::tell::event::Event;

/// The name of the counter.
const NAME: &str = "cors_events_total";

/// Counts an event. No label has anything of the request.
pub(crate) fn count(event: &Event<'_>) {
    let reason = event.reason.map_or("", Refusal::name);
    let resource = event.resource.unwrap_or_default().to_owned();
    counter!(NAME, "event" => event.kind.name(), "reason" => reason, "resource" => resource).increment(1);
}
