//! A request as an adapter hands it over, and reading its header lines, whatever framework holds them.

use http::{HeaderMap, HeaderValue, Request, header};

use crate::grammar::header::RequestField;
use crate::policy::sources::Sender;
use crate::policy::{Answers, ResourceKey};

/// One request, as an adapter hands it over. It borrows all that a decision reads.
///
/// ```
/// use cors_model::CorsRequest;
///
/// let request = http::Request::get("/hello").header("origin", "https://app.example").body(())?;
/// let request = CorsRequest::from(&request);
/// # let _ = request;
/// # Ok::<(), http::Error>(())
/// ```
#[must_use]
#[derive(Debug)]
pub struct CorsRequest<'a, H: ?Sized> {
    pub(crate) target: Target<'a>,
    pub(crate) path: &'a str,
    pub(crate) method: &'a str,
    pub(crate) authority: Option<&'a str>,
    pub(crate) headers: &'a H,
    pub(crate) answers: Answers,
}

impl<'a, H: ?Sized> CorsRequest<'a, H> {
    /// A request whose resource is found by its path.
    ///
    /// `path` is the path of the request as it was sent, percent-encoded and without the query. `method` is the request's own,
    /// `OPTIONS` for a preflight.
    pub fn new(path: &'a str, method: &'a str, headers: &'a H) -> Self {
        Self { target: Target::Path, path, method, authority: None, headers, answers: Answers::NONE }
    }

    /// How the request finds its resource, if not by its path.
    pub fn target(self, target: Target<'a>) -> Self {
        Self { target, ..self }
    }

    /// For a router that was nested at `nest`, and so sees a path that was cut: restores as many segments as `nest` has, from the
    /// path with which the request came in. If that does not end with the path at hand, something has rewritten it, and the path at
    /// hand counts.
    pub fn nested(self, nest: &str, original: &'a str) -> Self {
        let cut = match self.path {
            "/" if !original.ends_with('/') => Some(original),
            path => original.strip_suffix(path),
        };
        let Some(cut) = cut else { return self };
        let start = match nest.split('/').filter(|segment| !segment.is_empty()).count() {
            0 => cut.len(),
            segments => cut.rmatch_indices('/').nth(segments - 1).map_or(0, |(start, _)| start),
        };
        Self { path: &original[start..], ..self }
    }

    /// The host and port that the request's target names: of an absolute target in HTTP/1.1, or `:authority` in HTTP/2. Default: none,
    /// as where only a `Host` line says it.
    pub fn authority(self, authority: Option<&'a str>) -> Self {
        Self { authority, ..self }
    }

    /// What the policy's sources said of the origin ([S26](crate::rules)), as [`Cors::ask`](crate::Cors::ask) found out. Default: no source was asked.
    #[inline]
    pub fn answers(self, answers: Answers) -> Self {
        Self { answers, ..self }
    }

    pub(crate) fn sender<'s>(&'s self, origin: &'s [u8]) -> Sender<'s> {
        Sender { origin, answers: &self.answers }
    }
}

/// A request whose resource is found by its path, at the authority of its target.
impl<'a, B> From<&'a Request<B>> for CorsRequest<'a, HeaderMap> {
    fn from(request: &'a Request<B>) -> Self {
        let uri = request.uri();
        Self::new(uri.path(), request.method().as_str(), request.headers())
            .authority(uri.authority().map(|authority| authority.as_str()))
    }
}

/// How a request finds its resource.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Target<'a> {
    /// By its path, which is matched with the policy's own templates, in every way in which it may be read ([S24](crate::rules)).
    Path,
    /// By the template under which the framework's router found it, if it found any. It has to be the very template with which a
    /// resource was registered, ignoring parameter names, unless a narrower one matches the path. With `all_resources` a path that the
    /// router knows by no registered template is looked up as [`Target::Path`] would be.
    Routed(Option<&'a str>),
    /// It is known beforehand.
    Resource(ResourceKey),
}

/// A view of a request's header lines. Implemented for [`http::HeaderMap`]; an adapter for a framework
/// with header types of its own brings its own.
pub trait RequestHeaders {
    /// One line's value, without the white space around it.
    type Line<'a>: AsRef<[u8]> + Copy
    where
        Self: 'a;

    /// A value that can outlive the request, cheap to make: sent back as `Access-Control-Allow-Origin`.
    type Value: Clone;

    /// All lines of a field, in the order in which they came.
    fn lines(&self, field: RequestField) -> impl Iterator<Item = Self::Line<'_>>;

    /// A line, to be kept.
    fn keep(line: Self::Line<'_>) -> Self::Value;

    /// Shows the lines of the fields that make a preflight, those of each in the order in which they came. For a map in which a walk over
    /// all lines is cheaper than three look-ups.
    fn each<'a>(&'a self, mut each: impl FnMut(RequestField, Self::Line<'a>)) {
        for field in RequestField::PREFLIGHT {
            self.lines(field).for_each(|line| each(field, line));
        }
    }
}

impl RequestHeaders for HeaderMap {
    type Line<'a> = &'a HeaderValue;
    type Value = HeaderValue;

    #[inline]
    fn lines(&self, field: RequestField) -> impl Iterator<Item = &HeaderValue> {
        self.get_all(field.http()).into_iter()
    }

    fn keep(line: &HeaderValue) -> HeaderValue {
        line.clone()
    }

    fn each<'a>(&'a self, mut each: impl FnMut(RequestField, &'a HeaderValue)) {
        for (name, line) in self {
            if *name == header::ORIGIN {
                each(RequestField::Origin, line);
            } else if *name == header::ACCESS_CONTROL_REQUEST_METHOD {
                each(RequestField::RequestMethod, line);
            } else if *name == header::ACCESS_CONTROL_REQUEST_HEADERS {
                each(RequestField::RequestHeaders, line);
            }
        }
    }
}

/// How often a field is there.
#[derive(Clone, Copy)]
pub(crate) enum Lines<L> {
    None,
    One(L),
    Many,
}

impl<L> Lines<L> {
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The value of a field that has one line.
    pub(crate) fn only(self) -> Option<L> {
        match self {
            Self::One(line) => Some(line),
            Self::None | Self::Many => None,
        }
    }

    fn add(&mut self, line: L) {
        *self = if self.is_none() { Self::One(line) } else { Self::Many };
    }
}

pub(crate) fn read<H: RequestHeaders + ?Sized>(headers: &H, field: RequestField) -> Lines<H::Line<'_>> {
    let mut lines = headers.lines(field);
    match (lines.next(), lines.next()) {
        (None, _) => Lines::None,
        (Some(line), None) => Lines::One(line),
        (Some(_), Some(_)) => Lines::Many,
    }
}

/// All that a preflight says.
pub(crate) struct Fields<L> {
    pub(crate) origin: Lines<L>,
    pub(crate) method: Lines<L>,
    pub(crate) headers: Lines<L>,
}

pub(crate) fn read_all<H: RequestHeaders + ?Sized>(headers: &H) -> Fields<H::Line<'_>> {
    let mut fields = Fields { origin: Lines::None, method: Lines::None, headers: Lines::None };
    headers.each(|field, line| match field {
        RequestField::Origin => fields.origin.add(line),
        RequestField::RequestMethod => fields.method.add(line),
        RequestField::RequestHeaders => fields.headers.add(line),
        _ => {}
    });
    fields
}
