//! The expected response, as the table describes it, and the comparison with the real one.
//!
//! An `Access-Control-*` line or a member of `Vary` that was not expected is a fault. Every other header is free unless a
//! line names it.

use crate::wire::Response;

const SHORT: &[(&str, &str)] = &[
    ("ACAO", "Access-Control-Allow-Origin"),
    ("ACAC", "Access-Control-Allow-Credentials"),
    ("ACAM", "Access-Control-Allow-Methods"),
    ("ACAH", "Access-Control-Allow-Headers"),
    ("ACEH", "Access-Control-Expose-Headers"),
    ("ACMA", "Access-Control-Max-Age"),
    ("ACRM", "Access-Control-Request-Method"),
    ("ACRH", "Access-Control-Request-Headers"),
];

const PREFLIGHT_VARY: &str = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// The full name of a header that the table may abbreviate.
pub fn full_name(name: &str) -> &str {
    SHORT.iter().find(|(short, _)| *short == name).map_or(name, |(_, full)| full)
}

/// What one response must look like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    status: Vec<String>,
    lines: Vec<Line>,
    absent: Vec<String>,
    some_body: bool,
    /// The whole body.
    pub body: Option<String>,
    /// Texts that the body must contain, in any case.
    pub body_has: Vec<String>,
    /// Texts that the body must not contain, in any case.
    pub body_lacks: Vec<String>,
    /// The greatest number of bytes of the body.
    pub body_max: Option<usize>,
    /// The number of bytes of the body.
    pub body_length: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    name: String,
    want: Want,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Want {
    /// One line of exactly these bytes.
    Exactly(String),
    /// A list in this order.
    List(Vec<String>),
    /// A list in any order; a name with `?` may be left out.
    Set(Vec<String>),
    /// A list in the order of the named headers in the response itself.
    WireOrder(Vec<String>),
    /// One line with any value.
    Present,
}

impl Expectation {
    /// Reads the lines of a case's `expect`.
    ///
    /// # Errors
    /// A line that is not an expectation.
    pub fn parse(lines: &[String]) -> Result<Self, String> {
        let mut all = Self::default();
        for line in lines {
            if line == "refused" {
                all.status = vec!["403".into()];
                all.expect("Content-Type: text/plain; charset=utf-8")?;
                all.expect("Vary: preflight")?;
                all.some_body = true;
            } else if line.starts_with(|first: char| first.is_ascii_digit()) || line == "drop" {
                all.status = line.split('|').map(|status| status.trim().to_owned()).collect();
            } else if let Some(name) = line.strip_prefix('!') {
                all.absent.push(full_name(name).to_owned());
            } else {
                all.expect(line)?;
            }
        }
        Ok(all)
    }

    fn expect(&mut self, line: &str) -> Result<(), String> {
        if let Some(name) = line.strip_suffix(" (present)") {
            self.lines.push(Line { name: full_name(name).to_owned(), want: Want::Present });
            return Ok(());
        }
        let (name, value) = line.split_once(':').ok_or_else(|| format!("no expectation: `{line}`"))?;
        let (name, how) = match name.split_once(" (") {
            Some((name, how)) => (full_name(name), how.trim_end_matches(')')),
            None => (full_name(name), ""),
        };
        let value = value.trim();
        let want = match (name, how) {
            (_, "any order") => Want::Set(members([value])),
            (_, "wire order") => Want::WireOrder(members([value])),
            ("Vary", "") if value == "preflight" => Want::Set(members([PREFLIGHT_VARY])),
            ("Vary" | "Access-Control-Allow-Methods", "") => Want::Set(members([value])),
            ("Access-Control-Allow-Headers" | "Access-Control-Expose-Headers", "") => {
                Want::List(members([value]))
            }
            (_, "") => Want::Exactly(value.to_owned()),
            _ => return Err(format!("`{how}` is not a way to compare: `{line}`")),
        };
        self.lines.push(Line { name: name.to_owned(), want });
        Ok(())
    }

    /// Whether the connection may end without a response.
    pub fn may_drop(&self) -> bool {
        self.status.iter().any(|status| status == "drop")
    }

    /// All differences between a response and this.
    pub fn check(&self, got: &Response) -> Vec<String> {
        let mut faults = self.check_status(got);
        faults.extend(self.check_lines(got, |_| true));
        faults.extend(self.unexpected(got));
        faults.extend(self.check_body(&got.body));
        faults
    }

    pub(crate) fn check_status(&self, got: &Response) -> Vec<String> {
        match self.status.is_empty() || self.status.iter().any(|want| status_fits(want, got.status)) {
            true => Vec::new(),
            false => vec![format!("status {} where {} was expected", got.status, self.status.join(" or "))],
        }
    }

    /// Only the lines with these names.
    pub(crate) fn check_lines(&self, got: &Response, of: impl Fn(&str) -> bool) -> Vec<String> {
        let lines = self.lines.iter().filter(|line| of(&line.name));
        let wrong = lines
            .filter_map(|line| self.check_line(line, got).map(|fault| format!("{}: {fault}", line.name)));
        let there = self.absent.iter().filter(|name| of(name) && got.lines(name).next().is_some());
        wrong.chain(there.map(|name| format!("{name}: is there"))).collect()
    }

