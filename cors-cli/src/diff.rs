//! `cors diff`: who gains and who loses what when one file replaces another.

use std::fmt::Write;

use cors_model::{Change, Difference};

use crate::args::{Diff, DiffFormat};
use crate::file::File;
use crate::text::{bad, bold, good, hanging};
use crate::{Misuse, Outcome, report};

pub(crate) fn run(diff: &Diff) -> Result<Outcome, Misuse> {
    let (old, new) = (File::read(&diff.old)?, File::read(&diff.new)?);
    let (before, after) = match (old.build(), new.build()) {
        (Ok((before, _)), Ok((after, _))) => (before, after),
        (before, after) => {
            let faults = [(&old, before.err()), (&new, after.err())];
            let faults = faults.map(|(file, errors)| errors.map(|errors| report::text(file, &errors)));
            let text = faults.into_iter().flatten().collect::<Vec<_>>().join("\n");
            return Ok(Outcome { text, code: 1 });
        }
    };
    let difference = before.difference(&after);
    let text = match diff.format {
        DiffFormat::Text => text(&difference, &old.name, &new.name),
        DiffFormat::Markdown => markdown(&difference, &old.name, &new.name),
    };
    Ok(Outcome { text, code: u8::from(!difference.gains().is_empty()) })
}

fn text(difference: &Difference, old: &str, new: &str) -> String {
    let mut text = hanging("", &format!("From {old} to {new}"));
    for (verb, changes) in [(bad("gains"), difference.gains()), (good("loses"), difference.losses())] {
        let mut pattern = None;
        for change in changes {
            if pattern.replace(change.pattern()) != Some(change.pattern()) {
                let _ = writeln!(text, "\n{} {verb}", bold(change.pattern()));
            }
            text.push_str(&hanging("   - ", &rights(change)));
            let (methods, paths) = (methods(change).join(", "), paths(change, str::to_owned).join(", "));
            text.push_str(&hanging("     ", &format!("{methods} at {paths}")));
        }
    }
    let _ = write!(text, "\n{}", hanging("", &summary(difference)));
    text
}

/// A section with a table, for the comment of a pull request.
fn markdown(difference: &Difference, old: &str, new: &str) -> String {
    let mut text = format!("### CORS: from {} to {}\n\n{}\n", code(old), code(new), summary(difference));
    if difference.is_empty() {
        return text;
    }
    text.push_str("\n| origins | | rights | methods | paths |\n| --- | --- | --- | --- | --- |\n");
    for (verb, changes) in [("**gain**", difference.gains()), ("lose", difference.losses())] {
        for change in changes {
            let (methods, paths) = (methods(change).join(", "), paths(change, code).join(", "));
            let cells = [code(change.pattern()), verb.into(), rights(change), methods, paths];
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
    }
    text
}

fn rights(change: &Change) -> String {
    let rights: Vec<_> = change.rights().iter().map(ToString::to_string).collect();
    rights.join(", ")
}

fn methods(change: &Change) -> Vec<String> {
    change.methods().iter().map(|method| named(method, "every other method", str::to_owned)).collect()
}

fn paths(change: &Change, write: fn(&str) -> String) -> Vec<String> {
    change.resources().iter().map(|path| named(path, "every other path", write)).collect()
}

/// `*` in words.
fn named(name: &str, others: &str, write: fn(&str) -> String) -> String {
    if name == "*" { others.into() } else { write(name) }
}

/// A code span in a cell of a table.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

fn summary(difference: &Difference) -> String {
    if difference.is_empty() {
        return "Nobody gains or loses a right.".into();
    }
    let who = |changes: &[Change], one: &str, several: &str| {
        // They come in the order of the patterns.
        let mut patterns: Vec<_> = changes.iter().map(Change::pattern).collect();
        patterns.dedup();
        match patterns.len() {
            0 => format!("Nobody {one} a right."),
            1 => format!("1 pattern {one} rights."),
            number => format!("{number} patterns {several} rights."),
        }
    };
    let (gains, losses) = (difference.gains(), difference.losses());
    format!("{} {}", who(gains, "gains", "gain"), who(losses, "loses", "lose"))
}
