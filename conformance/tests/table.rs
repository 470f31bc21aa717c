//! The table itself: every file is read, every rule and every known fault has a case, names are unique.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cors_conformance::table::{FILES, Table};

/// The faults that were found in each library; every one has a case. The three without one are no behaviour
/// (actix-cors (h), a predicate a thread; rocket_cors (h), a dependency; salvo-cors (f), a compiler's version).
const FAULTS: &[(&str, &str)] = &[
    ("tower-http", "abcdefg"),
    ("actix-cors", "abcdefg"),
    ("rocket_cors", "abcdefgi"),
    ("warp", "abcdef"),
    ("poem", "abcdefghi"),
    ("salvo-cors", "abcde"),
];

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
    for number in 1..=23 {
        let rule = format!("S{number}");
        assert!(all.iter().any(|(_, rules, _)| rules.contains(&rule)), "{rule}");
    }
    for (name, rules, _) in all {
        assert!(
            rules.first().is_some_and(|rule| rule.starts_with('S')),
            "{name}: a rule of semantics.md first"
        );
        let known = |rule: &String| {
            let number = rule[1..].parse::<u32>();
            number.is_ok_and(|number| match &rule[..1] {
                "S" => (1..=23).contains(&number),
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
