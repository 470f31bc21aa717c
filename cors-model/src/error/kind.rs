//! The kinds of mistakes in a configuration.

use crate::error::Risk;

/// The kind of mistake, for a program to match on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A key of a map of origins that is empty.
    EmptyPattern,
    /// Several origins in one pattern.
    SeveralOrigins,
    /// A regular expression.
    RegularExpression,
    /// A range of addresses.
    AddressRange,
    /// An origin in quotation marks.
    Quoted,
    /// An origin without `scheme://`.
    MissingScheme,
    /// An invalid scheme.
    InvalidScheme,
    /// An origin with a path, a trailing slash, a query or a fragment.
    Path,
    /// An origin with a user name.
    UserInfo,
    /// Upper case where browsers send lower case.
    UpperCase,
    /// The scheme's default port, which browsers leave out.
    DefaultPort,
    /// An invalid port.
    InvalidPort,
    /// A host in Unicode.
    Unicode,
    /// An invalid host.
    InvalidHost,
    /// An address in a form that browsers do not send.
    NonCanonicalAddress,
    /// A wildcard in an unsupported place.
    MisplacedWildcard,
    /// More than one wildcard in a label.
    SecondWildcard,
    /// A wildcard inside a label with something other than a hyphen beside it.
    WildcardWithoutHyphen,
    /// A base domain, behind a wildcard, of more than 251 bytes.
    BaseDomainTooLong,
    /// An invalid method: it is not an HTTP token.
    InvalidMethod,
    /// CONNECT, TRACE or TRACK.
    ForbiddenMethod,
    /// An invalid header name: it is not an HTTP token.
    InvalidHeaderName,
    /// A request header that no script can set.
    ForbiddenRequestHeader,
    /// A response header that no script can read.
    ForbiddenResponseHeader,
    /// `*` as an element of a list.
    WildcardInList,
    /// Seconds below 0 or above 2,147,483,647.
    MaxAgeOutOfRange,
    /// A preflight status outside 200 to 299.
    PreflightStatus,
    /// A path template that cannot be parsed.
    InvalidTemplate,
    /// A template that matches the same paths as another one.
    ConflictingTemplate,
    /// A template both registered and excluded.
    ExcludedAndRegistered,
    /// A registered template that matches no route of the application.
    WithoutRoute,
    /// An environment variable that is not set.
    MissingVariable,
    /// A resource, an excluded template, a route, a pattern or a key given twice.
    Duplicate,
    /// An unknown key in a file.
    UnknownKey,
    /// A name in `accept_risks` that is not the name of a risk.
    UnknownRisk,
    /// A value of a file that has the wrong type.
    WrongType,
    /// A mode of `enforce` other than `refuse` and `report`.
    UnknownMode,
    /// An invalid entry of `hosts`.
    InvalidServedHost,
    /// An invalid entry of `exempt`.
    InvalidExemption,
    /// An invalid name of an origin source.
    InvalidSourceName,
    /// An origin source, or its settings, that is not bound to anything.
    UnboundSource,
    /// More than 64 origin sources.
    TooManySources,
    /// A setting of an origin source below 0 or above 2,147,483,647.
    SettingOutOfRange,
    /// A dangerous setting that was not accepted.
    Risk(Risk),
}
