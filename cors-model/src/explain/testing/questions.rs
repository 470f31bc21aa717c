//! Which questions are worth asking of a policy.

use std::collections::HashSet;

use http::{HeaderName, Request, header};

use super::asker::{Asker, Role, is_origin, kind, of_pattern, strangers};
use super::question::Question;
use super::report::Report;
use crate::config::{Names, OriginMap, Resource, ResourceOptions};
use crate::decide::request::{CorsRequest, Target};
use crate::grammar::method::{SAFELISTED, normalise};
use crate::grammar::pattern::{patterns, source_name};
use crate::grammar::template::Template;
use crate::policy::Cors;

/// The questions that are worth asking of an application with this policy.
///
/// At each resource ask two or more origins for each kind of pattern that counts there, look-alikes of them, a foreign origin, `null` and
/// a request without an origin. An origin that a pattern matches asks with each method and with request headers in and out of the list,
/// the others once. Of the patterns of one kind in one level with equal options, the first stands for all.
#[must_use]
#[derive(Clone, Debug)]
pub struct Questions {
    cors: Cors,
    paths: Vec<(String, String)>,
    /// The names of sources, each with an origin that it has.
    members: Vec<(String, String)>,
}

impl Questions {
    /// The questions about this policy.
    pub fn of(cors: &Cors) -> Self {
        Self { cors: cors.clone(), paths: Vec::new(), members: Vec::new() }
    }

    /// Where to ask about a template with parameters: `.path("/notes/{id}", "/notes/7")`. A query is allowed. A resource with parameters
    /// that has no path is skipped, and the report names it.
    pub fn path(mut self, template: impl Into<String>, path: impl Into<String>) -> Self {
        self.paths.push((template.into(), path.into()));
        self
    }

    /// An origin that a source of your application has: `.member("tenants", "https://tenant.example")`. It asks what any origin of an
    /// entry asks. Look-alikes of it do not ask, since only the source knows whether they belong. A source without a member is
    /// skipped, and the report names it.
    pub fn member(mut self, source: impl Into<String>, origin: impl Into<String>) -> Self {
        self.members.push((source.into(), origin.into()));
        self
    }

    /// All questions, in the order of the configuration.
    pub fn iter(&self) -> impl Iterator<Item = Question> {
        self.places().0.into_iter().flat_map(|place| place.questions())
    }

    /// A report on these questions, to which you add what each check returned.
    pub fn report(&self) -> Report {
        Report::new(self.places().1)
    }

    /// Where to ask, and why some resources, sources or members are skipped.
    fn places(&self) -> (Vec<Place<'_>>, Vec<String>) {
        let config = self.cors.config();
        let (mut places, mut skipped) = (Vec::new(), Vec::new());
        for resource in &config.resources {
            match self.path_of(&resource.template) {
                Ok(path) => places.push(Place { of: self, path, resource: Some(resource) }),
                Err(why) => skipped.push(why),
            }
        }
        if config.all_resources && self.resource_at(ELSEWHERE).is_some() {
            places.push(Place { of: self, path: ELSEWHERE.into(), resource: None });
        }
        for (template, path) in &self.paths {
            if self.cors.0.paths.find_template(template).is_none() {
                skipped.push(format!("{path}: no resource has the template {template}"));
            }
        }
        let named = config.named_sources();
        for &name in &named {
            if !self.members.iter().any(|(source, _)| source == name) {
                skipped.push(format!("@{name}: write .member({name:?}, ..) with an origin that it has"));
            }
        }
        for (source, origin) in &self.members {
            if !named.contains(source.as_str()) {
                skipped.push(format!("{origin}: no map names @{source}"));
            } else if !is_origin(origin) {
                skipped.push(format!("@{source}: {origin:?} is not an origin as browsers send it"));
            }
        }
        (places, skipped)
    }

    fn path_of(&self, template: &str) -> Result<String, String> {
        let own = self.cors.0.paths.find_template(template);
        let mut filled = self.paths.iter();
        let filled = filled.find(|(other, _)| self.cors.0.paths.find_template(other) == own);
        let path = match (filled, Template::parse(template)) {
            (Some((_, path)), _) => path.clone(),
            (None, Ok(parsed)) if parsed.is_fixed() => parsed.shape(),
            _ => return Err(format!("{template}: write .path({template:?}, ..) with a path for it")),
        };
        if own.is_none() || self.resource_at(&path) != own {
            return Err(format!("{template}: the path {path} does not belong to it"));
        }
        Ok(path)
    }

    fn resource_at(&self, path: &str) -> Option<u32> {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        self.cors.0.resource(Target::Path, path)
    }
}

/// A path that no policy is likely to name.
const ELSEWHERE: &str = "/cors-testing/not-registered";

/// One path at which questions are asked.
struct Place<'a> {
    of: &'a Questions,
    path: String,
    /// None for all other paths.
    resource: Option<&'a Resource>,
}

