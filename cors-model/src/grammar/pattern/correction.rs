//! What was probably meant by a text that is not a valid pattern.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::grammar::origin::{Ipv6, default_port, is_web, split_port};
use crate::grammar::pattern::Pattern;

/// The text as browsers would send it, or with the nearest wildcard, if that is a valid pattern.
pub(super) fn corrected(text: &str) -> Option<String> {
    if text.eq_ignore_ascii_case("null") {
        return Some("null".into());
    }
    let text = text.trim_start_matches("[\"").trim_end_matches("\"]").trim_matches(['"', '\'', '`']);
    let (scheme, rest) = text.split_once("://").unwrap_or_else(|| with_scheme(text));
    let scheme = scheme.to_ascii_lowercase();
    if scheme == "file" {
        return Some("file://".into());
    }
    let authority = authority(rest);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (host, port) = host_and_port(authority);
    let host = if is_web(scheme.as_bytes()) { web_host(host)? } else { one_wildcard(host) };
    let port = port.filter(|_| !host.is_empty() && host != "*").unwrap_or_default();
    let port = written_port(&scheme, port);
    Some(format!("{scheme}://{host}{port}")).filter(|pattern| Pattern::is_valid(pattern))
}

/// What stands before a path, a query or a fragment.
pub(super) fn authority(rest: &str) -> &str {
    &rest[..rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len())]
}

/// Splits `host[:port]`.
pub(super) fn host_and_port(authority: &str) -> (&str, Option<&str>) {
    let (host, port) = split_port(authority.as_bytes());
    (&authority[..host.len()], port.map(|port| &authority[authority.len() - port.len()..]))
}

/// The scheme that was probably meant, and what follows it.
fn with_scheme(text: &str) -> (&str, &str) {
    for scheme in ["https", "http"] {
        if let Some(rest) = text.strip_prefix(scheme).and_then(|rest| rest.strip_prefix(':')) {
            return (scheme, rest.trim_start_matches('/'));
        }
    }
    let rest = text.strip_prefix("//").unwrap_or(text);
    let (host, _) = host_and_port(authority(rest));
    // Nobody has a certificate for these.
    let is_local = host == "localhost" || host.ends_with(".localhost") || canonical_address(host).is_some();
    (if is_local { "http" } else { "https" }, rest)
}

/// A pattern that says what this regular expression says, or nearly.
pub(super) fn from_expression(text: &str) -> Option<String> {
    let text = text.trim_matches(['^', '$', '/']);
    let text = text.replace("https?:", "https:").replace(r"\d+", "*").replace('\\', "");
    let mut pattern = String::new();
    let mut rest = &*text;
    while let Some(start) = rest.find('[') {
        let end = start + rest[start..].find(']')?;
        pattern.push_str(&rest[..start]);
        pattern.push('.');
        rest = &rest[end + 1..];
    }
    pattern.push_str(rest);
    let pattern = pattern.replace(".*", "*").replace(".+", "*");
    Pattern::is_valid(&pattern).then_some(pattern)
}

/// None where it has no ASCII form.
fn web_host(host: &str) -> Option<String> {
    let host = one_wildcard(host);
    let (wildcard, name) = match host.split_once('.') {
        Some((label, name)) if label.contains('*') => (Some(label), name),
        _ => (None, &*host),
    };
    let name = if name.is_ascii() { name.to_ascii_lowercase() } else { punycode(name)? };
    match (canonical_address(&name), wildcard) {
        (Some(address), _) => Some(address),
        (None, Some(label)) => Some(format!("{}.{name}", label.to_ascii_lowercase())),
        (None, None) => Some(name),
    }
}

/// The host with one `*` in its first label, and hyphens beside it.
fn one_wildcard(host: &str) -> String {
    let (label, base) = host.split_at(host.find('.').unwrap_or(host.len()));
    let (Some(first), Some(last)) = (label.find('*'), label.rfind('*')) else { return host.into() };
    let (beginning, end) = (&label[..first], &label[last + 1..]);
    let after = if beginning.is_empty() || beginning.ends_with('-') { "" } else { "-" };
    let before = if end.is_empty() || end.starts_with('-') { "" } else { "-" };
    let base = if label.trim_matches('*').is_empty() { base.trim_start_matches(".*") } else { base };
    format!("{beginning}{after}*{before}{end}{base}")
}

/// With its colon; empty where browsers leave it out.
fn written_port(scheme: &str, port: &str) -> String {
    let number = port.trim_start_matches('0');
    let is_default = number.parse().is_ok_and(|port| default_port(scheme.as_bytes()) == Some(port));
    if port.is_empty() || is_default { String::new() } else { format!(":{number}") }
}

#[cfg(feature = "idna")]
pub(crate) fn punycode(domain: &str) -> Option<String> {
    idna::domain_to_ascii(domain).ok()
}

#[cfg(not(feature = "idna"))]
pub(crate) fn punycode(_: &str) -> Option<String> {
    None
}

