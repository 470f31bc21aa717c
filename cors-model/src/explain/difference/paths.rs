//! One path for each template of two configurations, and for each overlap of two templates.

use std::collections::{BTreeSet, HashSet};

use crate::config::CorsConfig;
use crate::grammar::template::{Segment, Template};

/// Each template with a path that it matches, and that no narrower template does if there is one. Then those where two templates
/// overlap, and a path that stands for all others.
pub(super) fn representatives(configs: [&CorsConfig; 2]) -> Vec<(String, String)> {
    let written = configs.into_iter().flat_map(|config| {
        config.resources.iter().map(|resource| &resource.template).chain(&config.excluded)
    });
    let mut seen = BTreeSet::new();
    let mut all: Vec<(String, Vec<Segment>)> = Vec::new();
    for text in written {
        let Ok(template) = Template::parse(text) else { continue };
        // A plain path is disputed where it lacks nothing but the slash at the end (S24).
        let without_slash = template.without_slash().map(|template| (text_of(template.segments()), template));
        for (text, template) in [(text.clone(), template)].into_iter().chain(without_slash) {
            if seen.insert(template.segments().to_vec()) {
                all.push((text, template.segments().into()));
            }
        }
    }
    let templates = all.len();
    for one in 0..templates {
        for other in one + 1..templates {
            let Some(both) = overlap(&all[one].1, &all[other].1) else { continue };
            if seen.insert(both.clone()) {
                all.push((text_of(&both), both));
            }
        }
    }
    let taken: HashSet<_> = all.iter().flat_map(|(_, segments)| segments).filter_map(fixed).collect();
    let label = |number| if number == 0 { "x".into() } else { format!("x{number}") };
    let fill = super::fresh(label, |text| taken.contains(text));
    let longest = all.iter().map(|(_, segments)| segments.len()).max().unwrap_or(0);
    let others = vec![fill.as_str(); longest + 1].join("/");
    let path = |segments: &[Segment]| {
        segments.iter().fold(String::new(), |path, segment| path + "/" + fixed(segment).unwrap_or(&fill))
    };
    let paths = all.iter().map(|(text, segments)| (text.clone(), path(segments)));
    paths.chain([(super::OTHERS.into(), format!("/{others}"))]).collect()
}

fn fixed(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Fixed(text) => Some(text),
        Segment::Parameter | Segment::CatchAll => None,
    }
}

/// As a configuration writes it.
fn text_of(segments: &[Segment]) -> String {
    segments.iter().fold(String::new(), |text, segment| {
        text + "/"
            + match segment {
                Segment::Fixed(fixed) => fixed,
                Segment::Parameter => "{id}",
                Segment::CatchAll => "{*rest}",
            }
    })
}

/// The template of all paths that both match.
fn overlap(one: &[Segment], other: &[Segment]) -> Option<Vec<Segment>> {
    let mut both = Vec::new();
    let (mut one, mut other) = (one, other);
    loop {
        (one, other) = match (one, other) {
            ([], []) => return Some(both),
            ([Segment::CatchAll], rest) | (rest, [Segment::CatchAll]) => {
                let is_empty = rest.is_empty() || *rest == [Segment::Fixed(String::new())];
                both.extend_from_slice(rest);
                return (!is_empty).then_some(both);
            }
            ([first, one @ ..], [second, other @ ..]) => {
                both.push(match (first, second) {
                    (Segment::Fixed(text), Segment::Fixed(same)) if text == same => first.clone(),
                    (Segment::Parameter, Segment::Parameter) => Segment::Parameter,
                    (Segment::Fixed(text), Segment::Parameter)
                    | (Segment::Parameter, Segment::Fixed(text))
                        if !text.is_empty() =>
                    {
                        Segment::Fixed(text.clone())
                    }
                    _ => return None,
                });
                (one, other)
            }
            _ => return None,
        };
    }
}
