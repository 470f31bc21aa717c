//! Tables that are asked for the texts of a configuration. A look-up allocates nothing and compares its text with one or two of
//! theirs, however many there are.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

/// What is known of each of some texts. `IGNORED` are the bits of each byte that make no difference to its hash.
pub(crate) struct Table<V, const IGNORED: u8 = 0> {
    known: Vec<(Box<str>, V)>,
    /// By length: the number of the only text that is as long, `NONE` or `SEVERAL`. Most requests need no more.
    lengths: Vec<u32>,
    /// Each text stands at its hash, or behind it where that place is taken. At least three in four places are free, and there is a
    /// power of two of them.
    places: Vec<Place>,
    seed: u64,
}

/// The number of a text, and a part of its hash.
#[derive(Clone, Copy)]
struct Place {
    number: u32,
    tag: u32,
}

const NONE: u32 = u32::MAX;
const SEVERAL: u32 = u32::MAX - 1;

/// A set of texts, numbered in the order in which they came.
pub(crate) type Interner = Table<u32>;

/// A set of header names, which are compared without regard to ASCII case: all cases of a letter agree without this bit. What else
/// collides is told apart by comparing.
pub(crate) type NameSet = Table<u32, 0x20>;

impl<V, const IGNORED: u8> Default for Table<V, IGNORED> {
    fn default() -> Self {
        let seed = DefaultHashBuilder::default().hash_one(0);
        Self { known: Vec::new(), lengths: Vec::new(), places: Vec::new(), seed }
    }
}

impl<V, const IGNORED: u8> Table<V, IGNORED> {
    #[inline(always)]
    pub(crate) fn find(&self, text: &[u8]) -> Option<&V> {
        let of_this_length = *self.lengths.get(text.len())?;
        let number = if of_this_length == SEVERAL { self.candidate(text) } else { of_this_length };
        let (known, value) = self.known.get(number as usize)?;
        if is_same::<IGNORED>(known.as_bytes(), text) {
            return Some(value);
        }
        if of_this_length == SEVERAL { self.find_behind(text) } else { None }
    }

    /// The number of the first text whose hash looks the same, or `NONE`.
    #[inline(never)]
    fn candidate(&self, text: &[u8]) -> u32 {
        self.candidates(text).next().unwrap_or(NONE)
    }

    /// Where another text stood: for one of the few whose hash looks as that of another.
    #[cold]
    fn find_behind(&self, text: &[u8]) -> Option<&V> {
        let number = self.number_of(text)?;
        self.known.get(number as usize).map(|(_, value)| value)
    }

    fn number_of(&self, text: &[u8]) -> Option<u32> {
        let known = |number: u32| self.known.get(number as usize).map(|(known, _)| known.as_bytes());
        self.candidates(text)
            .find(|&number| known(number).is_some_and(|known| is_same::<IGNORED>(known, text)))
    }

    /// The numbers of the texts whose hashes look the same.
    #[inline(always)]
    fn candidates(&self, text: &[u8]) -> impl Iterator<Item = u32> {
        let hash = hash::<IGNORED>(self.seed, text);
        let mut at = hash as usize;
        std::iter::from_fn(move || {
            loop {
                let place = self.places.get(at & self.places.len().wrapping_sub(1))?;
                at = at.wrapping_add(1);
                if place.number == NONE {
                    return None;
                }
                if place.tag == tag(hash) {
                    return Some(place.number);
                }
            }
        })
    }

    /// What is known of this text; this value from now on, if it is a new one.
    pub(crate) fn find_or_insert(&mut self, text: &str, value: V) -> &mut V {
        let number = self.number_of(text.as_bytes()).unwrap_or_else(|| self.insert(text, value));
        &mut self.known[number as usize].1
    }

    fn insert(&mut self, text: &str, value: V) -> u32 {
        let number = number(self.known.len());
        self.known.push((text.into(), value));
        if self.lengths.len() <= text.len() {
            self.lengths.resize(text.len() + 1, NONE);
        }
        let of_this_length = &mut self.lengths[text.len()];
        *of_this_length = if *of_this_length == NONE { number } else { SEVERAL };
        if self.known.len() * 4 > self.places.len() {
            self.places = vec![Place { number: NONE, tag: 0 }; (self.places.len() * 2).max(4)];
            (0..=number).for_each(|number| self.put(number));
        } else {
            self.put(number);
        }
        number
    }

    fn put(&mut self, number: u32) {
        let hash = hash::<IGNORED>(self.seed, self.known[number as usize].0.as_bytes());
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        while self.places[at].number != NONE {
            at = (at + 1) & mask;
        }
        self.places[at] = Place { number, tag: tag(hash) };
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }
}

impl<const IGNORED: u8> Table<u32, IGNORED> {
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        *self.find_or_insert(text, number(self.len()))
    }

    pub(crate) fn text(&self, id: u32) -> &str {
        &self.known[id as usize].0
    }
}

