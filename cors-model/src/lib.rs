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
pub use explain::{Explanation, Step};
pub use grammar::header::{RequestField, ResponseField};
#[cfg(feature = "replace")]
pub use policy::CorsHandle;
pub use policy::{Answers, Attached, Cors, ResourceKey, ResourcePolicy, Value};
pub use respond::{Answer, Current, Decision, Decoration, KeepValues, ResponseHeaders};
