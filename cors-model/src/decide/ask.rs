//! What a request asks of origin sources (S26), before it is decided. A policy without sources asks nothing.

use std::any::Any;
use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::Poll;

use crate::config::{Answering, Asked, SourceAnswer};
use crate::decide::enforce::is_handshake;
use crate::decide::judge::only_line;
use crate::decide::request::{CorsRequest, RequestHeaders, read, read_all};
use crate::grammar::header::RequestField;
use crate::grammar::method::GET;
use crate::grammar::token::is_token;
use crate::policy::paths::ResourceId;
use crate::policy::rules::Policy;
use crate::policy::sources::{Sender, SourceId};
use crate::policy::{Answers, Cors};

/// What a request has to wait for before it can be decided. Exhaustive, since an adapter has to handle all of it.
#[must_use]
pub enum Asking {
    /// The answers are there: none, where no source has anything to say about the request.
    Now(Answers),
    /// The policy that asks, and the answers, once they are there. The future owns all that it needs, and it never panics.
    Later(Later),
}

/// The policy that asks, and the answers, once they are there.
pub(crate) type Later = Pin<Box<dyn Future<Output = (Cors, Answers)> + Send>>;

impl fmt::Debug for Asking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Now(answers) => f.debug_tuple("Now").field(answers).finish(),
            Self::Later(_) => f.write_str("Later(..)"),
        }
    }
}

impl Cors {
    /// Asks the sources that decide about a request, in the order of their names, until one says yes. Give the answers to the decision
    /// with [`CorsRequest::answers`].
    pub fn ask<H: RequestHeaders + ?Sized>(&self, request: &CorsRequest<'_, H>) -> Asking {
        let nothing = Asking::Now(self.0.no_answers());
        if self.0.sources.is_empty() {
            return nothing;
        }
        self.inquire(request, |inquiry| inquiry.ask(self)).unwrap_or(nothing)
    }

    /// The answers of [`Cors::ask`], for an adapter that cannot wait. A source that has to find out fails.
    pub(crate) fn ask_now<H: RequestHeaders + ?Sized>(&self, request: &CorsRequest<'_, H>) -> Answers {
        let nothing = self.0.no_answers();
        if self.0.sources.is_empty() {
            return nothing;
        }
        self.inquire(request, |inquiry| inquiry.ask_now()).unwrap_or(nothing)
    }

    /// The answers of [`Cors::ask`], as far as they are kept, for a policy in report-only mode: nothing is asked ([S27](crate::rules)). None where one of
    /// them is not kept.
    pub fn kept_answers<H: RequestHeaders + ?Sized>(&self, request: &CorsRequest<'_, H>) -> Option<Answers> {
        let kept = |mut inquiry: Inquiry<'_>| {
            while let Some(source) = inquiry.next() {
                let belongs = inquiry.kept(source)?;
                inquiry.note(source, belongs.into());
            }
            Some(inquiry.answers)
        };
        if self.0.sources.is_empty() {
            return Some(Answers::NONE);
        }
        self.inquire(request, kept).unwrap_or(Some(Answers::NONE))
    }

    /// The answers of [`Cors::ask`], with assumptions in place of the sources: for tools and tests. `assume` gets the name of each source
    /// that would be asked. Where it returns nothing, the answer is missing.
    pub fn assume<H: RequestHeaders + ?Sized>(
        &self,
        request: &CorsRequest<'_, H>,
        mut assume: impl FnMut(&str) -> Option<bool>,
    ) -> Answers {
        let policy = &*self.0;
        let assumed = |mut inquiry: Inquiry<'_>| {
            let mut answers = Answers::NONE;
            while let Some(source) = inquiry.next() {
                let belongs = policy.sources.get(source).and_then(|source| assume(&source.name));
                if let Some(belongs) = belongs {
                    answers = policy.answered(answers, source, belongs);
                }
                inquiry.note(source, belongs.unwrap_or(false).into());
            }
            answers
        };
        self.inquire(request, assumed).unwrap_or_default()
    }

    /// Nothing, where a request cannot have a question.
    fn inquire<T, H: RequestHeaders + ?Sized>(
        &self,
        request: &CorsRequest<'_, H>,
        inquire: impl FnOnce(Inquiry<'_>) -> T,
    ) -> Option<T> {
        let policy = &*self.0;
        let resource = policy.resource(request.target, request.path)?;
        let fields = read_all(request.headers);
        let origin = std::str::from_utf8(only_line(&fields.origin)).ok()?;
        let is_preflight =
            request.method == "OPTIONS" && !fields.origin.is_none() && !fields.method.is_none();
        let method = if is_preflight { only_line(&fields.method) } else { request.method.as_bytes() };
        if is_preflight && !is_token(method) {
            return None;
        }
        // S28: these count as GET there.
        let counts_as_get = policy.enforcement.is_some()
            && !is_preflight
            && (request.method == "CONNECT" || is_handshake(request.headers));
        let host = read(request.headers, RequestField::Host);
        let host = request.authority.or_else(|| std::str::from_utf8(only_line(&host)).ok());
        Some(inquire(Inquiry {
            policy,
            resource,
            methods: [Some(method), counts_as_get.then_some(GET.as_bytes())],
            origin,
            host: host.filter(|host| !host.is_empty()),
            path: request.path,
            answers: policy.no_answers(),
        }))
    }
}

