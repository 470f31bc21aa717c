//! Origins and origin patterns of the twin: the grammar of S19, the order of S1, the pattern faults of S21.

use std::net::{Ipv4Addr, Ipv6Addr};

/// What stands in the place of the host in a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    Exact(String),
    /// `*.base`: one or more labels in front of the base.
    Below(String),
    /// `before*after.base`: one label in front of the base, with one or more characters in the place of the `*`.
    Label {
        before: String,
        after: String,
        base: String,
    },
    /// `scheme://*`: every host and port.
    Scheme,
}

/// One pattern, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pattern {
    Any,
    Null,
    Named { scheme: String, host: Host, port: Port },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Port {
    Any,
    /// The text of the port, or none.
    Fixed(Option<String>),
}

/// The patterns of a key.
pub fn patterns(key: &str) -> Vec<String> {
    let separates = |c: char| c.is_ascii_whitespace() || c == ',';
    key.split(separates).filter(|text| !text.is_empty()).map(String::from).collect()
}

/// S19: is this one canonical `scheme://host[:port]`? `null` is not.
pub fn origin_is_well_formed(origin: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(origin) else { return false };
    let Some((scheme, host, port)) = split(text) else { return false };
    scheme_is_good(&scheme) && host_is_good(&scheme, &host) && port_is_good(&scheme, &host, &port)
}

/// Does the pattern name this origin? `*` names anything here; that a `*` with credentials takes well-formed
/// origins only (S1) is decided where the credentials are known.
pub fn pattern_matches(pattern: &str, origin: &[u8]) -> bool {
    let (scheme, host, port) = match parse_pattern(pattern) {
        Err(_) => return false,
        Ok(Pattern::Any) => return true,
        Ok(Pattern::Null) => return origin == b"null",
        Ok(Pattern::Named { scheme, host, port }) => (scheme, host, port),
    };
    if !origin_is_well_formed(origin) {
        return false;
    }
    let text = String::from_utf8(origin.to_vec()).unwrap();
    let (its_scheme, its_host, its_port) = split(&text).unwrap();
    let host_fits = match &host {
        Host::Exact(name) => *name == its_host,
        Host::Below(base) => {
            let tail = format!(".{base}");
            its_host.ends_with(&tail) && its_host.len() > tail.len()
        }
        Host::Label { before, after, base } => match its_host.split_once('.') {
            Some((label, rest)) => {
                rest == base
                    && label.starts_with(before.as_str())
                    && label.ends_with(after.as_str())
                    && label.len() > before.len() + after.len()
            }
            None => false,
        },
        Host::Scheme => true,
    };
    let port_fits = match &port {
        Port::Any => true,
        Port::Fixed(number) => *number == its_port,
    };
    its_scheme == scheme && host_fits && port_fits
}

/// S1, the greater the more specific: exact host, longest base, whole scheme, `*`; at one base a label pattern first, that
/// with more fixed characters, then that with the longer beginning; then a fixed port before any port.
pub fn specificity(pattern: &str) -> [usize; 6] {
    match parse_pattern(pattern) {
        Err(_) | Ok(Pattern::Any) => [0; 6],
        Ok(Pattern::Null) => [3, 0, 0, 0, 0, 1],
        Ok(Pattern::Named { host, port, .. }) => {
            let fixed = if port == Port::Any { 0 } else { 1 };
            match host {
                Host::Exact(_) => [3, 0, 0, 0, 0, fixed],
                Host::Label { before, after, base } => {
                    [2, base.len(), 1, before.len() + after.len(), before.len(), fixed]
                }
                Host::Below(base) => [2, base.len(), 0, 0, 0, fixed],
                Host::Scheme => [1, 0, 0, 0, 0, fixed],
            }
        }
    }
}