/// Nearly all names are written alike, whatever case they may have.
#[inline(always)]
fn is_same<const IGNORED: u8>(one: &[u8], other: &[u8]) -> bool {
    is_equal(one, other) || IGNORED != 0 && is_same_otherwise_written(one, other)
}

#[cold]
fn is_same_otherwise_written(one: &[u8], other: &[u8]) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Without a call, since most texts are short. Some of the bytes are compared twice.
#[inline(always)]
fn is_equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match have_same_ends::<16>(one, other) {
        Some(same) if one.len() <= 32 => same,
        Some(same) => same && is_long_equal(one, other),
        None => have_same_ends::<8>(one, other)
            .or_else(|| have_same_ends::<4>(one, other))
            .unwrap_or_else(|| one.iter().eq(other)),
    }
}

#[inline(never)]
fn is_long_equal(one: &[u8], other: &[u8]) -> bool {
    one == other
}

/// None where one of them is shorter than an end.
#[inline(always)]
fn have_same_ends<const N: usize>(one: &[u8], other: &[u8]) -> Option<bool> {
    let are_same = one.first_chunk::<N>()? == other.first_chunk::<N>()?;
    Some(are_same && one.last_chunk::<N>() == other.last_chunk::<N>())
}

/// The bits of a hash that do not say where the text stands.
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Sixteen bytes at a time, some of them once more where they are not a multiple of that. Only the configuration puts texts into a
/// table, so that a request cannot choose what collides.
#[inline(always)]
fn hash<const IGNORED: u8>(seed: u64, text: &[u8]) -> u64 {
    let both = |bytes: [u8; 16]| u128::from_ne_bytes(bytes) | u128::from_ne_bytes([IGNORED; 16]);
    let word = |bytes: [u8; 8]| u64::from_ne_bytes(bytes) | u64::from_ne_bytes([IGNORED; 8]);
    let half = |bytes: [u8; 4]| u64::from(u32::from_ne_bytes(bytes) | u32::from_ne_bytes([IGNORED; 4]));
    let pair = |first: u64, last: u64| u128::from(first) | u128::from(last) << 64;
    let mut hash = seed ^ text.len() as u64;
    let mut add = |bytes: u128| {
        let (first, last) = (bytes as u64, (bytes >> 64) as u64);
        let product = u128::from(hash ^ first) * u128::from(0x9e37_79b9_7f4a_7c15 ^ last);
        hash = product as u64 ^ (product >> 64) as u64;
    };
    if let (Some((&first, mut rest)), Some(&last)) = (text.split_first_chunk(), text.last_chunk()) {
        add(both(first));
        while let (Some((&next, after)), 17..) = (rest.split_first_chunk(), rest.len()) {
            add(both(next));
            rest = after;
        }
        add(both(last));
        return hash;
    }
    add(match (text.first_chunk(), text.last_chunk(), text.first_chunk(), text.last_chunk()) {
        (Some(&first), Some(&last), ..) => pair(word(first), word(last)),
        (.., Some(&first), Some(&last)) => pair(half(first), half(last)),
        _ => pair(0, text.iter().fold(0, |word, &byte| word << 8 | u64::from(byte | IGNORED))),
    });
    hash
}

/// The key of a pair of numbers in a map.
pub(crate) fn pair(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

/// A list's next number. A configuration of four thousand million items does not fit in memory.
pub(crate) fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of each length one text or several.
    #[test]
    fn every_text_is_found_and_no_other() {
        for ends in [&["a"][..], &["a", "b", "c"]] {
            let mut table = Interner::default();
            let texts = (0..80).flat_map(|len| ends.iter().map(move |end| "x".repeat(len) + end));
            let texts: Vec<String> = texts.collect();
            for text in &texts {
                table.intern(text);
            }
            for (number, text) in texts.iter().enumerate() {
                assert_eq!(table.find(text.as_bytes()), Some(&(number as u32)), "{text}");
                for place in 0..text.len() {
                    let mut other = text.clone().into_bytes();
                    other[place] = b'd';
                    assert_eq!(table.find(&other), None, "{text}, {place}");
                }
            }
        }
    }

    /// As if the hashes of all of them had these bits in common, which happens once in some thousand million pairs.
    #[test]
    fn texts_whose_hashes_look_the_same_are_told_apart() {
        let mut table = Interner::default();
        let texts = ["one", "two", "six", "ten"];
        for text in texts {
            table.intern(text);
        }
        for (at, text) in texts.into_iter().enumerate() {
            let hash = hash::<0>(table.seed, text.as_bytes());
            let first = hash as usize;
            let size = table.places.len();
            table.places.fill(Place { number: NONE, tag: 0 });
            for (behind, number) in [(at + 1) % 4, (at + 2) % 4, at].into_iter().enumerate() {
                table.places[(first + behind) % size] = Place { number: number as u32, tag: tag(hash) };
            }
            assert_eq!(table.find(text.as_bytes()), Some(&(at as u32)));
        }
    }
}
