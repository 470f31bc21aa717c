//! Tables that turn the texts of a configuration into small numbers. A look-up hashes its text once and allocates
//! nothing, however many texts there are.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

/// A set of texts, numbered in the order in which they came.
#[derive(Default)]
pub(crate) struct Interner {
    texts: Vec<Box<str>>,
    /// The length of the longest text: nothing longer is hashed.
    longest: usize,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Interner {
    pub(crate) fn find(&self, text: &[u8]) -> Option<u32> {
        if text.len() > self.longest || self.texts.is_empty() {
            return None;
        }
        let hash = hash_bytes(&self.hasher, text);
        self.table.find(hash, |&id| self.texts[id as usize].as_bytes() == text).copied()
    }

    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        if let Some(id) = self.find(text.as_bytes()) {
            return id;
        }
        let Self { texts, longest, table, hasher } = self;
        let id = number(texts.len());
        texts.push(text.into());
        *longest = text.len().max(*longest);
        table.insert_unique(hash_bytes(hasher, text.as_bytes()), id, |&id| {
            hash_bytes(hasher, texts[id as usize].as_bytes())
        });
        id
    }

    pub(crate) fn text(&self, id: u32) -> &str {
        &self.texts[id as usize]
    }
}

/// A set of header names, compared without regard to ASCII case.
#[derive(Default)]
pub(crate) struct NameSet {
    names: Vec<Box<str>>,
    /// The length of the longest name: nothing longer is hashed.
    longest: usize,
    table: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl NameSet {
    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        if name.len() > self.longest {
            return false;
        }
        let hash = hash_folded(&self.hasher, name);
        self.table.find(hash, |&id| self.names[id as usize].as_bytes().eq_ignore_ascii_case(name)).is_some()
    }

    /// False where the name is there already.
    pub(crate) fn insert(&mut self, name: &str) -> bool {
        if self.contains(name.as_bytes()) {
            return false;
        }
        let Self { names, longest, table, hasher } = self;
        let id = number(names.len());
        names.push(name.into());
        *longest = name.len().max(*longest);
        table.insert_unique(hash_folded(hasher, name.as_bytes()), id, |&id| {
            hash_folded(hasher, names[id as usize].as_bytes())
        });
        true
    }
}

/// The key of a pair of numbers in a map.
pub(crate) fn pair(first: u32, second: u32) -> u64 {
    u64::from(first) << 32 | u64::from(second)
}

/// A list's next number. A configuration of four thousand million items does not fit in memory.
pub(crate) fn number(len: usize) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn hash_bytes(hasher: &DefaultHashBuilder, text: &[u8]) -> u64 {
    let mut state = hasher.build_hasher();
    state.write(text);
    state.finish()
}

/// Hashes with bit 5 of every byte set: all cases of a letter agree. What else collides is told apart by comparing.
fn hash_folded(hasher: &DefaultHashBuilder, text: &[u8]) -> u64 {
    const FOLD: u64 = u64::from_ne_bytes([0x20; 8]);
    let mut state = hasher.build_hasher();
    state.write_usize(text.len());
    for chunk in text.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state.write_u64(u64::from_ne_bytes(word) | FOLD);
    }
    state.finish()
}
