//! actix-web: an application with one handler for everything.

use std::future::ready;

use actix_cors::Cors;
use actix_http::Request;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::rt::System;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Bytes;
use actix_web::{App, Error, HttpResponse, web};
use cors_actix_web::CorsMiddleware;
use futures_util::future::Either;
use futures_util::{FutureExt, TryFutureExt};

use super::{Answer, Application, Around, Framework};
use crate::scenario::{Ask, EXPOSED, HEADERS, MAX_AGE, METHODS, Others, is_under_example};

pub(super) const FRAMEWORK: Framework = Framework { name: "actix-web", peer: "actix-cors", application };

fn application(around: Around<'_>) -> Option<Box<dyn Application>> {
    let bare = || App::new().default_service(web::to(HttpResponse::Ok));
    System::new().block_on(async {
        Some(match around {
            Around::Floor => Box::new(Actix(init_service(bare()).await)) as Box<dyn Application>,
            Around::Hand(answer) => {
                let (lines, preflight): (&'static _, _) =
                    (Box::leak(Box::new(lines(answer))), answer.is_preflight);
                let (status, text) = (StatusCode::from_u16(answer.status).expect("it was one"), answer.body);
                let hand = bare().wrap_fn(move |request, inner| {
                    if preflight {
                        let mut response =
                            HttpResponse::with_body(status, Bytes::from_static(text.as_bytes()));
                        put(lines, response.headers_mut());
                        return Either::Left(ready(
                            Ok(request.into_response(response.map_into_right_body())),
                        ));
                    }
                    Either::Right(inner.call(request).map_ok(|mut response: ServiceResponse<_>| {
                        put(lines, response.headers_mut());
                        response.map_into_left_body()
                    }))
                });
                Box::new(Actix(init_service(hand).await))
            }
            Around::Ours(cors) => {
                Box::new(Actix(init_service(bare().wrap(CorsMiddleware::new(cors.clone()))).await))
            }
            Around::Peer(others) => Box::new(Actix(init_service(bare().wrap(peer(others))).await)),
        })
    })
}

fn peer(others: &Others) -> Cors {
    let cors = Cors::default()
        .supports_credentials()
        .allowed_methods(METHODS)
        .allowed_headers(HEADERS)
        .expose_headers([EXPOSED])
        .max_age(MAX_AGE as usize);
    match others {
        Others::These(origins) => origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin)),
        Others::Subdomains => cors.allowed_origin_fn(|origin, _| is_under_example(origin.as_bytes())),
    }
}

fn lines(answer: &Answer) -> Vec<(HeaderName, HeaderValue)> {
    let line = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
    answer.lines.iter().map(line).collect()
}

fn put(lines: &[(HeaderName, HeaderValue)], headers: &mut HeaderMap) {
    headers.reserve(lines.len());
    for (name, value) in lines {
        headers.insert(name.clone(), value.clone());
    }
}

struct Actix<S>(S);

impl<S, B> Application for Actix<S>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    fn requests<'a>(&'a self, ask: &Ask, count: usize) -> Box<dyn FnOnce() + 'a> {
        let values = values(ask);
        let requests: Vec<_> = (0..count).map(|_| request(ask, &values)).collect();
        Box::new(move || {
            for request in requests {
                drop(self.0.call(request).now_or_never());
            }
        })
    }

    fn answer(&self, ask: &Ask) -> (u16, Vec<(String, String)>, String) {
        let response = self.0.call(request(ask, &values(ask))).now_or_never().expect("it is ready at once");
        let response = response.expect("it is not an error");
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let lines = response.headers().iter().map(|(name, value)| (name.to_string(), text(value))).collect();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body()).now_or_never().expect("it is there").unwrap_or_default();
        (status, lines, String::from_utf8_lossy(&body).into_owned())
    }
}

/// The values of a request as a server has them: views of one buffer that is shared already.
fn values(ask: &Ask) -> Vec<HeaderValue> {
    let value = |(_, text): &(&str, String)| {
        let bytes = Bytes::copy_from_slice(text.as_bytes());
        drop(bytes.clone());
        HeaderValue::from_maybe_shared(bytes).expect("the values of scenarios are right")
    };
    ask.lines.iter().map(value).collect()
}

fn request(ask: &Ask, values: &[HeaderValue]) -> Request {
    let method = ask.method.parse().expect("it is one");
    let mut request = TestRequest::default().method(method).uri(&ask.path).to_request();
    for ((name, _), value) in ask.lines.iter().zip(values) {
        request.headers_mut().insert(HeaderName::from_static(name), value.clone());
    }
    request
}
