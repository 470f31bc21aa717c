//! Dangerous settings, which do not build until you accept them (S22).

use std::fmt;
use std::str::FromStr;

/// A dangerous setting. It is an error until you accept it: in [`CorsConfig::accept_risk`](crate::CorsConfig::accept_risk)
/// or in a file's `accept_risks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Risk {
    /// `*` with credentials: every web site acts and reads as the user.
    AnyOriginWithCredentials,
    /// A whole scheme with credentials, such as `moz-extension://*`: every extension or app of that scheme.
    WholeSchemeWithCredentials,
    /// Plain http with credentials, except on a loopback address or `localhost`.
    InsecureOriginWithCredentials,
    /// Subdomains of a public suffix with credentials, such as `https://*.github.io` or `https://app-*.vercel.app`.
    PublicSuffixSubdomainsWithCredentials,
    /// The origin `file://` with credentials.
    FileOriginWithCredentials,
    /// The origin `null`, with or without credentials.
    NullOrigin,
}

impl Risk {
    /// Every risk.
    pub const ALL: [Self; 6] = [
        Self::AnyOriginWithCredentials,
        Self::WholeSchemeWithCredentials,
        Self::InsecureOriginWithCredentials,
        Self::PublicSuffixSubdomainsWithCredentials,
        Self::FileOriginWithCredentials,
        Self::NullOrigin,
    ];

    /// The name that accepts it in a file's `accept_risks`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AnyOriginWithCredentials => "any-origin-with-credentials",
            Self::WholeSchemeWithCredentials => "whole-scheme-with-credentials",
            Self::InsecureOriginWithCredentials => "insecure-origin-with-credentials",
            Self::PublicSuffixSubdomainsWithCredentials => "public-suffix-subdomains-with-credentials",
            Self::FileOriginWithCredentials => "file-origin-with-credentials",
            Self::NullOrigin => "null-origin",
        }
    }

    /// What accepting it means for the users, as a clause.
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
            Self::FileOriginWithCredentials => {
                "any local file that an app such as Electron's or Cordova's opens as a page can then act and read as a \
                 signed-in user"
            }
            Self::NullOrigin => "any web site can then send the origin `null`, from a sandboxed frame",
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
