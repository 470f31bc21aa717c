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
    Any, CorsConfig, CorsView, Enforce, MaxAge, Names, OriginMap, Resource, ResourceOptions, Route, presets,
};
pub use decide::{Actual, CorsRequest, Preflight, Refusal, Refused, Reply, RequestHeaders, Target, Verdict};
pub use error::{ConfigError, ConfigErrors, ErrorKind, Level, Place, Risk, UnknownRisk};
pub use explain::{
    Blocked, Change, Difference, Exchange, Explanation, PageRequest, PageRequestError, Right, Step,
};
#[cfg(feature = "testing")]
pub use explain::testing;
pub use grammar::header::{RequestField, ResponseField};
#[cfg(feature = "replace")]
pub use policy::CorsHandle;
pub use policy::{Attached, Cors, ResourceKey, ResourcePolicy, Value};
pub use respond::{Answer, Current, Decision, Decoration, KeepValues, ResponseHeaders};
