//! Which request headers need no preflight (Fetch Standard, "CORS-safelisted request-header").

use http::HeaderMap;

/// The longest value that is safelisted, in bytes, and the longest all of them may be together.
const LONGEST: usize = 128;
const LONGEST_TOGETHER: usize = 1024;

/// Fetch Standard, "CORS-unsafe request-header names".
pub(super) fn unsafe_names(headers: &HeaderMap) -> Vec<&str> {
    let mut unsafe_names = Vec::new();
    let mut safelisted = Vec::new();
    let mut size = 0;
    for (name, value) in headers {
        if is_safelisted(name.as_str(), value.as_bytes()) {
            safelisted.push(name.as_str());
            size += value.len();
        } else {
            unsafe_names.push(name.as_str());
        }
    }
    if size > LONGEST_TOGETHER {
        unsafe_names.append(&mut safelisted);
    }
    unsafe_names.sort_unstable();
    unsafe_names.dedup();
    unsafe_names
}

/// The name is in lower case.
fn is_safelisted(name: &str, value: &[u8]) -> bool {
    if value.len() > LONGEST {
        return false;
    }
    match name {
        "accept" => !has_unsafe_byte(value),
        "accept-language" | "content-language" => value.iter().all(
            |byte| matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'='),
        ),
        "content-type" => !has_unsafe_byte(value) && is_form_or_text(value),
        "range" => is_range_with_start(value),
        _ => false,
    }
}

/// Fetch Standard, "CORS-unsafe request-header byte".
fn has_unsafe_byte(value: &[u8]) -> bool {
    value.iter().any(|&byte| (byte < 0x20 && byte != b'\t') || b"\"():<>?@[\\]{}\x7f".contains(&byte))
}

/// Is the essence of the MIME type one that a form can send?
fn is_form_or_text(value: &[u8]) -> bool {
    let essence = value.split(|&byte| byte == b';').next().unwrap_or_default().trim_ascii();
    [&b"application/x-www-form-urlencoded"[..], b"multipart/form-data", b"text/plain"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(essence))
}

/// Fetch Standard, "parse a single range header value", with a first byte.
fn is_range_with_start(value: &[u8]) -> bool {
    let Some(range) = value.strip_prefix(b"bytes=") else { return false };
    let mut ends = range.splitn(2, |&byte| byte == b'-');
    let (Some(start), Some(end)) = (ends.next(), ends.next()) else { return false };
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<u128>().ok();
    let are_digits = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    let (Some(first), true, true) = (number(start), are_digits(start), are_digits(end)) else { return false };
    end.is_empty() || number(end).is_some_and(|last| first <= last)
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn a_header_is_safelisted_by_its_name_and_its_value() {
        for (name, value, expected) in [
            ("accept", "text/html, */*;q=0.8", true),
            ("accept", "a\"b", false),
            ("accept", "a:b", false),
            ("accept-language", "de-CH, en;q=0.5", true),
            ("accept-language", "de_CH", false),
            ("content-language", "en", true),
            ("content-language", "en/us", false),
            ("content-type", "text/plain;charset=utf-8", true),
            ("content-type", " Text/Plain ; a=b", true),
            ("content-type", "multipart/form-data; boundary=x", true),
            ("content-type", "application/x-www-form-urlencoded", true),
            ("content-type", "application/json", false),
            ("content-type", "text/plain; a=\"b\"", false),
            ("content-type", "text/plainer", false),
            ("content-type", "", false),
            ("range", "bytes=0-", true),
            ("range", "bytes=5-5", true),
            ("range", "bytes=6-5", false),
            ("range", "bytes=-5", false),
            ("range", "bytes=0-1,3-4", false),
            ("range", "bytes=+1-", false),
            ("range", "bytes = 0-", false),
            ("range", "items=0-", false),
            ("x-id", "1", false),
            ("authorization", "x", false),
        ] {
            assert_eq!(is_safelisted(name, value.as_bytes()), expected, "{name}: {value}");
        }
    }

    #[test]
    fn a_value_is_safelisted_up_to_128_bytes() {
        assert!(is_safelisted("accept", &[b'a'; 128]));
        assert!(!is_safelisted("accept", &[b'a'; 129]));
    }

    #[test]
    fn the_values_are_safelisted_up_to_1024_bytes_together() {
        let mut headers = HeaderMap::new();
        let long = HeaderValue::from_bytes(&[b'a'; 128]).expect("a value");
        for _ in 0..8 {
            headers.append("accept", long.clone());
        }
        assert_eq!(unsafe_names(&headers), [""; 0]);
        headers.append("accept-language", HeaderValue::from_static("a"));
        assert_eq!(unsafe_names(&headers), ["accept", "accept-language"]);
    }

    #[test]
    fn unsafe_names_are_sorted_and_named_once() {
        let mut headers = HeaderMap::new();
        for name in ["x-b", "accept", "x-a", "x-b"] {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static("1"));
        }
        assert_eq!(unsafe_names(&headers), ["x-a", "x-b"]);
    }
}
