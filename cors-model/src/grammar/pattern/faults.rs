//! All that is wrong with a text that is not a valid pattern.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::error::ErrorKind;
use crate::grammar::pattern::correction::{corrected, from_expression};
use crate::grammar::pattern::{Pattern, PatternError, source_name};

/// Kinds of mistakes, each with what is right, in the order of the text.
#[derive(Default)]
pub(super) struct Faults(Vec<(ErrorKind, &'static str)>);

impl Faults {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, kind: ErrorKind, what: &'static str) {
        self.0.push((kind, what));
    }

    /// Adds one behind which nothing more can be said.
    pub(super) fn stop<T>(&mut self, kind: ErrorKind, what: &'static str) -> Option<T> {
        self.add(kind, what);
        None
    }

    /// Each with the whole value to write, if that is known.
    pub(super) fn explain(self, text: &str) -> Vec<PatternError> {
        let faults = match another_language(text) {
            Some(fault) if source_name(text).is_none() => vec![fault],
            _ => self.0,
        };
        let explained = |(kind, what): (ErrorKind, &str)| {
            let meant = match kind {
                ErrorKind::AddressRange => None,
                ErrorKind::InvalidSourceName => {
                    let name = text.to_ascii_lowercase().replace(['_', '.'], "-");
                    Some(name).filter(|name| Pattern::is_valid(name))
                }
                ErrorKind::RegularExpression => from_expression(text),
                ErrorKind::SeveralOrigins => all_corrected(text),
                _ => corrected(text),
            };
            let write = match (meant, kind) {
                (Some(meant), _) => format!("; write {meant}"),
                (None, ErrorKind::MissingScheme) => ", such as https://app.example".into(),
                (None, ErrorKind::Unicode) => {
                    "; copy what `location.origin` shows in the page's console".into()
                }
                (None, ErrorKind::RegularExpression) => ", such as https://*.app.example".into(),
                _ => String::new(),
            };
            PatternError { kind, help: format!("{what}{write}") }
        };
        faults.into_iter().map(explained).collect()
    }
}

/// Is the text a list, a regular expression, a range or a quotation?
fn another_language(text: &str) -> Option<(ErrorKind, &'static str)> {
    Some(if text.matches("://").count() > 1 {
        (ErrorKind::SeveralOrigins, "separate them with commas")
    } else if is_expression(text) {
        let what = "a pattern is an origin, perhaps with a `*` in place of the first label";
        (ErrorKind::RegularExpression, what)
    } else if is_range(text) {
        let what =
            "name each origin, such as http://192.168.0.10:*, or give the hosts names below one domain";
        (ErrorKind::AddressRange, what)
    } else if text.contains(['"', '\'', '`']) {
        (ErrorKind::Quoted, "leave the quotation marks out")
    } else {
        return None;
    })
}

fn is_expression(text: &str) -> bool {
    const SIGNS: [&str; 12] =
        ["^", "(", "|", "\\.", "\\/", "\\d", "\\w", ".+", "://.*", "[a-z", "[0-9", "?://"];
    text.ends_with('$') || SIGNS.iter().any(|sign| text.contains(sign))
}

/// `192.168.0.0/16`, `192.168.*.*`, `192.168.0.1-192.168.0.9`, also with a scheme.
fn is_range(text: &str) -> bool {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    let is_address = |text: &str| {
        let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
        inner.parse::<Ipv4Addr>().is_ok() || inner.parse::<Ipv6Addr>().is_ok()
    };
    let is_mask = |mask: &str| mask.parse::<u8>().is_ok_and(|bits| bits <= 128) || is_address(mask);
    let host = text.split(':').next().unwrap_or(text);
    text.split_once('/').is_some_and(|(address, mask)| is_address(address) && is_mask(mask))
        || text.split_once('-').is_some_and(|(first, last)| is_address(first) && is_address(last))
        || !host.starts_with('*') && host.contains('*') && is_address(&host.replace('*', "0"))
}

/// All origins of a text that some other sign separates.
fn all_corrected(text: &str) -> Option<String> {
    let parts = text.split([';', '|', '+', '&']).filter(|part| !part.is_empty());
    let parts: Vec<_> = parts.map(corrected).collect::<Option<_>>()?;
    (parts.len() > 1).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> Vec<(ErrorKind, String)> {
        let errors = Pattern::parse(text).expect_err(text);
        errors.into_iter().map(|error| (error.kind, error.help)).collect()
    }

    #[test]
    fn s20_every_mistake_of_one_value_comes_with_the_whole_value_to_write() {
        use ErrorKind::{DefaultPort, InvalidHost, InvalidPort, Path, Unicode, UpperCase, UserInfo};
        for (text, kinds, write) in [
            (
                "HTTPS://App.Example.com:443/",
                &[UpperCase, Path, DefaultPort, UpperCase][..],
                "https://app.example.com",
            ),
            ("https://A.example:443/x?y@z", &[Path, DefaultPort, UpperCase], "https://a.example"),
            ("https://me@a.example/", &[Path, UserInfo], "https://a.example"),
            ("HTTPS://A.example:0443", &[UpperCase, InvalidPort, UpperCase], "https://a.example"),
            (
                "https://App*.a.example",
                &[UpperCase, ErrorKind::WildcardWithoutHyphen],
                "https://app-*.a.example",
            ),
            (
                "http://0X7f.1:80",
                &[DefaultPort, UpperCase, ErrorKind::NonCanonicalAddress],
                "http://127.0.0.1",
            ),
            ("FILE:///index.html", &[UpperCase, Path], "file://"),
            ("file://host:1", &[InvalidHost], "file://"),
            ("@My_Tenants", &[ErrorKind::InvalidSourceName], "@my-tenants"),
        ] {
            let found = faults(text);
            assert_eq!(found.iter().map(|fault| fault.0).collect::<Vec<_>>(), kinds, "{text}");
            assert!(found.iter().all(|(_, help)| help.ends_with(&format!("; write {write}"))), "{found:?}");
        }
        assert_eq!(
            faults("https://b\u{fc}cher.example:443").iter().map(|fault| fault.0).collect::<Vec<_>>(),
            [DefaultPort, Unicode]
        );
    }

    #[test]
    fn s21_what_other_languages_say_leads_to_ours() {
        use ErrorKind::{AddressRange, Quoted, RegularExpression, SeveralOrigins};
        for (text, kind, end) in [
            (r"^https://.*\.example\.com$", RegularExpression, "; write https://*.example.com"),
            (r"/https?:\/\/[a-z0-9-]+\.example\.com/", RegularExpression, "; write https://*.example.com"),
            (r"^http://localhost:\d+$", RegularExpression, "; write http://localhost:*"),
            (r"https://app\.example", RegularExpression, "; write https://app.example"),
            ("https://(a|b).example.com", RegularExpression, ", such as https://*.app.example"),
            ("https://.*", RegularExpression, ", such as https://*.app.example"),
            ("192.168.0.0/16", AddressRange, "one domain"),
            ("http://10.0.0.0/255.0.0.0", AddressRange, "one domain"),
            ("http://192.168.*.*:3000", AddressRange, "one domain"),
            ("10.0.0.1-10.0.0.9", AddressRange, "one domain"),
            ("http://fe80::/10", AddressRange, "one domain"),
            (
                "https://a.example;https://B.example/",
                SeveralOrigins,
                "; write https://a.example, https://b.example",
            ),
            ("https://a.examplehttps://b.example", SeveralOrigins, "with commas"),
            ("'https://a.example'", Quoted, "; write https://a.example"),
            ("[\"https://a.example\"]", Quoted, "; write https://a.example"),
        ] {
            let found = faults(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert!(found[0].0 == kind && found[0].1.ends_with(end), "{text}: {found:?}");
        }
    }

    #[test]
    fn s21_says_what_is_wrong() {
        let long = format!("https://*.{}", "a.".repeat(127));
        let label = format!("https://{}-*.example", "a".repeat(62));
        for (text, kind, help) in [
            ("@", ErrorKind::InvalidSourceName, "lower-case letter"),
            ("@1", ErrorKind::InvalidSourceName, "lower-case letter"),
            ("@a/b", ErrorKind::InvalidSourceName, "lower-case letter"),
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
            ("http://[::1", ErrorKind::InvalidHost, "in brackets"),
            ("https://*.[::1]", ErrorKind::InvalidHost, "in brackets"),
            ("https://", ErrorKind::InvalidHost, "labels"),
            ("https://:8443", ErrorKind::InvalidHost, "labels"),
            ("https://a!-*.example", ErrorKind::InvalidHost, "labels"),
            ("app://a b", ErrorKind::InvalidHost, "of this scheme"),
            (&label, ErrorKind::InvalidHost, "62"),
            (&long, ErrorKind::BaseDomainTooLong, "251"),
        ] {
            let [error] = &Pattern::parse(text).expect_err(text)[..] else { panic!("{text}") };
            assert_eq!(error.kind, kind, "{text}: {}", error.help);
            assert!(error.help.contains(help) && !error.help.contains("; write "), "{text}: {}", error.help);
        }
    }
}
