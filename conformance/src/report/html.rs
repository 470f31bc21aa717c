//! The report as one page that needs nothing else.

use std::fmt::Write;

use super::{Cell, Kind, Report};
use crate::table;

const STYLE: &str = include_str!("style.css");

impl Report {
    pub(super) fn html(&self) -> String {
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <title>CORS conformance</title>\n<style>\n{STYLE}</style>\n<h1>CORS conformance</h1>\n"
        );
        let sum = self.sum();
        let _ = writeln!(
            page,
            "<p><strong>{}</strong> trials: <strong>{}</strong> passed, <strong>{}</strong> failed, \
             <strong>{}</strong> declared deviations.</p>\n<div class=\"wide\"><table>\n<thead><tr><th>rule</th>",
            sum.total(),
            sum.passed,
            sum.failed,
            sum.deviating
        );
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
            Self { failed: 0, deviating: 0, .. } => "passed",
            Self { failed: 0, .. } => "deviates",
            _ => "failed",
        };
        let detail = match (self.failed, self.deviating) {
            (0, 0) => String::new(),
            (0, n) => format!(" <small>+{n}</small>"),
            (n, _) => format!(" <small>−{n}</small>"),
        };
        format!("<td class=\"{class}\">{}{detail}</td>", self.passed)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
