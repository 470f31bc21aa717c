//! One request, step by step.

use std::fmt::Write;

use cors_model::{Exchange, Explanation, PageRequest, Verdict};
use http::HeaderMap;

use crate::explain::assumptions::{Assumptions, missing};
use crate::text::{WIDTH, bad, bold, good, hanging, wrap};

const INDENT: &str = "   ";

pub(crate) fn text(exchange: &Exchange, path: &str, assumptions: &Assumptions<'_>) -> String {
    let request = exchange.request();
    let mut text = title(&format!("{} {path}", request.method()), request, assumptions);
    let mut number = 0;
    if let (Some(explanation), Some(headers)) = (exchange.preflight(), request.preflight()) {
        heading(&mut text, &mut number, &format!("The browser asks first: {}.", why_a_preflight(request)));
        sent(&mut text, "OPTIONS", path, &headers);
        steps(&mut text, explanation);
        answer(&mut text, explanation);
    }
    match exchange.sent() {
        Ok(()) => {
            let cookies = if request.has_credentials() { ", with its cookies for the server" } else { "" };
            heading(&mut text, &mut number, &format!("The browser sends the request{cookies}."));
            sent(&mut text, request.method(), path, &request.headers());
            steps(&mut text, exchange.response());
            answer(&mut text, exchange.response());
        }
        Err(_) => heading(&mut text, &mut number, "The browser does not send the request."),
    }
    text.push('\n');
    text.push_str(&conclusion(exchange));
    text.push_str(&missing(exchange.unasked()));
    text
}

/// What is requested from where.
pub(super) fn title(what: &str, request: &PageRequest, assumptions: &Assumptions<'_>) -> String {
    let credentials = if request.has_credentials() { "with" } else { "without" };
    let origin = String::from_utf8_lossy(request.origin().as_bytes());
    let assuming = assumptions.clause();
    hanging("", &format!("{what} from {origin}, {credentials} credentials{assuming}"))
}

fn why_a_preflight(request: &PageRequest) -> String {
    let mut needing: Vec<_> = Vec::new();
    if !request.has_safelisted_method() {
        needing.push(request.method().to_owned());
    }
    match request.unsafe_names()[..] {
        [] => {}
        [name] => needing.push(format!("the header {name}")),
        ref names => needing.push(format!("the headers {}", names.join(", "))),
    }
    let needs = if needing.len() == 1 && request.unsafe_names().len() < 2 { "needs" } else { "need" };
    format!("{} {needs} a preflight", needing.join(" and "))
}

fn heading(text: &mut String, number: &mut usize, sentence: &str) {
    *number += 1;
    text.push('\n');
    for (at, line) in hanging(&format!("{number}. "), sentence).lines().enumerate() {
        let line = if at == 0 { bold(line) } else { format!("{INDENT}{}", bold(line.trim_start())) };
        let _ = writeln!(text, "{line}");
    }
}

fn sent(text: &mut String, method: &str, path: &str, headers: &HeaderMap) {
    let _ = writeln!(text, "\n{INDENT}> {method} {path}");
    lines(text, '>', headers);
    text.push('\n');
}

fn lines(text: &mut String, mark: char, headers: &HeaderMap) {
    for (name, value) in headers {
        let _ = writeln!(text, "{INDENT}{mark} {name}: {}", value.as_bytes().escape_ascii());
    }
}

fn steps(text: &mut String, explanation: &Explanation) {
    for step in explanation.steps() {
        text.push_str(&hanging(&format!("{INDENT}{:<4} ", step.rule()), step.text()));
    }
    text.push('\n');
}

fn answer(text: &mut String, explanation: &Explanation) {
    match (explanation.answer(), explanation.verdict()) {
        (Some(answer), _) => {
            let _ = writeln!(text, "{INDENT}< {}", answer.status);
        }
        (None, Verdict::Pass) => {
            let _ = writeln!(text, "{INDENT}< the application's answer, without CORS headers");
        }
        (None, _) if explanation.headers().is_empty() => {
            let _ = writeln!(text, "{INDENT}< the application's answer, as it is");
        }
        (None, _) => {
            let _ = writeln!(text, "{INDENT}< the application's answer, with");
        }
    }
    lines(text, '<', explanation.headers());
}

fn conclusion(exchange: &Exchange) -> String {
    let (verdict, why) = match (exchange.sent(), exchange.read()) {
        (Ok(()), Ok(())) => (good("The page may read the response."), readable_headers(exchange)),
        (Ok(()), Err(blocked)) => {
            let what = "The application has run all the same; the browser keeps its response from the page.";
            (bad("The page may not read the response:"), format!("{blocked}. {what}"))
        }
        (Err(blocked), _) => {
            let refusal = exchange.preflight().and_then(|preflight| preflight.verdict().refusal());
            let why = match refusal {
                Some(refusal) => format!("{} The application sees neither request.", refusal.sentence()),
                None => format!("{blocked} in the answer to the preflight."),
            };
            (bad("The page gets an error:"), why)
        }
    };
    // The colours have no width, so only the rest is wrapped.
    wrap(&why, WIDTH).into_iter().fold(format!("{verdict}\n"), |text, line| text + &line + "\n")
}

fn readable_headers(exchange: &Exchange) -> String {
    match exchange.exposed()[..] {
        [] => "Of its headers, it sees those that are always shown, such as Content-Type.".into(),
        ref names if exchange.exposes("any") && names.contains(&"*") => "It sees all headers.".into(),
        ref names => format!("Of its headers, it sees {} and those that are always shown.", names.join(", ")),
    }
}
