//! The table itself: every file is read, every rule and every known fault has a case, names are unique.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cors_conformance::table::{FILES, Table};

/// The faults that were found in each library; each has a case. Three letters are missing, since they are not about behaviour
/// (actix-cors (h), a predicate per thread; rocket_cors (h), a dependency; salvo-cors (f), a compiler's version).
const FAULTS: &[(&str, &str)] = &[
    ("tower-http", "abcdefghijkl"),
    ("actix-cors", "abcdefgijklmn"),
    ("rocket_cors", "abcdefgijklmnop"),
    ("warp", "abcdefghijkl"),
    ("poem", "abcdefghijklmno"),
    ("salvo-cors", "abcdeghi"),
];

/// The text of a page of `docs`.
fn page(name: &str) -> String {
    let path = format!("{}/../docs/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The entries of a page, each `- **NAME** ...`, with their explanations.
fn explained(page: &str) -> BTreeMap<&str, &str> {
    let items: Vec<_> = page.split("\n- **").skip(1).map(|item| item.split_once("**").unwrap()).collect();
    let by_name: BTreeMap<_, _> = items.iter().copied().collect();
    assert_eq!(by_name.len(), items.len(), "a name is explained twice");
    by_name
}

fn entries(table: &Table) -> Vec<(&str, &[String], &[String])> {
    let cases = table.cases().map(|case| (&*case.name, &case.rules[..], &case.peers[..]));
    cases.chain(table.builds.iter().map(|build| (&*build.name, &build.rules[..], &build.peers[..]))).collect()
}

#[test]
fn every_file_of_the_folder_is_in_the_table() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/cases");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let listed = FILES.iter().map(|(name, _)| format!("{name}.toml"));
    assert_eq!(names.collect::<BTreeSet<_>>(), listed.collect::<BTreeSet<_>>());
}

#[test]
fn there_are_cases_enough_and_no_name_twice() {
    let table = Table::load().unwrap();
    let all = entries(&table);
    assert!(all.len() >= 300, "{}", all.len());
    let mut count = BTreeMap::new();
    for (name, ..) in all {
        *count.entry(name).or_insert(0) += 1;
    }
    let twice: Vec<_> = count.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_rule_has_a_case() {
    let table = Table::load().unwrap();
    let all = entries(&table);
    // Rules that need more than a configuration and a request have tests of their own: 25 in replace.rs, 26 in sources.rs, 27 and 30 in
    // events.rs.
    for number in (1..=24).chain(28..=29) {
        let rule = format!("S{number}");
        assert!(all.iter().any(|(_, rules, _)| rules.contains(&rule)), "{rule}");
    }
    for (name, rules, _) in all {
        assert!(
            rules.first().is_some_and(|rule| rule.starts_with('S')),
            "{name}: a rule of docs/rules.md first"
        );
        let known = |rule: &String| {
            let number = rule[1..].parse::<u32>();
            number.is_ok_and(|number| match &rule[..1] {
                "S" => (1..=30).contains(&number),
                kind => kind == "R" && (1..=58).contains(&number),
            })
        };
        assert!(rules.iter().all(known), "{name}: {rules:?}");
    }
}

#[test]
fn every_known_fault_of_a_peer_has_a_case() {
    let table = Table::load().unwrap();
    let named: BTreeSet<_> = entries(&table).iter().flat_map(|(_, _, peers)| peers.iter().cloned()).collect();
    for (library, letters) in FAULTS {
        for letter in letters.chars() {
            let fault = format!("{library} ({letter})");
            assert!(named.contains(&fault), "{fault}");
        }
    }
}

#[test]
fn every_requirement_is_explained() {
    let text = page("fetch.md");
    let page = explained(&text);
    let numbers: BTreeSet<_> = (1..=58).map(|number| format!("R{number}")).collect();
    assert_eq!(page.keys().map(ToString::to_string).collect::<BTreeSet<_>>(), numbers);
    for (requirement, text) in &page {
        let served = text.rsplit_once('(').map_or("", |(_, rules)| rules);
        let rules: Vec<_> =
            served.split([',', ';', ')']).map(str::trim).filter(|word| word.starts_with('S')).collect();
        let known = |rule: &&str| rule[1..].parse().is_ok_and(|number: u32| (1..=30).contains(&number));
        assert!(!rules.is_empty() && rules.iter().all(known), "{requirement}: {rules:?}");
    }
    let table = Table::load().unwrap();
    for (name, rules, _) in entries(&table) {
        let unknown: Vec<_> =
            rules.iter().filter(|rule| rule.starts_with('R') && !page.contains_key(&***rule)).collect();
        assert!(unknown.is_empty(), "{name}: docs/fetch.md does not explain {unknown:?}");
    }
}

#[test]
fn every_fault_of_a_peer_is_explained_and_has_a_case() {
    let text = page("peer-faults.md");
    let page = explained(&text);
    let table = Table::load().unwrap();
    let all = entries(&table);
    for (name, _, peers) in &all {
        let unknown: Vec<_> = peers.iter().filter(|peer| !page.contains_key(&***peer)).collect();
        assert!(unknown.is_empty(), "{name}: docs/peer-faults.md does not explain {unknown:?}");
    }
    let named: BTreeSet<_> = all.iter().flat_map(|(_, _, peers)| peers.iter().map(|peer| &**peer)).collect();
    let idle: Vec<_> = page.keys().filter(|peer| !named.contains(**peer)).collect();
    assert!(idle.is_empty(), "no case names {idle:?}");
}
