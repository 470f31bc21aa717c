//! Origin patterns, as a configuration names them, and what is wrong with invalid ones (S21).

mod correction;

use crate::error::ErrorKind;
use crate::grammar::origin::{self, Origin};
use correction::{canonical_address, corrected};

/// What one pattern names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pattern<'a> {
    Null,
    Any,
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

/// How many characters of a label can be fixed, if one is left for the wildcard.
pub(crate) const MAX_FIXED: usize = origin::MAX_LABEL - 1;

/// The patterns of a key, which ASCII white space and commas separate, however many.
pub(crate) fn patterns(key: &str) -> impl Iterator<Item = &str> {
    key.split(|c: char| c.is_ascii_whitespace() || c == ',').filter(|text| !text.is_empty())
}

/// The first of them, for what concerns the whole key. The key itself where it names no pattern.
pub(crate) fn first_pattern(key: &str) -> &str {
    patterns(key).next().unwrap_or(key)
}

impl<'a> Pattern<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, PatternError> {
        Self::read(text).map_err(|Fault { kind, what, otherwise }| {
            let valid = corrected(text).filter(|corrected| Pattern::read(corrected).is_ok());
            let write = valid.map_or_else(|| otherwise.into(), |corrected| format!(": write {corrected}"));
            PatternError { kind, help: format!("{what}{write}") }
        })
    }

    fn read(text: &'a str) -> Result<Self, Fault> {
        match text {
            "" => return fault(ErrorKind::EmptyPattern, "name an origin, such as https://app.example"),
            "*" => return Ok(Self::Any),
            "null" => return Ok(Self::Null),
            _ if text.eq_ignore_ascii_case("null") => {
                return fault(ErrorKind::UpperCase, "browsers send it in lower case");
            }
            _ => {}
        }
        let Some((scheme, rest)) = text.split_once("://") else {
            let what = "an origin begins with its scheme";
            return Err(Fault {
                otherwise: ", such as https://app.example",
                ..Fault::new(ErrorKind::MissingScheme, what)
            });
        };
        check_scheme(scheme)?;
        let web = origin::is_web(scheme.as_bytes());
        if rest == "*" && !web && scheme != "file" {
            return Ok(Self::Scheme(scheme));
        }
        check_authority(rest)?;
        let (host, port) = origin::split_port(rest.as_bytes());
        let host = &rest[..host.len()];
        let port = match port {
            None => PortPattern::Fixed(None),
            Some(_) if host.is_empty() && !web => {
                return fault(ErrorKind::InvalidPort, "there is no port without a host");
            }
            Some(b"*") => PortPattern::Any,
            Some(port) => PortPattern::Fixed(Some(check_port(scheme, port)?)),
        };
        Ok(Self::Tuple { scheme, host: HostPattern::read(scheme, host)?, port })
    }
}

/// What is wrong with a text, as a sentence that goes on with what to write, and what it says where that is not known.
struct Fault {
    kind: ErrorKind,
    what: &'static str,
    otherwise: &'static str,
}

impl Fault {
    fn new(kind: ErrorKind, what: &'static str) -> Self {
        Self { kind, what, otherwise: "" }
    }
}

fn fault<T>(kind: ErrorKind, what: &'static str) -> Result<T, Fault> {
    Err(Fault::new(kind, what))
}

impl<'a> HostPattern<'a> {
    fn read(scheme: &str, host: &'a str) -> Result<Self, Fault> {
        let Some((label, base)) = host.split_once('.').filter(|(label, _)| label.contains('*')) else {
            check_host(scheme, host)?;
            return Ok(Self::Exact(host));
        };
        check_base(scheme, base)?;
        let (beginning, end) = label.split_once('*').unwrap_or((label, ""));
        if beginning.is_empty() && end.is_empty() {
            return Ok(Self::Under(base));
        }
        if end.contains('*') {
            return fault(ErrorKind::SecondWildcard, "one `*` stands for any number of characters");
        }
        let has_hyphens = beginning.is_empty() || beginning.ends_with('-');
        if !has_hyphens || !(end.is_empty() || end.starts_with('-')) {
            return fault(
                ErrorKind::WildcardWithoutHyphen,
                "only a hyphen may stand beside the `*`, so that `app-*` does not match `appevil`",
            );
        }
        if beginning.len() + end.len() > MAX_FIXED {
            return fault(ErrorKind::InvalidHost, "a label has at most 62 bytes beside the `*`");
        }
        // The shortest host that it matches.
        check_host(scheme, &format!("{beginning}x{end}.{base}"))?;
        Ok(Self::Label { beginning, end, base })
    }
}

fn check_scheme(scheme: &str) -> Result<(), Fault> {
    if origin::is_scheme(scheme.as_bytes()) {
        return Ok(());
    }
    if scheme.contains('*') {
        return fault(ErrorKind::MisplacedWildcard, "write out the scheme, one pattern for each");
    }
    if origin::is_scheme(scheme.to_ascii_lowercase().as_bytes()) {
        return fault(ErrorKind::UpperCase, "browsers send the scheme in lower case");
    }
    fault(
        ErrorKind::InvalidScheme,
        "a scheme is a lower-case letter, then lower-case letters, digits, `+`, `-` and `.`",
    )
}

/// What the whole authority must not contain, checked before its parts are.
fn check_authority(rest: &str) -> Result<(), Fault> {
    if rest.contains(['/', '?', '#', '\\']) {
        return fault(ErrorKind::Path, "an origin has no path and no trailing slash");
    }
    if rest.contains('@') {
        return fault(ErrorKind::UserInfo, "an origin has no user info");
    }
    if !rest.is_ascii() {
        return Err(Fault {
            otherwise: ": copy what `location.origin` shows in the page's console",
            ..Fault::new(ErrorKind::Unicode, "browsers send the domain in punycode")
        });
    }
    Ok(())
}

