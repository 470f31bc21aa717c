//! Tables that turn the texts of a configuration into small numbers. A look-up hashes its text once and allocates
//! nothing, however many texts there are.

use std::hash::{BuildHasher, Hasher};
use std::marker::PhantomData;

use hashbrown::{DefaultHashBuilder, HashTable};

/// When two texts are the same one.
pub(crate) trait Sameness {
    fn hash(state: &mut impl Hasher, text: &[u8]);
    fn same(one: &[u8], other: &[u8]) -> bool;
}

/// Byte for byte.
#[derive(Default)]
pub(crate) struct Exact;

impl Sameness for Exact {
    fn hash(state: &mut impl Hasher, text: &[u8]) {
        state.write(text);
    }

    #[inline]
    fn same(one: &[u8], other: &[u8]) -> bool {
        one == other
    }
}

/// Without regard to ASCII case, as header names are compared.
#[derive(Default)]
pub(crate) struct AnyCase;

impl Sameness for AnyCase {
    /// Sets bit 5 of every byte: all cases of a letter agree. What else collides is told apart by comparing.
    fn hash(state: &mut impl Hasher, text: &[u8]) {
        const FOLD: u64 = u64::from_ne_bytes([0x20; 8]);
        state.write_usize(text.len());
        let mut rest = text;
        while let Some((&word, after)) = rest.split_first_chunk() {
            state.write_u64(u64::from_ne_bytes(word) | FOLD);
            rest = after;
        }
        match text.last_chunk() {
            // The last bytes once more, beside some that were there already.
            Some(&word) => state.write_u64(u64::from_ne_bytes(word) | FOLD),
            None => state.write_u64(rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte | 0x20))),
        }
    }

    /// Most are written alike.
    fn same(one: &[u8], other: &[u8]) -> bool {
        one == other || one.eq_ignore_ascii_case(other)
    }
}

/// A set of texts, numbered in the order in which they came.
#[derive(Default)]
pub(crate) struct Interner<S = Exact> {
    texts: Vec<Box<str>>,
    /// The length of the longest text: nothing longer is hashed.
    longest: usize,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
    sameness: PhantomData<S>,
}

/// A set of header names.
pub(crate) type NameSet = Interner<AnyCase>;

impl<S: Sameness> Interner<S> {
    #[inline]
    pub(crate) fn find(&self, text: &[u8]) -> Option<u32> {
        if text.len() > self.longest || self.texts.is_empty() {
            return None;
        }
        let hash = hash::<S>(&self.hasher, text);
        self.table.find(hash, |&id| S::same(self.texts[id as usize].as_bytes(), text)).copied()
    }

    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(id) = self.find(text.as_bytes()) {
            return id;
        }
        let Self { texts, longest, table, hasher, .. } = self;
        let id = number(texts.len());
        texts.push(text.into());
        *longest = text.len().max(*longest);
        table.insert_unique(hash::<S>(hasher, text.as_bytes()), id, |&id| {
            hash::<S>(hasher, texts[id as usize].as_bytes())
        });
        id
    }

    pub(crate) fn text(&self, id: u32) -> &str {
        &self.texts[id as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }
}

fn hash<S: Sameness>(hasher: &DefaultHashBuilder, text: &[u8]) -> u64 {
    let mut state = hasher.build_hasher();
    S::hash(&mut state, text);
    state.finish()
}

/// The key of a pair of numbers in a map.
pub(crate) fn pair(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

/// A list's next number. A configuration of four thousand million items does not fit in memory.
pub(crate) fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}
