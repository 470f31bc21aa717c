//! What is measured: each entry in each scenario in each framework.

use serde::{Deserialize, Serialize};

use crate::framework::{self, Answer, Application, Around, Framework};
use crate::scenario::{self, Kind, Scenario};

/// What stands around the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Entry {
    Floor,
    Hand,
    Ours,
    Peer,
}

/// All entries of one framework in one scenario.
pub(crate) struct Group {
    pub(crate) framework: &'static Framework,
    pub(crate) scenario: &'static Scenario,
    pub(crate) entries: Vec<(Entry, Box<dyn Application>)>,
    /// Where the other library's answer is wrong, or it does not do the work.
    pub(crate) peer_faults: Vec<&'static str>,
}

/// Which frameworks and scenarios; none stands for all.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct Select {
    /// Only this framework.
    #[arg(long)]
    framework: Option<String>,
    /// Only this scenario.
    #[arg(long)]
    scenario: Option<String>,
}

impl Select {
    /// Makes the applications of one scenario after the other, in an order that is always the same.
    ///
    /// # Errors
    /// There is no such framework or scenario.
    pub(crate) fn each(&self, mut each: impl FnMut(Group)) -> Result<(), String> {
        let wanted = |only: &Option<String>, name: &str| only.as_ref().is_none_or(|only| only == name);
        let mut found = false;
        for scenario in scenario::ALL.iter().filter(|scenario| wanted(&self.scenario, &scenario.name)) {
            for framework in framework::ALL.iter().filter(|framework| wanted(&self.framework, framework.name))
            {
                found = true;
                each(Group::of(framework, scenario));
            }
        }
        if found { Ok(()) } else { Err(format!("there is nothing to measure; there are: {}", names())) }
    }

    /// These, as arguments of this program.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let one =
            |name: &str, value: &Option<String>| value.clone().map(|value| [format!("--{name}"), value]);
        [one("framework", &self.framework), one("scenario", &self.scenario)]
            .into_iter()
            .flatten()
            .flatten()
            .collect()
    }
}

fn names() -> String {
    let frameworks = framework::ALL.iter().map(|framework| framework.name);
    let scenarios = scenario::ALL.iter().map(|scenario| &*scenario.name);
    frameworks.chain(scenarios).collect::<Vec<_>>().join(", ")
}

impl Group {
    fn of(framework: &'static Framework, scenario: &'static Scenario) -> Self {
        let make = |around| (framework.application)(around);
        let (floor, ours) = (make(Around::Floor), make(Around::Ours(&scenario.cors)));
        let peer = scenario.others.as_ref().and_then(|others| make(Around::Peer(others)));
        let shown = |application: &Option<Box<dyn Application>>| {
            application.as_ref().map(|application| application.answer(&scenario.ask)).unwrap_or_default()
        };
        let (bare, answer) = (shown(&floor), shown(&ours));
        let peer_faults = peer.as_ref().map(|peer| faults(scenario, &answer, &peer.answer(&scenario.ask)));
        let hand = make(Around::Hand(beyond(bare, answer, scenario)));
        let entries = [(Entry::Floor, floor), (Entry::Hand, hand), (Entry::Ours, ours), (Entry::Peer, peer)];
        Self {
            framework,
            scenario,
            entries: entries.into_iter().filter_map(|(entry, app)| Some((entry, app?))).collect(),
            peer_faults: peer_faults.unwrap_or_default(),
        }
    }
}

type Shown = (u16, Vec<(String, String)>, String);

/// What an answer has beyond the bare application's.
fn beyond(bare: Shown, answer: Shown, scenario: &Scenario) -> &'static Answer {
    let leak = |text: String| -> &'static str { text.leak() };
    let (status, lines, body) = answer;
    let is_preflight = scenario.ask.method == "OPTIONS";
    // The length of the body is the framework's own line.
    let ours = |line: &(String, String)| !bare.1.contains(line) && line.0 != "content-length";
    let lines = lines.into_iter().filter(ours);
    Box::leak(Box::new(Answer {
        status,
        lines: lines.map(|(name, value)| (leak(name), leak(value))).collect(),
        body: leak(body),
        is_preflight,
    }))
}

