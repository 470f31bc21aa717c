//! From the options of one pattern to what a policy keeps of them.

use hashbrown::HashSet;

use crate::check::values as check;
use crate::config::{Names, ResourceOptions};
use crate::error::{ErrorKind, Place};
use crate::grammar::method::{GET, HEAD, SAFELISTED, normalise};
use crate::policy::build::Builder;
use crate::policy::names::HeaderNames;
use crate::policy::number;
use crate::policy::rules::{Entry, EntryId, Expose, MethodRule, RequestedHeaders};
use crate::policy::value::Value;

impl Builder {
    /// Equal options share one entry.
    pub(super) fn entry(&mut self, place: &Place, options: &ResourceOptions) -> EntryId {
        if let Some(&entry) = self.entries.get(options) {
            return entry;
        }
        let errors = self.errors.len();
        let entry = self.new_entry(place, options);
        if self.errors.len() == errors {
            self.entries.insert(options.clone(), entry);
        }
        entry
    }

    fn new_entry(&mut self, place: &Place, options: &ResourceOptions) -> EntryId {
        let methods = self.method_rule(place, options.allow_methods.as_ref());
        let asked = options.allow_headers.as_ref();
        let exposed = options.expose_headers.as_ref();
        check::header_names(place, options, self.language, &mut self.errors);
        check::max_age(place, options.max_age, &mut self.errors);
        let (names, text) = lower_case_list(asked.into_iter().flat_map(Names::iter));
        let (requested, allow_headers) = match asked {
            Some(Names::Any) if options.allow_credentials => (RequestedHeaders::Any, None),
            // Fetch Standard: `*` does not cover Authorization, so it is named beside it.
            Some(Names::Any) => (RequestedHeaders::Any, Some(Value::new("*,authorization"))),
            _ => (RequestedHeaders::Listed(names), Some(Value::new(&text))),
        };
        let expose = match exposed {
            Some(Names::Any) if options.allow_credentials => Expose::Present,
            Some(Names::Any) => Expose::Names(Value::new("*")),
            Some(names) if names.iter().next().is_some() => {
                Expose::Names(Value::new(&lower_case_list(names.iter()).1))
            }
            _ => Expose::Nothing,
        };
        let credentials = options.allow_credentials;
        let allow_methods = match &methods {
            MethodRule::Unset => Some(Value::new(&SAFELISTED.join(", "))),
            MethodRule::Listed { list, .. } => Some(Value::new(&list.join(", "))),
            MethodRule::Any => (!credentials).then(|| Value::new("*")),
        };
        self.policy.entries.push(Entry {
            credentials,
            methods,
            requested,
            allow_methods,
            allow_headers,
            max_age: options.max_age.map(|seconds| Value::new(&seconds.to_string())),
            expose,
            timing: options.allow_timing,
        });
        number(self.policy.entries.len() - 1)
    }

    fn method_rule(&mut self, place: &Place, methods: Option<&Names>) -> MethodRule {
        let names = match methods {
            None => return MethodRule::Unset,
            Some(Names::Any) => return MethodRule::Any,
            Some(Names::List(names)) => names,
        };
        let place = place.key("allow_methods");
        let (mut list, mut set) = (Vec::new(), HashSet::new());
        for name in names {
            if name == "*" {
                let help = check::wildcard(self.language);
                self.error(ErrorKind::WildcardInList, place.clone(), name, help);
            } else {
                list.extend(self.method(&place, name).filter(|method| set.insert(method.as_bytes().into())));
            }
        }
        // HEAD goes with GET (S4).
        if set.contains(GET.as_bytes()) && set.insert(HEAD.into()) {
            list.push(HEAD.into());
        }
        MethodRule::Listed { list, set }
    }

    pub(super) fn method(&mut self, place: &Place, text: &str) -> Option<String> {
        match normalise(text) {
            Ok(method) => Some(method.into()),
            Err(error) => {
                let (kind, help) = check::method(&error, text, self.language);
                self.error(kind, place.clone(), text, help);
                None
            }
        }
    }
}

/// A list of names in lower case, each once: as a set, and as the value of a header.
fn lower_case_list<'a>(names: impl IntoIterator<Item = &'a str>) -> (HeaderNames, String) {
    let mut set = HeaderNames::default();
    let names: Vec<_> = names.into_iter().filter(|name| set.insert(name)).collect();
    let list = names.join(", ").to_ascii_lowercase();
    (set, list)
}