/// The questions of one request.
struct Inquiry<'a> {
    policy: &'a Policy,
    resource: ResourceId,
    /// The methods about which there are questions.
    methods: [Option<&'a [u8]>; 2],
    origin: &'a str,
    host: Option<&'a str>,
    path: &'a str,
    answers: Answers,
}

impl Inquiry<'_> {
    /// The source to ask next.
    fn next(&self) -> Option<SourceId> {
        let sender = Sender { origin: self.origin.as_bytes(), answers: &self.answers };
        self.methods.into_iter().flatten().find_map(|method| {
            self.policy.question(self.resource, self.policy.route(self.resource, method), sender)
        })
    }

    fn asked<'s>(&'s self, source: &'s str) -> Asked<'s> {
        let template = self.policy.resources[self.resource as usize].template.as_deref();
        Asked { source, origin: self.origin, host: self.host, template, path: self.path }
    }

    fn put(&self, source: SourceId) -> Answering {
        let Some(source) = self.policy.sources.get(source) else {
            return Answering::Now(SourceAnswer::DoesNotBelong);
        };
        let ask = || source.source.ask(&self.asked(&source.name), &source.keeping);
        let caught = catch_unwind(AssertUnwindSafe(ask));
        caught.unwrap_or_else(|panic| Answering::Now(panicked(&*panic)))
    }

    fn kept(&self, source: SourceId) -> Option<bool> {
        let source = self.policy.sources.get(source)?;
        let kept = || source.source.kept(&self.asked(&source.name), &source.keeping);
        catch_unwind(AssertUnwindSafe(kept)).ok()?
    }

    fn note(&mut self, source: SourceId, answer: SourceAnswer) {
        let (belongs, failure) = match answer {
            SourceAnswer::Belongs => (true, None),
            SourceAnswer::DoesNotBelong => (false, None),
            SourceAnswer::Failed(why) => (false, Some(why)),
            SourceAnswer::Stale { belongs, why } => (belongs, Some(why)),
        };
        self.answers = self.policy.answered(self.answers, source, belongs);
        if let Some(why) = failure {
            self.answers = self.policy.failed(self.answers, source, why);
        }
    }

    fn ask(mut self, cors: &Cors) -> Asking {
        while let Some(source) = self.next() {
            match self.put(source) {
                Answering::Now(answer) => self.note(source, answer),
                Answering::Later(answer) => {
                    let rest = Rest::of(&self, cors).ask(source, answer);
                    return Asking::Later(Box::pin(rest));
                }
            }
        }
        Asking::Now(self.answers)
    }

    fn ask_now(mut self) -> Answers {
        while let Some(source) = self.next() {
            let answer = match self.put(source) {
                Answering::Now(answer) => answer,
                Answering::Later(_) => SourceAnswer::Failed(NOT_AWAITED.into()),
            };
            self.note(source, answer);
        }
        self.answers
    }
}

/// Why a source fails that has to find out.
const NOT_AWAITED: &str = "it has to be awaited, and nobody awaits it here: see the README of the adapter";

/// What is left of an inquiry when it has to wait, without the request.
struct Rest {
    cors: Cors,
    resource: ResourceId,
    methods: [Option<Vec<u8>>; 2],
    origin: String,
    host: Option<String>,
    path: String,
    answers: Answers,
}

impl Rest {
    fn of(inquiry: &Inquiry<'_>, cors: &Cors) -> Self {
        Self {
            cors: cors.clone(),
            resource: inquiry.resource,
            methods: inquiry.methods.map(|method| method.map(Into::into)),
            origin: inquiry.origin.into(),
            host: inquiry.host.map(Into::into),
            path: inquiry.path.into(),
            answers: inquiry.answers,
        }
    }

    fn inquiry(&self) -> Inquiry<'_> {
        let [first, second] = &self.methods;
        Inquiry {
            policy: &self.cors.0,
            resource: self.resource,
            methods: [first.as_deref(), second.as_deref()],
            origin: &self.origin,
            host: self.host.as_deref(),
            path: &self.path,
            answers: self.answers,
        }
    }

    async fn ask(
        mut self,
        mut source: SourceId,
        mut answer: Pin<Box<dyn Future<Output = SourceAnswer> + Send>>,
    ) -> (Cors, Answers) {
        loop {
            let said = caught(&mut answer).await;
            let mut inquiry = self.inquiry();
            inquiry.note(source, said);
            let waits_for = loop {
                let Some(next) = inquiry.next() else {
                    let answers = inquiry.answers;
                    return (self.cors, answers);
                };
                match inquiry.put(next) {
                    Answering::Now(answer) => inquiry.note(next, answer),
                    Answering::Later(answer) => break (next, answer),
                }
            };
            self.answers = inquiry.answers;
            (source, answer) = waits_for;
        }
    }
}

/// The answer of a source that may panic.
async fn caught(answer: &mut Pin<Box<dyn Future<Output = SourceAnswer> + Send>>) -> SourceAnswer {
    poll_fn(|context| {
        let poll = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(context)));
        poll.unwrap_or_else(|panic| Poll::Ready(panicked(&*panic)))
    })
    .await
}

fn panicked(panic: &(dyn Any + Send)) -> SourceAnswer {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    SourceAnswer::Failed(text.map_or("it panicked".into(), |text| format!("it panicked: {text}")))
}
