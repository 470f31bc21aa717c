//! Words on a terminal of 80 columns.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

pub(crate) const WIDTH: usize = 80;

/// Breaks a sentence between words, into lines of at most so many characters where the words allow it.
pub(crate) fn wrap(sentence: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in sentence.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.into()),
        }
    }
    lines
}

/// A sentence behind a mark, its further lines below its first one.
pub(crate) fn hanging(mark: &str, sentence: &str) -> String {
    let indent = mark.chars().count();
    wrap(sentence, WIDTH - indent)
        .iter()
        .enumerate()
        .map(|(at, line)| match at {
            0 => format!("{mark}{line}\n"),
            _ => format!("{:indent$}{line}\n", ""),
        })
        .collect()
}

pub(crate) fn bold(text: impl Display) -> String {
    styled(Style::new().bold(), text)
}

pub(crate) fn good(text: impl Display) -> String {
    styled(AnsiColor::Green.on_default(), text)
}

pub(crate) fn bad(text: impl Display) -> String {
    styled(AnsiColor::Red.on_default().bold(), text)
}

fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole() {
        assert_eq!(wrap("one two  three", 7), ["one two", "three"]);
        assert_eq!(wrap("https://a.example x", 5), ["https://a.example", "x"]);
        assert_eq!(wrap("", 5), [""; 0]);
    }
}
