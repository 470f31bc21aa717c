//! Findings for people: each with the line of the file, as rustc prints errors.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::file::File;
use crate::finding::{Finding, Severity};
use crate::text::{WIDTH, bad, good, wrap};

pub(crate) fn text(file: &File, findings: &[Finding]) -> String {
    let mut printed = String::new();
    for finding in findings {
        printed.push_str(&one(file, finding));
        printed.push_str("\n\n");
    }
    printed.push_str(&summary(file, findings));
    printed
}

fn one(file: &File, finding: &Finding) -> String {
    let (level, name) = match finding.severity {
        Severity::Error => (Level::ERROR, "error"),
        Severity::Advice => (Level::WARNING.with_name("advice"), "advice"),
    };
    let title = wrap(&finding.message, WIDTH - name.len() - ": ".len()).join("\n");
    let place = finding.place.as_deref();
    let digits = file.text.lines().count().to_string().len();
    let help = finding.help.as_deref().map(|help| {
        let mark = digits + "  = help: ".len();
        wrap(help, WIDTH - mark).join("\n")
    });
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
            if let Some(place) = place {
                group = group.element(Level::NOTE.message(format!("at {place}")));
            }
        }
    }
    if let Some(help) = help {
        group = group.element(Level::HELP.message(help));
    }
    Renderer::styled().term_width(WIDTH).render(&[group])
}

fn summary(file: &File, findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
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
