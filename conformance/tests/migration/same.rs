//! Differences that several crates have: each makes of the other crate's answer what it would be without the difference.

use crate::wire::{A, Ask, OWN, Seen};

/// An allowed preflight has another status.
pub(crate) fn allowed_status(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.is_preflight() && theirs.shared.is_some() && ours.shared.is_some() && !theirs.reached {
        theirs.status = ours.status;
    }
}

/// A refused preflight has another status, if the server refuses it at all.
pub(crate) fn refused_status(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.is_preflight()
        && theirs.shared.is_none()
        && ours.shared.is_none()
        && !theirs.reached
        && !ours.reached
    {
        theirs.status = ours.status;
    }
}

/// An `OPTIONS` request that is not a preflight does not reach the application.
pub(crate) fn other_options(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.is_other_options() && !theirs.reached && (ours.reached || ours.status == 404) {
        *theirs = ours.clone();
    }
}

/// A request that nothing is shared with does not reach the application.
pub(crate) fn blocked(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.method != "OPTIONS" && theirs.status == 403 && !theirs.reached && ours.shared.is_none() {
        *theirs = ours.clone();
    }
}

/// Whatever the method, a response is shared.
pub(crate) fn every_method(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if (["PUT", "DELETE"].contains(&ask.method) || ask.is_other_options()) && ours.shared.is_none() {
        theirs.shared = None;
    }
}

/// `Vary` has other names.
pub(crate) fn vary(_: &Ask, theirs: &mut Seen, ours: &Seen) {
    if theirs.reached == ours.reached {
        theirs.vary.clone_from(&ours.vary);
    }
}

/// The origin stands in place of `*`.
pub(crate) fn origin_for_any(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if let (Some(theirs), Some(ours)) = (&mut theirs.shared, &ours.shared) {
        if ours.with == "*" && Some(&*theirs.with) == ask.line("origin") {
            theirs.with = "*".into();
        }
    }
}

/// What a handler wrote stays, or stands beside what the policy writes.
pub(crate) fn own_headers(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.path == OWN && theirs.reached {
        theirs.shared.clone_from(&ours.shared);
    }
}

/// `null` and what is no origin at all count as any origin, also with credentials.
pub(crate) fn any_origin_at_all(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    let is_odd = matches!(ask.line("origin"), Some("null" | "no origin"));
    if is_odd && theirs.shared.is_some() && ours.shared.is_none() {
        *theirs = ours.clone();
    }
}

/// A path that is not registered is covered, too.
pub(crate) fn every_path(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if !["/x", OWN].contains(&ask.path) && ours.shared.is_none() && (ours.reached || ours.status == 404) {
        *theirs = ours.clone();
    }
}

/// Of several lines of requested headers the first one counts alone.
pub(crate) fn first_line(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    let lines = ask.lines.iter().filter(|line| line.0 == "access-control-request-headers");
    if lines.count() > 1 && !theirs.reached && !ours.reached {
        *theirs = ours.clone();
    }
}

/// `Authorization` is not allowed by `*`.
pub(crate) fn no_authorization(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.requested_headers().any(|name| name == "authorization") && ours.shared.is_some() {
        *theirs = ours.clone();
    }
}

/// Only methods with a well-known name are allowed.
pub(crate) fn known_methods(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    if ask.line("access-control-request-method") == Some("put") && ours.shared.is_some() {
        *theirs = ours.clone();
    }
}

/// The answer to a preflight is kept for another time.
pub(crate) fn max_age(_: &Ask, theirs: &mut Seen, ours: &Seen) {
    if let (Some(theirs), Some(ours)) = (&mut theirs.shared, &ours.shared) {
        theirs.max_age.clone_from(&ours.max_age);
    }
}

/// No method is allowed, not even those that need no permission.
pub(crate) fn no_method(ask: &Ask, theirs: &mut Seen, ours: &Seen) {
    let is_safe = ask.line("access-control-request-method") == Some("GET");
    if is_safe && ask.line("origin") == Some(A) && theirs.shared.is_none() {
        *theirs = ours.clone();
    }
}
