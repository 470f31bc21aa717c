//! What the frameworks on the `http` crate share.

use std::convert::Infallible;
use std::fmt::Debug;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::Either;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::{Answer, Application};
use crate::scenario::Ask;

/// A tower service of requests with a body `B`.
pub(super) struct Http<S, B>(pub(super) S, pub(super) PhantomData<B>);

impl<S, B, R> Application for Http<S, B>
where
    S: Service<Request<B>, Response = Response<R>, Error = Infallible> + Clone,
    B: Default,
    R: BodyExt<Error: Debug>,
{
    fn requests<'a>(&'a self, ask: &Ask, count: usize) -> Box<dyn FnOnce() + 'a> {
        let values = values(ask);
        let requests: Vec<_> = (0..count).map(|_| request::<B>(ask, &values)).collect();
        let mut service = self.0.clone();
        Box::new(move || {
            for request in requests {
                drop(service.call(request).now_or_never());
            }
        })
    }

    fn answer(&self, ask: &Ask) -> (u16, Vec<(String, String)>, String) {
        let response = self.0.clone().call(request(ask, &values(ask))).now_or_never();
        let (head, body) =
            response.expect("it is ready at once").unwrap_or_else(|error| match error {}).into_parts();
        let body = body.collect().now_or_never().expect("it is there").expect("it is whole").to_bytes();
        (head.status.as_u16(), shown(&head.headers), String::from_utf8_lossy(&body).into_owned())
    }
}

/// The values of a request as a server has them: views of one buffer that is shared already.
pub(super) fn values(ask: &Ask) -> Vec<HeaderValue> {
    let value = |(_, text): &(&str, String)| {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        drop(bytes.clone());
        HeaderValue::from_maybe_shared(bytes).expect("the values of scenarios are right")
    };
    ask.lines.iter().map(value).collect()
}

fn request<B: Default>(ask: &Ask, values: &[HeaderValue]) -> Request<B> {
    let mut request = Request::builder().method(ask.method).uri(&*ask.path);
    for ((name, _), value) in ask.lines.iter().zip(values) {
        request = request.header(*name, value);
    }
    request.body(B::default()).expect("the requests of scenarios are right")
}

pub(super) fn shown(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect()
}

/// An answer's header lines, ready to be put on a response.
pub(super) struct Lines(Vec<(HeaderName, HeaderValue)>);

impl Lines {
    pub(super) fn of(answer: &Answer) -> Self {
        let line = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        Self(answer.lines.iter().map(line).collect())
    }

    pub(super) fn put(&self, headers: &mut HeaderMap) {
        self.put_with_room(0, headers);
    }

    /// With room for so many lines that the framework adds behind it.
    fn put_with_room(&self, more: usize, headers: &mut HeaderMap) {
        headers.reserve(self.0.len() + more);
        for (name, value) in &self.0 {
            headers.insert(name.clone(), value.clone());
        }
    }
}

/// The middleware by hand.
#[derive(Clone)]
pub(super) struct Hand<S> {
    inner: S,
    lines: &'static Lines,
    /// How many lines the framework adds.
    room: usize,
    /// The status and the text of a preflight's answer.
    preflight: Option<(StatusCode, &'static str)>,
}

impl<S> Hand<S> {
    pub(super) fn around(inner: S, answer: &Answer, room: usize) -> Self {
        Self { inner, lines: Box::leak(Box::new(Lines::of(answer))), room, preflight: preflight(answer) }
    }
}

pub(super) fn preflight(answer: &Answer) -> Option<(StatusCode, &'static str)> {
    let status = StatusCode::from_u16(answer.status).expect("it was one");
    answer.is_preflight.then_some((status, answer.body))
}

impl<S, B, R> Service<Request<B>> for Hand<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: Default + From<&'static str>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Either<Ready<Result<S::Response, S::Error>>, HandFuture<S::Future>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let Some((status, text)) = self.preflight else {
            return Either::Right(HandFuture {
                inner: self.inner.call(request),
                lines: self.lines,
                room: self.room,
            });
        };
        let body = if text.is_empty() { R::default() } else { R::from(text) };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        self.lines.put_with_room(self.room, response.headers_mut());
        Either::Left(ready(Ok(response)))
    }
}

pin_project! {
    pub(super) struct HandFuture<F> {
        #[pin]
        inner: F,
        lines: &'static Lines,
        room: usize,
    }
}

impl<F, R, E> Future for HandFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut response = ready!(this.inner.poll(context))?;
        this.lines.put_with_room(*this.room, response.headers_mut());
        Poll::Ready(Ok(response))
    }
}
