//! The trials: each case with each adapter and each way of attaching, and each configuration that is only built.

use std::sync::{Arc, OnceLock};

use crate::deviation::Deviation;
use crate::expect::cors_lines;
use crate::server::{Running, Started};
use crate::subject::Attach;
use crate::table::{Build, Case, Group, Step, Table};
use crate::target::Target;
use crate::wire::{self, Exchange, Response};

/// The column of configurations that are built in this process.
pub const MODEL: &str = "model";

/// How a trial ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As expected.
    Pass,
    /// Not as expected, but declared, for this reason.
    Deviates(String),
    /// Another library cannot be configured this way, for this reason.
    CannotExpress(String),
    /// Not as expected: the faults and the recorded exchange.
    Fail(String),
}

/// One case for one adapter.
pub struct Trial {
    /// The adapter and the way of attaching.
    pub column: String,
    /// The rules; the first is one of docs/rules.md.
    pub rules: Vec<String>,
    /// The case.
    pub case: String,
    /// The reason why it is declared to deviate.
    pub deviates: Option<String>,
    pub(crate) action: Box<dyn FnOnce() -> Outcome + Send>,
}

impl Trial {
    /// Column, rule and case.
    pub fn name(&self) -> String {
        format!("{} {}: {}", self.column, self.rules[0], self.case)
    }

    /// Runs it.
    pub fn run(self) -> Outcome {
        (self.action)()
    }
}

/// Every trial of the table for these targets.
pub fn trials(
    table: &Table,
    targets: &[Target],
    attach: Option<Attach>,
    deviations: &[Deviation],
) -> Vec<Trial> {
    let mut trials = Vec::new();
    let in_process = targets.iter().any(|target| matches!(target, Target::Subject(_)));
    if in_process {
        trials.extend(table.builds.iter().map(|build| build_trial(build, None)));
    }
    for target in targets {
        if matches!(target, Target::Command(_)) {
            trials.extend(table.builds.iter().map(|build| build_trial(build, Some(target))));
        }
        for &way in target.attach().iter().filter(|way| attach.is_none_or(|only| only == **way)) {
            for group in &table.groups {
                let server = Arc::new(Server::new(target, group, way));
                let cases = group.cases.iter().filter(|case| case.attach.contains(&way));
                trials.extend(cases.map(|case| case_trial(case, &server, deviations)));
            }
        }
    }
    trials
}

/// One server for all cases of a configuration, started by the first of them and stopped after the last.
struct Server {
    target: Target,
    group: Group,
    attach: Attach,
    running: OnceLock<Result<Running, String>>,
}

impl Server {
    fn new(target: &Target, group: &Group, attach: Attach) -> Self {
        let group = Group { cases: Vec::new(), ..group.clone() };
        Self { target: target.clone(), group, attach, running: OnceLock::new() }
    }

    fn running(&self) -> Result<&Running, String> {
        let start = || match self.target.start(&self.group.source, self.attach)? {
            Started::Listening(running) => Ok(running),
            Started::Refused(errors) => {
                Err(format!("the configuration `{}` is refused:\n  {}", self.group.name, errors.join("\n  ")))
            }
        };
        self.running.get_or_init(start).as_ref().map_err(String::clone)
    }
}

fn case_trial(case: &Case, server: &Arc<Server>, deviations: &[Deviation]) -> Trial {
    let adapter = server.target.name();
    let covers = |deviation: &&Deviation| deviation.covers(adapter, server.attach, &case.name);
    let deviates = deviations.iter().find(covers).map(Deviation::to_string);
    let declared = deviates.clone();
    let steps = case.steps.clone();
    let (column, server) = (format!("{adapter}/{}", server.attach), server.clone());
    let action = move || {
        let result = server.running().and_then(|running| {
            let mut bodies = Vec::new();
            steps.iter().try_for_each(|step| run_step(running, step, &mut bodies))
        });
        match (result, declared) {
            (Ok(()), None) => Outcome::Pass,
            (Ok(()), Some(_)) => Outcome::Fail("it is declared in deviations.toml, but passes".into()),
            (Err(_), Some(reason)) => Outcome::Deviates(reason),
            (Err(faults), None) => {
                Outcome::Fail(format!("with the configuration `{}`\n{faults}", server.group.name))
            }
        }
    };
    Trial { column, rules: case.rules.clone(), case: case.name.clone(), deviates, action: Box::new(action) }
}

