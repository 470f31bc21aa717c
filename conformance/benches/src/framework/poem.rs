//! poem: one endpoint.

use cors_poem::CorsMiddleware;
use futures_util::FutureExt;
use poem::endpoint::make_sync;
use poem::http::{Method, StatusCode};
use poem::middleware::Cors;
use poem::{Endpoint, EndpointExt, Request, Response, Result};

use super::http::{Lines, preflight, shown, values};
use super::{Answer, Application, Around, Framework};
use crate::scenario::{Ask, EXPOSED, HEADERS, MAX_AGE, METHODS, Others, is_under_example};

pub(super) const FRAMEWORK: Framework = Framework { name: "poem", peer: "poem", application };

fn application(around: Around<'_>) -> Option<Box<dyn Application>> {
    let bare = make_sync(|_| Response::default());
    Some(match around {
        Around::Floor => Box::new(Poem(bare)),
        Around::Hand(answer) => Box::new(Poem(Hand::around(bare, answer))),
        Around::Ours(cors) => Box::new(Poem(bare.with(CorsMiddleware::new(cors.clone())))),
        Around::Peer(others) => Box::new(Poem(bare.with(peer(others)))),
    })
}

fn peer(others: &Others) -> Cors {
    let cors = Cors::new()
        .allow_credentials(true)
        .allow_methods(METHODS.map(|name| Method::from_bytes(name.as_bytes()).expect("it is one")))
        .allow_headers(HEADERS)
        .expose_headers([EXPOSED])
        .max_age(i32::try_from(MAX_AGE).unwrap_or(i32::MAX));
    match others {
        Others::These(origins) => cors.allow_origins(origins),
        Others::Subdomains => cors.allow_origins_fn(|origin| is_under_example(origin.as_bytes())),
    }
}

struct Poem<E>(E);

impl<E: Endpoint> Application for Poem<E> {
    fn requests<'a>(&'a self, ask: &Ask, count: usize) -> Box<dyn FnOnce() + 'a> {
        let requests: Vec<_> = (0..count).map(|_| request(ask)).collect();
        Box::new(move || {
            for request in requests {
                drop(self.0.get_response(request).now_or_never());
            }
        })
    }

    fn answer(&self, ask: &Ask) -> (u16, Vec<(String, String)>, String) {
        let mut response = self.0.get_response(request(ask)).now_or_never().expect("it is ready at once");
        let body =
            response.take_body().into_string().now_or_never().expect("it is there").expect("it is whole");
        (response.status().as_u16(), shown(response.headers()), body)
    }
}

fn request(ask: &Ask) -> Request {
    let method = Method::from_bytes(ask.method.as_bytes()).expect("it is one");
    let mut request = Request::builder().method(method).uri(ask.path.parse().expect("it is one")).finish();
    for ((name, _), value) in ask.lines.iter().zip(values(ask)) {
        request.headers_mut().insert(*name, value);
    }
    request
}

/// The middleware by hand.
struct Hand<E> {
    inner: E,
    lines: Lines,
    preflight: Option<(StatusCode, &'static str)>,
}

impl<E> Hand<E> {
    fn around(inner: E, answer: &Answer) -> Self {
        Self { inner, lines: Lines::of(answer), preflight: preflight(answer) }
    }
}

impl<E: Endpoint> Endpoint for Hand<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let mut response = match self.preflight {
            None => self.inner.get_response(request).await,
            Some((status, text)) => {
                let mut response = Response::default();
                response.set_status(status);
                if !text.is_empty() {
                    response.set_body(text);
                }
                response
            }
        };
        self.lines.put(response.headers_mut());
        Ok(response)
    }
}
