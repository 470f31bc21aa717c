//! `cors check`: every error of a file, or what could be better in it.

use crate::args::{Check, Format};
use crate::file::File;
use crate::finding::{Finding, Severity};
use crate::{Misuse, Outcome, report};

pub(crate) fn run(check: &Check) -> Result<Outcome, Misuse> {
    let file = File::read(&check.file)?;
    let findings = match file.build() {
        Ok((_, advice)) => advice,
        Err(errors) => errors,
    };
    let text = match check.format {
        Format::Text => report::text(&file, &findings),
        Format::Json => report::json(&file, &findings),
    };
    let is_denied = |finding: &Finding| finding.severity == Severity::Error || check.deny_advice;
    let code = u8::from(findings.iter().any(is_denied));
    Ok(Outcome { text, code })
}
