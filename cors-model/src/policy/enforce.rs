//! What enforcement looks up (S28): the hosts that are served, and the requests that are exempt.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::config::Enforce;
use crate::config::enforce::Mode;
use crate::error::{ErrorKind, Place};
use crate::grammar::method::{self, MethodError};
use crate::grammar::origin::{is_web_host, number_without_zeros, split_port};
use crate::grammar::pattern::punycode;
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

    /// Adds an entry of `hosts`, unless it is not valid.
    fn insert(&mut self, text: &str) -> Option<()> {
        let text = text.to_ascii_lowercase();
        let (host, port) = split_port(text.as_bytes());
        if !is_web_host(host) {
            return None;
        }
        let mut insert = |end: &str| {
            self.exact.insert([host, end.as_bytes()].concat());
        };
        match port {
            Some(b"*") => {
                self.any_port.insert(host.into());
            }
            None => ["", ":80", ":443"].into_iter().for_each(insert),
            Some(port) => match number_without_zeros(port)? {
                port @ (80 | 443) => ["", &format!(":{port}")].into_iter().for_each(insert),
                port => insert(&format!(":{port}")),
            },
        }
        Some(())
    }
}

/// How to fix an entry of `hosts`.
fn help_with_host(text: &str) -> String {
    let is_valid = |host: &str| Hosts::default().insert(host).is_some();
    let rest = text.trim().split_once("://").map_or(text.trim(), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let in_brackets = format!("[{host}]");
    if is_valid(host) {
        return format!("a host has no scheme, no user name and no path; write {host}");
    }
    if is_valid(&in_brackets) {
        return format!("an IPv6 address has brackets; write {in_brackets}");
    }
    if !host.is_ascii() {
        let (name, port) = host.split_at(split_port(host.as_bytes()).0.len());
        let host = punycode(name).map(|name| name + port);
        return match host.filter(|host| is_valid(host)) {
            Some(host) => format!("browsers send the host in punycode; write {host}"),
            None => "browsers send the host in punycode; copy what `location.host` shows in the console of a page there".into(),
        };
    }
    if host.starts_with('*') {
        return "a host has no wildcard; name each host, or leave out `hosts` to serve every host".into();
    }
    "write `api.example.com`, `api.example.com:8443` (that port alone, 1 to 65535), or `localhost:*` (any port)"
        .into()
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
                if served.insert(host).is_none() {
                    let help = help_with_host(host);
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
        for text in requests {
            let (method, template) = match exemption(text) {
                Ok(exemption) => exemption,
                Err(help) => {
                    self.error(ErrorKind::InvalidExemption, place.clone(), text, help);
                    continue;
                }
            };
            let shape = template.shape();
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

/// A method, if there is one, and a template. The error says how to fix it.
fn exemption(text: &str) -> Result<(Option<&str>, Template), String> {
    const HELP: &str = "write a path template, such as `/oauth/callback`, or one method and a path template, such as `POST /webhooks/{id}`";
    // A template may be written decoded, and have a space in it.
    let (method, template) = match text.split_once(' ').filter(|_| !text.starts_with('/')) {
        Some((method, template)) => (Some(method), template.trim_start()),
        None => (None, text),
    };
    let method = method.map(method::normalise).transpose().map_err(|error| match error {
        MethodError::Forbidden => "pages cannot send that method; remove the entry".into(),
        MethodError::Wildcard => format!("a path alone stands for every method; write {template}"),
        MethodError::NoToken => HELP.into(),
    })?;
    let before = method.map_or(String::new(), |method| format!("{method} "));
    if template.starts_with('/') {
        return Ok((method, Template::parse_behind(&before, template)?));
    }
    let path = match template.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or_else(String::new, |path| rest[path..].into()),
        None => format!("/{template}"),
    };
    let is_method_alone = method.is_none() && !template.contains(|char: char| char.is_ascii_lowercase());
    Err(match Template::parse(&path) {
        Ok(_) if path != "/" && !is_method_alone => {
            format!("a path begins with a slash; write {before}{path}")
        }
        _ => HELP.into(),
    })
}
