//! Which risks a pattern with its options runs (S22).

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::config::ResourceOptions;
use crate::error::{Language, Risk};
use crate::grammar::origin::Origin;
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

/// What a risk costs, what to do instead, and what accepts it.
pub(crate) fn help(risk: Risk, text: &str, pattern: Pattern<'_>, language: Language) -> String {
    format!(
        "{}. Better: {}. To accept the risk, add {}",
        risk.cost(),
        better(risk, text, pattern),
        language.accept(risk)
    )
}

fn better(risk: Risk, text: &str, pattern: Pattern<'_>) -> String {
    match (risk, pattern) {
        (Risk::AnyOriginWithCredentials, _) => {
            "name the origins that need credentials, or leave credentials out".into()
        }
        (Risk::WholeSchemeWithCredentials, Pattern::Scheme(scheme)) => {
            format!("name one extension or app, such as {scheme}://its-own-id")
        }
        (Risk::InsecureOriginWithCredentials, _) => {
            let secure = text.replacen("http:", "https:", 1);
            match Pattern::parse(&secure) {
                Ok(_) => format!("serve that origin over TLS, and write {secure}"),
                Err(_) => "serve that origin over TLS".into(),
            }
        }
        (
            Risk::PublicSuffixSubdomainsWithCredentials,
            Pattern::Tuple {
                scheme, host: HostPattern::Under(base) | HostPattern::Label { base, .. }, ..
            },
        ) => format!("name your own hosts, such as {scheme}://your-name.{base}"),
        (Risk::FileOriginWithCredentials, _) => {
            "let the app serve its pages from a scheme of its own, such as app://main".into()
        }
        (Risk::NullOrigin, _) => {
            "serve the page from an origin that you can name, such as http://localhost:3000".into()
        }
        (Risk::WholeSchemeWithCredentials | Risk::PublicSuffixSubdomainsWithCredentials, _) => {
            "name each origin".into()
        }
    }
}

/// Is it plain http, and not from this machine?
pub(crate) fn is_insecure(origin: &Origin<'_>) -> bool {
    let host = std::str::from_utf8(origin.host);
    origin.scheme == b"http" && !host.is_ok_and(|host| is_local(HostPattern::Exact(host)))
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
