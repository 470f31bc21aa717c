//! Origin patterns, as a configuration names them, and what is wrong with invalid ones (S21).

mod correction;
mod faults;

use crate::error::{ConfigError, ErrorKind, Place};
use crate::grammar::origin::{self, Origin};
use correction::canonical_address;
pub(crate) use correction::punycode;
use faults::Faults;

/// What one pattern names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern<'a> {
    Null,
    Any,
    /// The name of an origin source (S26).
    Source(&'a str),
    /// Every host and port of a scheme other than http, https and file.
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
    /// A label pattern: in front of the base domain one label, with one or more characters between its beginning and its end.
    Label {
        beginning: &'a str,
        end: &'a str,
        base: &'a str,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PortPattern {
    /// This one, or none.
    Fixed(Option<u16>),
    Any,
}

/// What a name of a source is.
pub(crate) const SOURCE_NAME: &str = "a name is a lower-case letter, then lower-case letters, digits and `-`";

/// One reason why a text is not a valid pattern.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PatternError {
    kind: ErrorKind,
    pub(crate) help: String,
}

impl PatternError {
    pub(crate) fn at(self, place: &Place, text: &str) -> ConfigError {
        ConfigError::new(self.kind, place.clone(), text, self.help)
    }
}

/// The longest base domain that still leaves room for a label and a dot.
pub(crate) const MAX_BASE: usize = origin::MAX_DOMAIN - 2;

/// How many characters of a label can be fixed, if one is left for the wildcard.
const MAX_FIXED: usize = origin::MAX_LABEL - 1;

/// The patterns of a key, which ASCII white space and commas separate, however many.
pub(crate) fn patterns(key: &str) -> impl Iterator<Item = &str> {
    key.split(|c: char| c.is_ascii_whitespace() || c == ',').filter(|text| !text.is_empty())
}

/// The first of them, for what concerns the whole key. The key itself where it names no pattern.
pub(crate) fn first_pattern(key: &str) -> &str {
    patterns(key).next().unwrap_or(key)
}

/// The name in `@name`, which may not be valid.
pub(crate) fn source_name(text: &str) -> Option<&str> {
    text.strip_prefix('@')
}

/// A lower-case letter, then lower-case letters, digits and hyphens.
pub(crate) fn is_source_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

impl<'a> Pattern<'a> {
    /// The pattern, or all that is wrong with it.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Vec<PatternError>> {
        let mut faults = Faults::default();
        match Self::read(text, &mut faults) {
            Some(pattern) if faults.is_empty() => Ok(pattern),
            _ => Err(faults.explain(text)),
        }
    }

    fn is_valid(text: &str) -> bool {
        let mut faults = Faults::default();
        Pattern::read(text, &mut faults).is_some() && faults.is_empty()
    }

    /// What is wrong does not stop the reading where more can be said. The result counts only without faults.
    fn read(text: &'a str, faults: &mut Faults) -> Option<Self> {
        match text {
            "*" => return Some(Self::Any),
            "null" => return Some(Self::Null),
            _ if text.eq_ignore_ascii_case("null") => {
                return faults.stop(ErrorKind::UpperCase, "browsers send it in lower case");
            }
            _ => {}
        }
        match source_name(text) {
            Some(name) if is_source_name(name) => return Some(Self::Source(name)),
            Some(_) => return faults.stop(ErrorKind::InvalidSourceName, SOURCE_NAME),
            None => {}
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            return faults.stop(ErrorKind::MissingScheme, "an origin begins with its scheme");
        };
        let lower = scheme.to_ascii_lowercase();
        check_scheme(scheme, &lower, faults)?;
        let web = origin::is_web(lower.as_bytes());
        if rest == "*" && !web && lower != "file" {
            return Some(Self::Scheme(scheme));
        }
        let authority = authority(rest, faults);
        let (host, port) = correction::host_and_port(authority);
        // Behind a bracket that is not closed, nobody knows where a port begins.
        let port = match port.filter(|_| !host.contains('[') || host.contains(']')) {
            None => Some(PortPattern::Fixed(None)),
            Some(_) if host.is_empty() && !web => {
                faults.stop(ErrorKind::InvalidPort, "there is no port without a host")
            }
            Some("*") => Some(PortPattern::Any),
            Some(port) => read_port(&lower, port, faults).map(|port| PortPattern::Fixed(Some(port))),
        };
        Some(Self::Tuple { scheme, host: HostPattern::read(&lower, host, faults)?, port: port? })
    }
}

