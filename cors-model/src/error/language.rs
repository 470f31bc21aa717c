//! How a configuration is written.

use crate::error::Risk;

/// How a configuration is written: what an error or an advice says to write is in the same language.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Language {
    #[default]
    Code,
    #[cfg_attr(not(feature = "serde"), allow(dead_code))]
    File,
}

/// It makes no difference to what a configuration says.
impl PartialEq for Language {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Language {}

impl Language {
    fn choose(self, code: &'static str, file: &'static str) -> &'static str {
        match self {
            Self::Code => code,
            Self::File => file,
        }
    }

    /// What accepts a risk.
    pub(crate) fn accept(self, risk: Risk) -> String {
        match self {
            Self::Code => format!("`.accept_risk(Risk::{risk:?})`"),
            Self::File => format!("`accept_risks = [\"{risk}\"]`"),
        }
    }

    /// The value that stands for every name.
    pub(crate) fn any(self) -> &'static str {
        self.choose("`Any`", "`\"*\"`")
    }

    pub(crate) fn all_resources(self) -> &'static str {
        self.choose("`.all_resources()`", "`all_resources = true`")
    }

    /// A route, to be added.
    pub(crate) fn route(self) -> &'static str {
        self.choose("a `Route`", "a route")
    }

    pub(crate) fn allow_methods(self) -> &'static str {
        self.choose("`.allow_methods([..])`", "`allow_methods`")
    }
}
