//! The label patterns at one base domain (`app-*`, `*-team`, `app-*-team`), and the way from a label to those that match it.

use hashbrown::HashMap;

use crate::grammar::pattern::MAX_FIXED;
use crate::policy::table::{Interner, pair};

/// What is known of each pattern. A label is cut only where a hyphen stands and where some pattern is cut, so that a look-up costs what
/// the label does, however many patterns there are.
pub(crate) struct Labels<V> {
    beginnings: Parts,
    ends: Parts,
    /// By beginning: the lengths of the ends that some pattern has with it.
    ends_behind: Vec<Lengths>,
    /// (beginning, end) -> what is known
    known: HashMap<u64, V>,
}

/// What stands on one side of the wildcards.
#[derive(Default)]
struct Parts {
    texts: Interner,
    lengths: Lengths,
}

/// A set of lengths below 64. The greatest ones have the lowest bits, which are found first.
type Lengths = u64;

/// The numbers of the parts that one label has on one side, by their length.
struct Found {
    lengths: Lengths,
    numbers: [u32; 64],
}

impl<V> Default for Labels<V> {
    fn default() -> Self {
        let (beginnings, ends) = Default::default();
        Self { beginnings, ends, ends_behind: Vec::new(), known: HashMap::default() }
    }
}

impl<V> Labels<V> {
    /// What is known of this pattern; this value from now on, if it is a new one.
    pub(crate) fn find_or_insert(&mut self, beginning: &str, end: &str, value: V) -> &mut V {
        let number = self.beginnings.intern(beginning);
        if self.ends_behind.len() <= number as usize {
            self.ends_behind.push(0);
        }
        self.ends_behind[number as usize] |= bit(end.len());
        self.known.entry(pair(number, self.ends.intern(end))).or_insert(value)
    }

    /// Shows what is known of the patterns that match a label, the most specific one first (S1), until `visit` has an answer.
    pub(crate) fn find_map<T>(&self, label: &[u8], mut visit: impl FnMut(&V) -> Option<T>) -> Option<T> {
        let beginnings = self.beginnings.find(|length| beginning(label, length));
        let ends = self.ends.find(|length| end(label, length));
        self.find_key(label.len(), &beginnings, &ends, |key| self.known.get(&key).and_then(&mut visit))
    }

    /// Looks up each beginning with each end that leaves something for the wildcard: more fixed characters first, then the longer
    /// beginning.
    fn find_key<T>(
        &self,
        label: usize,
        beginnings: &Found,
        ends: &Found,
        mut look_up: impl FnMut(u64) -> Option<T>,
    ) -> Option<T> {
        let most = label.saturating_sub(1).min(MAX_FIXED);
        let shortest_end_first = ends.lengths.reverse_bits();
        for fixed in (1..=most).rev() {
            // Those beginnings for which there is an end of the length that is left.
            for beginning in descending(beginnings.lengths & (shortest_end_first << (63 - fixed))) {
                let (number, end) = (beginnings.numbers[beginning], fixed - beginning);
                if self.ends_behind[number as usize] & bit(end) != 0 {
                    let found = look_up(pair(number, ends.numbers[end]));
                    if found.is_some() {
                        return found;
                    }
                }
            }
        }
        None
    }
}

/// So many bytes at the beginning, if a hyphen is the last of them.
fn beginning(label: &[u8], length: usize) -> Option<&[u8]> {
    label.get(..length).filter(|text| text.last().is_none_or(|&byte| byte == b'-'))
}

/// So many bytes at the end, if a hyphen is the first of them.
fn end(label: &[u8], length: usize) -> Option<&[u8]> {
    let text = label.get(label.len().checked_sub(length)?..);
    text.filter(|text| text.first().is_none_or(|&byte| byte == b'-'))
}

impl Parts {
    fn intern(&mut self, text: &str) -> u32 {
        self.lengths |= bit(text.len());
        self.texts.intern(text)
    }

    fn find<'a>(&self, part: impl Fn(usize) -> Option<&'a [u8]>) -> Found {
        let mut found = Found { lengths: 0, numbers: [0; 64] };
        for length in descending(self.lengths) {
            if let Some(&number) = part(length).and_then(|text| self.texts.find(text)) {
                found.lengths |= bit(length);
                found.numbers[length] = number;
            }
        }
        found
    }
}

fn bit(length: usize) -> Lengths {
    1 << (63 - length)
}

/// The lengths in a set, the greatest one first.
fn descending(mut set: Lengths) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let greatest = 63_usize.checked_sub(set.trailing_zeros() as usize)?;
        set &= set - 1;
        Some(greatest)
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn labels<S: AsRef<str>>(patterns: impl IntoIterator<Item = S>) -> Labels<String> {
        let mut labels = Labels::default();
        for pattern in patterns {
            let pattern = pattern.as_ref();
            let (beginning, end) = pattern.split_once('*').expect(pattern);
            labels.find_or_insert(beginning, end, pattern.into());
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

    /// How many beginnings, ends, and combinations of the two are looked up for a label that no pattern matches.
    fn probes(labels: &Labels<String>, label: &str) -> usize {
        assert_eq!(matching(labels, label), [""; 0]);
        let (probes, label) = (Cell::new(0), label.as_bytes());
        let count = |_: &&[u8]| probes.set(probes.get() + 1);
        let beginnings = labels.beginnings.find(|length| beginning(label, length).inspect(count));
        let ends = labels.ends.find(|length| end(label, length).inspect(count));
        labels.find_key(label.len(), &beginnings, &ends, |_| -> Option<()> {
            probes.set(probes.get() + 1);
            None
        });
        probes.get()
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
            ("a00003-b", 3),
            ("a00003-x-c00007", 4),
            ("a00003-x-c00007-d", 3),
            ("a00003-a00004-a00005-c00006-d00007", 3),
            ("a-x-c00003-b", 4),
        ] {
            assert_eq!(probes(&few, label), probes(&many, label), "{label}");
            assert!(probes(&many, label) <= most, "{} for {label}", probes(&many, label));
        }
    }

    /// For each cut of it some pattern has the beginning, some has the end, some has a beginning and an end that are as long, and none
    /// has both.
    #[test]
    fn the_most_hostile_label_is_looked_up_once_for_each_cut() {
        let hyphens = |count| "-".repeat(count);
        let cuts =
            || (1..=60).flat_map(|beginning| (2..=60.min(62 - beginning)).map(move |end| (beginning, end)));
        let other_ends =
            cuts().map(|(beginning, end)| format!("{}*{}x", hyphens(beginning), hyphens(end - 1)));
        let ends = (2..=60).map(|end| format!("x-*{}", hyphens(end)));
        let labels = labels(other_ends.chain(ends));
        assert_eq!(probes(&labels, &hyphens(63)), 60 + 59 + cuts().count());
        // However long it is, as it may be for another scheme.
        assert_eq!(probes(&labels, &hyphens(8_000)), 60 + 59 + cuts().count());
    }
}