impl<'a> Place<'a> {
    fn questions(&self) -> Vec<Question> {
        let methods = self.methods();
        let mut questions = Vec::new();
        for asker in self.askers() {
            let first = asker.method.unwrap_or_else(|| methods.first().copied().unwrap_or("GET"));
            let Role::Matching(_, options) = asker.role else {
                questions.extend(self.question(&asker, first, Vec::new()));
                questions.extend(self.preflight(&asker, first, ""));
                continue;
            };
            for method in &methods {
                questions.extend(self.question(&asker, method, Vec::new()));
                questions.extend(self.preflight(&asker, method, ""));
            }
            questions.extend(self.preflight(&asker, first, &listed(options)));
            questions.extend(self.preflight(&asker, first, UNLISTED));
        }
        // An origin that asks because of two patterns asks the same twice.
        let mut known = HashSet::new();
        questions.retain(|question| known.insert(question.to_string()));
        questions
    }

    fn askers(&self) -> Vec<Asker<'a>> {
        let mut askers = Vec::new();
        let mut known = HashSet::new();
        for (method, map) in self.levels() {
            let mut kinds = HashSet::new();
            for (key, options) in map.iter() {
                for pattern in patterns(key).filter(|pattern| kinds.insert((kind(pattern), options))) {
                    askers.extend(of_pattern(pattern, options, method));
                    askers.extend(self.members_of(pattern).map(|origin| Asker {
                        origin: Some(origin.into()),
                        role: Role::Matching(pattern, options),
                        method,
                    }));
                }
            }
        }
        // An origin that one pattern matches may look like another pattern, too.
        askers.sort_by_key(|asker| !matches!(asker.role, Role::Matching(..)));
        askers.extend(strangers());
        askers.retain(|asker| known.insert((asker.origin.clone(), asker.method)));
        askers
    }

    /// The origins that the source of this pattern has, if it is one.
    fn members_of(&self, pattern: &'a str) -> impl Iterator<Item = &'a str> {
        let name = source_name(pattern);
        let members = self.of.members.iter().filter(move |(source, _)| name == Some(source));
        members.map(|(_, origin)| origin.as_str()).filter(|origin| is_origin(origin))
    }

    /// The maps that count here, with the method whose route they are of.
    fn levels(&self) -> Vec<(Option<&'a str>, &'a OriginMap)> {
        let defaults = &self.of.cors.config().defaults;
        let Some(resource) = self.resource else { return vec![(None, defaults)] };
        let routes = resource.routes.iter().map(|route| (normalise(&route.method).ok(), &route.origins));
        let inherited = resource.inherit.then_some((None, defaults));
        routes.chain([(None, &resource.origins)]).chain(inherited).collect()
    }

    /// The methods that somebody may have at this resource come first, then others.
    fn methods(&self) -> Vec<&'a str> {
        let routes = self.resource.into_iter().flat_map(|resource| &resource.routes);
        let routes = routes.map(|route| route.method.as_str());
        let listed = self.levels().into_iter().flat_map(|(_, map)| map.listed_methods());
        let named = routes.chain(listed).filter_map(|method| normalise(method).ok());
        let mut known = HashSet::new();
        named.chain(SAFELISTED).chain(OTHERS).filter(|&method| known.insert(method)).collect()
    }

    fn preflight(&self, asker: &Asker<'_>, method: &str, names: &str) -> Option<Question> {
        asker.origin.as_ref()?;
        let mut lines = vec![(header::ACCESS_CONTROL_REQUEST_METHOD, method)];
        if !names.is_empty() {
            lines.push((header::ACCESS_CONTROL_REQUEST_HEADERS, names));
        }
        self.question(asker, "OPTIONS", lines)
    }

    fn question(&self, asker: &Asker<'_>, method: &str, lines: Vec<(HeaderName, &str)>) -> Option<Question> {
        let mut request = Request::builder().method(method).uri(&self.path);
        let host = self.host().map(|host| (header::HOST, host));
        let origin = asker.origin.as_deref();
        for (name, value) in
            host.into_iter().chain(origin.map(|origin| (header::ORIGIN, origin))).chain(lines)
        {
            request = request.header(name, value);
        }
        let request = request.body(()).ok()?;
        // What the sources say of the origin.
        let says = |name: &str| {
            let mut members = self.of.members.iter();
            Some(members.any(|(source, member)| source == name && origin == Some(member)))
        };
        let answers = self.of.cors.assume(&CorsRequest::from(&request), says);
        let template = self.resource.map_or("all other paths", |resource| &resource.template);
        let about = format!("{template}, {}", asker.role);
        Some(Question { cors: self.of.cors.clone(), request, answers, about })
    }

    /// A host that the policy serves, if it names its hosts (S28).
    fn host(&self) -> Option<&'a str> {
        let host = self.of.cors.config().enforce.as_ref()?.hosts.as_ref()?.first()?;
        Some(host.strip_suffix(":*").unwrap_or(host))
    }
}

/// Methods that frameworks know, beside the safelisted ones.
const OTHERS: [&str; 3] = ["PUT", "PATCH", "DELETE"];

/// A request header that no configuration is likely to list.
const UNLISTED: &str = "x-cors-testing-unlisted";

/// The request headers that the options list, as browsers send them.
fn listed(options: &ResourceOptions) -> String {
    let names = options.allow_headers.iter().flat_map(Names::iter);
    let mut names: Vec<_> = names.map(str::to_ascii_lowercase).collect();
    names.sort();
    names.dedup();
    names.join(",")
}
