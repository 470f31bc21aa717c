//! Findings for programs.

use serde_json::{Value, json};

use crate::file::File;
use crate::finding::{Finding, Severity};

/// One object, with lines and columns counted from 1.
pub(crate) fn json(file: &File, findings: &[Finding]) -> String {
    let of = |severity: Severity| -> Vec<Value> {
        let findings = findings.iter().filter(|finding| finding.severity == severity);
        findings.map(|finding| object(file, finding)).collect()
    };
    let report = json!({
        "file": file.name,
        "errors": of(Severity::Error),
        "advice": of(Severity::Advice),
    });
    format!("{report:#}\n")
}

fn object(file: &File, finding: &Finding) -> Value {
    let Finding { kind, place, value, message, help, span, .. } = finding;
    let place_of = |byte: usize| {
        let before = file.text.get(..byte).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        json!({ "line": before.matches('\n').count() + 1, "column": line.chars().count() + 1 })
    };
    let start = span.as_ref().map(|span| place_of(span.start));
    let end = span.as_ref().map(|span| place_of(span.end));
    json!({
        "kind": kind, "place": place, "value": value, "message": message, "help": help, "start": start, "end": end,
    })
}
