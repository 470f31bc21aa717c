//! Configurations that are dangerous, and refused until they are accepted by name (S22).

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::ResourceOptions;
use crate::pattern::{HostPattern, Pattern};

/// A danger that a configuration may accept by name, in [`CorsConfig::accept_risk`](crate::CorsConfig::accept_risk)
/// or in a file's `accept_risks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Risk {
    /// `*` with credentials: every web site acts and reads as the user.
    AnyOriginWithCredentials,
    /// A whole scheme with credentials, such as `moz-extension://*`: every extension or app of that scheme.
    WholeSchemeWithCredentials,
    /// Plain http with credentials, save on a loopback address or `localhost`.
    InsecureOriginWithCredentials,
    /// All subdomains of a public suffix with credentials, such as `https://*.github.io`.
    PublicSuffixSubdomainsWithCredentials,
    /// `null` by name, with or without credentials.
    NullOrigin,
}

impl Risk {
    /// Every risk.
    pub const ALL: [Self; 5] = [
        Self::AnyOriginWithCredentials,
        Self::WholeSchemeWithCredentials,
        Self::InsecureOriginWithCredentials,
        Self::PublicSuffixSubdomainsWithCredentials,
        Self::NullOrigin,
    ];

    /// The name by which it is accepted.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AnyOriginWithCredentials => "any-origin-with-credentials",
            Self::WholeSchemeWithCredentials => "whole-scheme-with-credentials",
            Self::InsecureOriginWithCredentials => "insecure-origin-with-credentials",
            Self::PublicSuffixSubdomainsWithCredentials => "public-suffix-subdomains-with-credentials",
            Self::NullOrigin => "null-origin",
        }
    }

    /// What accepting it costs, as a clause.
    pub const fn cost(self) -> &'static str {
        match self {
            Self::AnyOriginWithCredentials => {
                "any web site that a signed-in user visits can then act and read as that user"
            }
            Self::WholeSchemeWithCredentials => {
                "any extension or app of that scheme can then act and read as a signed-in user"
            }
            Self::InsecureOriginWithCredentials => {
                "anybody on the network path can then put a script into that origin and read as a signed-in user"
            }
            Self::PublicSuffixSubdomainsWithCredentials => {
                "anybody can register a name below a public suffix and then act and read as a signed-in user"
            }
            Self::NullOrigin => {
                "any web site can then make a request with the origin `null`, by a sandboxed frame"
            }
        }
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name is not that of a risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRisk;

impl fmt::Display for UnknownRisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such risk")
    }
}

impl std::error::Error for UnknownRisk {}

impl FromStr for Risk {
    type Err = UnknownRisk;

    fn from_str(name: &str) -> Result<Self, UnknownRisk> {
        Self::ALL.into_iter().find(|risk| risk.name() == name).ok_or(UnknownRisk)
    }
}

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
            Pattern::Tuple { host: HostPattern::Under(base), .. },
        ) => credentials && is_public_suffix(base),
        _ => false,
    })
}

fn without_dot(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

fn is_local(host: HostPattern<'_>) -> bool {
    let (HostPattern::Exact(name) | HostPattern::Under(name)) = host;
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