/// The address that browsers make of this host, where it is one in another form.
pub(super) fn canonical_address(host: &str) -> Option<String> {
    let inner = host.strip_prefix('[').unwrap_or(host);
    let inner = inner.strip_suffix(']').unwrap_or(inner);
    if let Ok(address) = inner.parse::<Ipv6Addr>() {
        return Some(format!("[{}]", Ipv6(address)));
    }
    ipv4_number(host.strip_suffix('.').unwrap_or(host)).map(|address| Ipv4Addr::from(address).to_string())
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

#[cfg(test)]
mod tests {
    use crate::error::ErrorKind;
    use crate::grammar::pattern::Pattern;

    #[test]
    fn s21_gives_the_whole_pattern_to_write() {
        for (text, kind, write) in [
            ("app.example", ErrorKind::MissingScheme, "https://app.example"),
            ("*.app.example/", ErrorKind::MissingScheme, "https://*.app.example"),
            ("localhost:3000", ErrorKind::MissingScheme, "http://localhost:3000"),
            ("*.localhost:*", ErrorKind::MissingScheme, "http://*.localhost:*"),
            ("192.168.0.7:8080/", ErrorKind::MissingScheme, "http://192.168.0.7:8080"),
            ("[::1]:80", ErrorKind::MissingScheme, "http://[::1]"),
            ("//App.example/", ErrorKind::MissingScheme, "https://app.example"),
            ("http:app.example", ErrorKind::MissingScheme, "http://app.example"),
            ("https:/app.example", ErrorKind::MissingScheme, "https://app.example"),
            ("NULL", ErrorKind::UpperCase, "null"),
            ("https://a.example/", ErrorKind::Path, "https://a.example"),
            ("https://A.example:443/x?y@z", ErrorKind::Path, "https://a.example"),
            ("https://me@a.example", ErrorKind::UserInfo, "https://a.example"),
            ("HTTPS://A.example:0443", ErrorKind::UpperCase, "https://a.example"),
            ("https://A.example:*", ErrorKind::UpperCase, "https://a.example:*"),
            ("https://App-*.example", ErrorKind::UpperCase, "https://app-*.example"),
            ("App://Main", ErrorKind::UpperCase, "app://Main"),
            ("https://a.example:443", ErrorKind::DefaultPort, "https://a.example"),
            ("http://*.a.example:80", ErrorKind::DefaultPort, "http://*.a.example"),
            ("https://a.example:", ErrorKind::InvalidPort, "https://a.example"),
            ("https://a.example:08", ErrorKind::InvalidPort, "https://a.example:8"),
            ("app://:8080", ErrorKind::InvalidPort, "app://"),
            ("app://:*", ErrorKind::InvalidPort, "app://"),
            ("https://**.a.example", ErrorKind::SecondWildcard, "https://*.a.example"),
            ("https://app-*-*.a.example:81", ErrorKind::SecondWildcard, "https://app-*.a.example:81"),
            ("https://*-a-*.a.example", ErrorKind::SecondWildcard, "https://*.a.example"),
            ("https://*.*.example", ErrorKind::MisplacedWildcard, "https://*.example"),
            ("https://app*.a.example", ErrorKind::WildcardWithoutHyphen, "https://app-*.a.example"),
            ("https://*app.a.example:*", ErrorKind::WildcardWithoutHyphen, "https://*-app.a.example:*"),
            ("https://a-*b.a.example", ErrorKind::WildcardWithoutHyphen, "https://a-*-b.a.example"),
            ("https://*.127.1", ErrorKind::MisplacedWildcard, "https://127.0.0.1"),
            ("moz-extension://*:*", ErrorKind::MisplacedWildcard, "moz-extension://*"),
            ("file://*", ErrorKind::InvalidHost, "file://"),
            ("file://host", ErrorKind::InvalidHost, "file://"),
            ("file://app-*.example", ErrorKind::InvalidHost, "file://"),
            ("file://:*", ErrorKind::InvalidPort, "file://"),
            ("file:///", ErrorKind::Path, "file://"),
            ("FILE:///index.html", ErrorKind::UpperCase, "file://"),
            ("http://127.1", ErrorKind::NonCanonicalAddress, "http://127.0.0.1"),
            ("http://0x7f.0.0.1:*", ErrorKind::NonCanonicalAddress, "http://127.0.0.1:*"),
            ("http://010.0.0.1", ErrorKind::NonCanonicalAddress, "http://8.0.0.1"),
            ("http://[0:0:0:0:0:0:0:1]", ErrorKind::NonCanonicalAddress, "http://[::1]"),
            ("http://[::ffff:192.0.2.1]", ErrorKind::NonCanonicalAddress, "http://[::ffff:c000:201]"),
        ] {
            let error = &Pattern::parse(text).expect_err(text)[0];
            assert_eq!(error.kind, kind, "{text}: {}", error.help);
            assert!(error.help.ends_with(&format!("; write {write}")), "{text}: {}", error.help);
            assert!(Pattern::parse(write).is_ok(), "{write}");
        }
    }

    #[test]
    fn s21_gives_the_punycode_or_says_how_to_find_it() {
        let how_to_find_it = "`location.origin` shows in the page's console";
        let punycode =
            |punycode: &'static str| if cfg!(feature = "idna") { punycode } else { how_to_find_it };
        for (text, help) in [
            ("https://*.b\u{fc}cher.example:8443", punycode("; write https://*.xn--bcher-kva.example:8443")),
            ("https://app-*.B\u{fc}cher.example", punycode("; write https://app-*.xn--bcher-kva.example")),
            // The punycode of a part of a label is no part of the label's punycode.
            ("https://b\u{fc}cher-*.example", how_to_find_it),
            ("https://b\u{fc}cher.example:\u{fc}", how_to_find_it),
            ("app://b\u{fc}cher", how_to_find_it),
        ] {
            let errors = Pattern::parse(text).unwrap_err();
            let error = errors.iter().find(|error| error.kind == ErrorKind::Unicode).expect(text);
            assert!(error.help.ends_with(help), "{}", error.help);
        }
    }
}
