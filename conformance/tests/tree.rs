//! One path, one policy: in no framework does a spelling of a path let a page read what the policy guards there.

use std::process::ExitCode;

use cors_conformance::tree::judge::Kind;
use cors_conformance::tree::{self, Application, DECLARED, Items, POLICIES, Policy, Tally};
use cors_model::{CorsConfig, ResourceOptions};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut tests: Vec<_> = tree::applications()
        .map(|application| Trial::test(application.name, || check(application).map_err(Failed::from)))
        .collect();
    tests.push(Trial::test("the judge finds leaks and losses", || seeing().map_err(Failed::from)));
    libtest_mimic::run(&arguments, tests).exit_code()
}

/// Reports each place, and fails with what is wrong in any.
fn check(application: &Application) -> Result<(), String> {
    let mut tallies: Vec<_> = application.places.iter().map(|place| (place, Tally::default())).collect();
    let mut spellings = 0;
    for items in [Items::AdminToo, Items::IdAlone] {
        let survey = tree::survey(application, items)?;
        spellings += survey.requests;
        for (place, tally) in &mut tallies {
            let policies = POLICIES.iter().filter(|policy| policy.items == items && (place.takes)(policy));
            for policy in policies {
                tally.add(tree::judge(place, policy, &survey)?);
            }
        }
    }
    let mut faults = Vec::new();
    for (place, tally) in tallies {
        eprintln!("{}, {}: {spellings} spellings, {tally}", application.name, place.name);
        faults.extend(wrong((application.name, place.name), &tally));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Findings that are not declared, and declared ones that do not occur.
fn wrong(place: (&str, &str), tally: &Tally) -> Vec<String> {
    let declared: Vec<_> = DECLARED.iter().filter(|declared| declared.place == place).collect();
    let findings = tally.findings.iter();
    let undeclared = findings.clone().filter(|finding| !declared.iter().any(|declared| declared.is(finding)));
    let idle = declared.iter().filter(|declared| !findings.clone().any(|finding| declared.is(finding)));
    let undeclared = undeclared.map(|finding| format!("{}: {finding}", place.1));
    let idle = idle.map(|declared| {
        format!("{}: declared, but not found: {} at {}", place.1, declared.policy, declared.served)
    });
    undeclared.chain(idle).collect()
}

/// A configuration that shares everything leaks what any policy guards, and one that shares nothing loses the rest.
fn seeing() -> Result<(), String> {
    let application = tree::applications().next().ok_or("no application")?;
    let place = application.places.first().ok_or("no place")?;
    for policy in POLICIES {
        let survey = tree::survey(application, policy.items)?;
        let open = || CorsConfig::new().defaults([("*", ResourceOptions::new())]).all_resources();
        let open = tree::judge(place, &Policy { config: open, ..*policy }, &survey)?;
        let closed = tree::judge(place, &Policy { config: CorsConfig::new, ..*policy }, &survey)?;
        let found = |tally: &Tally, kind, target: &str| {
            tally.findings.iter().any(|finding| finding.kind == kind && finding.target == target)
        };
        let leaked = policy.guarded.iter().all(|target| found(&open, Kind::Leak, target));
        let lost = policy.kept.iter().all(|target| found(&closed, Kind::Lost, target));
        if !leaked || !lost || closed.count(Kind::Leak) > 0 {
            return Err(format!("{}: open: {open}; closed: {closed}", policy.name));
        }
    }
    Ok(())
}
