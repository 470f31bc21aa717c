//! A README's table, row by row, and the differences that it names.

use std::collections::BTreeSet;

use crate::wire::{App, Ask, Seen, asks};

/// A row of a table. A row that shows several calls may stand here several times.
pub(crate) struct Row {
    /// Its first column.
    pub(crate) theirs: &'static str,
    /// An application with the other crate, and the same with ours.
    pub(crate) apps: [App; 2],
    /// Differences of this row alone.
    pub(crate) but: Vec<Difference>,
}

/// A difference on the wire.
pub(crate) struct Difference {
    /// What the README says of it: in the second column of the row, or in the list below the table.
    pub(crate) words: &'static str,
    /// Makes the other crate's answer what it would be without this difference. It sees our answer, too.
    pub(crate) apply: Apply,
}

pub(crate) type Apply = fn(&Ask, &mut Seen, &Seen);

pub(crate) const fn but(words: &'static str, apply: Apply) -> Difference {
    Difference { words, apply }
}

impl Row {
    pub(crate) fn but(mut self, words: &'static str, apply: Apply) -> Self {
        self.but.push(but(words, apply));
        self
    }
}

/// Asks both applications of every row. `differences` are those that the README lists below the table.
pub(crate) fn check(readme: &str, rows: Vec<Row>, differences: &[Difference]) {
    let section = readme.split_once("\n## From ").unwrap().1.split("\n## ").next().unwrap();
    let table = section.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" | "));
    let table: Vec<_> = table.skip(1).collect();
    let mut tested: Vec<_> = rows.iter().map(|row| row.theirs).collect();
    tested.dedup();
    let written: Vec<_> = table.iter().map(|row| row.0).collect();
    assert_eq!(written, tested, "the rows of the README, and those that are tested");

    let list = section.split_once("\nDifferent on the wire:\n\n").unwrap().1.split("\n\n").next().unwrap();
    let list = list.replace("\n  ", " ");
    let mut faults = Vec::new();
    let mut shown = BTreeSet::new();
    for row in &rows {
        let second = table.iter().find(|written| written.0 == row.theirs).unwrap().1;
        let mut own = BTreeSet::new();
        for ask in asks() {
            let [mut theirs, ours] = row.apps.each_ref().map(|app| app(&ask).seen(&ask));
            let sent = theirs.clone();
            for difference in row.but.iter().chain(differences) {
                let before = theirs.clone();
                (difference.apply)(&ask, &mut theirs, &ours);
                if before != theirs {
                    own.insert(difference.words);
                }
            }
            if theirs != ours {
                let fault = format!(
                    "{}\n  {ask}\n    theirs {sent}\n    beside {theirs}\n    ours   {ours}",
                    row.theirs
                );
                faults.push(fault);
            }
        }
        for Difference { words, .. } in &row.but {
            let is_said = second.contains(words) || list.contains(words);
            assert!(is_said, "the row {} does not say: {words}", row.theirs);
            assert!(own.contains(words), "the row {} does not show: {words}", row.theirs);
        }
        shown.extend(own);
    }
    assert!(
        faults.is_empty(),
        "{} differences that the README does not name:\n{}",
        faults.len(),
        faults.join("\n")
    );
    for line in list.lines() {
        let is_tested = shown.iter().any(|words| line.contains(words));
        assert!(is_tested, "the README lists what is not tested: {line}");
    }
    for Difference { words, .. } in differences {
        assert!(list.contains(words), "the README does not list: {words}");
        assert!(shown.contains(words), "no row shows: {words}");
    }
}
