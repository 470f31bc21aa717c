use serde::{Deserialize, Serialize};

use crate::cell::{Entry, Group, budget};

/// What one request costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Count {
    pub(crate) allocations: f64,
    pub(crate) bytes: f64,
    pub(crate) instructions: f64,
    pub(crate) nanoseconds: Option<f64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) framework: String,
    pub(crate) scenario: String,
    pub(crate) text: String,
    pub(crate) peer: String,
    pub(crate) peer_faults: Vec<String>,
    pub(crate) budget: Option<f64>,
    pub(crate) entries: Vec<(Entry, Count)>,
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
            budget: budget(group.scenario),
            entries: Vec::new(),
            run_length: crate::exact::run_length(group.scenario),
        }
    }

    pub(crate) fn count(&self, entry: Entry) -> Option<Count> {
        self.entries.iter().find(|(of, _)| *of == entry).map(|(_, count)| *count)
    }
}

pub(crate) fn text(rows: &[Row]) -> String {
    let mut text = String::new();
    for row in rows {
        let get = |e| row.count(e).unwrap_or_default();
        let floor = get(Entry::Floor);
        let one = |e: Entry| {
            row.count(e)
                .map(|c| {
                    format!(
                        "{:>8.0} {:>5.1}a",
                        c.instructions - floor.instructions,
                        c.allocations - floor.allocations
                    )
                })
                .unwrap_or_else(|| " ".repeat(15))
        };
        let over = get(Entry::Ours).instructions - get(Entry::Hand).instructions;
        let mark = match row.budget {
            Some(b) if over > b => "OVER",
            _ => "",
        };
        text.push_str(&format!(
            "{:10} {:13} hand {} ours {} peer {} | over {:>6.0} {:4} {}\n",
            row.framework,
            row.scenario,
            one(Entry::Hand),
            one(Entry::Ours),
            one(Entry::Peer),
            over,
            mark,
            row.peer_faults.join(", ")
        ));
    }
    text
}