impl<'a> HostPattern<'a> {
    fn read(scheme: &str, host: &'a str, faults: &mut Faults) -> Option<Self> {
        if !host.is_ascii() {
            return faults.stop(ErrorKind::Unicode, "browsers send the domain in punycode");
        }
        if origin::is_web(scheme.as_bytes()) && host.bytes().any(|byte| byte.is_ascii_uppercase()) {
            faults.add(ErrorKind::UpperCase, "browsers send the host in lower case");
            HostPattern::read(scheme, &host.to_ascii_lowercase(), faults);
            return None;
        }
        let Some((label, base)) = host.split_once('.').filter(|(label, _)| label.contains('*')) else {
            check_host(scheme, host, faults)?;
            return Some(Self::Exact(host));
        };
        check_base(scheme, base, faults)?;
        let (beginning, end) = label.split_once('*').unwrap_or((label, ""));
        if beginning.is_empty() && end.is_empty() {
            return Some(Self::Under(base));
        }
        if end.contains('*') {
            return faults.stop(ErrorKind::SecondWildcard, "one `*` stands for any number of characters");
        }
        let has_hyphens = beginning.is_empty() || beginning.ends_with('-');
        if !has_hyphens || !(end.is_empty() || end.starts_with('-')) {
            let what = "only a hyphen may stand beside the `*`, so that `app-*` does not match `appevil`";
            return faults.stop(ErrorKind::WildcardWithoutHyphen, what);
        }
        if beginning.len() + end.len() > MAX_FIXED {
            return faults.stop(ErrorKind::InvalidHost, "a label has at most 62 bytes beside the `*`");
        }
        // The shortest host that it matches.
        check_host(scheme, &format!("{beginning}x{end}.{base}"), faults)?;
        Some(Self::Label { beginning, end, base })
    }
}

fn check_scheme(scheme: &str, lower: &str, faults: &mut Faults) -> Option<()> {
    if scheme.contains('*') {
        return faults.stop(ErrorKind::MisplacedWildcard, "write one pattern for each scheme");
    }
    if !origin::is_scheme(lower.as_bytes()) {
        let what = "a scheme is a lower-case letter, then lower-case letters, digits, `+`, `-` and `.`";
        return faults.stop(ErrorKind::InvalidScheme, what);
    }
    if scheme != lower {
        faults.add(ErrorKind::UpperCase, "browsers send the scheme in lower case");
    }
    Some(())
}

/// Host and port alone.
fn authority<'a>(rest: &'a str, faults: &mut Faults) -> &'a str {
    let authority = correction::authority(rest);
    if authority.len() < rest.len() {
        faults.add(ErrorKind::Path, "an origin has no path and no trailing slash");
    }
    let Some((_, authority)) = authority.rsplit_once('@') else { return authority };
    faults.add(ErrorKind::UserInfo, "an origin has no user info");
    authority
}

fn read_port(scheme: &str, port: &str, faults: &mut Faults) -> Option<u16> {
    if port.contains('*') {
        return faults.stop(ErrorKind::MisplacedWildcard, "write `:*` for any port, or one port");
    }
    match origin::number_without_zeros(port.as_bytes()) {
        None => faults.stop(ErrorKind::InvalidPort, "a port is 1 to 65535, without leading zeros"),
        Some(port) if origin::default_port(scheme.as_bytes()) == Some(port) => {
            faults.stop(ErrorKind::DefaultPort, "browsers leave it out")
        }
        port => port,
    }
}

/// What stands behind a wildcard and its dot.
fn check_base(scheme: &str, base: &str, faults: &mut Faults) -> Option<()> {
    let web = origin::is_web(scheme.as_bytes());
    let name = base.strip_suffix('.').filter(|_| web).unwrap_or(base);
    let (kind, what) = if base.contains('*') {
        (ErrorKind::MisplacedWildcard, "one leading `*.` stands for any number of labels")
    } else if base.is_empty() {
        (ErrorKind::MisplacedWildcard, "a `*` stands in the first of two or more labels")
    } else if name.len() > MAX_BASE {
        (ErrorKind::BaseDomainTooLong, "a base domain has at most 251 bytes")
    } else if web && canonical_address(base).is_some() {
        (ErrorKind::MisplacedWildcard, "an address has no subdomains")
    } else {
        return check_host(scheme, base, faults);
    };
    faults.stop(kind, what)
}

