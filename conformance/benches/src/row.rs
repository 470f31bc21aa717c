//! What was counted and timed of one scenario in one framework, and whether it is within its bounds.

use serde::{Deserialize, Serialize};

use crate::cell::{Entry, Group, budget, forced_allocations};

/// One scenario in one framework.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) framework: String,
    pub(crate) scenario: String,
    /// What is asked.
    pub(crate) text: String,
    /// The library that a user would otherwise take.
    pub(crate) peer: String,
    /// Where its answer is wrong, or it does not do the work.
    pub(crate) peer_faults: Vec<String>,
    pub(crate) entries: Vec<(Entry, Count)>,
    /// How many instructions more than by hand are allowed.
    budget: f64,
    /// How many allocations more than by hand the framework forces.
    forced: f64,
    #[serde(skip)]
    pub(crate) run_length: usize,
}

impl Row {
    pub(crate) fn of(group: &Group) -> Self {
        Self {
            framework: group.framework.name.into(),
            scenario: group.scenario.name.clone(),
            text: group.scenario.text.clone(),
            peer: group.framework.peer.into(),
            peer_faults: group.peer_faults.iter().map(|&fault| fault.into()).collect(),
            entries: Vec::new(),
            budget: budget(group.framework, group.scenario),
            forced: forced_allocations(group.framework, group.scenario),
            run_length: group.scenario.run_length(),
        }
    }

    pub(crate) fn count(&self, entry: Entry) -> Option<Count> {
        self.entries.iter().find(|(of, _)| *of == entry).map(|(_, count)| *count)
    }

    /// What an entry costs beyond the bare application.
    pub(crate) fn over_floor(&self, entry: Entry) -> Option<Count> {
        let (floor, count) = (self.count(Entry::Floor)?, self.count(entry)?);
        Some(Count {
            allocations: count.allocations - floor.allocations,
            bytes: count.bytes - floor.bytes,
            instructions: count.instructions - floor.instructions,
            nanoseconds: count.nanoseconds,
        })
    }

    /// What is out of its bounds.
    pub(crate) fn faults(&self) -> Vec<String> {
        let (Some(ours), Some(hand)) = (self.over_floor(Entry::Ours), self.over_floor(Entry::Hand)) else {
            return vec![format!("{} {}: not measured", self.framework, self.scenario)];
        };
        let mut faults = Vec::new();
        let mut fault = |text: String| faults.push(format!("{} {}: {text}", self.framework, self.scenario));
        // A pool that grows once in a run counts for a part of one.
        if ours.allocations > hand.allocations + self.forced + 0.3 {
            fault(format!(
                "{:.1} allocations, by hand {:.1}, allowed are {} more",
                ours.allocations, hand.allocations, self.forced
            ));
        }
        let over = ours.instructions - hand.instructions;
        if over > self.budget {
            fault(format!("{over:.0} instructions more than by hand, allowed are {}", self.budget));
        }
        faults
    }

    /// The other library's answer is right, and costs less.
    pub(crate) fn is_behind(&self) -> bool {
        let (ours, peer) = (self.over_floor(Entry::Ours), self.over_floor(Entry::Peer));
        let less = ours.zip(peer).is_some_and(|(ours, peer)| peer.instructions < ours.instructions);
        less && self.peer_faults.is_empty()
    }
}

/// What one request costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Count {
    pub(crate) allocations: f64,
    pub(crate) bytes: f64,
    pub(crate) instructions: f64,
    /// Beyond the bare application; on the machine that measured it.
    pub(crate) nanoseconds: Option<f64>,
}