fn check_port(scheme: &str, port: &[u8]) -> Result<u16, Fault> {
    if port.contains(&b'*') {
        return fault(ErrorKind::MisplacedWildcard, "write `:*` for any port, or one port");
    }
    match origin::number_without_zeros(port) {
        None => fault(ErrorKind::InvalidPort, "a port is 1 to 65535, without leading zeros"),
        Some(port) if origin::default_port(scheme.as_bytes()) == Some(port) => {
            fault(ErrorKind::DefaultPort, "browsers leave out the scheme's default port")
        }
        Some(port) => Ok(port),
    }
}

/// What stands behind a wildcard and its dot.
fn check_base(scheme: &str, base: &str) -> Result<(), Fault> {
    let web = origin::is_web(scheme.as_bytes());
    let name = base.strip_suffix('.').filter(|_| web).unwrap_or(base);
    if base.contains('*') {
        return fault(ErrorKind::MisplacedWildcard, "one leading `*.` stands for any number of labels");
    }
    if base.is_empty() {
        return fault(ErrorKind::MisplacedWildcard, "a `*` stands in the first of two or more labels");
    }
    if name.len() > MAX_BASE {
        return fault(ErrorKind::BaseDomainTooLong, "a base domain has at most 251 bytes");
    }
    if web && canonical_address(base).is_some() {
        return fault(ErrorKind::MisplacedWildcard, "an address has no subdomains");
    }
    check_host(scheme, base)
}

fn check_host(scheme: &str, host: &str) -> Result<(), Fault> {
    let web = origin::is_web(scheme.as_bytes());
    let is_host = |host: &str| origin::is_host(scheme.as_bytes(), host.as_bytes());
    if is_host(host) {
        return Ok(());
    }
    if scheme == "file" {
        return fault(ErrorKind::InvalidHost, "all pages of the scheme file have one origin");
    }
    if host.contains('*') {
        let what = if web {
            "a `*` stands in the first of two or more labels, for any port, or alone for any origin"
        } else {
            "a `*` stands in the first of two or more labels, for any port, or alone for the whole scheme"
        };
        return fault(ErrorKind::MisplacedWildcard, what);
    }
    if is_host(&host.to_ascii_lowercase()) {
        return fault(ErrorKind::UpperCase, "browsers send the host in lower case");
    }
    if web && canonical_address(&host.to_ascii_lowercase()).is_some() {
        return fault(ErrorKind::NonCanonicalAddress, "browsers send an address in its canonical form");
    }
    let what = if web {
        "a host is labels of a-z, 0-9, `_` and `-`, 1 to 63 bytes each and 253 in all, an IPv4 address of four \
         decimal numbers, or an IPv6 address in brackets"
    } else {
        "a host of this scheme is empty or of A-Z, a-z, 0-9, `.`, `_`, `~` and `-`"
    };
    fault(ErrorKind::InvalidHost, what)
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
        assert_eq!(Pattern::parse(&fixed(63)).unwrap_err().kind, ErrorKind::InvalidHost);
        let in_all = |count: usize| format!("https://a-*.{}b", "a.".repeat(count / 2 - 2));
        assert!(Pattern::parse(&in_all(252)).is_ok());
        assert_eq!(Pattern::parse(&in_all(254)).unwrap_err().kind, ErrorKind::InvalidHost);
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

    #[test]
    fn s21_says_what_is_wrong() {
        let long = format!("https://*.{}", "a.".repeat(127));
        let label = format!("https://{}-*.example", "a".repeat(62));
        for (text, kind, help) in [
            ("", ErrorKind::EmptyPattern, "name an origin"),
            ("/a", ErrorKind::MissingScheme, ", such as https://app.example"),
            ("https://a.example:0", ErrorKind::InvalidPort, "65535"),
            ("https://a.example:65536", ErrorKind::InvalidPort, "65535"),
            ("app://a:x", ErrorKind::InvalidPort, "65535"),
            ("https://a.example:8*", ErrorKind::MisplacedWildcard, ":*"),
            ("https://*", ErrorKind::MisplacedWildcard, "alone for any origin"),
            ("https://app-*", ErrorKind::MisplacedWildcard, "two or more labels"),
            ("https://app-*.", ErrorKind::MisplacedWildcard, "two or more labels"),
            ("https://*.", ErrorKind::MisplacedWildcard, "two or more labels"),
            ("app://*.", ErrorKind::MisplacedWildcard, "two or more labels"),
            ("https://a.app-*.example", ErrorKind::MisplacedWildcard, "first of two or more labels"),
            ("https://app-*.*.example", ErrorKind::MisplacedWildcard, "leading"),
            ("app://a.*", ErrorKind::MisplacedWildcard, "whole scheme"),
            ("*://a.example", ErrorKind::MisplacedWildcard, "scheme"),
            ("1a://x", ErrorKind::InvalidScheme, "letter"),
            ("https://a..example", ErrorKind::InvalidHost, "labels"),
            ("https://", ErrorKind::InvalidHost, "labels"),
            ("https://:8443", ErrorKind::InvalidHost, "labels"),
            ("https://a!-*.example", ErrorKind::InvalidHost, "labels"),
            ("app://a b", ErrorKind::InvalidHost, "of this scheme"),
            (&label, ErrorKind::InvalidHost, "62"),
            (&long, ErrorKind::BaseDomainTooLong, "251"),
        ] {
            let error = Pattern::parse(text).expect_err(text);
            assert_eq!(error.kind, kind, "{text}: {}", error.help);
            assert!(error.help.contains(help) && !error.help.contains(": write "), "{text}: {}", error.help);
        }
    }
}
