//! The host of a request, and whether a request comes from a page of that host.

use crate::decide::judge::only_line;
use crate::decide::request::{CorsRequest, Lines, RequestHeaders, read};
use crate::grammar::header::RequestField;
use crate::grammar::origin::{Origin, default_port, number_without_zeros, split_port};

/// What a request says of the site that it comes from, by `Sec-Fetch-Site` (Fetch Metadata Request Headers, section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    /// No such line: an old browser, or none.
    Unknown,
    /// The same origin, or the user.
    Own,
    /// Anything else.
    Other,
}

impl<H: RequestHeaders + ?Sized> CorsRequest<'_, H> {
    pub(crate) fn site(&self) -> Site {
        match read(self.headers, RequestField::SecFetchSite) {
            Lines::None => Site::Unknown,
            Lines::One(line) if matches!(line.as_ref(), b"same-origin" | b"none") => Site::Own,
            Lines::One(_) | Lines::Many => Site::Other,
        }
    }

    /// Is the one `Origin` line well-formed, and are its host and port those of the request's host? A proxy may have taken off TLS, so
    /// that the scheme says nothing.
    pub(crate) fn is_from_own_host(&self) -> bool {
        let lines = read(self.headers, RequestField::Origin);
        let Some(origin) = Origin::parse(only_line(&lines)) else { return false };
        self.with_host(|host| is_host_of(&origin, host))
    }

    /// Shows the host of the request, with a port if it has one: that of its target, or of its only `Host` line. It is empty where there
    /// is none, or are two.
    pub(crate) fn with_host<T>(&self, show: impl FnOnce(&[u8]) -> T) -> T {
        match self.authority {
            Some(authority) => show(authority.as_bytes()),
            None => show(only_line(&read(self.headers, RequestField::Host))),
        }
    }
}

fn is_host_of(origin: &Origin<'_>, host: &[u8]) -> bool {
    let (host, port) = split_port(host);
    let port = match port.map(number_without_zeros) {
        None => None,
        Some(Some(port)) => Some(port).filter(|_| Some(port) != default_port(origin.scheme)),
        Some(None) => return false,
    };
    !host.is_empty() && host.eq_ignore_ascii_case(origin.host) && port == origin.port
}