    /// The members of an expected header, with their `?`.
    #[cfg(feature = "peers")]
    pub(crate) fn members(&self, name: &str) -> Option<Vec<String>> {
        let line = self.lines.iter().find(|line| line.name.eq_ignore_ascii_case(name))?;
        Some(match &line.want {
            Want::Present => Vec::new(),
            Want::Exactly(value) => vec![value.clone()],
            Want::List(list) | Want::Set(list) | Want::WireOrder(list) => list.clone(),
        })
    }

    fn check_line(&self, line: &Line, got: &Response) -> Option<String> {
        let values: Vec<_> = got.lines(&line.name).map(|value| String::from_utf8_lossy(value)).collect();
        let twins = self.lines.iter().filter(|other| other.name.eq_ignore_ascii_case(&line.name)).count();
        if values.is_empty() {
            return Some("is missing".into());
        }
        if values.len() != twins && line.name != "Vary" {
            return Some(format!("is on {} lines: {}", values.len(), values.join(" / ")));
        }
        let list = members(values.iter().map(|value| &**value));
        let fits = match &line.want {
            Want::Present => true,
            Want::Exactly(want) => values.iter().any(|value| value == want),
            Want::List(want) => list == *want,
            Want::Set(want) => set_fits(want, &list, line.name == "Access-Control-Allow-Methods"),
            Want::WireOrder(want) => set_fits(want, &list, true) && list == in_wire_order(&list, got),
        };
        (!fits).then(|| format!("is `{}`, expected {}", values.join("` / `"), line.want))
    }

    fn unexpected(&self, got: &Response) -> Vec<String> {
        let expected = |name: &str| self.lines.iter().any(|line| line.name.eq_ignore_ascii_case(name));
        let ours = |name: &str| name.eq_ignore_ascii_case("vary") || is_cors(name);
        let mut faults: Vec<_> = (got.headers.iter())
            .filter(|(name, _)| ours(name) && !expected(name))
            .map(|(name, value)| format!("{}: {} is not expected", name, value.escape_ascii()))
            .collect();
        // Some frameworks send their headers in an order that differs from run to run.
        faults.sort();
        let mut vary = members(got.lines("vary").map(|value| std::str::from_utf8(value).unwrap_or("?")));
        vary.iter_mut().for_each(|member| member.make_ascii_lowercase());
        vary.sort();
        if vary.windows(2).any(|pair| pair[0] == pair[1]) {
            faults.push(format!("Vary: names a header twice: {}", vary.join(", ")));
        }
        faults
    }

    pub(crate) fn check_body(&self, got: &[u8]) -> Vec<String> {
        let text = String::from_utf8_lossy(got);
        let lower = text.to_ascii_lowercase();
        let mut faults = Vec::new();
        if self.body.as_ref().is_some_and(|body| *body != text) {
            faults.push(format!("the body is `{}`", got.escape_ascii()));
        }
        for part in self.body_has.iter().filter(|part| !lower.contains(&part.to_ascii_lowercase())) {
            faults.push(format!("the body lacks `{part}`"));
        }
        for part in self.body_lacks.iter().filter(|part| lower.contains(&part.to_ascii_lowercase())) {
            faults.push(format!("the body has `{part}`"));
        }
        if self.some_body && got.is_empty() {
            faults.push("the body is empty".into());
        }
        if self.body_max.is_some_and(|max| got.len() > max)
            || self.body_length.is_some_and(|n| got.len() != n)
        {
            faults.push(format!("the body has {} bytes", got.len()));
        }
        faults
    }
}

/// The header lines of a response that a policy writes, to compare one answer with the next.
pub fn cors_lines(response: &Response) -> Vec<(String, Vec<u8>)> {
    let ours = |name: &str| name.eq_ignore_ascii_case("vary") || is_cors(name);
    response.headers.iter().filter(|(name, _)| ours(name)).cloned().collect()
}

pub(crate) fn is_cors(name: &str) -> bool {
    name.get(..15).is_some_and(|start| start.eq_ignore_ascii_case("access-control-"))
}

fn status_fits(want: &str, got: u16) -> bool {
    match want.strip_suffix("xx") {
        Some(class) => class == (got / 100).to_string(),
        None => want == got.to_string(),
    }
}

pub(crate) fn members<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let elements = lines.into_iter().flat_map(|line| line.split(','));
    elements
        .map(|element| element.trim_matches([' ', '\t']).to_owned())
        .filter(|element| !element.is_empty())
        .collect()
}

fn set_fits(want: &[String], got: &[String], exact: bool) -> bool {
    let same = |a: &str, b: &str| if exact { a == b } else { a.eq_ignore_ascii_case(b) };
    let mut seen: Vec<&String> = Vec::new();
    got.iter().all(|member| {
        let twice = exact && seen.contains(&member);
        seen.push(member);
        !twice && want.iter().any(|name| same(name.trim_end_matches('?'), member))
    }) && want.iter().all(|name| name.ends_with('?') || got.iter().any(|member| same(name, member)))
}

fn in_wire_order(names: &[String], got: &Response) -> Vec<String> {
    let place = |name: &String| got.headers.iter().position(|(n, _)| n.eq_ignore_ascii_case(name));
    let mut sorted = names.to_vec();
    sorted.sort_by_key(place);
    sorted
}

impl std::fmt::Display for Want {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Present => write!(f, "any value"),
            Self::Exactly(value) => write!(f, "`{value}`"),
            Self::List(list) => write!(f, "`{}`", list.join(", ")),
            Self::Set(list) => write!(f, "`{}` in any order", list.join(", ")),
            Self::WireOrder(list) => write!(f, "`{}` in the response's own order", list.join(", ")),
        }
    }
}