/// One pattern as a configuration writes it, or the label of its fault (S21).
pub fn parse_pattern(text: &str) -> Result<Pattern, &'static str> {
    if text == "*" {
        return Ok(Pattern::Any);
    }
    if text == "null" {
        return Ok(Pattern::Null);
    }
    let Some((scheme, host, port)) = split(text) else { return Err("bad-origin") };
    if !scheme_is_good(&scheme) {
        return Err("bad-origin");
    }
    if host == "*" {
        // Every port is in it already: no port may be named.
        if scheme == "http" || scheme == "https" || scheme == "file" || port.is_some() {
            return Err("bad-origin");
        }
        return Ok(Pattern::Named { scheme, host: Host::Scheme, port: Port::Any });
    }
    let named = match host.split_once('.') {
        Some(("*", base)) => {
            base_is_good(&scheme, base)?;
            Host::Below(base.to_string())
        }
        Some((label, base)) if label.contains('*') => label_pattern(&scheme, label, base)?,
        _ if host_is_good(&scheme, &host) => Host::Exact(host.clone()),
        _ => return Err("bad-origin"),
    };
    let port = if port.as_deref() == Some("*") && !host.is_empty() {
        Port::Any
    } else if port_is_good(&scheme, &host, &port) {
        Port::Fixed(port)
    } else {
        return Err("bad-origin");
    };
    Ok(Pattern::Named { scheme, host: named, port })
}

/// What stands behind a wildcard of the host.
fn base_is_good(scheme: &str, base: &str) -> Result<(), &'static str> {
    let mut counted = base;
    if scheme == "http" || scheme == "https" {
        counted = base.strip_suffix('.').unwrap_or(base);
    }
    if counted.len() > 251 {
        return Err("base-too-long");
    }
    // An address has no subdomains, and an empty host neither.
    if base.is_empty() || !host_is_good(scheme, base) || is_web_address(scheme, base) {
        return Err("bad-origin");
    }
    Ok(())
}

/// `app-*`, `*-team`, `app-*-team` in front of a base.
fn label_pattern(scheme: &str, label: &str, base: &str) -> Result<Host, &'static str> {
    base_is_good(scheme, base)?;
    let (before, after) = label.split_once('*').ok_or("bad-origin")?;
    let beside_a_hyphen =
        (before.is_empty() || before.ends_with('-')) && (after.is_empty() || after.starts_with('-'));
    let something_fixed = !before.is_empty() || !after.is_empty();
    // The shortest host that it can match, which also finds a second `*`.
    let shortest = format!("{before}x{after}.{base}");
    // docs/rules.md bounds the label of every scheme, though hosts of other schemes than http and https have no such bound.
    let too_long = label.len() > 63;
    if !something_fixed || too_long || !beside_a_hyphen || !host_is_good(scheme, &shortest) {
        return Err("bad-origin");
    }
    Ok(Host::Label { before: before.to_string(), after: after.to_string(), base: base.to_string() })
}

/// S22: plain http, and neither a loopback address nor `localhost` nor below it.
pub fn is_insecure(pattern: &Pattern) -> bool {
    let Pattern::Named { scheme, host, .. } = pattern else { return false };
    if scheme != "http" {
        return false;
    }
    let (name, exact) = match host {
        Host::Exact(name) => (name, true),
        Host::Below(base) | Host::Label { base, .. } => (base, false),
        Host::Scheme => return true,
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    if name == "localhost" || name.ends_with(".localhost") {
        return false;
    }
    let loopback = match name.parse::<Ipv4Addr>() {
        Ok(address) => address.octets()[0] == 127,
        Err(_) => name == "[::1]",
    };
    !(exact && loopback)
}

/// S22: subdomains of a public suffix; an unlisted top-level domain counts, `localhost` does not.
pub fn is_below_public_suffix(pattern: &Pattern, is_public_suffix: &dyn Fn(&str) -> bool) -> bool {
    let Pattern::Named { host: Host::Below(base) | Host::Label { base, .. }, .. } = pattern else {
        return false;
    };
    let base = base.strip_suffix('.').unwrap_or(base);
    base != "localhost" && (!base.contains('.') || is_public_suffix(base))
}

/// Scheme, host and port as written; the host of an IPv6 address keeps its brackets.
pub fn split(text: &str) -> Option<(String, String, Option<String>)> {
    let (scheme, rest) = text.split_once("://")?;
    let (host, port) = split_host(rest)?;
    Some((scheme.to_string(), host, port))
}

/// Host and port as written.
pub fn split_host(text: &str) -> Option<(String, Option<String>)> {
    let end = if text.starts_with('[') { text.find(']')? + 1 } else { text.find(':').unwrap_or(text.len()) };
    let host = text[..end].to_string();
    let tail = &text[end..];
    if tail.is_empty() { Some((host, None)) } else { Some((host, Some(tail.strip_prefix(':')?.to_string()))) }
}

/// 1 to 65535, without leading zeros.
pub fn port_number(port: &str) -> Option<u16> {
    let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) && !port.starts_with('0');
    if digits { port.parse().ok() } else { None }
}

