//! The laws of a tower service, without a framework.

mod common;

use std::convert::Infallible;
use std::future::{Future, Pending, Ready, pending, ready};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use common::layer;
use cors_test_support::{
    ALLOWED, APP, Answer, Ask, GRANTED, REFUSED, STRANGER, assert_cors, from_app, preflight_with_header,
};
use cors_tower::{CorsFuture, CorsLayer, CorsService, MakeBody};
use futures_util::FutureExt;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use tower::{Layer, Service, ServiceExt, service_fn};

type Outcome<E> = Result<Response<Bytes>, E>;

fn answers(_: Request<()>) -> Ready<Outcome<Infallible>> {
    ready(Ok(Response::new(Bytes::from("hello"))))
}

fn poll<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Is asked whether it is ready, and answers as it is told; every call fails.
#[derive(Clone)]
struct Moody {
    ready: Poll<Result<(), &'static str>>,
    polled: usize,
    called: usize,
}

impl Service<Request<()>> for Moody {
    type Response = Response<Bytes>;
    type Error = &'static str;
    type Future = Ready<Outcome<&'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        self.polled += 1;
        self.ready
    }

    fn call(&mut self, _: Request<()>) -> Self::Future {
        self.called += 1;
        ready(Err("the call fails"))
    }
}

#[test]
fn readiness_is_that_of_the_inner_service() {
    for ready in [Poll::Pending, Poll::Ready(Ok(())), Poll::Ready(Err("not ready, ever"))] {
        let mut moody = Moody { ready, polled: 0, called: 0 };
        let mut service = layer(&[]).layer(&mut moody);
        assert_eq!(service.poll_ready(&mut Context::from_waker(Waker::noop())), ready);
        assert_eq!((moody.polled, moody.called), (1, 0));
    }
}

#[test]
fn the_inner_service_is_called_once_and_its_error_is_passed_on() {
    for uri in ["/hello", "/private"] {
        let mut moody = Moody { ready: Poll::Ready(Ok(())), polled: 0, called: 0 };
        let mut service = layer(&[]).layer(&mut moody);
        let answer = service.call(from_app("GET", uri).http()).now_or_never().unwrap();
        assert_eq!(answer.unwrap_err(), "the call fails");
        assert_eq!((moody.polled, moody.called), (0, 1));
    }
}

#[test]
fn a_preflight_does_not_call_the_inner_service() {
    let mut moody = Moody { ready: Poll::Ready(Ok(())), polled: 0, called: 0 };
    let mut service = layer(&[]).layer(&mut moody);
    let answer = service.call(preflight_with_header(APP, "PUT", "/hello").http()).now_or_never().unwrap();
    assert_eq!(answer.unwrap().status(), 204);
    assert_eq!(moody.called, 0);
}

#[test]
fn the_future_waits_for_the_inner_one() {
    let mut service = layer(&[]).layer(service_fn(|_: Request<()>| pending::<Outcome<Infallible>>()));
    let mut future = pin!(service.call(from_app("GET", "/hello").http()));
    assert!(poll(&mut future).is_pending());
    // A preflight does not wait.
    assert!(poll(service.call(preflight_with_header(APP, "PUT", "/hello").http())).is_ready());
}

#[test]
fn an_answer_is_given_once_and_polling_on_is_harmless() {
    let mut service = layer(&[]).layer(service_fn(answers));
    let mut future = pin!(service.call(preflight_with_header(APP, "PUT", "/hello").http()));
    assert!(poll(&mut future).is_ready());
    assert!(poll(&mut future).is_pending());
}

/// The future's type says it: there is no box, and no bound that the inner service does not need itself.
#[test]
fn the_future_is_the_inner_one_in_a_wrapper() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let mut service = layer(&[]).layer(service_fn(answers));
    let future: CorsFuture<Ready<Outcome<Infallible>>, Bytes> =
        service.call(from_app("GET", "/hello").http());
    let response = is_send(future).now_or_never().unwrap().unwrap();
    assert_cors(&Answer::head(&response), 200, GRANTED);
    is_send::<Option<CorsFuture<Pending<()>, Full<Bytes>>>>(None);
    is_send::<Option<CorsService<Moody>>>(None);
}

#[test]
fn an_inner_service_need_not_be_send_or_clone() {
    let text = Rc::new(String::from("hello"));
    let mut service = layer(&[]).layer(service_fn(move |_: Request<()>| {
        let text = text.clone();
        async move { Ok::<_, Infallible>(Response::new(Bytes::from(text.to_string()))) }
    }));
    let response = service.call(from_app("GET", "/hello").http()).now_or_never().unwrap().unwrap();
    assert_cors(&Answer::head(&response), 200, GRANTED);
}

/// Readiness that was taken for a preflight is not lost: the one permit is still there for the next request.
#[test]
fn a_preflight_wastes_no_permit() {
    let limited = tower::limit::ConcurrencyLimit::new(service_fn(answers), 1);
    let mut service = layer(&[]).layer(limited);
    for _ in 0..3 {
        let ready = service.ready().now_or_never().unwrap().unwrap();
        assert_eq!(
            ready
                .call(preflight_with_header(APP, "PUT", "/hello").http())
                .now_or_never()
                .unwrap()
                .unwrap()
                .status(),
            204
        );
        let ready = service.ready().now_or_never().unwrap().unwrap();
        assert_eq!(
            ready.call(from_app("GET", "/hello").http()).now_or_never().unwrap().unwrap().status(),
            200
        );
    }
}

/// The body of a refused preflight, where a response's body is of this type.
fn refusal<M: MakeBody<B> + Clone, B: Default>(layer: CorsLayer<M>) -> B {
    let inner = service_fn(|_: Request<()>| ready(Ok::<_, Infallible>(Response::new(B::default()))));
    let mut service = layer.layer(inner);
    let mut ask = |ask: Ask| service.call(ask.http()).now_or_never().unwrap().unwrap();
    let allowed = ask(preflight_with_header(APP, "PUT", "/hello"));
    assert_cors(&Answer::head(&allowed), 204, ALLOWED);
    assert_cors(&Answer::head(&ask(from_app("GET", "/hello"))), 200, GRANTED);
    let refused = ask(preflight_with_header(STRANGER, "PUT", "/hello"));
    assert_cors(&Answer::head(&refused), 403, REFUSED);
    assert_eq!(refused.headers()["content-type"], "text/plain; charset=utf-8");
    refused.into_body()
}

const TEXT: &str = "CORS preflight refused: the origin is not allowed.";

#[test]
fn a_refusal_is_told_in_a_body_of_a_known_type() {
    assert_eq!(refusal::<_, Bytes>(layer(&[])), TEXT);
    assert_eq!(refusal::<_, Vec<u8>>(layer(&[])), TEXT.as_bytes());
    assert_eq!(refusal::<_, String>(layer(&[])), TEXT);
    let body: axum::body::Body = refusal(layer(&[]));
    assert_eq!(body.collect().now_or_never().unwrap().unwrap().to_bytes(), TEXT);
}

#[test]
fn any_other_body_is_empty_or_made_by_a_function() {
    assert_eq!(refusal::<_, &'static str>(layer(&[])), "");
    // With a function a body may even borrow.
    let own = String::from("refused");
    assert_eq!(refusal(layer(&[]).make_body(|_: Bytes| &*own)), "refused");
}
