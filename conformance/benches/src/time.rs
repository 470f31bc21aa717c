//! How long a request takes beyond the bare application, by criterion. The bare application and the other one take turns in
//! short slices, so that both see the same moods of the machine; their difference is what is measured.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Criterion, Throughput};
use serde::Deserialize;

use crate::cell::{Entry, Select};
use crate::exact::warm;
use crate::framework::Application;
use crate::row::Row;
use crate::scenario::{Ask, Kind};

/// Requests in one slice.
const SLICE: u64 = 24;

/// Measures everything that is selected, and adds it to the rows that were counted.
///
/// # Errors
/// There is no such framework or scenario, or criterion's results cannot be read. The error is a sentence.
pub(crate) fn measure(select: &Select, rows: &mut [Row]) -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
    // What criterion says on the way is of no use here: the rows are.
    let mut criterion = Criterion::default()
        .with_measurement(OverFloor)
        .output_directory(folder.path())
        .without_plots()
        .sample_size(40)
        .warm_up_time(Duration::from_millis(60))
        .measurement_time(Duration::from_millis(400));
    let mut at = 0;
    let mut failed = None;
    select.each(|group| {
        let ask = &group.scenario.ask;
        let slice = if group.scenario.kind == Kind::Hostile { 4 } else { SLICE };
        let Some((_, floor)) = group.entries.iter().find(|(entry, _)| *entry == Entry::Floor) else { return };
        for (place, (entry, application)) in group.entries.iter().enumerate() {
            warm(&**application, group.scenario);
            // Against itself the bare application shows how still the machine is.
            let id = format!("{at} {entry:?}");
            criterion.bench_function(&id, |bencher| {
                bencher.iter_custom(|count| difference(&**application, &**floor, ask, count, slice));
            });
            match median(&folder.path().join(&id)) {
                Ok(median) => rows[at].entries[place].1.nanoseconds = Some(median),
                Err(error) => failed = Some(error),
            }
        }
        at += 1;
    })?;
    failed.map_or(Ok(()), Err)
}

/// Nanoseconds that so many requests take beyond the bare application.
fn difference(one: &dyn Application, floor: &dyn Application, ask: &Ask, count: u64, slice: u64) -> f64 {
    let run = |application: &dyn Application, count: u64| {
        let requests = application.requests(ask, usize::try_from(count).unwrap_or(usize::MAX));
        let start = Instant::now();
        requests();
        start.elapsed().as_nanos() as f64
    };
    let mut difference = 0.0;
    let mut left = count;
    let mut floor_first = false;
    while left > 0 {
        let now = left.min(slice);
        left -= now;
        floor_first = !floor_first;
        difference += if floor_first {
            let floor = run(floor, now);
            run(one, now) - floor
        } else {
            let one = run(one, now);
            one - run(floor, now)
        };
    }
    difference
}

/// Nanoseconds, of either sign.
struct OverFloor;

impl Measurement for OverFloor {
    type Intermediate = Instant;
    type Value = f64;

    fn start(&self) -> Instant {
        Instant::now()
    }

    fn end(&self, start: Instant) -> f64 {
        start.elapsed().as_nanos() as f64
    }

    fn add(&self, one: &f64, other: &f64) -> f64 {
        one + other
    }

    fn zero(&self) -> f64 {
        0.0
    }

    fn to_f64(&self, value: &f64) -> f64 {
        // criterion takes no time at all for a mistake.
        if *value == 0.0 { f64::MIN_POSITIVE } else { *value }
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &Nanoseconds
    }
}

struct Nanoseconds;

impl ValueFormatter for Nanoseconds {
    fn scale_values(&self, _: f64, _: &mut [f64]) -> &'static str {
        "ns"
    }

    fn scale_throughputs(&self, _: f64, _: &Throughput, _: &mut [f64]) -> &'static str {
        "ns"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "ns"
    }
}

#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
}

fn median(folder: &Path) -> Result<f64, String> {
    let path = folder.join("new/estimates.json");
    let text = fs::read_to_string(&path)
        .map_err(|error| format!("criterion left no {}: {error}", path.display()))?;
    let estimates: Estimates =
        serde_json::from_str(&text).map_err(|error| format!("criterion's results: {error}"))?;
    Ok(estimates.median.point_estimate)
}
