//! WPT's files: pages made from scripts, values filled in, header lines from beside a file and from a query's `pipe`.

use super::policy::Line;

/// The names and ports that pages are told of.
#[derive(Clone, Debug)]
pub(super) struct Places {
    pub(super) http: [u16; 2],
    pub(super) https: [u16; 2],
}

pub(super) const HOST: &str = "web-platform.localhost";
pub(super) const ALTERNATIVE: &str = "not-web-platform.localhost";

impl Places {
    pub(super) fn page(&self, file: &str) -> String {
        format!("http://{HOST}:{}/{}", self.http[0], file.replace(".any.js", ".any.html"))
    }

    /// The same text in every run.
    pub(super) fn neutral(&self, text: &str) -> String {
        let ports = [("http", self.http), ("https", self.https)];
        let mut text = text.to_owned();
        for (scheme, ports) in ports {
            for (at, port) in ports.iter().enumerate() {
                text = text.replace(&format!(":{port}"), &format!(":{scheme}{at}"));
            }
        }
        text
    }

    /// Fills in `{{..}}`; what is not known stays.
    pub(super) fn fill(&self, text: &str) -> String {
        let mut filled = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else { break };
            filled.push_str(before);
            filled.push_str(&self.value(name).unwrap_or_else(|| format!("{{{{{name}}}}}")));
            rest = after;
        }
        filled + rest
    }

    fn value(&self, name: &str) -> Option<String> {
        let sub = |label: &str, host: &str| match label {
            "" => host.to_owned(),
            label => format!("{label}.{host}"),
        };
        let mut parts = name.split(['[', ']']).collect::<Vec<_>>();
        parts.retain({
            // Between `]` and `[`, and at the end, there is nothing; `[]` is an index of its own.
            let mut at = 0;
            move |_| {
                at += 1;
                at == 1 || at % 2 == 0
            }
        });
        match parts[..] {
            ["host"] => Some(HOST.into()),
            ["domains", label] => Some(sub(label, HOST)),
            ["hosts", "", label] => Some(sub(label, HOST)),
            ["hosts", "alt", label] => Some(sub(label, ALTERNATIVE)),
            ["ports", scheme, at] => {
                let ports = match scheme {
                    "http" => self.http,
                    "https" => self.https,
                    _ => return None,
                };
                ports.get(at.parse::<usize>().ok()?).map(u16::to_string)
            }
            _ => None,
        }
    }
}

/// The page that runs a script, whose first lines say what it needs.
pub(super) fn page_of(script: &str, text: &str) -> String {
    let mut page = "<!doctype html>\n<meta charset=\"utf-8\">\n".to_owned();
    let metas: Vec<_> = text.lines().map_while(meta).collect();
    if metas.contains(&("timeout", "long")) {
        page.push_str("<meta name=\"timeout\" content=\"long\">\n");
    }
    page.push_str("<script>self.GLOBAL = { isWindow: () => true, isWorker: () => false, isShadowRealm: () => false };</script>\n");
    let needed = metas.iter().filter(|(key, _)| *key == "script").map(|(_, place)| *place);
    let harness = ["/resources/testharness.js", "/resources/testharnessreport.js"];
    for place in harness.into_iter().chain(needed) {
        page.push_str(&format!("<script src=\"{place}\"></script>\n"));
    }
    page + &format!("<div id=\"log\"></div>\n<script src=\"{script}\"></script>\n")
}

/// `// META: key=value`
fn meta(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("// META:")?.trim().split_once('=')
}

/// `Name: value` lines.
pub(super) fn lines(text: &str) -> Vec<Line> {
    let line = |line: &str| {
        line.split_once(':').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
    };
    text.lines().filter_map(line).collect()
}

/// Does what the `header(..)` of a pipe asks for.
pub(super) fn pipe(pipe: &str, lines: &mut Vec<Line>) {
    let mut rest = pipe;
    while let Some((name, after)) = rest.split_once('(') {
        let (arguments, after) = arguments(after);
        rest = after;
        if name.rsplit('|').next().map(str::trim) != Some("header") {
            continue;
        }
        let [name, value, more @ ..] = &arguments[..] else { continue };
        if more.is_empty() {
            lines.retain(|(other, _)| !other.eq_ignore_ascii_case(name));
        }
        lines.push((name.clone(), value.clone()));
    }
}

/// Up to the closing bracket, and what is behind it. `\` takes the next character as it is.
fn arguments(text: &str) -> (Vec<String>, &str) {
    let mut all = vec![String::new()];
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        let argument = match all.last_mut() {
            Some(last) => last,
            None => break,
        };
        match character {
            '\\' => argument.extend(characters.next().map(|(_, next)| next)),
            ',' => all.push(String::new()),
            ')' => {
                return (all.iter().map(|argument| argument.trim().to_owned()).collect(), &text[at + 1..]);
            }
            character => argument.push(character),
        }
    }
    (all, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: Places = Places { http: [1001, 1002], https: [1003, 1004] };

    #[test]
    fn values_are_filled_in() {
        let filled = |name: &str| PLACES.fill(&format!("<{{{{{name}}}}}>"));
        assert_eq!(filled("host"), "<web-platform.localhost>");
        assert_eq!(filled("domains[www1]"), "<www1.web-platform.localhost>");
        assert_eq!(filled("domains[]"), "<web-platform.localhost>");
        assert_eq!(filled("hosts[alt][]"), "<not-web-platform.localhost>");
        assert_eq!(filled("hosts[][www2]"), "<www2.web-platform.localhost>");
        assert_eq!(filled("ports[http][1]"), "<1002>");
        assert_eq!(filled("ports[https][0]"), "<1003>");
        assert_eq!(filled("ports[https][2]"), "<{{ports[https][2]}}>");
        assert_eq!(filled("unknown"), "<{{unknown}}>");
        assert_eq!(PLACES.fill("no {{ end"), "no {{ end");
        assert_eq!(PLACES.neutral("http://h:1002/ and :1003"), "http://h:http1/ and :https0");
    }

    #[test]
    fn a_script_says_what_it_needs() {
        let page =
            page_of("x.any.js", "// META: timeout=long\n// META: script=/a.js\n\n// META: script=/late.js\n");
        assert!(page.contains("content=\"long\""));
        assert!(page.contains("testharnessreport.js\"></script>\n<script src=\"/a.js\"></script>"));
        assert!(!page.contains("late.js"));
        assert!(page.ends_with("<script src=\"x.any.js\"></script>\n"));
    }

    #[test]
    fn a_pipe_sets_and_adds_lines() {
        let mut all = lines("Test: old\nOther: kept\n");
        pipe("sub|header(test, a\\,b)header(Set-Cookie,c=1,True)|header(Set-Cookie,d=2,True)", &mut all);
        let expected = [("Other", "kept"), ("test", "a,b"), ("Set-Cookie", "c=1"), ("Set-Cookie", "d=2")];
        assert_eq!(all, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
