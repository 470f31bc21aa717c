//! Other libraries, tested with the same table (feature `peers`), each configured as closely to the case as possible.
//!
//! A policy is attached around each resource, or around the application if it governs every path. If a library cannot be
//! configured as a case requires, the case is "cannot express" and not a fault. `fair` judges the rest.

mod actix_cors;
mod fair;
mod plain;
mod poem;
mod rocket_cors;
mod tower_http;
mod warp;

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, OnceLock};

use cors_model::Cors;

use crate::matrix::{self, Outcome, Trial};
use crate::server::{self, Running};
use crate::subject::{Attach, Site};
use crate::table::{Case, Group, Step, Table};
use crate::wire::{self, Request, Response};
use plain::{Names, Plain, Policies};

/// Another library.
pub struct Peer {
    /// Its name.
    pub name: &'static str,
    /// The versions of the library and of its framework.
    pub version: &'static str,
    /// Why it cannot express a policy.
    cannot: fn(&Plain) -> Option<&'static str>,
    /// Whether "every method" means only those that the HTTP crate has names for.
    known_methods_only: bool,
    /// Whether there is only one policy, for every path of the application.
    one_policy: bool,
    /// Serves the application with these policies.
    serve: fn(Site, Attached) -> io::Result<()>,
}

/// Every library that is compared.
pub const PEERS: &[Peer] = &[tower_http::PEER, actix_cors::PEER, rocket_cors::PEER, warp::PEER, poem::PEER];

/// Rules about what no other CORS library does: their cases are left out.
const OURS_ALONE: &[&str] = &["S28", "S29"];

