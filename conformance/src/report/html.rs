//! The report as one self-contained page.

use std::fmt::Write;

use super::{Cell, Kind, Report};
use crate::table;

/// The style of a report's page.
pub const STYLE: &str = include_str!("style.css");

impl Report {
    pub(super) fn html(&self) -> String {
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>CORS conformance</title>\n<style>\n{STYLE}</style>\n<h1>CORS conformance</h1>\n"
        );
        let (total, Cell { passed, failed, deviating, beyond }) = (self.sum().total(), self.sum());
        let _ = write!(
            page,
            "<p><strong>{total}</strong> trials: <strong>{passed}</strong> passed, <strong>{failed}</strong> failed, \
             <strong>{deviating}</strong> declared deviations"
        );
        if beyond > 0 {
            let _ = write!(page, ", <strong>{beyond}</strong> that cannot be expressed");
        }
        page.push_str(".</p>\n<div class=\"wide\"><table>\n<thead><tr><th>rule</th>");
        for column in &self.columns {
            let _ = write!(page, "<th scope=\"col\">{}</th>", escape(&column.replace('/', "/\u{200b}")));
        }
        page.push_str("</tr></thead>\n<tbody>\n");
        for (rule, cells) in self.rows() {
            let _ = write!(
                page,
                "<tr><th scope=\"row\">{} <small>{}</small></th>",
                escape(rule),
                table::title(rule)
            );
            cells.iter().for_each(|cell| page.push_str(&cell.html()));
            page.push_str("</tr>\n");
        }
        page.push_str("</tbody></table></div>\n");
        self.list(&mut page, Kind::Failed, "Failed");
        self.list(&mut page, Kind::Deviates, "Declared deviations");
        self.list(&mut page, Kind::CannotExpress, "Cannot be expressed");
        page
    }

    fn list(&self, page: &mut String, kind: Kind, title: &str) {
        if self.found(kind).next().is_some() {
            let _ = writeln!(page, "<h2>{title}</h2>");
        }
        for found in self.found(kind) {
            let _ = writeln!(
                page,
                "<details><summary><b>{}</b> {}: {}</summary><pre>{}</pre></details>",
                escape(&found.column),
                escape(&found.rule),
                escape(&found.case),
                escape(&found.text)
            );
        }
    }
}

impl Cell {
    fn html(self) -> String {
        let class = match self {
            _ if self.total() == 0 => return "<td></td>".into(),
            Self { passed: 0, failed: 0, deviating: 0, .. } => "beyond",
            Self { failed: 0, deviating: 0, .. } => "passed",
            Self { failed: 0, .. } => "deviates",
            _ => "failed",
        };
        let part =
            |n: usize, sign: &str| if n == 0 { String::new() } else { format!(" <small>{n} {sign}</small>") };
        let (failed, deviating, beyond) =
            (part(self.failed, "failed"), part(self.deviating, "declared"), part(self.beyond, "–"));
        format!("<td class=\"{class}\">{}{failed}{deviating}{beyond}</td>", self.passed)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
