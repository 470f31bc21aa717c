//! Which risks a pattern with its options runs (S22).

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::config::ResourceOptions;
use crate::error::Risk;
use crate::grammar::pattern::{HostPattern, Pattern};

/// The risks that this pattern with these options runs.
pub(crate) fn of(pattern: Pattern<'_>, options: &ResourceOptions) -> impl Iterator<Item = Risk> {
    let credentials = options.allow_credentials;
    Risk::ALL.into_iter().filter(move |risk| match (risk, pattern) {
        (Risk::NullOrigin, Pattern::Null) => true,
        (Risk::AnyOriginWithCredentials, Pattern::Any) => credentials,
        (Risk::WholeSchemeWithCredentials, Pattern::Scheme(_)) => credentials,
        (Risk::InsecureOriginWithCredentials, Pattern::Tuple { scheme: "http", host, .. }) => {
            credentials && !is_local(host)
        }
        (
            Risk::PublicSuffixSubdomainsWithCredentials,
            Pattern::Tuple { host: HostPattern::Under(base) | HostPattern::Label { base, .. }, .. },
        ) => credentials && is_public_suffix(base),
        (Risk::FileOriginWithCredentials, Pattern::Tuple { scheme: "file", .. }) => credentials,
        _ => false,
    })
}

fn without_dot(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

fn is_local(host: HostPattern<'_>) -> bool {
    let (HostPattern::Exact(name) | HostPattern::Under(name) | HostPattern::Label { base: name, .. }) = host;
    let name = without_dot(name);
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || address.is_some_and(|a| a.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()))
}

/// Is the base a public suffix, or are the names right below it (as with the rule `*.ck`)? A top-level domain that the
/// list does not have counts, save `localhost`.
fn is_public_suffix(base: &str) -> bool {
    let base = without_dot(base).to_ascii_lowercase();
    let is_suffix = |name: &str| psl::suffix_str(name) == Some(name);
    base != "localhost" && (is_suffix(&base) || is_suffix(&format!("x.{base}")))
}
