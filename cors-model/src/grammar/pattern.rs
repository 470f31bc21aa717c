//! Origin patterns, as a configuration names them, and what is wrong with invalid ones (S21).

use std::net::Ipv6Addr;

use crate::error::ErrorKind;
use crate::grammar::origin::{self, Origin};

/// What one pattern names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern<'a> {
    Null,
    Any,
    /// Every host and port of a scheme other than http and https.
    Scheme(&'a str),
    Tuple {
        scheme: &'a str,
        host: HostPattern<'a>,
        port: PortPattern,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostPattern<'a> {
    Exact(&'a str),
    /// One or more labels in front of this base domain.
    Under(&'a str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PortPattern {
    /// This one, or none.
    Fixed(Option<u16>),
    Any,
}

/// Why a text is not a valid pattern.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PatternError {
    pub(crate) kind: ErrorKind,
    pub(crate) help: String,
}

/// The longest base domain that still leaves room for a label and a dot.
const MAX_BASE: usize = origin::MAX_DOMAIN - 2;

impl<'a> Pattern<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, PatternError> {
        match text {
            "" => return error(ErrorKind::EmptyPattern, "name an origin, such as https://app.example"),
            "*" => return Ok(Self::Any),
            "null" => return Ok(Self::Null),
            _ => {}
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            let https = proposal(format!("https://{text}"));
            let example = https.unwrap_or_else(|| "https://app.example".into());
            return error(ErrorKind::MissingScheme, format!("write scheme://host, such as {example}"));
        };
        check_scheme(scheme)?;
        let web = origin::is_web(scheme.as_bytes());
        if rest == "*" && !web {
            return Ok(Self::Scheme(scheme));
        }
        check_authority(text, scheme, rest)?;
        let (host, port) = origin::split_port(rest.as_bytes());
        let host = &rest[..host.len()];
        let port = match port {
            None => PortPattern::Fixed(None),
            Some(b"*") => PortPattern::Any,
            Some(port) => PortPattern::Fixed(Some(check_port(scheme, port)?)),
        };
        let host = match host.strip_prefix("*.") {
            Some(base) => {
                check_base(scheme, base)?;
                HostPattern::Under(base)
            }
            None => {
                check_host(scheme, host)?;
                HostPattern::Exact(host)
            }
        };
        Ok(Self::Tuple { scheme, host, port })
    }
}

fn error<T>(kind: ErrorKind, help: impl Into<String>) -> Result<T, PatternError> {
    Err(PatternError { kind, help: help.into() })
}

fn check_scheme(scheme: &str) -> Result<(), PatternError> {
    if scheme.contains('*') {
        return error(ErrorKind::MisplacedWildcard, "write out the scheme, one key for each");
    }
    if scheme == "file" {
        return error(
            ErrorKind::InvalidScheme,
            "the origin of a file page is null: no pattern can name it alone",
        );
    }
    if origin::is_scheme(scheme.as_bytes()) {
        return Ok(());
    }
    let lower = scheme.to_ascii_lowercase();
    if origin::is_scheme(lower.as_bytes()) {
        return error(ErrorKind::UpperCase, format!("write the scheme in lower case: {lower}"));
    }
    error(ErrorKind::InvalidScheme, "a scheme is a letter, then letters, digits, `+`, `-` and `.`")
}

/// What the whole authority must not contain, checked before its parts are.
fn check_authority(text: &str, scheme: &str, rest: &str) -> Result<(), PatternError> {
    if !text.is_ascii() {
        let help = match punycode(scheme, rest).and_then(proposal) {
            Some(origin) => format!("browsers send the domain in punycode: write {origin}"),
            None => {
                "browsers send an ASCII form of it: copy what `location.origin` shows in the page's console"
                    .into()
            }
        };
        return error(ErrorKind::Unicode, help);
    }
    if let Some(at) = rest.find(['/', '?', '#', '\\']) {
        let origin = proposal(format!("{scheme}://{}", &rest[..at]));
        return error(ErrorKind::Path, with_proposal("an origin has no path and no trailing slash", origin));
    }
    if let Some((_, host)) = rest.rsplit_once('@') {
        let origin = proposal(format!("{scheme}://{host}"));
        return error(ErrorKind::UserInfo, with_proposal("an origin has no user info", origin));
    }
    Ok(())
}

/// What is proposed is a pattern itself.
fn proposal(text: String) -> Option<String> {
    Pattern::parse(&text).is_ok().then_some(text)
}

fn with_proposal(what: &str, proposal: Option<String>) -> String {
    proposal.map_or_else(|| what.into(), |origin| format!("{what}: write {origin}"))
}

/// The same origin with its domain in punycode.
#[cfg(feature = "idna")]
fn punycode(scheme: &str, rest: &str) -> Option<String> {
    let (host, port) = origin::split_port(rest.as_bytes());
    let (host, port) = (&rest[..host.len()], port.map_or("", |port| &rest[rest.len() - port.len() - 1..]));
    let (wildcard, domain) = host.strip_prefix("*.").map_or(("", host), |base| ("*.", base));
    let ascii = idna::domain_to_ascii(domain).ok()?;
    // What is still no ASCII would ask for its punycode again.
    (origin::is_web(scheme.as_bytes()) && port.is_ascii())
        .then(|| format!("{scheme}://{wildcard}{ascii}{port}"))
}

