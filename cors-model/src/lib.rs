#![doc = include_str!("../README.md")]

mod check;
mod config;
mod decide;
mod error;
mod explain;
mod grammar;
mod policy;
mod respond;
mod tell;

pub use check::{Advice, AdviceKind};
pub use config::{
    Answering, Any, Asked, CorsConfig, CorsView, Enforce, Keeping, MaxAge, Names, OriginMap, OriginSource,
    Resource, ResourceOptions, Route, SourceAnswer, SourceSettings, by_request, presets,
};
pub use decide::{
    Actual, Asking, CorsRequest, Preflight, Refusal, Refused, Reply, RequestHeaders, Target, Verdict,
};
pub use error::{ConfigError, ConfigErrors, ErrorKind, Level, Place, Risk, UnknownRisk};
#[cfg(feature = "testing")]
pub use explain::testing;
pub use explain::{
    Blocked, Change, Difference, Exchange, Explanation, PageRequest, PageRequestError, Right, Step,
};
pub use grammar::header::{RequestField, ResponseField};
pub use policy::{Answers, Cors, ResourceKey, Value};
#[cfg(feature = "replace")]
pub use respond::CorsHandle;
pub use respond::{
    Answer, Attached, Current, Deciding, Decision, Decoration, KeepValues, ResourcePolicy, ResponseHeaders,
};
#[cfg(feature = "metrics")]
pub use tell::count_event;
pub use tell::{Event, EventKind};

#[doc = include_str!("../rules.md")]
pub mod rules {}

/// What an application uses of this crate. Each adapter exports all of it, so that an application needs the adapter alone.
pub mod for_applications {
    #[cfg(feature = "replace")]
    #[doc(no_inline)]
    pub use crate::CorsHandle;
    #[cfg(feature = "metrics")]
    #[doc(no_inline)]
    pub use crate::count_event;
    #[doc(no_inline)]
    pub use crate::{
        Advice, AdviceKind, Any, Attached, ConfigError, ConfigErrors, Cors, CorsConfig, CorsRequest,
        CorsView, Difference, Enforce, ErrorKind, Event, EventKind, Explanation, MaxAge, Names, OriginMap,
        OriginSource, Refusal, Resource, ResourceOptions, ResourcePolicy, Risk, Route, SourceAnswer,
        SourceSettings, presets,
    };
}
