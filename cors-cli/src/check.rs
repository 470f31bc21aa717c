//! `cors check`: every error of each file, or what could be better in it.

use crate::args::{Check, Format};
use crate::file::File;
use crate::finding::{Finding, Severity};
use crate::{Misuse, Outcome, report};

pub(crate) fn run(check: &Check) -> Result<Outcome, Misuse> {
    let files: Vec<_> = check.files.iter().map(|path| File::read(path)).collect::<Result<_, _>>()?;
    let outcomes: Vec<_> = files.iter().map(|file| one(check, file)).collect();
    let texts: Vec<_> = outcomes.iter().map(|outcome| outcome.text.as_str()).collect();
    let text = match check.format {
        Format::Text => texts.join("\n"),
        Format::Json => texts.concat(),
    };
    let code = u8::from(outcomes.iter().any(|outcome| outcome.code != 0));
    Ok(Outcome { text, code })
}

fn one(check: &Check, file: &File) -> Outcome {
    let findings = match file.build() {
        Ok((_, advice)) => advice,
        Err(errors) => errors,
    };
    let text = match check.format {
        Format::Text => report::text(file, &findings),
        Format::Json => report::json(file, &findings),
    };
    let is_denied = |finding: &Finding| finding.severity == Severity::Error || check.deny_advice;
    Outcome { text, code: u8::from(findings.iter().any(is_denied)) }
}
