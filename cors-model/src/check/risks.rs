//! Which risks a pattern with its options runs (S22).

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::config::ResourceOptions;
use crate::error::{Language, Risk};
use crate::grammar::origin::Origin;
use crate::grammar::pattern::{HostPattern, Pattern};

/// The risks that this pattern with these options runs, each with what to do instead.
pub(crate) fn of(
    text: &str,
    pattern: Pattern<'_>,
    options: &ResourceOptions,
) -> impl Iterator<Item = (Risk, String)> {
    let run = move |risk| Some((risk, instead(risk, text, pattern, options)?));
    Risk::ALL.into_iter().filter_map(run)
}

/// What a risk costs, what to do instead, and what accepts it.
pub(crate) fn help(risk: Risk, instead: &str, language: Language) -> String {
    let (cost, accept) = (risk.cost(), language.accept(risk));
    format!("{cost}. Better: {instead}. To accept the risk, add {accept}")
}

/// What to do instead of running this risk; none where it is not run.
fn instead(risk: Risk, text: &str, pattern: Pattern<'_>, options: &ResourceOptions) -> Option<String> {
    Some(match (risk, pattern) {
        (Risk::NullOrigin, Pattern::Null) => {
            "serve the page from an origin that you can name, such as http://localhost:3000".into()
        }
        _ if !options.allow_credentials => return None,
        (Risk::AnyOriginWithCredentials, Pattern::Any) => {
            "name the origins that need credentials, or leave credentials out".into()
        }
        (Risk::WholeSchemeWithCredentials, Pattern::Scheme(scheme)) => {
            format!("name one extension or app, such as {scheme}://its-own-id")
        }
        (Risk::InsecureOriginWithCredentials, Pattern::Tuple { scheme: "http", host, .. })
            if !is_local(host) =>
        {
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
        ) if is_public_suffix(base) => {
            format!("name your own hosts, such as {scheme}://your-name.{base}")
        }
        (Risk::FileOriginWithCredentials, Pattern::Tuple { scheme: "file", .. }) => {
            "let the app serve its pages from a scheme of its own, such as app://main".into()
        }
        _ => return None,
    })
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
