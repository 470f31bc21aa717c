//! What enters: an application and a policy. What leaves: each response that a page could read and must not, and each that it
//! could not read and should.

use std::fmt;

use cors_model::CorsConfig;

use super::policy::{FOREIGN, Guard, POLICIES, Policy, TRUSTED};
use super::spelling::{Extent, spellings};
use super::{Application, Items, Place, Slash, Tree};
use crate::server::{self, Running};
use crate::subject::Attach;
use crate::wire::{self, Request, Response};

/// The result of all requests.
#[derive(Debug, Default)]
pub struct Tally {
    /// How many requests were sent.
    pub requests: usize,
    /// Every leak and every loss.
    pub findings: Vec<Finding>,
}

/// One response with the wrong headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The policy.
    pub policy: &'static str,
    /// What is wrong.
    pub kind: Kind,
    /// The method of the request, or the one that its preflight asked for.
    pub asked: &'static str,
    /// The target of the request.
    pub target: String,
    /// What a GET there is served.
    pub served: String,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A page can read what it must not.
    Leak,
    /// A page cannot read what it should.
    Lost,
}

/// What an application serves at every spelling of its paths.
pub struct Survey {
    /// How many requests were sent.
    pub requests: usize,
    /// Each spelling that reaches a handler or a file, and that handler's or file's own path.
    served: Vec<(String, String)>,
}

/// Requests every spelling of every path from an application. A policy changes nothing of what is served, so this takes none.
///
/// # Errors
/// The application does not start, or does not serve a plain path.
pub fn survey(application: &Application, items: Items) -> Result<Survey, String> {
    let place = application.places.first().ok_or("no place")?;
    let mut asker = Asker::start(place, items, CorsConfig::new())?;
    let mut served = Vec::new();
    for path in items.paths() {
        asker.must_serve(path, FOREIGN)?;
        let is_guarded = POLICIES.iter().any(|policy| policy.guarded.contains(&path));
        let extent = if is_guarded { Extent::Full } else { Extent::Common };
        for target in spellings(path, extent) {
            served.extend(asker.get(&target, FOREIGN).map(|answer| (target, answer.served)));
        }
    }
    Ok(Survey { requests: asker.requests, served })
}

/// Requests what the survey found from the same application, with a policy in one place.
///
/// # Errors
/// The application does not start, or does not serve a path as browsers spell it.
pub fn judge(place: &Place, policy: &Policy, survey: &Survey) -> Result<Tally, String> {
    let asker = Asker::start(place, policy.items, (policy.config)())?;
    let mut judge = Judge { policy, asker, findings: Vec::new() };
    judge.leaks(survey)?;
    judge.losses(place.slash)?;
    Ok(Tally { requests: judge.asker.requests, findings: judge.findings })
}

struct Judge<'a> {
    policy: &'a Policy,
    asker: Asker,
    findings: Vec<Finding>,
}

impl Judge<'_> {
    /// At no spelling may a foreign page read what the policy guards.
    fn leaks(&mut self, survey: &Survey) -> Result<(), String> {
        for (target, served) in survey.served.iter().filter(|(_, served)| !self.policy.shares(served)) {
            let answer = self.asker.must_serve(target, FOREIGN)?;
            if answer.shared_with.is_some() {
                self.finds(Kind::Leak, "GET", target, served);
            }
            if self.asker.preflight(target).is_some() {
                self.finds(Kind::Leak, "PUT", target, served);
            }
        }
        Ok(())
    }

    /// A page can read what is shared with it, at the paths that browsers send.
    fn losses(&mut self, slash: Slash) -> Result<(), String> {
        let with_slash = self.policy.kept.iter().take(1).filter(|_| slash == Slash::IsTrimmed);
        let with_slash = with_slash.map(|target| format!("{target}/"));
        for target in self.policy.kept.iter().map(ToString::to_string).chain(with_slash) {
            let target = &*target;
            let answer = self.asker.must_serve(target, FOREIGN)?;
            if answer.shared_with.as_deref() != Some("*") {
                self.finds(Kind::Lost, "GET", target, &answer.served);
            }
            if self.asker.preflight(target).as_deref() != Some("*") {
                self.finds(Kind::Lost, "PUT", target, &answer.served);
            }
        }
        for path in self.policy.guarded.iter().filter(|_| self.policy.guard == Guard::Strict) {
            let answer = self.asker.must_serve(path, TRUSTED)?;
            if answer.shared_with.as_deref() != Some(TRUSTED) {
                self.finds(Kind::Lost, "GET", path, &answer.served);
            }
        }
        Ok(())
    }

    fn finds(&mut self, kind: Kind, asked: &'static str, target: &str, served: &str) {
        let (policy, target, served) = (self.policy.name, target.to_owned(), served.to_owned());
        self.findings.push(Finding { policy, kind, asked, target, served });
    }
}

/// Sends requests to one server, and counts them.
struct Asker {
    server: Running,
    requests: usize,
}

/// What a GET is served, and which origin may read it.
struct Answer {
    served: String,
    shared_with: Option<String>,
}

impl Asker {
    fn start(place: &Place, items: Items, config: CorsConfig) -> Result<Self, String> {
        let cors = config.build().map_err(|errors| errors.to_string())?;
        let tree = Tree::new(items).map_err(|error| error.to_string())?;
        let serve = place.serve;
        let server = server::serve(place.name, cors, Attach::App, move |site| serve(site, tree))?;
        Ok(Self { server, requests: 0 })
    }

    fn must_serve(&mut self, target: &str, origin: &str) -> Result<Answer, String> {
        self.get(target, origin).ok_or_else(|| format!("{target} is not served"))
    }

    fn get(&mut self, target: &str, origin: &str) -> Option<Answer> {
        let response = self.ask("GET", target, &[&format!("Origin: {origin}")])?;
        let shared_with = shared_with(&response);
        let served = String::from_utf8(response.body).ok()?;
        // Only a handler or a file answers with a path.
        (response.status == 200 && served.starts_with('/')).then_some(Answer { served, shared_with })
    }

    /// The origin that a preflight for PUT allows.
    fn preflight(&mut self, target: &str) -> Option<String> {
        let lines = [&*format!("Origin: {FOREIGN}"), "Access-Control-Request-Method: PUT"];
        self.ask("OPTIONS", target, &lines).as_ref().and_then(shared_with)
    }

    fn ask(&mut self, method: &str, target: &str, lines: &[&str]) -> Option<Response> {
        self.requests += 1;
        let lines = lines.iter().map(|line| line.as_bytes().to_vec()).collect();
        // One connection for each: on one that stays open, the body of a file waits for the acknowledgement of its head.
        let request = Request { method: method.into(), target: target.into(), lines };
        wire::send(self.server.addr, &request).got.ok()
    }
}

fn shared_with(response: &Response) -> Option<String> {
    let line = response.lines("access-control-allow-origin").next()?;
    Some(String::from_utf8_lossy(line).into_owned())
}

impl Tally {
    /// Adds the result of further requests.
    pub fn add(&mut self, other: Self) {
        self.requests += other.requests;
        self.findings.extend(other.findings);
    }

    /// The number of leaks, or of losses.
    pub fn count(&self, kind: Kind) -> usize {
        self.findings.iter().filter(|finding| finding.kind == kind).count()
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (leaks, lost) = (self.count(Kind::Leak), self.count(Kind::Lost));
        write!(f, "{} requests, {leaks} leaks, {lost} lost", self.requests)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, kind, asked, target, served } = self;
        write!(f, "{kind:?} [{policy}] {asked} {target} serves {served}")
    }
}