/// The methods that the HTTP crates have names for.
const KNOWN: &[&str] = &["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// Where the policies are attached; those that cannot be expressed are left out.
#[derive(Clone)]
enum Attached {
    /// One policy around the application.
    App(Plain),
    /// One policy around each resource.
    Resources(Arc<BTreeMap<String, Plain>>),
}

/// Every case of the table with every library. Configurations that are only built are left out: they test this project's errors.
pub fn trials(table: &Table) -> Vec<Trial> {
    PEERS.iter().flat_map(|peer| trials_of(peer, table)).collect()
}

fn trials_of(peer: &'static Peer, table: &Table) -> Vec<Trial> {
    table.groups.iter().flat_map(|group| trials_of_group(peer, group)).collect()
}

fn trials_of_group(peer: &'static Peer, group: &Group) -> Vec<Trial> {
    let cors = group.source.build().unwrap_or_else(|errors| panic!("{}: {errors:?}", group.name));
    let policies = Arc::new(Policies::of(&cors));
    let mut servers: Vec<Arc<Server>> = Vec::new();
    let mut server = |case: &Case| {
        // If there is only one policy for every path, each case uses the one of its own path.
        let own = || policies.at(path(&case.steps[0].request)).ok().flatten().cloned();
        let only = if peer.one_policy { own() } else { None };
        if let Some(server) = servers.iter().find(|server| server.only == only) {
            return server.clone();
        }
        let (cors, policies) = (cors.clone(), policies.clone());
        servers.push(Arc::new(Server { peer, cors, policies, only, running: OnceLock::new() }));
        servers[servers.len() - 1].clone()
    };
    let compared =
        |case: &&Case| case.attach.contains(&Attach::App) && !OURS_ALONE.contains(&case.rules[0].as_str());
    let cases = group.cases.iter().filter(compared);
    cases.map(|case| trial(case, &server(case))).collect()
}

fn path(request: &Request) -> &str {
    request.target.split('?').next().unwrap_or_default()
}

struct Server {
    peer: &'static Peer,
    cors: Cors,
    policies: Arc<Policies>,
    /// The policy of a library that has one for all paths.
    only: Option<Plain>,
    running: OnceLock<Result<Running, String>>,
}

impl Server {
    /// The policy of a request's path; `None` if nothing is attached there.
    ///
    /// # Errors
    /// Why the library cannot express it.
    fn policy(&self, request: &Request) -> Result<Option<&Plain>, String> {
        let policy = self.policies.at(path(request))?;
        if self.peer.one_policy && (policy.is_none() || policy != self.only.as_ref()) {
            return Err("anything but one policy for every path".into());
        }
        let Some(policy) = policy else { return Ok(None) };
        if let Some(reason) = (self.peer.cannot)(policy) {
            return Err(reason.into());
        }
        let unknown = self.peer.known_methods_only
            && fair::method(request).is_some_and(|name| !KNOWN.contains(&&*name));
        match unknown && policy.methods == Names::Any {
            true => Err("every method, whatever its name".into()),
            false => Ok(Some(policy)),
        }
    }

    fn running(&self) -> Result<&Running, String> {
        let can = |policy: &Result<Plain, String>| {
            policy.clone().ok().filter(|plain| (self.peer.cannot)(plain).is_none())
        };
        let attached = match self.only.as_ref().or_else(|| self.policies.everything.as_ref()?.as_ref().ok()) {
            Some(policy) => Attached::App(policy.clone()),
            None => {
                let resources = self.policies.resources.iter();
                let plain = resources.filter_map(|(name, policy)| Some((name.clone(), can(policy)?)));
                Attached::Resources(Arc::new(plain.collect()))
            }
        };
        let serve = self.peer.serve;
        let start = move || {
            server::serve(self.peer.name, self.cors.clone(), Attach::App, move |site| serve(site, attached))
        };
        self.running.get_or_init(start).as_ref().map_err(String::clone)
    }
}

fn trial(case: &Case, server: &Arc<Server>) -> Trial {
    let (steps, rules, server) = (case.steps.clone(), case.rules.clone(), server.clone());
    let column = server.peer.name.to_owned();
    let action = move || {
        for step in &steps {
            if let Err(reason) = server.policy(&step.request) {
                return Outcome::CannotExpress(reason);
            }
        }
        let run = || {
            let (running, mut bodies) = (server.running()?, Vec::new());
            steps.iter().try_for_each(|step| run_step(&server, running, &rules, step, &mut bodies))
        };
        run().map_or_else(Outcome::Fail, |()| Outcome::Pass)
    };
    let (rules, case) = (case.rules.clone(), case.name.clone());
    Trial { column, rules, case, deviates: None, action: Box::new(action) }
}

fn run_step(
    server: &Server,
    running: &Running,
    rules: &[String],
    step: &Step,
    bodies: &mut Vec<Vec<u8>>,
) -> Result<(), String> {
    let exchange = wire::send(running.addr, &step.request);
    let faults = match &exchange.got {
        Err(_) if step.expect.may_drop() => Vec::new(),
        Err(error) => vec![error.clone()],
        Ok(got) => {
            let policy = server.policy(&step.request)?;
            let mut faults = fair::check(&step.request, &step.expect, rules, policy, got);
            faults.extend(matrix::check_bodies(step, got, bodies));
            faults
        }
    };
    if !faults.is_empty() {
        return Err(matrix::report(&faults, &exchange));
    }
    bodies.push(exchange.got.map_or_else(|_| Vec::new(), |got: Response| got.body));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::subject;

    const fn peer(serve: fn(Site, Attached) -> io::Result<()>) -> Peer {
        Peer {
            name: "test",
            version: "",
            cannot: |_| None,
            known_methods_only: false,
            one_policy: false,
            serve,
        }
    }

    /// An adapter of this project, which is known to be right.
    static RIGHT: Peer = peer(|site, _| (subject::find("tower").unwrap().serve)(site));
    /// The same application without any policy.
    static NOTHING: Peer =
        peer(|site, _| subject::tower::run(site, subject::tower::application(|_, methods| methods)));

    fn failures(peer: &'static Peer) -> Vec<(String, String)> {
        crate::subject::app::hush_the_panic();
        let trials = trials_of(peer, &Table::load().unwrap()).into_iter();
        let ended = trials.map(|trial| (trial.rules[0].clone(), trial.name(), trial.run()));
        let failed = ended.filter_map(|(rule, name, outcome)| match outcome {
            Outcome::Fail(text) => Some((rule, format!("{name}\n{text}"))),
            _ => None,
        });
        failed.collect()
    }

    #[test]
    fn what_the_strict_comparison_passes_passes() {
        let failures = failures(&RIGHT);
        assert!(failures.is_empty(), "{failures:#?}");
    }

    #[test]
    fn a_server_without_cors_fails() {
        let failures = failures(&NOTHING);
        for rule in ["S1", "S2", "S3", "S4", "S8", "S9", "S10", "S13", "S14", "S16", "S17", "S18"] {
            assert!(failures.iter().any(|(of, _)| of == rule), "{rule}");
        }
    }
}
