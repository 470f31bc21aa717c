//! docs/peers.md and the README have the results of a run with other libraries (feature `peers`).

use cors_conformance::peer;
use cors_conformance::report::{Format, Report};
use cors_conformance::subject::app;
use cors_conformance::table::Table;

const HELP: &str =
    "write what `cargo run -p cors-conformance --features peers -- run --peers --format markdown` prints";

fn between<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<!-- {name} -->\n")).unwrap();
    rest.split_once(&format!("<!-- end of {name} -->")).unwrap().0.trim()
}

#[test]
fn the_pages_have_the_results_of_a_run() {
    app::hush_the_panic();
    let mut report = Report::default();
    for trial in peer::trials(&Table::load().unwrap()) {
        let (column, rule, case) = (trial.column.clone(), trial.rules[0].clone(), trial.case.clone());
        report.add(&column, &rule, &case, trial.run());
    }
    let page = include_str!("../../docs/peers.md");
    for peer in peer::PEERS {
        assert!(page.contains(peer.version), "docs/peers.md does not say that {} was run", peer.version);
    }
    assert_eq!(between(page, "peers"), report.render(Format::Markdown).trim(), "docs/peers.md: {HELP}");
    let readme = include_str!("../../README.md");
    assert_eq!(between(readme, "peers"), report.table().trim(), "README.md, its table: {HELP}");
}
