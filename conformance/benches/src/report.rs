//! The results as text, as JSON, and as tables for people.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::cell::Entry;
use crate::framework::ALL as FRAMEWORKS;
use crate::large::Large;
use crate::row::Row;

/// All that was measured.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Results {
    pub(crate) large: Large,
    pub(crate) rows: Vec<Row>,
}

/// A line for each scenario.
pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = String::from("beyond the bare application: instructions, allocations, nanoseconds\n");
    for row in rows {
        let _ = write!(text, "{:10} {:14}", row.framework, row.scenario);
        for (name, entry) in [("hand", Entry::Hand), ("ours", Entry::Ours), (&*row.peer, Entry::Peer)] {
            if let Some(count) = row.over_floor(entry) {
                let _ = write!(text, "  {name} {:.0} {:.0}", count.instructions, count.allocations);
                let _ = count.nanoseconds.map(|time| write!(text, " {time:.0}"));
            }
        }
        let behind = if row.is_behind() { "behind" } else { "" };
        let _ = writeln!(text, "  {behind}{}", row.peer_faults.join(", "));
    }
    text
}

/// The scenarios of the README's table.
const SHOWN: [&str; 7] = ["A", "B", "C", "D", "E", "F10k", "G"];

/// Writes the results into the repository.
///
/// # Errors
/// A file cannot be read or written. The error is a sentence.
pub(crate) fn write(root: &Path, results: &Results) -> Result<(), String> {
    let put = |path: &str, text: String| {
        let path = root.join(path);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    let json = serde_json::to_string_pretty(results).map_err(|error| error.to_string())?;
    put("docs/bench.json", json + "\n")?;
    put("docs/bench.md", page(results))?;
    let readme = fs::read_to_string(root.join("README.md")).map_err(|error| format!("README.md: {error}"))?;
    put(
        "README.md",
        with_table(&readme, &table(&results.rows)).ok_or("README.md has no place for the table")?,
    )
}

const START: &str = "<!-- bench -->\n";
const END: &str = "<!-- end of bench -->";

fn with_table(readme: &str, table: &str) -> Option<String> {
    let (before, rest) = readme.split_once(START)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{START}{table}{END}{after}"))
}

/// The README's table: instructions in proportion to those by hand.
fn table(rows: &[Row]) -> String {
    let mut text = String::from("| |");
    for name in SHOWN {
        let row = rows.iter().find(|row| row.scenario == name);
        let _ = write!(text, " {} |", row.map_or(name, |row| &row.text));
    }
    text.push_str("\n|---|");
    text.push_str(&":-:|".repeat(SHOWN.len()));
    text.push('\n');
    for framework in FRAMEWORKS {
        let of = |name: &str| rows.iter().find(|row| row.framework == framework.name && row.scenario == name);
        let ours = format!("**{}**: ours", framework.name);
        let peer = if framework.peer == framework.name { "its own" } else { framework.peer };
        for (name, entry) in [(&*ours, Entry::Ours), (peer, Entry::Peer)] {
            let _ = write!(text, "| {name} |");
            for scenario in SHOWN {
                let cell = of(scenario).map(|row| cell(row, entry)).unwrap_or_default();
                let _ = write!(text, " {cell} |");
            }
            text.push('\n');
        }
    }
    text
}

/// Total instructions of the request over those with the middleware by hand, and what is wrong with the answer.
fn cell(row: &Row, entry: Entry) -> String {
    let Some((count, hand)) = row.count(entry).zip(row.count(Entry::Hand)) else { return "–".into() };
    let ratio = count.instructions / hand.instructions;
    let ratio = if ratio < 9.95 { format!("{ratio:.1}") } else { format!("{ratio:.0}") };
    let faults = if entry == Entry::Peer { row.peer_faults.join(", ") } else { String::new() };
    if faults.is_empty() { format!("×{ratio}") } else { format!("×{ratio} {faults}") }
}

/// All rows, as a page.
fn page(results: &Results) -> String {
    let mut text = format!("{PREFACE}\n## A large policy\n\n{}\n", results.large);
    let mut rows: Vec<_> = results.rows.iter().collect();
    // Those of a scenario stand together.
    rows.sort_by_key(|row| FRAMEWORKS.iter().position(|framework| framework.name == row.framework));
    let mut before = "";
    for row in rows {
        if row.framework != before {
            before = &row.framework;
            let _ = write!(
                text,
                "\n## {}\n\n| scenario | what is asked | by hand | ours | {} | |\n|---|---|--:|--:|--:|---|\n",
                row.framework, row.peer
            );
        }
        let shown = |entry| {
            row.over_floor(entry).map_or("–".into(), |count| {
                let time = count.nanoseconds.map_or(String::new(), |time| format!(" / {time:.0}"));
                format!("{:.0} / {:.0}{time}", count.instructions, count.allocations)
            })
        };
        let note = if row.is_behind() { "ahead of us".into() } else { row.peer_faults.join(", ") };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {note} |",
            row.scenario,
            row.text,
            shown(Entry::Hand),
            shown(Entry::Ours),
            shown(Entry::Peer)
        );
    }
    text
}

const PREFACE: &str = "\
# What CORS costs

Written by `cargo xtask bench --write`. Each cell says how much one request costs beyond the bare application: instructions /
allocations / nanoseconds. The instructions and allocations are counted, by callgrind and a counting allocator; the nanoseconds are
those of one machine that others used, too, and good for a comparison only. Everything is compiled with one codegen unit a crate (cargo's profile
`bench`): with the usual sixteen, what is inlined into what is chance.

**By hand** is a middleware that writes exactly our answer and decides nothing, so no library can be much cheaper. The last column
says what is wrong with the other library's answer, or which of its work is missing, and where it is right and cheaper than ours. The
policy and the requests are in `conformance/benches/src/scenario.rs`: credentials, four methods, three request headers, one exposed
header, a max-age; a handler that answers 200 with nothing. F, G, R and L are about what grows: origins, subdomain patterns,
resources with policies for their routes, levels. N is the README's example with levels. In S an origin source is asked: a function, or
one whose answer is kept. The rows with `-handle` have a policy that can be replaced. Nobody listens to the events in any row. Every
row has the features `tracing`, `replace` and, in tower, `axum` compiled in: where nothing uses them, they cost 9, 36 and 48 instructions
a request, counted in tower with and without each. In G the other libraries have a predicate that was written by hand for this one base. H is
hostile: what a preflight asks for has to be read to its end, since a malformed name is told first (S7); tower-http never looks at it.

An answer to a preflight says `Vary`, too (S8), since some caches keep answers to OPTIONS.

To build it: a cold `cargo build` of `cors-tower` compiles 15 crates in about 25 s of processor time, tower-http's `cors` 8 in 3 s. The difference is the list
of public suffixes, whose code is compiled into `cors-model`.
";

#[cfg(test)]
mod tests {
    use super::*;

    /// Measured again, the numbers of one commit belong together.
    #[test]
    fn readme_and_page_tell_what_was_measured() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let read = |path: &str| fs::read_to_string(root.join(path)).unwrap();
        let results: Results = serde_json::from_str(&read("docs/bench.json")).unwrap();
        let rows = &results.rows;
        let readme = read("README.md");
        assert_eq!(with_table(&readme, &table(rows)).as_deref(), Some(&*readme), "cargo xtask bench --write");
        assert_eq!(read("docs/bench.md"), page(&results), "cargo xtask bench --write");
        assert!(rows.iter().all(|row| row.faults().is_empty()));
    }
}
