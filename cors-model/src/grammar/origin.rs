//! The grammar of a serialised origin (S19), the same for a request and for a configuration. Fetch Standard,
//! "`Origin` header", with what browsers really send: `_` in a host and a trailing dot.

use std::fmt::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::grammar::token::table;

/// A well-formed origin, taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin<'a> {
    pub(crate) scheme: &'a [u8],
    pub(crate) host: &'a [u8],
    /// None where the scheme's default applies.
    pub(crate) port: Option<u16>,
}

impl<'a> Origin<'a> {
    /// Reads an origin in canonical form; anything else gives `None`, also `null`.
    pub(crate) fn parse(text: &'a [u8]) -> Option<Self> {
        let https = text.strip_prefix(b"https://").map(|rest| (&text[..5], rest));
        let web = https.or_else(|| text.strip_prefix(b"http://").map(|rest| (&text[..4], rest)));
        let (scheme, (host, port)) = match web {
            // Nothing longer is read at all.
            Some((_, authority)) if authority.len() > LONGEST_WEB_AUTHORITY => return None,
            Some((scheme, authority)) => (scheme, split_web(authority)?),
            None => {
                let scheme = text.split(|&byte| byte == b':').next().filter(|scheme| is_scheme(scheme))?;
                let (host, port) = split_port(text[scheme.len()..].strip_prefix(b"://")?);
                let has_place = port.is_none() || !host.is_empty();
                (scheme, (Some(host).filter(|host| has_place && is_host(scheme, host))?, port))
            }
        };
        let port = match port {
            Some(port) => Some(parse_port(scheme, port)?),
            None => None,
        };
        Some(Self { scheme, host, port })
    }
}

/// Is it http or https, whose hosts are domains and addresses?
pub(crate) fn is_web(scheme: &[u8]) -> bool {
    matches!(scheme, b"http" | b"https")
}

/// A lower-case letter, then lower-case letters, digits, `+`, `-` and `.`.
pub(crate) fn is_scheme(scheme: &[u8]) -> bool {
    let tail = |byte: &u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    scheme.first().is_some_and(u8::is_ascii_lowercase) && scheme.iter().all(tail)
}

/// Splits `host[:port]`; the colons of a bracketed address are no port's.
pub(crate) fn split_port(authority: &[u8]) -> (&[u8], Option<&[u8]>) {
    let start = match authority {
        [b'[', ..] => authority.iter().position(|&byte| byte == b']').unwrap_or(0),
        _ => 0,
    };
    match authority[start..].iter().position(|&byte| byte == b':') {
        Some(colon) => (&authority[..start + colon], Some(&authority[start + colon + 1..])),
        None => (authority, None),
    }
}

/// 1 to 65535 without leading zeros, and never the scheme's default.
pub(crate) fn parse_port(scheme: &[u8], text: &[u8]) -> Option<u16> {
    let number = number_without_zeros(text)?;
    (Some(number) != default_port(scheme)).then_some(number)
}

pub(crate) fn number_without_zeros(text: &[u8]) -> Option<u16> {
    let digits = (1..=5).contains(&text.len()) && text.iter().all(u8::is_ascii_digit) && text[0] != b'0';
    digits.then(|| std::str::from_utf8(text).ok()?.parse().ok()).flatten()
}

pub(crate) fn default_port(scheme: &[u8]) -> Option<u16> {
    match scheme {
        b"http" | b"ws" => Some(80),
        b"https" | b"wss" => Some(443),
        b"ftp" => Some(21),
        _ => None,
    }
}

/// Is this a host of the scheme, in the form in which browsers send it? Of a scheme other than http and https it may be empty, and then
/// there is no port.
pub(crate) fn is_host(scheme: &[u8], host: &[u8]) -> bool {
    match scheme {
        b"file" => host.is_empty(),
        _ if is_web(scheme) => is_web_host(host),
        _ => {
            host.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'~' | b'-'))
        }
    }
}

/// A domain or an address in the form in which browsers send it.
pub(crate) fn is_web_host(host: &[u8]) -> bool {
    split_web(host).is_some_and(|(_, port)| port.is_none())
}

/// Splits the host, which is a domain or an address, from the port. The last label of a domain is not a number: browsers read such a host as
/// an address (URL Standard, "ends in a number checker").
fn split_web(authority: &[u8]) -> Option<(&[u8], Option<&[u8]>)> {
    if authority.starts_with(b"[") {
        let (host, port) = split_port(authority);
        let address = host.strip_prefix(b"[")?.strip_suffix(b"]")?;
        return is_ipv6(address).then_some((host, port));
    }
    let labels = Labels::read(authority)?;
    let (host, port) = match authority.split_at(labels.end) {
        (host, []) => (host, None),
        (host, [b':', port @ ..]) => (host, Some(port)),
        _ => return None,
    };
    (!is_number(labels.last) || is_ipv4(host)).then_some((host, port))
}

/// The labels with which a text begins: `[a-z0-9_-]`, 1 to 63 bytes each, 253 in all, at most one trailing dot, which is not counted.
struct Labels<'a> {
    end: usize,
    last: &'a [u8],
}

impl<'a> Labels<'a> {
    /// None where one is empty or too long, or all of them are.
    fn read(text: &'a [u8]) -> Option<Self> {
        const LABEL: [bool; 256] = table(b"abcdefghijklmnopqrstuvwxyz0123456789_-");
        let (mut last, mut start, mut end) = (&text[..0], 0, 0);
        while let Some(&byte) = text.get(end) {
            if !LABEL[byte as usize] {
                if byte != b'.' {
                    break;
                }
                last = label(&text[start..end])?;
                start = end + 1;
            }
            end += 1;
        }
        // Nothing is left after a trailing dot.
        let name = if start == end { end.checked_sub(1)? } else { end };
        if start < end {
            last = label(&text[start..end])?;
        }
        (name <= MAX_DOMAIN).then_some(Self { end, last })
    }
}