#[cfg(not(feature = "idna"))]
fn punycode(_: &str, _: &str) -> Option<String> {
    None
}

fn check_port(scheme: &str, port: &[u8]) -> Result<u16, PatternError> {
    if port.contains(&b'*') {
        return error(ErrorKind::MisplacedWildcard, "write `:*` for any port, or one port");
    }
    match origin::number_without_zeros(port) {
        None => error(ErrorKind::InvalidPort, "a port is 1 to 65535, without leading zeros"),
        Some(port) if origin::default_port(scheme.as_bytes()) == Some(port) => error(
            ErrorKind::DefaultPort,
            format!("browsers leave out {scheme}'s default port: leave out :{port}"),
        ),
        Some(port) => Ok(port),
    }
}

fn check_base(scheme: &str, base: &str) -> Result<(), PatternError> {
    if base.contains('*') {
        return error(ErrorKind::MisplacedWildcard, "one leading `*.` stands for any number of labels");
    }
    if base.strip_suffix('.').unwrap_or(base).len() > MAX_BASE {
        return error(ErrorKind::BaseDomainTooLong, format!("a base domain has at most {MAX_BASE} bytes"));
    }
    if origin::is_web(scheme.as_bytes())
        && !origin::is_domain(base.as_bytes())
        && origin::is_web_host(base.as_bytes())
    {
        return error(ErrorKind::MisplacedWildcard, "an address has no subdomains: write the address alone");
    }
    check_host(scheme, base)
}

fn check_host(scheme: &str, host: &str) -> Result<(), PatternError> {
    let web = origin::is_web(scheme.as_bytes());
    let is_host = |host: &str| match web {
        true => origin::is_web_host(host.as_bytes()),
        false => origin::is_opaque_host(host.as_bytes()),
    };
    if is_host(host) {
        return Ok(());
    }
    if host.contains('*') {
        let scheme_wide = if web { "" } else { ", or `*` alone for the whole scheme" };
        let help =
            format!("a wildcard is a leading `*.`, a port `:*`{scheme_wide}, or `*` as the whole pattern");
        return error(ErrorKind::MisplacedWildcard, help);
    }
    let lower = host.to_ascii_lowercase();
    if lower != host && is_host(&lower) {
        return error(ErrorKind::UpperCase, format!("browsers send the host in lower case: write {lower}"));
    }
    if let Some(address) = canonical_address(&lower).filter(|address| web && is_host(address)) {
        return error(ErrorKind::NonCanonicalAddress, format!("browsers send the address as {address}"));
    }
    let help = if web {
        "a host is labels of a-z, 0-9, `_` and `-`, 1 to 63 bytes each and 253 in all, an IPv4 address of four \
         decimal numbers, or an IPv6 address in brackets"
    } else {
        "a host of this scheme is one or more of A-Z, a-z, 0-9, `.`, `_`, `~` and `-`"
    };
    error(ErrorKind::InvalidHost, help)
}

/// The address that browsers make of this host, where it is one in another form.
fn canonical_address(host: &str) -> Option<String> {
    let inner = host.strip_prefix('[').unwrap_or(host);
    let inner = inner.strip_suffix(']').unwrap_or(inner);
    if let Ok(address) = inner.parse::<Ipv6Addr>() {
        return Some(format!("[{}]", origin::canonical_ipv6(address).as_str()));
    }
    ipv4_number(host.strip_suffix('.').unwrap_or(host))
        .map(|address| std::net::Ipv4Addr::from(address).to_string())
}

/// URL Standard, "IPv4 parser": up to four parts, each decimal, octal or hexadecimal, the last filling what is left.
fn ipv4_number(host: &str) -> Option<u32> {
    let parts: Vec<u64> = host.split('.').map(ipv4_part).collect::<Option<_>>()?;
    let (&last, first) = parts.split_last()?;
    if parts.len() > 4 || first.iter().any(|&part| part > 255) || last >= 256_u64.pow(5 - parts.len() as u32)
    {
        return None;
    }
    let high = first.iter().enumerate().map(|(at, part)| part << (24 - 8 * at)).sum::<u64>();
    u32::try_from(high + last).ok()
}

fn ipv4_part(part: &str) -> Option<u64> {
    let (digits, radix) = match part.as_bytes() {
        [] => return None,
        [b'0', b'x'] => return Some(0),
        [b'0', b'x', ..] => (&part[2..], 16),
        [b'0', _, ..] => (&part[1..], 8),
        _ => (part, 10),
    };
    let only_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    only_digits.then(|| u64::from_str_radix(digits, radix).ok()).flatten()
}

