//! What the tests of the adapters and of the examples share. It knows no framework.
//!
//! What enters: an [`Ask`], which is a request as data. Each adapter's `tests/common` makes a request of its framework from
//! it, and an [`Answer`] from the response. What leaves: [`assert_cors`], which compares an answer with the lines that
//! [`policy()`] has to write.

pub mod allocations;
pub mod kit;
mod policy;
pub mod wire;

pub use policy::{
    ALLOWED, APP, GRANTED, NOT_SHARED, REFUSED, STRANGER, TO_APP, TO_STRANGER, UNTOUCHED, VARY_PREFLIGHT,
    different_resources, policy,
};

/// A request without a body.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The method.
    pub method: &'static str,
    /// The request target.
    pub uri: &'static str,
    /// Name and value of each header line.
    pub lines: Vec<(&'static str, &'static str)>,
}

/// A request that no page of another origin sends.
pub fn plain(method: &'static str, uri: &'static str) -> Ask {
    Ask { method, uri, lines: Vec::new() }
}

/// An actual request of a page of the origin [`APP`].
pub fn from_app(method: &'static str, uri: &'static str) -> Ask {
    plain(method, uri).line("origin", APP)
}

/// An actual request of a page of the origin [`STRANGER`].
pub fn from_stranger(method: &'static str, uri: &'static str) -> Ask {
    plain(method, uri).line("origin", STRANGER)
}

/// A preflight that asks for a method.
pub fn preflight(origin: &'static str, method: &'static str, uri: &'static str) -> Ask {
    plain("OPTIONS", uri).line("origin", origin).line("access-control-request-method", method)
}

/// A preflight that asks for a method and for the header that [`policy()`] allows.
pub fn preflight_with_header(origin: &'static str, method: &'static str, uri: &'static str) -> Ask {
    preflight(origin, method, uri).line("access-control-request-headers", "x-requested-with")
}

impl Ask {
    /// The same request with one more header line.
    pub fn line(mut self, name: &'static str, value: &'static str) -> Self {
        self.lines.push((name, value));
        self
    }

    /// The request in the types of `http`.
    pub fn http<B: Default>(&self) -> http::Request<B> {
        let request = http::Request::builder().method(self.method).uri(self.uri);
        let request = self.lines.iter().fold(request, |request, &(name, value)| request.header(name, value));
        request.body(B::default()).expect("an ask is a valid request")
    }
}

/// Everything about a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Name, in lower case, and value of each header line.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub text: String,
}

impl Answer {
    /// An answer without a body.
    pub fn new<N: AsRef<str>, V: AsRef<[u8]>>(
        status: u16,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let text = |value: V| String::from_utf8_lossy(value.as_ref()).into_owned();
        let headers =
            headers.into_iter().map(|(name, value)| (name.as_ref().to_ascii_lowercase(), text(value)));
        Self { status, headers: headers.collect(), text: String::new() }
    }

    /// An answer without its body.
    pub fn head<B>(response: &http::Response<B>) -> Self {
        Self::new(response.status().as_u16(), response.headers())
    }

    /// The same answer with a body.
    pub fn with_text(self, text: impl AsRef<[u8]>) -> Self {
        Self { text: String::from_utf8_lossy(text.as_ref()).into_owned(), ..self }
    }

    /// The value of the first line of a name, in lower case.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| &**value)
    }

    /// Every line of the protocol's headers and of `Vary`, sorted.
    pub fn cors_lines(&self) -> Vec<String> {
        let is_ours = |name: &str| name.starts_with("access-control-") || name == "vary";
        let lines = self.headers.iter().filter(|(name, _)| is_ours(name));
        let mut lines: Vec<_> = lines.map(|(name, value)| format!("{name}: {value}")).collect();
        lines.sort();
        lines
    }
}

/// Asserts the status and all that [`Answer::cors_lines`] has.
#[track_caller]
pub fn assert_cors(answer: &Answer, status: u16, lines: &[&str]) {
    let lines: Vec<_> = lines.iter().map(ToString::to_string).collect();
    assert_eq!((answer.status, answer.cors_lines()), (status, lines));
}

/// The lines of an explanation, sorted: what a handler answers with for [`assert_explained`].
pub fn explained_lines(headers: &http::HeaderMap) -> String {
    let lines = Answer::new(200, headers).headers.into_iter().map(|(name, value)| format!("{name}: {value}"));
    let mut lines: Vec<_> = lines.collect();
    lines.sort();
    lines.join("\n")
}

/// Asserts that an answer has the lines that its body explains.
#[track_caller]
pub fn assert_explained(answer: &Answer) {
    let lines = answer.cors_lines();
    assert_eq!(answer.text.lines().collect::<Vec<_>>(), lines);
    assert!(lines.contains(&"vary: Origin".to_owned()), "{lines:?}");
}
