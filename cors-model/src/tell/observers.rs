//! Who hears of an event: the program's own functions, and the log.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::tell::event::Event;
use crate::tell::find::Details;
#[cfg(feature = "tracing")]
use crate::tell::log;

/// The functions of a program that see each event.
#[derive(Clone, Default)]
pub(crate) struct Observers(Vec<Arc<Observer>>);

type Observer = dyn Fn(&Event<'_>) + Send + Sync;

impl Observers {
    pub(crate) fn add(&mut self, observer: impl Fn(&Event<'_>) + Send + Sync + 'static) {
        self.0.push(Arc::new(observer));
    }

    /// Shows an event to everybody.
    pub(crate) fn show(&self, event: &Event<'_>) {
        #[cfg(feature = "tracing")]
        log::write(event);
        if event.kind.is_detail() {
            return;
        }
        for observer in &self.0 {
            // A panic has been reported by the panic hook, and the request goes on.
            let _ = catch_unwind(AssertUnwindSafe(|| observer(event)));
        }
    }
}

impl fmt::Debug for Observers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} observers", self.0.len())
    }
}

/// Might the log want to hear of anything? It reads a flag or two.
#[inline]
pub(crate) fn is_on() -> bool {
    #[cfg(feature = "tracing")]
    return log::is_on();
    #[cfg(not(feature = "tracing"))]
    false
}

/// Does the log show the details?
pub(crate) fn details() -> Details {
    #[cfg(feature = "tracing")]
    if log::shows_details() {
        return Details::Wanted;
    }
    Details::Unwanted
}