fn scheme_is_good(scheme: &str) -> bool {
    for (i, c) in scheme.chars().enumerate() {
        let good = c.is_ascii_lowercase() || (i > 0 && (c.is_ascii_digit() || "+-.".contains(c)));
        if !good {
            return false;
        }
    }
    !scheme.is_empty()
}

fn port_is_good(scheme: &str, host: &str, port: &Option<String>) -> bool {
    let Some(port) = port else { return true };
    if host.is_empty() {
        return false;
    }
    let default = match scheme {
        "http" | "ws" => "80",
        "https" | "wss" => "443",
        "ftp" => "21",
        _ => "",
    };
    port != default && port_number(port).is_some()
}

pub fn host_is_good(scheme: &str, host: &str) -> bool {
    if scheme == "file" {
        return host.is_empty();
    }
    if scheme != "http" && scheme != "https" {
        return host.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b));
    }
    is_web_address(scheme, host) || is_name(host)
}

/// An IPv4 or IPv6 address in canonical form, as the host of an http or https origin.
fn is_web_address(scheme: &str, host: &str) -> bool {
    if scheme != "http" && scheme != "https" {
        return false;
    }
    is_ipv4(host) || is_ipv6(host)
}

fn is_ipv4(host: &str) -> bool {
    let numbers: Vec<&str> = host.split('.').collect();
    let mut good = numbers.len() == 4;
    for number in numbers {
        let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        let canonical = number == "0" || !number.starts_with('0');
        good = good && digits && canonical && number.parse::<u8>().is_ok();
    }
    good
}

fn is_ipv6(host: &str) -> bool {
    let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) else { return false };
    match inner.parse::<Ipv6Addr>() {
        Ok(address) => compressed(address.segments()) == inner,
        Err(_) => false,
    }
}

/// RFC 5952 section 4: `::` for the first of the longest runs of two or more zeros; never dotted decimals.
fn compressed(pieces: [u16; 8]) -> String {
    let (mut start, mut length) = (0, 0);
    for from in 0..8 {
        let mut run = 0;
        while from + run < 8 && pieces[from + run] == 0 {
            run += 1;
        }
        if run > length {
            (start, length) = (from, run);
        }
    }
    let join = |part: &[u16]| part.iter().map(|p| format!("{p:x}")).collect::<Vec<String>>().join(":");
    if length < 2 {
        return join(&pieces);
    }
    format!("{}::{}", join(&pieces[..start]), join(&pieces[start + length..]))
}

fn is_name(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.len() > 253 {
        return false;
    }
    let labels: Vec<&str> = host.split('.').collect();
    for label in &labels {
        let bytes_good =
            label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        if label.is_empty() || label.len() > 63 || !bytes_good {
            return false;
        }
    }
    let last = labels[labels.len() - 1];
    let decimal = last.bytes().all(|b| b.is_ascii_digit());
    // The URL Standard reads a bare `0x` as a number, too.
    let hexadecimal = match last.strip_prefix("0x") {
        Some(digits) => digits.bytes().all(|b| b.is_ascii_hexdigit()),
        None => false,
    };
    !decimal && !hexadecimal
}
