//! The label patterns at one base domain (`app-*`, `*-team`, `app-*-team`), and the way from a label to those that match it.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use hashbrown::HashMap;

/// What is known of each pattern. A label is cut only where some pattern is cut and where a hyphen stands. The parts of a pattern have
/// 62 bytes at most, so a look-up is bounded however many patterns there are.
#[derive(Default)]
pub(crate) struct Labels<V> {
    /// How many fixed bytes a pattern has, and how many of them at its beginning. The most specific patterns come first (S1): more
    /// fixed bytes, then the longer beginning.
    lengths: BTreeSet<Reverse<(usize, usize)>>,
    /// beginning -> end -> what is known
    known: HashMap<Vec<u8>, HashMap<Vec<u8>, V>>,
}

impl<V: Default> Labels<V> {
    /// What is known of this pattern.
    pub(crate) fn entry(&mut self, beginning: &str, end: &str) -> &mut V {
        self.lengths.insert(Reverse((beginning.len() + end.len(), beginning.len())));
        self.known.entry(beginning.into()).or_default().entry(end.into()).or_default()
    }

    /// Shows what is known of the patterns that match a label, the most specific one first (S1), until `visit` has an answer.
    pub(crate) fn find_map<T>(&self, label: &[u8], mut visit: impl FnMut(&V) -> Option<T>) -> Option<T> {
        self.cuts(label).find_map(|(beginning, end)| visit(self.known.get(beginning)?.get(end)?))
    }

    /// What stands before and behind the wildcard, for each place where a pattern may match.
    fn cuts<'l>(&self, label: &'l [u8]) -> impl Iterator<Item = (&'l [u8], &'l [u8])> {
        self.lengths.iter().filter_map(move |&Reverse((fixed, beginning))| cut(label, fixed, beginning))
    }
}

/// Cuts a label if that leaves something for the wildcard, with hyphens beside it.
fn cut(label: &[u8], fixed: usize, beginning: usize) -> Option<(&[u8], &[u8])> {
    if fixed >= label.len() {
        return None;
    }
    let (beginning, rest) = label.split_at(beginning);
    let end = &rest[label.len() - fixed..];
    let is_hyphen = |byte: &u8| *byte == b'-';
    let fits = beginning.last().is_none_or(is_hyphen) && end.first().is_none_or(is_hyphen);
    fits.then_some((beginning, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels<S: AsRef<str>>(patterns: impl IntoIterator<Item = S>) -> Labels<String> {
        let mut labels = Labels::default();
        for pattern in patterns {
            let pattern = pattern.as_ref();
            let (beginning, end) = pattern.split_once('*').expect(pattern);
            *labels.entry(beginning, end) = pattern.into();
        }
        labels
    }

    fn matching(labels: &Labels<String>, label: &str) -> Vec<String> {
        let mut found = Vec::new();
        let none: Option<()> = labels.find_map(label.as_bytes(), |pattern| {
            found.push(pattern.clone());
            None
        });
        assert_eq!(none, None);
        found
    }

    /// How often a label is cut that no pattern matches.
    fn cuts(labels: &Labels<String>, label: &str) -> usize {
        assert_eq!(matching(labels, label), [""; 0]);
        labels.cuts(label.as_bytes()).count()
    }

    #[test]
    fn s1_more_fixed_characters_come_first_then_the_longer_beginning() {
        let labels =
            labels(["a-*", "*-b", "a-*-b", "*-c-b", "a-x-*", "a-*-c-b", "a-x-*-b", "a-x-y-*", "z-*"]);
        assert_eq!(
            matching(&labels, "a-x-y-c-b"),
            ["a-x-y-*", "a-x-*-b", "a-*-c-b", "a-x-*", "a-*-b", "*-c-b", "a-*", "*-b"]
        );
        let found = matching(&labels, "a-x-b");
        assert_eq!(found, ["a-x-*", "a-*-b", "a-*", "*-b"], "nothing is left between `a-x-` and `-b`");
        assert_eq!(matching(&labels, "a-b"), ["a-*", "*-b"], "one hyphen does not stand on both sides");
        for other in ["", "-", "a", "b", "a-", "-b", "ab", "ax-b-", "xa-x", "-x-", "x-bb"] {
            assert_eq!(matching(&labels, other), [""; 0], "{other}");
        }
    }

    /// Every pattern and every label of the two characters that matter, up to some length.
    #[test]
    fn s1_a_label_is_matched_as_by_trying_all_patterns() {
        let texts = |longest: u32| {
            let of_length = |length: u32| (0..1_u32 << length).map(move |bits| (length, bits));
            let characters =
                |(length, bits)| (0..length).map(move |at| if bits >> at & 1 == 0 { 'a' } else { '-' });
            (0..=longest).flat_map(of_length).map(move |text| characters(text).collect::<String>())
        };
        let beginnings = || texts(3).filter(|text| text.is_empty() || text.ends_with('-'));
        let ends = || texts(3).filter(|text| text.is_empty() || text.starts_with('-'));
        let mut all: Vec<_> =
            beginnings().flat_map(|beginning| ends().map(move |end| (beginning.clone(), end))).collect();
        all.retain(|(beginning, end)| !(beginning.is_empty() && end.is_empty()));
        all.sort_by_key(|(beginning, end)| std::cmp::Reverse((beginning.len() + end.len(), beginning.len())));
        let pattern = |(beginning, end): &(String, String)| format!("{beginning}*{end}");
        let labels = labels(all.iter().map(pattern));
        for label in texts(8) {
            let matches = |(beginning, end): &&(String, String)| {
                let fits = label.starts_with(beginning.as_str()) && label.ends_with(end.as_str());
                fits && label.len() > beginning.len() + end.len()
            };
            let expected: Vec<_> = all.iter().filter(matches).map(pattern).collect();
            assert_eq!(matching(&labels, &label), expected, "{label}");
        }
    }

    #[test]
    fn ten_thousand_patterns_cost_what_ten_do() {
        let of = |count| {
            (0..count).flat_map(|at| {
                [format!("a{at:05}-*-b"), format!("a{at:05}-*-c{at:05}"), format!("a-*-c{at:05}-d")]
            })
        };
        let (few, many) = (labels(of(10)), labels(of(10_000)));
        for (label, most) in [
            ("app1", 0),
            ("a00003-b", 0),
            ("a00003-x-c00007", 1),
            ("a00003-x-c00007-d", 1),
            ("a00003-a00004-a00005-c00006-d00007", 1),
            ("a-x-c00003-b", 1),
        ] {
            assert_eq!(cuts(&few, label), cuts(&many, label), "{label}");
            assert!(cuts(&many, label) <= most, "{} for {label}", cuts(&many, label));
        }
    }

    /// Patterns are cut in every place, and no pattern has both parts of any of the cuts.
    #[test]
    fn the_most_hostile_label_is_cut_once_in_each_place() {
        let hyphens = |count| "-".repeat(count);
        let places =
            || (1..=62).flat_map(|fixed| (0..=fixed).map(move |beginning| (beginning, fixed - beginning)));
        let pattern = |(beginning, end)| match beginning {
            0 => format!("*{}x", hyphens(end - 1)),
            _ => format!("{}x*{}", hyphens(beginning - 1), hyphens(end)),
        };
        let labels = labels(places().map(pattern));
        assert_eq!(cuts(&labels, &hyphens(63)), places().count());
        // However long it is, as it may be for another scheme.
        assert_eq!(cuts(&labels, &hyphens(8_000)), cuts(&labels, &hyphens(63)));
    }
}