/// The text that finds an exact origin with any port: all before the port.
pub(crate) fn before_port<'a>(text: &'a [u8], origin: &Origin<'_>) -> &'a [u8] {
    &text[..origin.scheme.len() + "://".len() + origin.host.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_kinds_are_told_apart() {
        let tuple = |host, port| Ok(Pattern::Tuple { scheme: "https", host, port });
        assert_eq!(Pattern::parse("*"), Ok(Pattern::Any));
        assert_eq!(Pattern::parse("null"), Ok(Pattern::Null));
        assert_eq!(Pattern::parse("moz-extension://*"), Ok(Pattern::Scheme("moz-extension")));
        let fixed = PortPattern::Fixed;
        assert_eq!(Pattern::parse("https://a.example"), tuple(HostPattern::Exact("a.example"), fixed(None)));
        assert_eq!(
            Pattern::parse("https://a.example:*"),
            tuple(HostPattern::Exact("a.example"), PortPattern::Any)
        );
        assert_eq!(
            Pattern::parse("https://*.a.example:8443"),
            tuple(HostPattern::Under("a.example"), fixed(Some(8443)))
        );
        assert_eq!(
            Pattern::parse("https://*.a.example:*"),
            tuple(HostPattern::Under("a.example"), PortPattern::Any)
        );
        assert_eq!(Pattern::parse("https://[::1]:*"), tuple(HostPattern::Exact("[::1]"), PortPattern::Any));
    }

    #[test]
    fn s21_names_what_is_wrong_and_how_to_fix_it() {
        let long = format!("https://*.{}", "a.".repeat(127));
        for (text, kind, help) in [
            ("", ErrorKind::EmptyPattern, "name an origin"),
            ("app.example", ErrorKind::MissingScheme, "https://app.example"),
            ("https://a.example/", ErrorKind::Path, "write https://a.example"),
            ("https://a.example/x?y", ErrorKind::Path, "write https://a.example"),
            ("https://me@a.example", ErrorKind::UserInfo, "write https://a.example"),
            ("HTTPS://a.example", ErrorKind::UpperCase, "https"),
            ("https://A.example", ErrorKind::UpperCase, "a.example"),
            ("https://a.example:443", ErrorKind::DefaultPort, ":443"),
            ("http://a.example:80", ErrorKind::DefaultPort, ":80"),
            ("https://a.example:", ErrorKind::InvalidPort, "65535"),
            ("https://a.example:0", ErrorKind::InvalidPort, "65535"),
            ("https://a.example:65536", ErrorKind::InvalidPort, "65535"),
            ("https://a.example:08", ErrorKind::InvalidPort, "leading zeros"),
            ("https://a.example:8*", ErrorKind::MisplacedWildcard, ":*"),
            ("https://*", ErrorKind::MisplacedWildcard, "`*` as the whole pattern"),
            ("https://a*.example", ErrorKind::MisplacedWildcard, "leading"),
            ("https://*.*.example", ErrorKind::MisplacedWildcard, "leading"),
            ("https://*.127.0.0.1", ErrorKind::MisplacedWildcard, "address"),
            ("*://a.example", ErrorKind::MisplacedWildcard, "scheme"),
            ("moz-extension://*:*", ErrorKind::MisplacedWildcard, "whole scheme"),
            ("file://*", ErrorKind::InvalidScheme, "null"),
            ("1a://x", ErrorKind::InvalidScheme, "letter"),
            ("http://127.1", ErrorKind::NonCanonicalAddress, "127.0.0.1"),
            ("http://0x7f.0.0.1", ErrorKind::NonCanonicalAddress, "127.0.0.1"),
            ("http://010.0.0.1", ErrorKind::NonCanonicalAddress, "8.0.0.1"),
            ("http://[0:0:0:0:0:0:0:1]", ErrorKind::NonCanonicalAddress, "[::1]"),
            ("http://[::ffff:192.0.2.1]", ErrorKind::NonCanonicalAddress, "[::ffff:c000:201]"),
            ("https://a..example", ErrorKind::InvalidHost, "labels"),
            ("https://", ErrorKind::InvalidHost, "labels"),
            ("https://*.", ErrorKind::InvalidHost, "labels"),
            ("app://a b", ErrorKind::InvalidHost, "of this scheme"),
            (&long, ErrorKind::BaseDomainTooLong, "251"),
        ] {
            let error = Pattern::parse(text).expect_err(text);
            assert_eq!(error.kind, kind, "{text}");
            assert!(error.help.contains(help), "{text}: {}", error.help);
        }
    }

    #[test]
    fn s21_gives_the_punycode_or_says_how_to_find_it() {
        let how_to_find_it = "`location.origin` shows in the page's console";
        let punycode = match cfg!(feature = "idna") {
            true => ": write https://*.xn--bcher-kva.example:8443",
            false => how_to_find_it,
        };
        for (text, help) in [
            ("https://*.b\u{fc}cher.example:8443", punycode),
            ("https://b\u{fc}cher.example:\u{fc}", how_to_find_it),
            ("app://b\u{fc}cher", how_to_find_it),
        ] {
            let error = Pattern::parse(text).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Unicode);
            assert!(error.help.ends_with(help), "{}", error.help);
        }
    }
}
