//! Tables that turn the texts of a configuration into small numbers. A look-up hashes its text once and allocates
//! nothing, however many texts there are.

use std::hash::BuildHasher;
use std::marker::PhantomData;

use hashbrown::DefaultHashBuilder;

/// When two texts are the same one.
pub(crate) trait Sameness {
    /// The bits of each byte that make no difference to its hash.
    const IGNORED: u8;

    fn same(one: &[u8], other: &[u8]) -> bool;
}

/// Byte for byte.
pub(crate) struct Exact;

impl Sameness for Exact {
    const IGNORED: u8 = 0;

    #[inline]
    fn same(one: &[u8], other: &[u8]) -> bool {
        one == other
    }
}

/// Without regard to ASCII case, as header names are compared.
pub(crate) struct AnyCase;

impl Sameness for AnyCase {
    /// All cases of a letter agree without it. What else collides is told apart by comparing.
    const IGNORED: u8 = 0x20;

    /// Most are written alike.
    #[inline]
    fn same(one: &[u8], other: &[u8]) -> bool {
        one == other || one.eq_ignore_ascii_case(other)
    }
}

/// A set of texts, numbered in the order in which they came.
pub(crate) struct Interner<S = Exact> {
    texts: Vec<Box<str>>,
    /// The length of the longest text: nothing longer is hashed.
    longest: usize,
    /// Each text stands at its hash, or behind it where that place is taken. At least half of the places are free, and there is a
    /// power of two of them.
    places: Vec<Place>,
    seed: u64,
    sameness: PhantomData<S>,
}

/// The number of a text, and a part of its hash.
#[derive(Clone, Copy)]
struct Place {
    id: u32,
    tag: u32,
}

const FREE: Place = Place { id: u32::MAX, tag: 0 };

/// A set of header names.
pub(crate) type NameSet = Interner<AnyCase>;

impl<S> Default for Interner<S> {
    fn default() -> Self {
        let seed = DefaultHashBuilder::default().hash_one(0);
        Self { texts: Vec::new(), longest: 0, places: Vec::new(), seed, sameness: PhantomData }
    }
}

impl<S: Sameness> Interner<S> {
    #[inline]
    pub(crate) fn find(&self, text: &[u8]) -> Option<u32> {
        if text.len() > self.longest {
            return None;
        }
        let hash = hash::<S>(self.seed, text);
        let mut at = hash as usize;
        loop {
            let place = self.places.get(at & self.places.len().wrapping_sub(1))?;
            if place.tag == tag(hash) {
                if let Some(known) = self.texts.get(place.id as usize) {
                    if S::same(known.as_bytes(), text) {
                        return Some(place.id);
                    }
                }
            }
            if place.id == FREE.id {
                return None;
            }
            at = at.wrapping_add(1);
        }
    }

    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(id) = self.find(text.as_bytes()) {
            return id;
        }
        let id = number(self.texts.len());
        self.texts.push(text.into());
        self.longest = self.longest.max(text.len());
        if self.texts.len() * 2 > self.places.len() {
            self.places = vec![FREE; (self.places.len() * 2).max(4)];
            (0..=id).for_each(|id| self.put(id));
        } else {
            self.put(id);
        }
        id
    }

    fn put(&mut self, id: u32) {
        let hash = hash::<S>(self.seed, self.texts[id as usize].as_bytes());
        let mask = self.places.len() - 1;
        let mut at = hash as usize & mask;
        while self.places[at].id != FREE.id {
            at = (at + 1) & mask;
        }
        self.places[at] = Place { id, tag: tag(hash) };
    }

    pub(crate) fn text(&self, id: u32) -> &str {
        &self.texts[id as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
}

/// The bits of a hash that do not say where the text stands.
fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// Eight bytes at a time, the last of them once more where they are no eight. Only the configuration puts texts into a table, so
/// that a request cannot choose what collides.
#[inline]
fn hash<S: Sameness>(seed: u64, text: &[u8]) -> u64 {
    let ignored = u64::from_ne_bytes([S::IGNORED; 8]);
    let mut hash = seed ^ text.len() as u64;
    let mut add = |word: u64| {
        let product = u128::from(hash ^ (word | ignored)) * 0x9e37_79b9_7f4a_7c15;
        hash = product as u64 ^ (product >> 64) as u64;
    };
    let mut rest = text;
    while let Some((&word, after)) = rest.split_first_chunk() {
        add(u64::from_ne_bytes(word));
        rest = after;
    }
    match (text.last_chunk(), text.first_chunk(), text.last_chunk()) {
        (Some(&word), ..) => add(u64::from_ne_bytes(word)),
        (None, Some(&first), Some(&last)) => {
            add(u64::from(u32::from_ne_bytes(first)) << 32 | u64::from(u32::from_ne_bytes(last)));
        }
        _ => add(rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte))),
    }
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
