//! Puts each adapter under mixed traffic for some time: every answer must be right, and memory must stay flat.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use std::{fs, thread};

use crate::foreign::Command;
use crate::server::{Running, Started};
use crate::subject::{Attach, Subject};
use crate::table::{Step, Table};
use crate::wire::{Connection, Exchange};

/// The number of connections at a time: more than there are cores, so that requests overlap.
const CLIENTS: usize = 4;

/// How much more memory a server may hold at the end than after the warm-up. It covers what an allocator takes for itself
/// (up to 72 KiB were seen), but per request it is less than one small allocation, so a leak shows.
fn most_growth(requests: u64) -> u64 {
    512 * 1024 + 8 * requests
}

/// The result of a run.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// How many requests were answered, the warm-up included.
    pub requests: u64,
    /// Resident KiB after the warm-up and at the end; `None` if the system does not report it.
    pub resident: Option<(u64, u64)>,
}

/// Runs one adapter in its own process, with this crate's program. A third of the time is the warm-up.
///
/// # Errors
/// The first answer that is not right, or how much memory grew.
pub fn run(program: &Path, subject: &Subject, time: Duration) -> Result<Load, String> {
    let line =
        format!("{} serve --adapter {} --config {{config}} --addr {{addr}}", program.display(), subject.name);
    let mut table = Table::default();
    table.add(include_str!("../load.toml"))?;
    let group = table.groups.remove(0);
    let steps: Vec<Step> = group.cases.into_iter().flat_map(|case| case.steps).collect();
    let server = match Command::parse(&line)?.start(&group.source, Attach::App)? {
        Started::Listening(server) => server,
        Started::Refused(errors) => return Err(errors.join("\n")),
    };
    let before = drive(&server, &steps, time / 3)?;
    let warm = resident(&server);
    let after = drive(&server, &steps, time - time / 3)?;
    let requests = before + after;
    let resident = warm.zip(resident(&server));
    match resident {
        Some((warm, end)) if 1024 * end.saturating_sub(warm) > most_growth(after) => {
            Err(format!("memory grew from {warm} to {end} KiB in {requests} requests"))
        }
        _ => Ok(Load { requests, resident }),
    }
}

/// Sends the steps in turn, on a few connections at a time.
fn drive(server: &Running, steps: &[Step], time: Duration) -> Result<u64, String> {
    let end = Instant::now() + time;
    let (count, failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let client = |first: usize| {
        let mut connection = None;
        let mut turn = steps.iter().cycle().skip(first);
        while Instant::now() < end && !failed.load(Ordering::Relaxed) {
            let Some(step) = turn.next() else { break };
            let outcome = send(server, &mut connection, step);
            failed.fetch_or(outcome.is_err(), Ordering::Relaxed);
            outcome?;
            count.fetch_add(1, Ordering::Relaxed);
        }
        Ok::<_, String>(())
    };
    thread::scope(|scope| {
        let client = &client;
        let clients: Vec<_> =
            (0..CLIENTS).map(|at| scope.spawn(move || client(at * steps.len() / CLIENTS))).collect();
        clients
            .into_iter()
            .try_for_each(|client| client.join().map_err(|_| "a client panicked".to_string())?)
    })?;
    Ok(count.into_inner())
}

/// Uses the open connection, or a new one.
fn send(server: &Running, connection: &mut Option<Connection>, step: &Step) -> Result<(), String> {
    let mut request = step.request.clone();
    request.lines.push(b"Connection: keep-alive".to_vec());
    let sent = request.bytes(server.addr);
    let open = match connection.take() {
        Some(open) => Ok(open),
        None => Connection::open(server.addr),
    };
    let answer = open.and_then(|mut open| open.send(&sent, false).map(|response| (open, response)));
    let (faults, got) = match answer {
        Err(error) => (Vec::new(), Err(error.to_string())),
        Ok((open, response)) => {
            let closes = response.lines("connection").any(|value| value.eq_ignore_ascii_case(b"close"));
            *connection = (!closes).then_some(open);
            (step.expect.check(&response), Ok(response))
        }
    };
    match faults.is_empty() && got.is_ok() {
        true => Ok(()),
        false => Err(format!("  - {}\n{}", faults.join("\n  - "), Exchange { sent, got })),
    }
}

/// The resident size in KiB.
fn resident(server: &Running) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process?)).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix(" kB")?.parse().ok()
}
