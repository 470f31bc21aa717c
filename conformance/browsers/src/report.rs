//! The result: checks down, engines and adapters across, then what failed.

use std::fmt::Write;

use crate::run::Ended;

/// For the terminal.
pub(crate) fn text(all: &[Ended]) -> String {
    let mut text = String::new();
    for engine in unique(all.iter().map(|ended| ended.engine)) {
        let _ = writeln!(text, "{engine}");
        for adapter in unique(all.iter().map(|ended| ended.adapter)) {
            let own: Vec<_> = of(all, engine, adapter).collect();
            let passed = own.iter().filter(|ended| ended.faults.is_empty()).count();
            let _ = writeln!(text, "  {adapter:<10} {passed:>3}/{}", own.len());
        }
    }
    for ended in all.iter().filter(|ended| !ended.faults.is_empty()) {
        let Ended { engine, adapter, group, check, faults } = ended;
        let _ = writeln!(text, "\nFAILED {engine} {adapter}, {group}: {check}\n  {}", faults.join("\n  "));
    }
    let failed = all.iter().filter(|ended| !ended.faults.is_empty()).count();
    let _ = writeln!(text, "\n{} checks: {} passed, {failed} failed", all.len(), all.len() - failed);
    text
}

/// For machines: every check, its faults empty where it passed.
pub(crate) fn json(all: &[Ended]) -> String {
    serde_json::to_string_pretty(all).map_or_else(|error| error.to_string(), |text| text + "\n")
}

/// One page by itself.
pub(crate) fn html(all: &[Ended]) -> String {
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>CORS in browsers</title>\n<style>\n{}</style>\n<h1>CORS in browsers</h1>\n",
        cors_conformance::report::STYLE
    );
    let adapters = unique(all.iter().map(|ended| ended.adapter));
    for engine in unique(all.iter().map(|ended| ended.engine)) {
        let _ = write!(page, "<h2>{engine}</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>check</th>");
        adapters.iter().for_each(|adapter| page.push_str(&format!("<th scope=\"col\">{adapter}</th>")));
        page.push_str("</tr></thead>\n<tbody>\n");
        for check in unique(all.iter().map(|ended| &*ended.check)) {
            let _ = write!(page, "<tr><th scope=\"row\">{}</th>", escape(check));
            for adapter in &adapters {
                page.push_str(match of(all, engine, adapter).find(|ended| ended.check == check) {
                    None => "<td></td>",
                    Some(ended) if ended.faults.is_empty() => "<td class=\"passed\">✓</td>",
                    Some(_) => "<td class=\"failed\">✗</td>",
                });
            }
            page.push_str("</tr>\n");
        }
        page.push_str("</tbody></table></div>\n");
    }
    for ended in all.iter().filter(|ended| !ended.faults.is_empty()) {
        let _ = writeln!(
            page,
            "<details><summary><b>{}, {}</b>: {}</summary><pre>{}</pre></details>",
            ended.engine,
            ended.adapter,
            escape(&ended.check),
            escape(&ended.faults.join("\n"))
        );
    }
    page
}

fn of<'a>(all: &'a [Ended], engine: &'a str, adapter: &'a str) -> impl Iterator<Item = &'a Ended> {
    all.iter().filter(move |ended| ended.engine == engine && ended.adapter == adapter)
}

fn unique<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    texts.fold(Vec::new(), |mut all, text| {
        if !all.contains(&text) {
            all.push(text);
        }
        all
    })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
