//! The header names that an entry allows.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

/// A set of header names, which are compared without regard to ASCII case.
#[derive(Default)]
pub(crate) struct HeaderNames {
    names: HashTable<String>,
    hasher: DefaultHashBuilder,
}

impl HeaderNames {
    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        // Nearly all names are written as browsers send them.
        let is_it = |known: &String| known.as_bytes() == name || known.as_bytes().eq_ignore_ascii_case(name);
        self.names.find(hash(&self.hasher, name), is_it).is_some()
    }

    /// Adds a name, unless it is there. Was it new?
    pub(crate) fn insert(&mut self, name: &str) -> bool {
        let is_new = !self.contains(name.as_bytes());
        if is_new {
            let Self { names, hasher } = self;
            let hash_of = |name: &String| hash(hasher, name.as_bytes());
            names.insert_unique(hash(hasher, name.as_bytes()), name.to_ascii_lowercase(), hash_of);
        }
        is_new
    }
}

/// Lower-cases some bytes at a time, on the stack.
fn hash(hasher: &DefaultHashBuilder, name: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    for part in name.chunks(16) {
        let mut lower = [0; 16];
        lower[..part.len()].copy_from_slice(part);
        lower.make_ascii_lowercase();
        hasher.write(&lower);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names of every length, each of them and with one byte of another kind in every place.
    #[test]
    fn every_name_is_found_in_any_case_and_no_other() {
        let mut names = HeaderNames::default();
        let all: Vec<String> = (1..80).map(|len| "x-".repeat(len)[..len].to_owned()).collect();
        for name in &all {
            assert!(names.insert(name));
            assert!(!names.insert(&name.to_ascii_uppercase()));
        }
        for name in &all {
            assert!(names.contains(name.as_bytes()));
            assert!(names.contains(name.to_ascii_uppercase().as_bytes()));
            for place in 0..name.len() {
                let mut other = name.clone().into_bytes();
                other[place] = b'y';
                assert!(!names.contains(&other), "{name}, {place}");
            }
        }
        assert!(!names.contains(b""));
    }
}
