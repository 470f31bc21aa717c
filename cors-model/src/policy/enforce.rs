//! What enforcement looks up (S28): the hosts that are served, and the requests that are exempt.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::config::Enforce;
use crate::config::enforce::Mode;
use crate::error::{ErrorKind, Place};
use crate::grammar::method;
use crate::grammar::origin::{is_web_host, number_without_zeros, split_port};
use crate::grammar::template::Template;
use crate::policy::build::Builder;
use crate::policy::number;
use crate::policy::paths::Paths;

/// What is refused, checked and ready to be asked.
pub(crate) struct Enforcement {
    pub(crate) mode: Mode,
    /// None where every host is served.
    pub(crate) hosts: Option<Hosts>,
    pub(crate) exempt: Exempt,
    pub(crate) at_resources_alone: bool,
}

/// Hosts in lower case.
#[derive(Default)]
pub(crate) struct Hosts {
    /// With the port, where one is written.
    exact: hashbrown::HashSet<Vec<u8>>,
    any_port: hashbrown::HashSet<Vec<u8>>,
}

/// The templates of exempt requests, and for each the methods.
#[derive(Default)]
pub(crate) struct Exempt {
    paths: Paths,
    methods: Vec<Methods>,
}

enum Methods {
    All,
    These(hashbrown::HashSet<String>),
}

/// The longest host, with a dot at its end and a port.
const LONGEST: usize = 253 + ".:65535".len();

impl Hosts {
    /// Is this host served, with or without a port?
    pub(crate) fn has(&self, host: &[u8]) -> bool {
        let mut lower = [0; LONGEST];
        let Some(lower) = lower.get_mut(..host.len()) else { return false };
        lower.copy_from_slice(host);
        lower.make_ascii_lowercase();
        let lower = &*lower;
        let has_any_port = || {
            let (host, port) = split_port(lower);
            port.is_none_or(|port| number_without_zeros(port).is_some()) && self.any_port.contains(host)
        };
        self.exact.contains(lower) || has_any_port()
    }

    fn insert(&mut self, text: &str) -> Result<(), &'static str> {
        const HELP: &str = "write `api.example.com`, `api.example.com:8443`, or `localhost:*` for any port, without a scheme or a path";
        let text = text.to_ascii_lowercase();
        let (host, port) = split_port(text.as_bytes());
        if !is_web_host(host) {
            return Err(HELP);
        }
        let mut insert = |end: &str| {
            self.exact.insert([host, end.as_bytes()].concat());
        };
        match port {
            Some(b"*") => {
                self.any_port.insert(host.into());
            }
            None => ["", ":80", ":443"].into_iter().for_each(insert),
            Some(port) => match number_without_zeros(port).ok_or(HELP)? {
                port @ (80 | 443) => ["", &format!(":{port}")].into_iter().for_each(insert),
                port => insert(&format!(":{port}")),
            },
        }
        Ok(())
    }
}

impl Exempt {
    /// Is every page allowed to make this request?
    pub(crate) fn has(&self, method: &str, path: &str) -> bool {
        self.paths.find(path).is_some_and(|entry| match &self.methods[entry as usize] {
            Methods::All => true,
            Methods::These(methods) => methods.contains(method),
        })
    }
}

impl Builder {
    pub(super) fn enforcement(&mut self, enforce: &Enforce) -> Enforcement {
        let here = Place::of_table("enforce");
        let hosts = enforce.hosts.as_ref().map(|hosts| {
            let mut served = Hosts::default();
            for host in hosts {
                if let Err(help) = served.insert(host) {
                    self.error(ErrorKind::InvalidServedHost, here.key("hosts"), host, help);
                }
            }
            served
        });
        let exempt = self.exempt(&here.key("exempt"), &enforce.exempt);
        Enforcement { mode: enforce.mode, hosts, exempt, at_resources_alone: enforce.at_resources_alone }
    }

    fn exempt(&mut self, place: &Place, requests: &[String]) -> Exempt {
        let mut by_shape: HashMap<String, usize> = HashMap::new();
        let mut templates = Vec::new();
        let mut methods: Vec<Methods> = Vec::new();
        let mut seen = HashSet::new();
        for text in requests {
            let (method, template) = match exemption(text) {
                Ok(exemption) => exemption,
                Err(help) => {
                    self.error(ErrorKind::InvalidExemption, place.clone(), text, help);
                    continue;
                }
            };
            let shape = template.shape();
            if !seen.insert((shape.clone(), method)) {
                self.error(ErrorKind::Duplicate, place.clone(), text, "write it once");
            }
            let at = match by_shape.entry(shape) {
                Entry::Occupied(at) => *at.get(),
                Entry::Vacant(place) => {
                    templates.push(template);
                    methods.push(Methods::These(hashbrown::HashSet::default()));
                    *place.insert(methods.len() - 1)
                }
            };
            match (method, &mut methods[at]) {
                (None, all) => *all = Methods::All,
                (Some(method), Methods::These(methods)) => {
                    methods.insert(method.into());
                }
                (Some(_), Methods::All) => {}
            }
        }
        let templates =
            templates.into_iter().zip(0..).map(|(template, id)| (template, Some(id), number(id as usize)));
        Exempt { paths: Paths::exact(templates.collect()), methods }
    }
}

/// A method, if there is one, and a template.
fn exemption(text: &str) -> Result<(Option<&str>, Template), String> {
    const HELP: &str = "write a path template, such as `/oauth/callback`, or a method and one, such as `POST /webhooks/{id}`";
    let (method, template) = match text.split_once(' ') {
        Some((method, template)) => (Some(method), template.trim_start()),
        None => (None, text),
    };
    if !template.starts_with('/') {
        return Err(HELP.into());
    }
    let method = method.map(|method| method::normalise(method).map_err(|_| HELP)).transpose()?;
    Ok((method, Template::parse(template)?))
}