/// What is wrong with, or left out of, another library's answer where ours is right.
fn faults(scenario: &Scenario, ours: &Shown, peer: &Shown) -> Vec<&'static str> {
    let values = |shown: &Shown, name: &str| -> Vec<String> {
        shown.1.iter().filter(|(of, _)| of == name).map(|(_, value)| value.to_ascii_lowercase()).collect()
    };
    let names = |shown: &Shown, name: &str, member: &str| {
        values(shown, name).iter().any(|value| value.split(',').any(|part| part.trim() == member))
    };
    let asked = |name: &str| {
        scenario.ask.lines.iter().find(|(of, _)| *of == name).map(|(_, value)| value.to_ascii_lowercase())
    };
    let origin = "access-control-allow-origin";
    let is_preflight = scenario.ask.method == "OPTIONS";
    let mut faults = Vec::new();
    let granted = !values(ours, origin).is_empty();
    if granted && values(ours, origin) != values(peer, origin) {
        faults.push("refuses it");
    }
    if names(ours, "vary", "origin") && !names(peer, "vary", "origin") {
        faults.push("no Vary");
    }
    if !is_preflight && ours.0 != peer.0 {
        faults.push("does not ask the application");
    }
    let lets_in = asked("origin").is_some_and(|asked| values(peer, origin) == [asked])
        && (!is_preflight
            || (200..300).contains(&peer.0)
                && asked("access-control-request-method")
                    .is_some_and(|method| names(peer, "access-control-allow-methods", &method))
                && asked("access-control-request-headers").is_none_or(|list| {
                    list.split(',')
                        .filter(|name| !name.is_empty())
                        .all(|name| names(peer, "access-control-allow-headers", name))
                }));
    if !granted && lets_in {
        faults.push("grants it");
    }
    faults
}

/// How many instructions an answer may cost more than one by hand. Not an aim but a fence, about a twentieth above what was
/// counted, so that what makes an answer dearer is noticed. rocket's own tables are hashed with a seed that differs from run to run,
/// and how much of that hashing the compiler inlines is chance, so its fence is higher.
pub(crate) fn budget(framework: &Framework, scenario: &Scenario) -> f64 {
    let [actual, preflight, refused] = match framework.name {
        "tower" => [1_550.0, 3_100.0, 2_200.0],
        "axum" => [1_700.0, 2_600.0, 2_400.0],
        "actix-web" => [1_500.0, 2_600.0, 2_400.0],
        "warp" => [3_450.0, 4_300.0, 3_700.0],
        "poem" => [1_700.0, 3_700.0, 2_350.0],
        _ => [5_000.0, 7_300.0, 5_000.0],
    };
    match scenario.kind {
        Kind::Actual => actual + scenario.extra,
        Kind::Preflight => preflight + scenario.extra,
        Kind::Refused => refused + scenario.extra,
        // And two for each byte of a line, seventy for each byte of a path.
        Kind::Hostile => {
            let lines: usize = scenario.ask.lines.iter().map(|(_, line)| line.len()).sum();
            actual.max(preflight).max(refused) + 2.0 * lines as f64 + 70.0 * scenario.ask.path.len() as f64
        }
    }
}

/// How many allocations a framework forces beyond those by hand. rocket boxes the future of a second fairing, the one that decides; it keeps
/// the decision in the request's cache, which takes an entry and a place for it; and it boxes the future of the handler that answers
/// preflights once more. A preflight at a resource with routes takes one for the list of its methods.
pub(crate) fn forced_allocations(framework: &Framework, scenario: &Scenario) -> f64 {
    let list =
        if scenario.ask.method == "OPTIONS" && scenario.name.starts_with(['N', 'R']) { 1.0 } else { 0.0 };
    list + match (framework.name, scenario.ask.method) {
        ("rocket", "OPTIONS") => 4.0,
        ("rocket", _) => 3.0,
        _ => 0.0,
    }
}
