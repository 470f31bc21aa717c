//! Once a minute for each key, in bounded memory.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::time::{Duration, Instant};

/// Which keys were admitted a short while ago. Keys are kept as hashes, whose seed no stranger knows.
pub(crate) struct Throttle {
    seed: RandomState,
    slots: Vec<Slot>,
    /// The slot of each key.
    places: HashMap<u64, usize>,
    /// The oldest slot, once all are taken.
    oldest: usize,
}

struct Slot {
    key: u64,
    since: Instant,
    left_out: u64,
}

const SLOTS: usize = 1024;
const PAUSE: Duration = Duration::from_secs(60);

impl Default for Throttle {
    fn default() -> Self {
        // A map that is more than half full grows when keys come and go.
        let places = HashMap::with_capacity(2 * SLOTS);
        Self { seed: RandomState::new(), slots: Vec::with_capacity(SLOTS), places, oldest: 0 }
    }
}

impl Throttle {
    /// How often this key was left out since it was last admitted; none if it is left out now, too.
    pub(crate) fn admit(&mut self, key: impl Hash, now: Instant) -> Option<u64> {
        let key = self.seed.hash_one(key);
        let known = self.places.get(&key).and_then(|&place| self.slots.get_mut(place));
        let Some(slot) = known else {
            self.insert(Slot { key, since: now, left_out: 0 });
            return Some(0);
        };
        if now.saturating_duration_since(slot.since) < PAUSE {
            slot.left_out += 1;
            return None;
        }
        slot.since = now;
        Some(std::mem::take(&mut slot.left_out))
    }

    fn insert(&mut self, slot: Slot) {
        if self.slots.len() < SLOTS {
            self.places.insert(slot.key, self.slots.len());
            self.slots.push(slot);
        } else if let Some(oldest) = self.slots.get_mut(self.oldest) {
            self.places.remove(&oldest.key);
            self.places.insert(slot.key, self.oldest);
            *oldest = slot;
            self.oldest = (self.oldest + 1) % SLOTS;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_admitted_once_a_minute_with_the_number_left_out() {
        let mut throttle = Throttle::default();
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(throttle.admit("a", at(0)), Some(0));
        assert_eq!(throttle.admit("b", at(1)), Some(0));
        assert_eq!(throttle.admit("a", at(1)), None);
        assert_eq!(throttle.admit("a", at(59)), None);
        assert_eq!(throttle.admit("a", at(60)), Some(2));
        assert_eq!(throttle.admit("a", at(119)), None);
        assert_eq!(throttle.admit("b", at(119)), Some(0));
        assert_eq!(throttle.admit("a", at(500)), Some(1));
    }

    #[test]
    fn a_million_keys_take_the_fixed_number_of_slots_and_the_oldest_is_given_up() {
        let mut throttle = Throttle::default();
        let now = Instant::now();
        for key in 0..1_000_000 {
            assert_eq!(throttle.admit(key, now), Some(0), "{key}");
        }
        assert_eq!((throttle.slots.len(), throttle.places.len()), (SLOTS, SLOTS));
        let oldest = 1_000_000 - SLOTS as i32;
        assert_eq!(throttle.admit(oldest, now), None);
        assert_eq!(throttle.admit(999_999, now), None);
        assert_eq!(throttle.admit(oldest - 1, now), Some(0));
        assert_eq!(throttle.admit(oldest, now), Some(0), "it was given up");
    }
}