fn check_host(scheme: &str, host: &str, faults: &mut Faults) -> Option<()> {
    let web = origin::is_web(scheme.as_bytes());
    let (kind, what) = if origin::is_host(scheme.as_bytes(), host.as_bytes()) {
        return Some(());
    } else if scheme == "file" {
        (ErrorKind::InvalidHost, "all pages of the scheme file have one origin")
    } else if host.contains('*') && web {
        let what = "a `*` stands in the first of two or more labels, for any port, or alone for any origin";
        (ErrorKind::MisplacedWildcard, what)
    } else if host.contains('*') {
        let what =
            "a `*` stands in the first of two or more labels, for any port, or alone for the whole scheme";
        (ErrorKind::MisplacedWildcard, what)
    } else if web && canonical_address(host).is_some() {
        (ErrorKind::NonCanonicalAddress, "browsers send the canonical form")
    } else if web {
        let what = "a host is labels of a-z, 0-9, `_` and `-`, 1 to 63 bytes each and 253 in all, an IPv4 address of four \
                    decimal numbers, or an IPv6 address in brackets";
        (ErrorKind::InvalidHost, what)
    } else {
        (ErrorKind::InvalidHost, "a host of this scheme is empty or of A-Z, a-z, 0-9, `.`, `_`, `~` and `-`")
    };
    faults.stop(kind, what)
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
        use HostPattern::{Exact, Under};
        let tuple = |host, port| Pattern::Tuple { scheme: "https", host, port };
        for (text, pattern) in [
            ("*", Pattern::Any),
            ("null", Pattern::Null),
            ("@tenants-2", Pattern::Source("tenants-2")),
            ("moz-extension://*", Pattern::Scheme("moz-extension")),
            ("https://a.example", tuple(Exact("a.example"), PortPattern::Fixed(None))),
            ("https://a.example:*", tuple(Exact("a.example"), PortPattern::Any)),
            ("https://*.a.example:8443", tuple(Under("a.example"), PortPattern::Fixed(Some(8443)))),
            ("https://*.a.example:*", tuple(Under("a.example"), PortPattern::Any)),
            ("https://[::1]:*", tuple(Exact("[::1]"), PortPattern::Any)),
        ] {
            assert_eq!(Pattern::parse(text), Ok(pattern), "{text}");
        }
    }

    #[test]
    fn a_star_in_a_label_divides_it() {
        let label = |beginning, end, base| HostPattern::Label { beginning, end, base };
        for (text, scheme, host, port) in [
            ("https://app-*.a.example", "https", label("app-", "", "a.example"), PortPattern::Fixed(None)),
            ("https://*-team.example:*", "https", label("", "-team", "example"), PortPattern::Any),
            ("http://a-b-*-c.x.:81", "http", label("a-b-", "-c", "x."), PortPattern::Fixed(Some(81))),
            ("https://-*-.a.example", "https", label("-", "-", "a.example"), PortPattern::Fixed(None)),
            ("app://A-*.Inner", "app", label("A-", "", "Inner"), PortPattern::Fixed(None)),
        ] {
            assert_eq!(Pattern::parse(text), Ok(Pattern::Tuple { scheme, host, port }), "{text}");
        }
        let fixed = |count: usize| format!("https://{}-*.example", "a".repeat(count - 1));
        assert!(Pattern::parse(&fixed(62)).is_ok());
        assert_eq!(Pattern::parse(&fixed(63)).unwrap_err()[0].kind, ErrorKind::InvalidHost);
        let in_all = |count: usize| format!("https://a-*.{}b", "a.".repeat(count / 2 - 2));
        assert!(Pattern::parse(&in_all(252)).is_ok());
        assert_eq!(Pattern::parse(&in_all(254)).unwrap_err()[0].kind, ErrorKind::InvalidHost);
    }

    #[test]
    fn white_space_and_commas_separate_the_patterns_of_a_key() {
        let all = |key| patterns(key).collect::<Vec<_>>();
        assert_eq!(all("https://a.example"), ["https://a.example"]);
        assert_eq!(all(" a,b , c\t,,\n d\r\x0ce, "), ["a", "b", "c", "d", "e"]);
        for separators in ["", " ", ",", " , ,\t\n"] {
            assert_eq!(all(separators), [""; 0], "{separators:?}");
        }
    }
}
