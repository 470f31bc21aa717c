//! Findings for people: each with the line of the file, as rustc prints errors.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::file::File;
use crate::finding::{Finding, Severity};
use crate::text::{WIDTH, bad, good, wrap};

pub(crate) fn text(file: &File, findings: &[Finding]) -> String {
    let mut printed = String::new();
    let about_one_value = |one: &Finding, next: &Finding| {
        one.severity == Severity::Error
            && one.value.is_some()
            && one.value == next.value
            && one.span == next.span
    };
    let groups: Vec<_> = findings.chunk_by(about_one_value).collect();
    for group in &groups {
        printed.push_str(&one(file, group));
        printed.push_str("\n\n");
    }
    printed.push_str(&summary(file, &groups));
    printed
}

/// All that is wrong with one value.
fn one(file: &File, findings: &[Finding]) -> String {
    let Some(finding) = findings.first() else { return String::new() };
    let (level, name) = match finding.severity {
        Severity::Error => (Level::ERROR, "error"),
        Severity::Advice => (Level::WARNING.with_name("advice"), "advice"),
    };
    let title = wrap(&finding.message, WIDTH - name.len() - ": ".len()).join("\n");
    let mut group = Group::with_title(level.primary_title(title));
    match &finding.span {
        Some(span) => {
            let annotation = AnnotationKind::Primary.span(span.clone());
            let snippet = Snippet::source(&file.text).path(&file.name).annotation(annotation);
            group = group.element(snippet);
        }
        None => {
            let origin = annotate_snippets::Origin::path(&file.name);
            group = group.element(origin);
            let place = finding.place.as_ref().filter(|place| !finding.message.starts_with(*place));
            if let Some(place) = place {
                group = group.element(Level::NOTE.message(format!("at {place}")));
            }
        }
    }
    let digits = file.text.lines().count().to_string().len();
    let wrapped = |text: &str| wrap(text, WIDTH - digits - "  = help: ".len()).join("\n");
    let last = what_all_advise(findings);
    let mut said = vec![predicate(finding)];
    for finding in findings {
        let predicate = predicate(finding);
        if !said.contains(&predicate) {
            group = group.element(Level::NOTE.message(wrapped(&format!("it also {predicate}"))));
            said.push(predicate);
        }
        let help = finding.help.as_deref().map(|help| help.strip_suffix(last).unwrap_or(help));
        if let Some(help) = help {
            group = group.element(Level::HELP.message(wrapped(help)));
        }
    }
    if let Some(help) = last.strip_prefix(THEN) {
        group = group.element(Level::HELP.message(wrapped(help)));
    }
    Renderer::styled().term_width(WIDTH).render(&[group])
}

/// What is wrong, without the value that it is wrong with.
fn predicate(finding: &Finding) -> &str {
    let value = finding.value.as_ref().map(|value| format!("{value:?} "));
    let rest = value.and_then(|value| finding.message.strip_prefix(&value));
    rest.unwrap_or(&finding.message)
}

/// Separates why from what to write.
const THEN: &str = "; ";

/// The end of the help that several findings share: `; write https://app.example`.
fn what_all_advise(findings: &[Finding]) -> &str {
    let [first, others @ ..] = findings else { return "" };
    let help = first.help.as_deref().unwrap_or_default();
    let end = help.rfind(THEN).map_or("", |at| &help[at..]);
    let is_shared = |other: &Finding| other.help.as_ref().is_some_and(|help| help.ends_with(end));
    if !others.is_empty() && others.iter().all(is_shared) { end } else { "" }
}

fn summary(file: &File, groups: &[&[Finding]]) -> String {
    let count = |severity| {
        groups.iter().flat_map(|group| group.first()).filter(|first| first.severity == severity).count()
    };
    let (errors, advice) = (count(Severity::Error), count(Severity::Advice));
    let name = &file.name;
    match (errors, advice) {
        (0, 0) => format!("{name}: {}\n", good("no errors, and nothing could be better")),
        (0, 1) => format!("{name}: {}, one thing could be better\n", good("no errors")),
        (0, several) => format!("{name}: {}, {several} things could be better\n", good("no errors")),
        (1, _) => format!("{name}: {}\n", bad("1 error")),
        (several, _) => format!("{name}: {}\n", bad(format!("{several} errors"))),
    }
}
