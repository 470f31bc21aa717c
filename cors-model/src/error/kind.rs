//! What can be wrong with a configuration, for a program to tell apart.

use crate::error::Risk;

/// What is wrong, for a program to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A key that names no pattern.
    EmptyPattern,
    /// An origin without `scheme://`.
    MissingScheme,
    /// A scheme that is none, or `file`.
    InvalidScheme,
    /// An origin with a path, a trailing slash, a query or a fragment.
    Path,
    /// An origin with a user name.
    UserInfo,
    /// Upper case where browsers send lower case.
    UpperCase,
    /// The scheme's default port, which browsers leave out.
    DefaultPort,
    /// A port that is none.
    InvalidPort,
    /// A host in Unicode.
    Unicode,
    /// A host that is none.
    InvalidHost,
    /// An address in a form that browsers do not send.
    NonCanonicalAddress,
    /// A wildcard where none may stand.
    MisplacedWildcard,
    /// A wildcard's base domain over 251 bytes.
    BaseDomainTooLong,
    /// A method that is no token.
    InvalidMethod,
    /// CONNECT, TRACE or TRACK.
    ForbiddenMethod,
    /// A header name that is no token.
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
    /// A template that matches the very paths of another one.
    ConflictingTemplate,
    /// A template both registered and excluded.
    ExcludedAndRegistered,
    /// A registered template that no route of the application has.
    WithoutRoute,
    /// A resource, an excluded template, a route, a pattern or a key given twice.
    Duplicate,
    /// A key of a file that means nothing there.
    UnknownKey,
    /// A name in `accept_risks` that is no risk's.
    UnknownRisk,
    /// A value of a file that has the wrong type.
    WrongType,
    /// A danger that was not accepted.
    Risk(Risk),
}
