//! From the options of one pattern to what a policy keeps of them.

use crate::check::values as check;
use crate::config::{Names, ResourceOptions};
use crate::error::{ErrorKind, Place};
use crate::grammar::header::ResponseField;
use crate::grammar::method;
use crate::policy::build::{Builder, shared};
use crate::policy::prepared::Prepared;
use crate::policy::rules::{
    Entry, EntryId, Expose, MethodId, MethodRule, NO_ROUTES, RequestedHeaders, RuleId, lower_case_list,
};
use crate::policy::table::{number, pair};
use crate::policy::value::{Copies, FixedValue, Value};

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
        let language = self.language;
        check::header_names(
            &place.key("allow_headers"),
            asked,
            check::REQUEST_HEADERS,
            language,
            &mut self.errors,
        );
        let exposed = options.expose_headers.as_ref();
        check::header_names(
            &place.key("expose_headers"),
            exposed,
            check::RESPONSE_HEADERS,
            language,
            &mut self.errors,
        );
        check::max_age(place, options.max_age, &mut self.errors);
        let (names, text) = lower_case_list(asked.into_iter().flat_map(Names::iter));
        let (requested, allow_headers) = match asked {
            Some(Names::Any) if options.allow_credentials => (RequestedHeaders::Any, None),
            // Fetch Standard: `*` does not cover Authorization, so it is named beside it.
            Some(Names::Any) => (RequestedHeaders::Any, Some(self.value("*,authorization"))),
            _ => (RequestedHeaders::Listed(names), Some(self.value(&text))),
        };
        let expose = match exposed {
            Some(Names::Any) if options.allow_credentials => Expose::Present,
            Some(Names::Any) => Expose::Any,
            Some(names) if names.iter().next().is_some() => {
                let text = lower_case_list(names.iter()).1;
                Expose::Names(self.exposed.entry(text).or_insert_with_key(|text| Copies::new(text)).clone())
            }
            _ => Expose::Nothing,
        };
        let credentials = options.allow_credentials;
        let max_age = options.max_age.map(|seconds| self.value(&seconds.to_string()));
        let lines = [
            credentials.then(|| (ResponseField::AllowCredentials, Value::fixed("true"))),
            max_age.map(|seconds| (ResponseField::MaxAge, seconds)),
        ];
        let lines = || lines.iter().flatten().cloned();
        let sends_back_headers = allow_headers.is_none();
        let allow_headers = allow_headers.map(|names| (ResponseField::AllowHeaders, names));
        let alone = match self.policy.rules[methods as usize] {
            MethodRule::Any if credentials => None,
            MethodRule::Any => Some(FixedValue::Any.value().clone()),
            _ => Some(self.value(&self.policy.list_methods(NO_ROUTES, methods, 0))),
        };
        let follow = [ResponseField::AllowOrigin, ResponseField::AllowHeaders];
        self.policy.entries.push(Entry {
            credentials,
            methods,
            enables: self.policy.rules[methods as usize].enables(),
            requested,
            sends_back_headers,
            asked: Prepared::allowed(
                lines().chain(allow_headers),
                alone.clone(),
                &follow[..1 + usize::from(sends_back_headers)],
            ),
            unasked: Prepared::allowed(lines(), alone, &follow[..1]),
            expose,
        });
        number(self.policy.entries.len() - 1)
    }

    fn method_rule(&mut self, place: &Place, methods: Option<&Names>) -> RuleId {
        let rule = match methods {
            None => MethodRule::Unset,
            Some(Names::Any) => MethodRule::Any,
            Some(Names::List(names)) => {
                let place = place.key("allow_methods");
                let mut ids = Vec::new();
                let mut seen = std::collections::HashSet::new();
                for name in names {
                    if name == "*" {
                        let help = check::wildcard(self.language);
                        self.error(ErrorKind::WildcardInList, place.clone(), name, help);
                        continue;
                    }
                    ids.extend(self.method(&place, name).filter(|&id| seen.insert(id)));
                }
                MethodRule::List(ids)
            }
        };
        if let Some(&id) = self.rules.get(&rule) {
            return id;
        }
        let id = number(self.policy.rules.len());
        if let MethodRule::List(ids) = &rule {
            let rare = ids.iter().filter(|&&method| method >= 64);
            self.policy.rarely_listed.extend(rare.map(|&method| pair(id, method)));
        }
        self.policy.rules.push(rule.clone());
        self.rules.insert(rule, id);
        id
    }

    pub(super) fn method(&mut self, place: &Place, text: &str) -> Option<MethodId> {
        match method::normalise(text) {
            Ok(method) => Some(self.policy.methods.intern(method)),
            Err(error) => {
                let (kind, help) = check::method(&error, text, self.language);
                self.error(kind, place.clone(), text, help);
                None
            }
        }
    }

    pub(super) fn value(&mut self, text: &str) -> Value {
        shared(&mut self.values, text)
    }
}