fn label(text: &[u8]) -> Option<&[u8]> {
    (1..=MAX_LABEL).contains(&text.len()).then_some(text)
}

pub(crate) const MAX_DOMAIN: usize = 253;
/// A domain, its trailing dot, and a port of five digits.
const LONGEST_WEB_AUTHORITY: usize = MAX_DOMAIN + ".:65535".len();
pub(crate) const MAX_LABEL: usize = 63;

fn is_number(label: &[u8]) -> bool {
    match label {
        [b'0', b'x', digits @ ..] => digits.iter().all(u8::is_ascii_hexdigit),
        _ => label.iter().all(u8::is_ascii_digit),
    }
}

fn is_ipv4(host: &[u8]) -> bool {
    std::str::from_utf8(host).is_ok_and(|host| host.parse::<Ipv4Addr>().is_ok())
}

fn is_ipv6(address: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(address) else { return false };
    let mut expected = Expected(text);
    let is_written_so = |address| write!(expected, "{}", Ipv6(address)).is_ok() && expected.0.is_empty();
    text.parse().is_ok_and(is_written_so)
}

/// An IPv6 address, which prints as browsers write it: RFC 5952, section 4, and never with dotted decimals.
pub(crate) struct Ipv6(pub(crate) Ipv6Addr);

impl fmt::Display for Ipv6 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.segments() {
            // The only ones that the standard library writes with decimals.
            [0, 0, 0, 0, 0, 0xffff, high, low] => write!(f, "::ffff:{high:x}:{low:x}"),
            _ => self.0.fmt(f),
        }
    }
}

/// What is still to be written, if it is this text.
struct Expected<'a>(&'a str);

impl Write for Expected<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(text).ok_or(fmt::Error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ok(text: &str) -> bool {
        Origin::parse(text.as_bytes()).is_some()
    }

    #[test]
    fn s19_takes_an_origin_apart() {
        let origin = Origin::parse(b"https://a_b.example.com.:8443").unwrap();
        assert_eq!(
            (origin.scheme, origin.host, origin.port),
            (&b"https"[..], &b"a_b.example.com."[..], Some(8443))
        );
        let origin = Origin::parse(b"http://[::1]").unwrap();
        assert_eq!((origin.scheme, origin.host, origin.port), (&b"http"[..], &b"[::1]"[..], None));
    }

    #[test]
    fn s19_accepts_what_browsers_send() {
        for good in [
            "https://example.com",
            "http://localhost:3000",
            "http://127.0.0.1:8080",
            "http://[::ffff:c000:201]",
            "http://[2001:db8::1:0:0:1]:8080",
            "http://[1:0:2:3:4:5:6:7]",
            "https://xn--bcher-kva.example",
            "https://-a-.x--y.example",
            "https://1.2.3.example",
            "https://example.0xg",
            "moz-extension://2C127fa4-62c7-7e4f-90e5-472b45eecfdc",
            "tauri://localhost:1420",
            "app+x.1-y://~A_.-",
            "ws://example.com:443",
            "app://",
            "capacitor://",
            "file://",
        ] {
            assert!(ok(good), "{good}");
        }
        let longest = &["a".repeat(63).as_str(); 4].join(".")[..MAX_DOMAIN];
        assert!(ok(&format!("https://{longest}")));
        assert!(ok(&format!("https://{longest}.:65535")));
    }

    #[test]
    fn s19_refuses_everything_else() {
        for bad in [
            "",
            "null",
            "*",
            "example.com",
            "https:example.com",
            "https:/example.com",
            "https://",
            "https:///",
            "https://example.com/",
            "https://example.com:",
            "https://example.com:0",
            "https://example.com:080",
            "https://example.com:65536",
            "https://example.com:443",
            "http://example.com:80",
            "wss://example.com:443",
            "ftp://example.com:21",
            "https://Example.com",
            "Https://example.com",
            "1https://example.com",
            "file://host",
            "file://localhost",
            "file:///",
            "file://:80",
            "files",
            "https://user@example.com",
            "https://exa mple.com",
            "https://.example.com",
            "https://a..example.com",
            "https://example.com..",
            "https://.",
            "https://example.1",
            "https://example.0x1f",
            "https://1.2.3.4.5",
            "https://1.2.3",
            "https://01.2.3.4",
            "https://1.2.3.4.",
            "https://256.1.1.1",
            "https://0x7f.0.0.1",
            "http://[::1",
            "http://[::1]x",
            "http://[0:0:0:0:0:0:0:1]",
            "http://[::FFFF:c000:201]",
            "http://[::ffff:192.0.2.1]",
            "http://[1::2:3:4:5:6:7]",
            "http://[::1%25eth0]",
            "https://b\u{fc}cher.example",
            "https://evil.com/.example.com",
            "https://*.example.com",
            "app://:80",
            "app:///",
            "app:",
            "moz-extension://a/b",
            "moz-extension://[::1]",
            "https://example.com https://example.com",
            "https://example.com\0",
        ] {
            assert!(!ok(bad), "{bad}");
        }
        assert!(!ok(&format!("https://{}.example", "a".repeat(64))));
        assert!(!ok(&format!("https://{}", ["a".repeat(63).as_str(); 4].join("."))));
        assert!(Origin::parse(b"https://\xff.example").is_none());
    }
}
