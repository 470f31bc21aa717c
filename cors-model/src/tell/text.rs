//! Text that strangers had a part in: visible ASCII and spaces, everything else as `\xNN`, and no more of it than fits.

use std::borrow::Cow;
use std::fmt::{self, Write};

/// Text of bounded length in which everything but visible ASCII and spaces is written as `\xNN`.
#[derive(Default)]
pub(crate) struct Bounded(pub(crate) String);

const LONGEST: usize = 1024;

impl Bounded {
    pub(crate) fn push(&mut self, bytes: &[u8]) -> fmt::Result {
        bytes.iter().try_for_each(|&byte| self.push_byte(byte, is_plain(byte)))
    }

    /// Writes `name "text"`. A quotation mark in the text is escaped, too, and a text that is too long ends with `..`.
    pub(crate) fn quote(&mut self, name: &str, bytes: &[u8], most: usize) -> fmt::Result {
        write!(self, ", {name} \"")?;
        let end = self.0.len() + most;
        for &byte in bytes {
            if self.0.len() >= end {
                self.write_str("..")?;
                break;
            }
            self.push_byte(byte, is_plain(byte) && byte != b'"')?;
        }
        self.write_str("\"")
    }

    fn push_byte(&mut self, byte: u8, is_plain: bool) -> fmt::Result {
        if self.0.len() + if is_plain { 1 } else { 4 } > LONGEST {
            return Err(fmt::Error);
        }
        write_byte(&mut self.0, byte, is_plain)
    }
}

impl Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes())
    }
}

/// The whole text, escaped in the same way.
pub(crate) fn escaped(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if bytes.iter().copied().all(is_plain) => text.into(),
        _ => {
            let mut text = String::new();
            // To write on a string does not fail.
            let _ = bytes.iter().try_for_each(|&byte| write_byte(&mut text, byte, is_plain(byte)));
            text.into()
        }
    }
}

fn write_byte(text: &mut String, byte: u8, is_plain: bool) -> fmt::Result {
    if is_plain { text.write_char(byte.into()) } else { write!(text, "\\x{byte:02X}") }
}

/// Its beginning, for an event.
pub(crate) fn shortened(bytes: &[u8]) -> String {
    const MOST: usize = 256;
    let mut text = Bounded::default();
    // It fails only where there is no room for more.
    let _ = text.push(bytes.get(..MOST).unwrap_or(bytes));
    if bytes.len() > MOST {
        text.0.truncate(LONGEST - "..".len());
        text.0.push_str("..");
    }
    text.0
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}
