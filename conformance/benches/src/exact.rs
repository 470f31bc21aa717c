//! What can be counted exactly: allocations, their bytes, and instructions.

use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use allocation_counter::measure;

use crate::cell::{Group, Select};
use crate::framework::Application;
use crate::row::{Count, Row};
use crate::scenario::Scenario;

/// All that runs while something is counted. Its name is what callgrind looks for.
#[inline(never)]
fn counted_region(run: Box<dyn FnOnce() + '_>) {
    run();
    std::hint::black_box(());
}

/// Pools fill, and what is made once is made.
pub(crate) fn warm(application: &dyn Application, scenario: &Scenario) {
    application.requests(&scenario.ask, 16)();
}

/// Counts everything that is selected.
///
/// # Errors
/// There is no such framework or scenario, valgrind is not there, or it did not count what it was to count.
pub(crate) fn count(select: &Select) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    select.each(|group| {
        eprintln!("{} {}", group.framework.name, group.scenario.name);
        rows.push(allocations(&group));
    })?;
    eprintln!("instructions, under valgrind");
    instructions(select, &mut rows)?;
    Ok(rows)
}

fn allocations(group: &Group) -> Row {
    let scenario = group.scenario;
    let length = scenario.run_length();
    let mut row = Row::of(group);
    for (entry, application) in &group.entries {
        warm(&**application, scenario);
        let run = application.requests(&scenario.ask, length);
        let counted = measure(|| counted_region(run));
        let each = |total: u64| total as f64 / length as f64;
        let count = Count {
            allocations: each(counted.count_total),
            bytes: each(counted.bytes_total),
            ..Count::default()
        };
        row.entries.push((*entry, count));
    }
    row
}

/// How often the same requests are counted. The least counts: what the heap does to put itself in order strikes one of them.
const REGIONS: usize = 3;

/// Runs every entry, for callgrind: so many counted regions each.
///
/// # Errors
/// There is no such framework or scenario.
pub(crate) fn run_counted(select: &Select) -> Result<(), String> {
    select.each(|group| {
        for (_, application) in &group.entries {
            warm(&**application, group.scenario);
            for _ in 0..REGIONS {
                counted_region(application.requests(&group.scenario.ask, group.scenario.run_length()));
            }
        }
    })
}

/// This program again, under callgrind, which writes one file for each counted region.
fn instructions(select: &Select, rows: &mut [Row]) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    let program = env::current_exe().map_err(|error| format!("this program cannot be found: {error}"))?;
    let out = folder.path().join("count");
    let region = "cors_bench::exact::counted_region";
    let status = Command::new("valgrind")
        .args(["--tool=callgrind", "--quiet"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(format!("--toggle-collect={region}"))
        .arg(format!("--dump-after={region}"))
        .arg(program)
        .arg("counted")
        .args(select.arguments())
        .stdout(Stdio::null())
        .status()
        .map_err(|_| "missing: valgrind, which counts instructions: apt-get install valgrind".to_owned())?;
    if !status.success() {
        return Err(format!("valgrind: {status}"));
    }
    let counts =
        rows.iter_mut().flat_map(|row| row.entries.iter_mut().map(|(_, count)| (row.run_length, count)));
    for (at, (length, count)) in counts.enumerate() {
        let regions = at * REGIONS + 1..=(at + 1) * REGIONS;
        let totals = regions.map(|region| total(&folder.path().join(format!("count.{region}"))));
        let totals = totals.collect::<Result<Vec<_>, _>>()?;
        count.instructions = totals.into_iter().fold(f64::INFINITY, f64::min) / length as f64;
    }
    Ok(())
}

/// The total of one of callgrind's files.
fn total(path: &Path) -> Result<f64, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("callgrind counted too little: {error}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("totals:").or(line.strip_prefix("summary:")));
    line.and_then(|line| line.trim().parse().ok()).ok_or_else(|| "callgrind's file has no total".to_owned())
}