fn run_step(server: &Running, step: &Step, bodies: &mut Vec<Vec<u8>>) -> Result<(), String> {
    let mut first: Option<Response> = None;
    for _ in 0..step.repeat {
        let exchange = wire::send(server.addr, &step.request);
        let mut faults = Vec::new();
        match &exchange.got {
            Err(_) if step.expect.may_drop() => {}
            Err(error) => faults.push(error.clone()),
            Ok(response) => {
                faults.extend(step.expect.check(response));
                faults.extend(check_bodies(step, response, bodies));
                let first = first.get_or_insert_with(|| response.clone());
                if cors_lines(first) != cors_lines(response) {
                    faults.push("the CORS headers are not those of the first answer".into());
                }
            }
        }
        if !faults.is_empty() {
            return Err(report(&faults, &exchange));
        }
    }
    bodies.push(first.map_or(Vec::new(), |response| response.body));
    Ok(())
}

pub(crate) fn check_bodies(step: &Step, response: &Response, bodies: &[Vec<u8>]) -> Vec<String> {
    let same = |n: &usize| bodies.get(*n) == Some(&response.body);
    let unlike =
        step.body_as.iter().filter(|n| !same(n)).map(|n| format!("the body is not that of step {n}"));
    let alike = step.body_unlike.iter().filter(|n| same(n)).map(|n| format!("the body is that of step {n}"));
    unlike.chain(alike).collect()
}

pub(crate) fn report(faults: &[String], exchange: &Exchange) -> String {
    format!("  - {}\n{exchange}", faults.join("\n  - "))
}

fn build_trial(build: &Build, target: Option<&Target>) -> Trial {
    let (column, case, rules) =
        (target.map_or(MODEL, Target::name).to_owned(), build.name.clone(), build.rules.clone());
    let (build, target) = (build.clone(), target.cloned());
    let action = move || {
        let result = match &target {
            None => build_here(&build),
            Some(target) => match target.start(&build.source, Attach::App) {
                Ok(Started::Listening(_)) => compare_errors(&build.errors, &[], false),
                Ok(Started::Refused(errors)) => compare_errors(&build.errors, &errors, false),
                Err(error) => Err(error),
            },
        };
        match result {
            Ok(()) => Outcome::Pass,
            Err(fault) => Outcome::Fail(format!("  - {fault}\n{}\n", build.source.text.trim())),
        }
    };
    Trial { column, rules, case, deviates: None, action: Box::new(action) }
}

fn build_here(build: &Build) -> Result<(), String> {
    let cors = match build.source.build() {
        Err(errors) => return compare_errors(&build.errors, &errors, !build.further_errors),
        Ok(cors) => cors,
    };
    compare_errors(&build.errors, &[], true)?;
    let advice: Vec<_> = cors.advice().iter().map(ToString::to_string).collect();
    match build.advice.is_empty() {
        true => Ok(()),
        false => compare_errors(&build.advice, &advice, false).map_err(|fault| format!("advice: {fault}")),
    }
}

/// Checks that each expected error has its own line, and with `exact` that there is no other line.
///
/// # Errors
/// An error is missing, or there is one too many.
pub fn compare_errors(expected: &[Vec<String>], got: &[String], exact: bool) -> Result<(), String> {
    if expected.is_empty() && !got.is_empty() {
        return Err(format!("it must build, but: {got:#?}"));
    }
    let mut owners = vec![None; got.len()];
    for n in 0..expected.len() {
        if !assign(n, expected, got, &mut owners, &mut vec![false; got.len()]) {
            return Err(format!("no error of its own says {:?}; there are: {got:#?}", expected[n]));
        }
    }
    match exact && owners.contains(&None) {
        true => Err(format!("there are more errors than the {} expected: {got:#?}", expected.len())),
        false => Ok(()),
    }
}

/// Gives expectation `n` a line, moving other expectations to other lines that they match.
fn assign(
    n: usize,
    expected: &[Vec<String>],
    got: &[String],
    owners: &mut [Option<usize>],
    seen: &mut [bool],
) -> bool {
    for line in 0..got.len() {
        let text = got[line].to_lowercase();
        if !seen[line] && expected[n].iter().all(|word| text.contains(&word.to_lowercase())) {
            seen[line] = true;
            if owners[line].is_none_or(|other| assign(other, expected, got, owners, seen)) {
                owners[line] = Some(n);
                return true;
            }
        }
    }
    false
}
